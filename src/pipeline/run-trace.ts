/** The trace of a run of a script: that of the webhook's message, or one of its own; it is kept anew each time the run rests. */
import type { Cause, RunTrace } from '../platform/studio.js';
import { type Answer, type Arrival, Exchange } from './exchange.js';
import type { Services } from './services.js';
import { DEFAULT_TENANT } from './target.js';
import { finish } from './trace.js';

/** What a run that no webhook started begins with. */
export interface RunBeginning {
  readonly tenant: string;
  readonly script: string;
  /** What came in. */
  readonly context: unknown;
}

/** Begins the trace of a run that no webhook started. */
export function beginRun({ tenant, script, context }: RunBeginning, cause: Cause, current: () => Services): RunTrace {
  const services = current();
  const exchange = new Exchange(arrivalOf(tenant, script, cause), services.nextTraceId(), services);
  exchange.bytes = Buffer.from(JSON.stringify(context));
  const trace = exchange.runScript(script);
  services.traces.add(finish(exchange, null, services).trace, 'platform');
  keepAnew(exchange, null, current);
  return trace;
}

/**
 * From now on the trace, which is kept already, is kept anew each time its script rests, and when it ends: without what is
 * to be hidden by then. A script that rests often is told of once in a turn of the event loop, before anybody outside can
 * ask. `current` gives the services as the config file has them then.
 */
export function keepAnew(exchange: Exchange, answer: Answer | null, current: () => Services): void {
  const replace = (): void => {
    const services = current();
    services.traces.replace(finish(exchange, answer, services).trace);
  };
  let waiting: NodeJS.Immediate | undefined;
  exchange.amend = () => {
    if (!exchange.running) {
      clearImmediate(waiting);
      replace();
      return;
    }
    waiting ??= setImmediate(() => {
      waiting = undefined;
      replace();
    });
  };
}

/** A run has a trace like a message: its method is SCRIPT, its path the script's name, its body what came in. */
function arrivalOf(tenant: string, script: string, parent: Cause): Arrival {
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
