/** Stage 9, respond: the only one that answers. */
import { NEVER_SENT, reject, type Rejection } from '../rejections.js';
import type { Answer, Exchange } from './exchange.js';
import { internal } from './internal.js';
import { corsHeaders } from './reached.js';
import type { Services } from './services.js';

/** null where the caller has left. */
export function respond(exchange: Exchange, services: Services): Answer | null {
  const { spoil } = exchange;
  const result = exchange.rejection === undefined ? replied(exchange, services) : refused(exchange, exchange.rejection, services);
  if (exchange.status !== NEVER_SENT && exchange.arrival.gone()) exchange.refuse(leftBeforeTheAnswer(exchange));
  if (exchange.status === NEVER_SENT) return exchange.rejection?.cause.code === 'FAULT_INJECTED' ? spoiled(result, spoil) : null;
  warnIfSlow(exchange);
  return spoiled(result, spoil);
}

/** As a fault has it. Broken JSON has the length that its head says. */
function spoiled(answer: Answer, spoil: Exchange['spoil']): Answer {
  if (spoil === undefined) return answer;
  if (spoil === 'malformed') return { ...answer, body: (answer.body ?? '{}').slice(0, -1) };
  return { ...answer, broken: spoil, close: true };
}

function replied(exchange: Exchange, services: Services): Answer {
  const { operation, reply } = exchange;
  try {
    if (reply === undefined) throw new Error(`${operation?.operationId ?? 'nothing'} gave no reply`);
    exchange.tell(`Answered ${String(reply.status)}.`);
    if (reply.cause !== undefined) exchange.outcome = 'rejected';
    const json = answer(exchange, services, reply.status, reply.body, reply.headers ?? {}, reply.cause);
    const whole = reply.text === undefined ? json : { ...json, body: reply.text };
    return reply.feed === undefined || exchange.method === 'HEAD' ? whole : { ...whole, feed: reply.feed };
  } catch (error) {
    services.onBug(error, exchange.traceId);
    const rejection = internal(error);
    exchange.refuse(rejection);
    return refused(exchange, rejection, services);
  }
}

function refused(exchange: Exchange, rejection: Rejection, services: Services): Answer {
  const { status, family } = exchange;
  const { headers = {}, body: name = '', members } = rejection.parts;
  if ('instead' in rejection.parts) {
    const { instead } = rejection.parts;
    const json = answer(exchange, services, status, instead, headers);
    return typeof instead === 'string' && isNoJson(headers['content-type']) ? { ...json, body: instead } : json;
  }
  const configured = services.settings.errors[family.name]?.[String(status)];
  const known = family.errors.get(status);
  if (configured === undefined && known === undefined) return answer(exchange, services, status, undefined, headers);
  const body: Record<string, unknown> = { ...(configured ?? known?.named[name] ?? known?.body) };
  if (configured === undefined) delete body.cause;
  if (exchange.family.revealsCause || services.settings.revealErrors) {
    const cause = exchange.entries.find(({ level }) => level === 'error');
    body.cause = {
      code: cause?.code,
      in: cause?.in,
      pointer: cause?.pointer,
      expected: cause?.expected,
      received: cause?.received,
      remedy: cause?.remedy,
    };
  }
  if (exchange.family.revealsCause) Object.assign(body, members);
  return answer(exchange, services, status, body, { ...headers, ...describedIn(family.descriptionHeader, body) });
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
  exchange: Exchange,
  services: Services,
  status: number,
  body: unknown,
  more: Readonly<Record<string, string>>,
  cause = exchange.rejection?.cause.code,
): Answer {
  const headers: Record<string, string> = { ...more, ...corsHeaders(exchange, services) };
  const text = body === undefined ? null : JSON.stringify(body);
  if (text !== null) headers['content-type'] ??= 'application/json; charset=utf-8';
  if (services.settings.emulatorHeaders) {
    headers['x-emulator-trace-id'] = exchange.traceId;
    if (cause !== undefined) headers['x-emulator-cause'] = cause;
  }
  return {
    status,
    headers,
    body: text,
    close: CLOSING.has(status) || exchange.bodyFault !== undefined || exchange.arrival.fault !== undefined,
  };
}

/** After these the connection holds bytes that nobody reads. */
const CLOSING: ReadonlySet<number> = new Set([408, 413, 431, 503]);

function leftBeforeTheAnswer(exchange: Exchange): Rejection {
  return reject('CLIENT_DISCONNECTED', {
    message: 'The caller left before the answer.',
    in: null,
    pointer: null,
    expected: 'a caller that waits for the answer',
    received: `a connection that closed within ${String(Math.round(exchange.elapsed))} ms`,
    remedy: 'Whatever was done, nobody heard of it: Cognigy gives up after 8 s or 15 s. Look at the caller’s time-out.',
  });
}

/** Cognigy waits 15 s in its shared cloud and 8 s elsewhere (doc). */
const PATIENCE = 8000;

function warnIfSlow(exchange: Exchange): void {
  // Whoever calls the control API is not Cognigy, and may have asked to wait.
  if (exchange.elapsed < PATIENCE || exchange.family.name === 'control') return;
  exchange.warn('CLIENT_DISCONNECTED', {
    message: 'The answer took so long that Cognigy may have given up.',
    in: null,
    pointer: null,
    expected: `an answer within ${String(PATIENCE)} ms`,
    received: `one after ${String(Math.round(exchange.elapsed))} ms`,
    remedy:
      'Cognigy’s HTTP Request node waits 8 s on dedicated and own installations, 15 s in the shared cloud: answer first, and work afterwards.',
  });
}
