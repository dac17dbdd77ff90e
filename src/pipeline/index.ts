/**
 * The pipeline: what happens to every request, from its bytes to the response. READ FIRST.
 *
 * The order of the stages decides which fault a caller sees, so it is behaviour. A stage fills in its part of the context
 * or throws a Rejection. The last one, respond, runs in any case, and it alone makes the response.
 */
import type { Cause, RunTrace } from '../cxone/studio.js';
import { Rejection } from '../errors/catalogue.js';
import type { Trace } from '../trace/trace.js';
import { authorize } from './authorize.js';
import { handle } from './handle.js';
import type { Arrival } from './incoming-request.js';
import { injectFault } from './inject-fault.js';
import { internal } from './internal.js';
import { negotiate } from './negotiate.js';
import type { Answer } from './outgoing-response.js';
import { parseBody } from './parse-body.js';
import { receive } from './receive.js';
import { RequestContext } from './request-context.js';
import { respond } from './respond.js';
import { route } from './route.js';
import { beginRun, keepUpToDate, type RunBeginning } from './script-run.js';
import type { Services } from './services.js';
import { validate } from './validate.js';

export type { Feed } from '../cxone/handler.js';
export type { Arrival, Headers, Received } from './incoming-request.js';
export type { Answer, PassedOn } from './outgoing-response.js';
export type { ErrorBodies, Services } from './services.js';

interface Stage {
  readonly name: string;
  readonly run: (context: RequestContext, services: Services) => void | Promise<void>;
}

const STAGES: readonly Stage[] = [
  { name: 'receive', run: receive },
  { name: 'route', run: route },
  { name: 'inject-fault', run: injectFault },
  { name: 'authorize', run: authorize },
  { name: 'negotiate', run: negotiate },
  { name: 'parse-body', run: parseBody },
  { name: 'validate', run: validate },
  { name: 'handle', run: handle },
];

export interface Finished {
  /** null if the caller has disconnected. */
  readonly answer: Answer | null;
  readonly trace: Trace;
}

export interface Pipeline {
  /** Answers a request and keeps its trace. Never throws. Returns null if the caller has disconnected. */
  handle(request: Arrival): Promise<Answer | null>;
  /** Answers a request on which an interceptor failed. Never throws. */
  fail(request: Arrival, problem: unknown): Promise<Answer | null>;
  /** Like `handle`, with the trace as it is then; undefined if even that could not be made. */
  observe(request: Arrival): Promise<{ readonly answer: Answer | null; readonly trace: Trace | undefined }>;
  /** What the response to a request would be, and its trace. Nothing is changed and nothing is kept. */
  explain(request: Arrival): Promise<Finished>;
  /** Answers a script's own request. Rejects only for a bug. */
  handleForScript(request: Arrival): Promise<Finished>;
  /** Begins the trace of a script that no webhook started. */
  beginRun(run: RunBeginning, cause: Cause): RunTrace;
}

/** `current` returns the services as the config file has them now. */
export function createPipeline(current: () => Services): Pipeline {
  async function runStages(context: RequestContext, services: Services): Promise<Answer | null> {
    const { trace } = context;
    try {
      for (const stage of STAGES) {
        trace.stage = stage.name;
        const pending = stage.run(context, services);
        if (pending !== undefined) await pending;
        if (context.reply !== undefined) break;
      }
    } catch (problem) {
      context.refuse(problem instanceof Rejection ? problem : bug(problem, trace.traceId, services));
    }
    trace.stage = 'respond';
    return respond(context, services);
  }

  async function handleTraced(request: Arrival, traceId: string, services: Services): Promise<Finished> {
    const context = new RequestContext(request, traceId, services);
    const answer = await runStages(context, services);
    const trace = context.trace.render(services);
    services.traces.add(trace, context.family.name === 'control' ? 'control' : 'platform');
    if (context.trace.running) keepUpToDate(context.trace, current);
    return { answer, trace };
  }

  function handleSafely(request: Arrival, traceId: string, services: Services): ReturnType<Pipeline['observe']> {
    return handleTraced(request, traceId, services).catch((problem: unknown) => ({
      answer: answerWithoutTrace(problem, traceId, services),
      trace: undefined,
    }));
  }

  return {
    async handle(request) {
      const services = current();
      return (await handleSafely(request, services.nextTraceId(), services)).answer;
    },
    async fail(request, problem) {
      const services = current();
      const traceId = services.nextTraceId();
      services.onBug(problem, traceId);
      return (await handleSafely({ ...request, fault: internal(problem) }, traceId, services)).answer;
    },
    observe(request) {
      const services = current();
      return handleSafely(request, services.nextTraceId(), services);
    },
    handleForScript(request) {
      const services = current();
      return handleTraced(request, services.nextTraceId(), services);
    },
    async explain(request) {
      const services = current();
      const context = new RequestContext(request, 'explained', services, true);
      const answer = await runStages(context, services);
      return { answer, trace: context.trace.render(services) };
    },
    beginRun: (run, cause) => beginRun(run, cause, current),
  };
}

function bug(problem: unknown, traceId: string, services: Services): Rejection {
  services.onBug(problem, traceId);
  return internal(problem);
}

/** If even the trace could not be made. */
function answerWithoutTrace(problem: unknown, traceId: string, services: Services): Answer {
  services.onBug(problem, traceId);
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 500, headers, body: JSON.stringify(services.contract.families[0]?.errors.get(500)?.body), close: true };
}
