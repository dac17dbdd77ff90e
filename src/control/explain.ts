/** POST /_emulator/explain: what a request would be answered, and why, without sending it. */
import type { Headers, Pipeline } from '../pipeline/index.js';
import { DEFAULT_TENANT, readTarget } from '../pipeline/target.js';
import { headersTooLarge } from '../pipeline/receive.js';
import { tooLarge } from '../pipeline/parse-body.js';
import type { OutsideOperation } from '../platform/operation.js';
import { Activity } from '../platform/studio.js';
import { reject } from '../rejections.js';
import { show } from '../shown.js';

interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it stands, anything else as JSON. */
  readonly body?: unknown;
}

const DEFAULT_PATH = '/api/v2/conversations/webchat';
const DEFAULT_HEADERS = { 'content-type': 'application/json', accept: '*/*' };

/** The pipeline is asked for late, because it works with this operation itself. */
export function explainOperation(pipeline: () => Pipeline, controlPrefix: string): OutsideOperation {
  return {
    async perform(call) {
      const question = call.body as Question;
      const path = question.path ?? DEFAULT_PATH;
      const target = path.startsWith('/t/') || call.tenant === DEFAULT_TENANT ? path : `/t/${call.tenant}${path}`;
      requirePlatformPath(readTarget(target).path, controlPrefix, path);
      const bytes = bytesOf(question.body);
      const { answer, trace } = await pipeline().explain({
        transport: 'http',
        method: (question.method ?? 'POST').toUpperCase(),
        target,
        headers: question.headers === undefined ? DEFAULT_HEADERS : lowerCased(question.headers),
        ...(sizeOf(question.headers) > LARGEST_HEADERS ? { fault: headersTooLarge() } : {}),
        receive: (limit) =>
          bytes.length > limit
            ? { bytes: bytes.subarray(0, limit), fault: tooLarge(limit, `${String(bytes.length)} bytes`) }
            : { bytes },
        gone: () => false,
        // A script may ask too, and the request may lead to the same script again.
        ...(call.cause.depth === 0 ? {} : { parent: { ...call.cause, activity: new Activity(call.cause.activity) } }),
      });
      if (answer === null) throw new Error('explain got no answer');
      const json = /\bjson\b/.test(answer.headers['content-type'] ?? '');
      const body: unknown = answer.body !== null && json ? JSON.parse(answer.body) : answer.body;
      return { status: 200, body: { status: answer.status, headers: answer.headers, body, trace } };
    },
  };
}

/** Node's limit, which holds for requests on the wire. */
const LARGEST_HEADERS = 16_384;

function sizeOf(headers: Question['headers']): number {
  return Object.entries(headers ?? {}).reduce((size, [name, value]) => size + name.length + value.length, 0);
}

/** A control call would read or reset the emulator itself instead of only being looked at. */
function requirePlatformPath(path: string, controlPrefix: string, given: string): void {
  const plain = percentDecoded(path);
  if (plain !== controlPrefix && !plain.startsWith(`${controlPrefix}/`)) return;
  throw reject('CONTROL_INPUT_INVALID', {
    message: 'Only requests to the platform can be explained.',
    in: 'body',
    pointer: '/path',
    expected: 'a path of the emulated platform, such as /api/v2/conversations/webchat',
    received: show(given),
    remedy: `Send the request itself: an answer below ${controlPrefix} always shows its cause.`,
  });
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
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
