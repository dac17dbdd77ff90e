/** POST /_emulator/explain: what a request would be answered, and why, without sending it. */
import type { Headers, Pipeline } from '../pipeline/index.js';
import { DEFAULT_TENANT, readTarget } from '../pipeline/target.js';
import type { OutsideOperation } from '../cxone/handler.js';
import { Activity, type Cause } from '../cxone/studio.js';
import { reject } from '../errors/catalogue.js';
import { bodyTooLarge, headersTooLarge } from '../errors/size-errors.js';
import { show } from '../shared/format.js';
import type { Trace } from '../trace/trace.js';
import { unsendable } from './unsendable.js';

/** A request that somebody asks about. */
export interface Question {
  /** Default: POST. */
  readonly method?: string;
  /** With the query. Default: a handover. */
  readonly path?: string;
  /** Default: Content-Type: application/json, and an Accept that takes anything. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes are sent as they stand, anything else as JSON. */
  readonly body?: unknown;
}

/** What the request would be answered, and why. */
export interface Explained {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed, where it is JSON; null where there is none. */
  readonly body: unknown;
  readonly trace: Trace;
}

const DEFAULT_PATH = '/api/v2/conversations/webchat';
export const DEFAULT_HEADERS = { 'content-type': 'application/json', accept: '*/*' };
const CONTROL_PREFIX = '/_emulator';

/** The pipeline is asked for late, because it works with this operation itself. */
export function explainOperation(pipeline: () => Pipeline): OutsideOperation {
  return {
    async perform(call) {
      return { status: 200, body: await explainRequest(pipeline(), call.tenant, call.body as Question, call.cause) };
    },
  };
}

/** Throws a Rejection where the path is none of the platform's. */
export async function explainRequest(pipeline: Pipeline, tenant: string, question: Question, cause?: Cause): Promise<Explained> {
  const path = question.path ?? DEFAULT_PATH;
  const target = path.startsWith('/t/') || tenant === DEFAULT_TENANT ? path : `/t/${tenant}${path}`;
  requirePlatformPath(readTarget(target).path, path);
  const bytes = bytesOf(question.body);
  const method = (question.method ?? 'POST').toUpperCase();
  const fault = sizeOf(question.headers) > LARGEST_HEADERS ? headersTooLarge() : unsendable(method, path, question.headers);
  const { answer, trace } = await pipeline.explain({
    transport: 'http',
    method,
    target,
    headers: question.headers === undefined ? DEFAULT_HEADERS : lowerCased(question.headers),
    ...(fault === undefined ? {} : { fault }),
    receive: (limit) =>
      bytes.length > limit
        ? { bytes: bytes.subarray(0, limit), fault: bodyTooLarge(limit, `${String(bytes.length)} bytes`) }
        : { bytes },
    gone: () => false,
    // A script may ask too, and the request may lead to the same script again.
    ...(cause === undefined || cause.depth === 0 ? {} : { parent: { ...cause, activity: new Activity() } }),
  });
  if (answer === null) throw new Error('explain got no answer');
  const json = /\bjson\b/.test(answer.headers['content-type'] ?? '');
  const body: unknown = answer.body !== null && json ? JSON.parse(answer.body) : answer.body;
  return { status: answer.status, headers: answer.headers, body, trace };
}

/** Node's limit, which holds for requests on the wire. */
const LARGEST_HEADERS = 16_384;

function sizeOf(headers: Question['headers']): number {
  return Object.entries(headers ?? {}).reduce((size, [name, value]) => size + name.length + value.length, 0);
}

/** A control call would read or reset the emulator itself instead of only being looked at. */
function requirePlatformPath(path: string, given: string): void {
  const plain = percentDecoded(path);
  if (plain !== CONTROL_PREFIX && !plain.startsWith(`${CONTROL_PREFIX}/`)) return;
  throw reject('CONTROL_INPUT_INVALID', {
    message: 'Only requests to the platform can be explained.',
    in: 'body',
    pointer: '/path',
    expected: 'a path of the emulated platform, such as /api/v2/conversations/webchat',
    received: show(given),
    remedy: `Send the request itself: an answer below ${CONTROL_PREFIX} always shows its cause.`,
  });
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function lowerCased(headers: Readonly<Record<string, string>>): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A path that does not decode reaches no operation at all. */
function percentDecoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
