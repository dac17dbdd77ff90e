/** The last stage, respond: makes the response, whatever happened before. */
import { NEVER_SENT, reject, type Rejection } from '../errors/catalogue.js';
import type { Answer } from './outgoing-response.js';
import { internal } from './internal.js';
import { corsHeaders } from './origin-policy.js';
import type { RequestContext } from './request-context.js';
import type { Services } from './services.js';

/** Returns null if the caller has disconnected. */
export function respond(context: RequestContext, services: Services): Answer | null {
  const response = responseTo(context, services);
  const sent = response !== null && response.broken !== 'reset' && response.broken !== 'hang';
  context.trace.response = sent ? response : null;
  return response;
}

function responseTo(context: RequestContext, services: Services): Answer | null {
  const { spoil } = context;
  const result = context.rejection === undefined ? replied(context, services) : refused(context, context.rejection, services);
  if (context.status !== NEVER_SENT && context.request.gone()) context.refuse(leftBeforeTheAnswer(context));
  if (context.status === NEVER_SENT) return context.rejection?.cause.code === 'FAULT_INJECTED' ? spoiled(result, spoil) : null;
  warnIfSlow(context);
  return spoiled(result, spoil);
}

/** As a fault has it. Broken JSON has the length that its head says. */
function spoiled(answer: Answer, spoil: RequestContext['spoil']): Answer {
  if (spoil === undefined) return answer;
  if (spoil === 'malformed') return { ...answer, body: (answer.body ?? '{}').slice(0, -1) };
  return { ...answer, broken: spoil, close: true };
}

function replied(context: RequestContext, services: Services): Answer {
  const { operation, reply } = context;
  try {
    if (reply === undefined) throw new Error(`${operation?.operationId ?? 'nothing'} gave no reply`);
    context.trace.log(`Answered ${String(reply.status)}.`);
    if (reply.cause !== undefined) context.trace.outcome = 'rejected';
    const json = answer(context, services, reply.status, reply.body, reply.headers ?? {}, reply.cause);
    const whole = reply.text === undefined ? json : { ...json, body: reply.text };
    return reply.feed === undefined || context.method === 'HEAD' ? whole : { ...whole, feed: reply.feed };
  } catch (error) {
    services.onBug(error, context.trace.traceId);
    const rejection = internal(error);
    context.refuse(rejection);
    return refused(context, rejection, services);
  }
}

function refused(context: RequestContext, rejection: Rejection, services: Services): Answer {
  const { status, family } = context;
  const { headers = {}, body: name = '', members } = rejection.parts;
  if ('instead' in rejection.parts) {
    const { instead } = rejection.parts;
    const json = answer(context, services, status, instead, headers);
    return typeof instead === 'string' && isNoJson(headers['content-type']) ? { ...json, body: instead } : json;
  }
  const configured = services.settings.errors[family.name]?.[String(status)];
  const known = family.errors.get(status);
  if (configured === undefined && known === undefined) return answer(context, services, status, undefined, headers);
  const body: Record<string, unknown> = { ...(configured ?? known?.named[name] ?? known?.body) };
  if (configured === undefined) delete body.cause;
  if (context.family.revealsCause || services.settings.revealErrors) {
    const { cause } = context.trace;
    body.cause = {
      code: cause?.code,
      in: cause?.in,
      pointer: cause?.pointer,
      expected: cause?.expected,
      received: cause?.received,
      remedy: cause?.remedy,
    };
  }
  if (context.family.revealsCause) Object.assign(body, members);
  return answer(context, services, status, body, { ...headers, ...describedIn(family.descriptionHeader, body) });
}

/** A gateway in front of the platform answers with a page of its own. */
function isNoJson(contentType: string | undefined): boolean {
  return contentType !== undefined && !/[/+]json\b/i.test(contentType);
}

/** Older clients of the ACD read the description in a header (client). */
function describedIn(
  name: string | undefined,
  { error_description: text }: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return name === undefined || typeof text !== 'string' ? {} : { [name]: text.replace(/[^\x20-\x7e]/g, '?') };
}

function answer(
  context: RequestContext,
  services: Services,
  status: number,
  body: unknown,
  more: Readonly<Record<string, string>>,
  cause = context.rejection?.cause.code,
): Answer {
  const headers: Record<string, string> = { ...more, ...corsHeaders(context, services) };
  const text = body === undefined ? null : JSON.stringify(body);
  if (text !== null) headers['content-type'] ??= 'application/json; charset=utf-8';
  if (services.settings.emulatorHeaders) {
    headers['x-emulator-trace-id'] = context.trace.traceId;
    if (cause !== undefined) headers['x-emulator-cause'] = cause;
  }
  return {
    status,
    headers,
    body: text,
    close: CLOSING.has(status) || context.bodyFault !== undefined || context.request.fault !== undefined,
  };
}

/** After these the connection holds bytes that nobody reads. */
const CLOSING: ReadonlySet<number> = new Set([408, 413, 431, 503]);

function leftBeforeTheAnswer(context: RequestContext): Rejection {
  return reject('CLIENT_DISCONNECTED', {
    message: 'The caller left before the answer.',
    in: null,
    pointer: null,
    expected: 'a caller that waits for the answer',
    received: `a connection that closed within ${String(Math.round(context.trace.elapsed))} ms`,
    remedy: 'Whatever was done, nobody heard of it: Cognigy gives up after 8 s or 15 s. Look at the caller’s time-out.',
  });
}

/** Cognigy waits 15 s in its shared cloud and 8 s elsewhere (doc). */
const PATIENCE = 8000;

function warnIfSlow(context: RequestContext): void {
  // Whoever calls the control API is not Cognigy, and may have asked to wait.
  if (context.trace.elapsed < PATIENCE || context.family.name === 'control') return;
  context.trace.warn('CLIENT_DISCONNECTED', {
    message: 'The answer took so long that Cognigy may have given up.',
    in: null,
    pointer: null,
    expected: `an answer within ${String(PATIENCE)} ms`,
    received: `one after ${String(Math.round(context.trace.elapsed))} ms`,
    remedy:
      'Cognigy’s HTTP Request node waits 8 s on dedicated and own installations, 15 s in the shared cloud: answer first, and work afterwards.',
  });
}
