/** Tells calls of the control API, the page's own among them, from those of the platform. */
import type { TraceKind } from '../trace/filter.js';
import type { Trace } from '../trace/trace.js';

export function kindOf({ request, tenant }: Trace): TraceKind {
  return request.path.replace(`/t/${tenant}/`, '/').startsWith('/_emulator') ? 'control' : 'platform';
}

/** False of what only reads, such as the page does all the time. */
export function mayChange(trace: Trace): boolean {
  return kindOf(trace) === 'platform' || !/^(?:GET|HEAD|OPTIONS)$/.test(trace.request.method);
}

/** After it nothing is there of what the tenant had before. */
export function isReset({ operationId, outcome }: Trace): boolean {
  return operationId === 'reset' && outcome === 'accepted';
}
