/**
 * The pipeline: the way of every request, from its bytes to its answer. READ FIRST.
 *
 * The order of the stages decides which fault a caller sees, so it is behaviour. A stage fills in its part of the
 * exchange or throws a Rejection. Check-rules and answer run as one unit on the tenant's state; the last one, respond,
 * runs whatever happened before, and it alone answers. Inject-fault does nothing unless somebody asked for a fault.
 */
import type { RunUnit } from '../platform/operation.js';
import type { Cause, RunTrace } from '../platform/studio.js';
import { Rejection } from '../rejections.js';
import { answer, reply } from './answer.js';
import { authorize } from './authorize.js';
import { checkRules } from './check-rules.js';
import { type Answer, type Arrival, Exchange } from './exchange.js';
import { injectFault } from './inject-fault.js';
import { internal } from './internal.js';
import { negotiate } from './negotiate.js';
import { parseBody } from './parse-body.js';
import { receive } from './receive.js';
import { respond } from './respond.js';
import { route } from './route.js';
import { beginRun, keepAnew, type RunBeginning } from './run-trace.js';
import type { Trace } from '../trace/trace.js';
import type { Services } from './services.js';
import { type Finished, finish } from './trace.js';
import { validate } from './validate.js';

export type { Feed } from '../platform/operation.js';
export type { Answer, Arrival, Headers, PassedOn, Received } from './exchange.js';
export type { ErrorBodies, Services } from './services.js';

interface Stage {
  readonly name: string;
  readonly run: (exchange: Exchange, services: Services) => void | Promise<void>;
}

const STAGES: readonly Stage[] = [
  { name: 'receive', run: receive },
  { name: 'route', run: route },
  { name: 'inject-fault', run: injectFault },
  { name: 'authorize', run: authorize },
  { name: 'negotiate', run: negotiate },
  { name: 'parse-body', run: parseBody },
  { name: 'validate', run: validate },
  { name: 'check-rules', run: checkRulesAndAnswer },
];

export interface Pipeline {
  /** Answers a message and keeps its trace. Never throws. The answer is null where the caller has left. */
  handle(arrival: Arrival): Promise<Answer | null>;
  /** Answers a message on which what stands around the pipeline failed. Never throws. */
  fail(arrival: Arrival, problem: unknown): Promise<Answer | null>;
  /** The same as `handle`, with its trace as it is then; undefined where even that could not be made. */
  observe(arrival: Arrival): Promise<{ readonly answer: Answer | null; readonly trace: Trace | undefined }>;
  /** What a message would be answered, and its trace; nothing is changed and nothing is kept. */
  explain(arrival: Arrival): Promise<Finished>;
  /** Answers a script's own call. Rejects only for a bug. */
  handleForScript(arrival: Arrival): Promise<Finished>;
  /** Begins the trace of a script that no webhook started. */
  beginRun(run: RunBeginning, cause: Cause): RunTrace;
}

/** `current` gives the services as the config file has them now. */
export function createPipeline(current: () => Services): Pipeline {
  async function run(exchange: Exchange, services: Services): Promise<Finished> {
    try {
      for (const stage of STAGES) {
        exchange.stage = stage.name;
        const waiting = stage.run(exchange, services);
        if (waiting !== undefined) await waiting;
        if (exchange.reply !== undefined) break;
      }
    } catch (problem) {
      exchange.refuse(problem instanceof Rejection ? problem : bug(problem, exchange, services));
    }
    exchange.stage = 'respond';
    return finish(exchange, respond(exchange, services), services);
  }

  function bug(problem: unknown, exchange: Exchange, services: Services): Rejection {
    services.onBug(problem, exchange.traceId);
    return internal(problem);
  }

  /** Where even the trace could not be made there is only this to say. */
  function helpless(problem: unknown, traceId: string, services: Services): Answer {
    services.onBug(problem, traceId);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return { status: 500, headers, body: JSON.stringify(services.contract.families[0]?.errors.get(500)?.body), close: true };
  }

  async function handle(arrival: Arrival, traceId: string, services: Services): Promise<Finished> {
    const exchange = new Exchange(arrival, traceId, services);
    const { answer: result, trace: told } = await run(exchange, services);
    // Its script may have ended since.
    const trace = told.outcome === 'running' && !exchange.running ? finish(exchange, result, services).trace : told;
    services.traces.add(trace, exchange.family.name === 'control' ? 'control' : 'platform');
    if (exchange.running) keepAnew(exchange, result, current);
    return { answer: result, trace };
  }

  function answered(arrival: Arrival, traceId: string, services: Services): Promise<Answer | null> {
    return handle(arrival, traceId, services)
      .then(({ answer: result }) => result)
      .catch((problem: unknown) => helpless(problem, traceId, services));
  }

  return {
    handle(arrival) {
      const services = current();
      return answered(arrival, services.nextTraceId(), services);
    },
    fail(arrival, problem) {
      const services = current();
      const traceId = services.nextTraceId();
      services.onBug(problem, traceId);
      return answered({ ...arrival, fault: internal(problem) }, traceId, services);
    },
    observe(arrival) {
      const services = current();
      const traceId = services.nextTraceId();
      return handle(arrival, traceId, services).catch((problem: unknown) => ({
        answer: helpless(problem, traceId, services),
        trace: undefined,
      }));
    },
    handleForScript(arrival) {
      const services = current();
      return handle(arrival, services.nextTraceId(), services);
    },
    beginRun: (run, cause) => beginRun(run, cause, current),
    explain(arrival) {
      const services = current();
      return run(new Exchange(arrival, 'explained', services, true), services);
    },
  };
}

/** Rules and answer run as one unit on the tenant's state, so that nothing comes between the check and the write. */
async function checkRulesAndAnswer(exchange: Exchange, services: Services): Promise<void> {
  const operation = services.operations[exchange.operation?.operationId ?? ''];
  if (operation === undefined) return;
  if ('perform' in operation) {
    exchange.stage = 'answer';
    const run: RunUnit = (work) => services.store.run(exchange.tenant, work, { dryRun: exchange.dryRun });
    reply(exchange, await operation.perform(exchange, run), services);
    await tellStudio(exchange, services);
    return;
  }
  await services.store.run(
    exchange.tenant,
    (state) => {
      checkRules(exchange, operation, state);
      exchange.stage = 'answer';
      answer(exchange, operation, state, services);
    },
    { dryRun: exchange.dryRun },
  );
  if (exchange.events.length > 0) await tellStudio(exchange, services);
}

/**
 * Scripts hear of what is through. Whoever asked is answered when their effects are done; a script's own call is not kept
 * waiting. The platform's answers do not wait for bots that scripts ask meanwhile: these may be the ones who called. A test
 * that asks the control API wants to see what came of it.
 */
async function tellStudio(exchange: Exchange, { studio }: Services): Promise<void> {
  if (exchange.dryRun) return;
  studio.take(exchange.tenant, exchange.events, exchange.cause);
  if (exchange.arrival.parent !== undefined) return;
  const { activity } = exchange.cause;
  await (exchange.family.name === 'control' ? activity.settled() : activity.quiet());
}
