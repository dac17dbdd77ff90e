/** The trace of a script's run: that of the request to its webhook, or one of its own. It is kept again each time the run rests. */
import type { Cause, RunTrace } from '../cxone/studio.js';
import type { TraceRecorder } from '../trace/recorder.js';
import type { Arrival } from './incoming-request.js';
import { RequestContext } from './request-context.js';
import type { Services } from './services.js';
import { DEFAULT_TENANT } from './target.js';

/** Turns a trace into that of a script, which may go on after the response. */
export function recordScriptRun(trace: TraceRecorder, script: string): RunTrace {
  trace.script = script;
  trace.running = true;
  return {
    traceId: trace.traceId,
    warn: (code, explanation, level) => {
      trace.warn(code, explanation, level);
    },
    concern: (about) => {
      trace.linkTo(about);
    },
    know: (attributes) => {
      trace.trackAttributes(attributes);
    },
    enter: (step) => trace.step(step),
    pause: () => {
      trace.onChange();
    },
    end: (outcome) => {
      trace.running = false;
      if (outcome === 'failed') trace.outcome = outcome;
      trace.onChange();
    },
  };
}

/** How a run that no webhook started begins. */
export interface RunBeginning {
  readonly tenant: string;
  readonly script: string;
  /** What came in. */
  readonly context: unknown;
}

/** Begins the trace of a run that no webhook started. */
export function beginRun({ tenant, script, context }: RunBeginning, cause: Cause, current: () => Services): RunTrace {
  const services = current();
  const { trace } = new RequestContext(scriptRequest(tenant, script, cause), services.nextTraceId(), services);
  trace.body = Buffer.from(JSON.stringify(context));
  const run = recordScriptRun(trace, script);
  services.traces.add(trace.render(services), 'platform');
  keepUpToDate(trace, current);
  return run;
}

/**
 * From now on the trace that is kept is replaced each time its script rests, and when it ends. A script that rests often
 * replaces it once in a turn of the event loop, before anybody outside can ask. `current` returns the services, and so what
 * must be hidden, as the config file has them then.
 */
export function keepUpToDate(trace: TraceRecorder, current: () => Services): void {
  const replace = (): void => {
    const services = current();
    services.traces.replace(trace.render(services));
  };
  let scheduled: NodeJS.Immediate | undefined;
  trace.onChange = () => {
    if (!trace.running) {
      clearImmediate(scheduled);
      replace();
      return;
    }
    scheduled ??= setImmediate(() => {
      scheduled = undefined;
      replace();
    });
  };
}

/** A run has a trace like a request: its method is SCRIPT, its path the script's name, its body what came in. */
function scriptRequest(tenant: string, script: string, parent: Cause): Arrival {
  return {
    transport: 'script',
    method: 'SCRIPT',
    target: `${tenant === DEFAULT_TENANT ? '' : `/t/${tenant}`}/${encodeURIComponent(script)}`,
    headers: {},
    receive: () => ({ bytes: Buffer.alloc(0) }),
    gone: () => false,
    parent,
  };
}
