/** A request of Node's http server as the pipeline takes it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Arrival, Received } from '../pipeline/index.js';
import { tooLarge } from '../pipeline/parse-body.js';
import { NEVER_SENT, Rejection, reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import { callerLeft, leftInTheLine } from './malformed-request.js';
import type { Held, InFlight } from './memory-budget.js';

/** What is over the limit is read and thrown away up to here, so that the caller hears the answer instead of a reset. */
const MOST_DISCARDED = 64 * 1024 * 1024;

/** The requests whose body is still on its way, by socket: a fault of the connection belongs to them. */
const reading = new WeakMap<Duplex, { readonly request: IncomingMessage; readonly fail: (fault: Rejection) => void }>();

/** Gives a fault of the connection to the request that is being read on it; false where there is none. */
export function failReading(socket: Duplex, fault: Rejection): boolean {
  const current = reading.get(socket);
  if (current === undefined || current.request.complete) return false;
  current.fail(fault);
  return true;
}

/** Connections that were opened when too many were open already. */
const extra = new WeakMap<Duplex, () => number | undefined>();

/** Has requests on this connection refused while `limit` says which limit is exceeded. */
export function refuseWhile(socket: Duplex, limit: () => number | undefined): void {
  extra.set(socket, limit);
}

/** `held` counts the bytes of the body. */
export function arrivalOf(request: IncomingMessage, response: ServerResponse, inFlight: InFlight, held: Held): Arrival {
  const fault = request.socket.destroyed ? leftInTheLine() : (busyFault(request, inFlight) ?? hostFault(request));
  return {
    transport: 'http',
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: request.headers,
    ...(fault === undefined ? {} : { fault }),
    receive: (limit) => receive(request, limit, (bytes) => (held.take(bytes) ? undefined : tooMuchInFlight(inFlight.limit))),
    gone: () => response.destroyed || request.socket.destroyed,
  };
}

function busyFault({ socket }: IncomingMessage, inFlight: InFlight): Rejection | undefined {
  const limit = extra.get(socket)?.();
  if (limit === undefined) return inFlight.full ? tooMuchInFlight(inFlight.limit) : undefined;
  return reject('EMULATOR_BUSY', {
    message: 'Too many connections are open.',
    in: null,
    pointer: null,
    expected: `at most ${String(limit)} open connections`,
    received: 'one more',
    remedy:
      'Let the client use its connections again (keep-alive) and close those that it no longer needs, or allow more with --max-connections. CXone’s own limit is not known.',
  });
}

function tooMuchInFlight(limit: number): Rejection {
  return reject('EMULATOR_BUSY', {
    message: 'Too many bytes are in flight.',
    in: null,
    pointer: null,
    expected: `at most ${String(limit)} bytes of bodies and of answers that nobody has taken yet, over all requests`,
    received: 'more',
    remedy:
      'Send fewer or smaller bodies at a time and read every answer to its end, or allow more with --max-in-flight-bytes. CXone’s own limit is not known.',
  });
}

/** The answer would stand behind those that are not over. */
class NotSent extends Rejection {
  override statusIn(): number {
    return NEVER_SENT;
  }
}

/** For a connection that is closed because more requests wait on it than there is room for. */
export function tooManyWaiting(): Rejection {
  return new NotSent([
    {
      code: 'EMULATOR_BUSY',
      message: 'Too many requests wait on this connection for the answer before them, and it was closed.',
      in: null,
      pointer: null,
      expected:
        'some thousands of requests at most that wait on one connection, and on all of them no more bytes than --max-in-flight-bytes allows',
      received: 'one more',
      remedy:
        'Read the answers, and send the next request when the answer to the last one is there. A stream of traces does not end: give it a connection of its own.',
    },
  ]);
}

/** RFC 9112 asks for one Host: Node would answer its lack with a page of its own, and takes the first of several. */
function hostFault(request: IncomingMessage): Rejection | undefined {
  const hosts = hostsOf(request);
  if (hosts.length === 1 || (hosts.length === 0 && request.httpVersion !== '1.1')) return undefined;
  const several = hosts.length > 0;
  return reject('HTTP_MALFORMED', {
    message: several ? 'The request has more than one Host header.' : 'The request has no Host header.',
    in: 'header',
    pointer: '/host',
    expected: several ? 'one Host header, as HTTP demands' : 'a Host header, as HTTP/1.1 demands',
    received: several ? show(hosts) : 'nothing',
    remedy: several
      ? 'Let an HTTP library make the request; where a proxy or a script adds Host, let it replace the one that is there.'
      : 'Let an HTTP library make the request, or add the header Host.',
  });
}

function hostsOf({ rawHeaders }: IncomingMessage): string[] {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[at + 1] ?? '');
  }
  return hosts;
}

const NOTHING: Received = { bytes: Buffer.alloc(0) };

/** `hold` says why there is no room for so many bytes more: the rest is thrown away then. */
function receive(
  request: IncomingMessage,
  limit: number,
  hold: (bytes: number) => Rejection | undefined,
): Received | Promise<Received> {
  const { headers } = request;
  const empty =
    headers['transfer-encoding'] === undefined && (headers['content-length'] === undefined || headers['content-length'] === '0');
  if (empty || request.readableEnded) return NOTHING;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let crowded: Rejection | undefined;
    const { socket } = request;

    const done = (fault?: Rejection): void => {
      if (reading.get(socket)?.request === request) reading.delete(socket);
      const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      resolve(fault === undefined ? { bytes } : { bytes, fault });
    };
    const onData = (chunk: Buffer): void => {
      const room = crowded === undefined ? limit - size : 0;
      size += chunk.length;
      if (room > 0) {
        const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
        crowded = hold(kept.length);
        if (crowded === undefined) chunks.push(kept);
      }
      if (size > limit + MOST_DISCARDED) {
        request.pause();
        done(tooLarge(limit, `more than ${String(size)} bytes`));
      }
    };
    const onEnd = (): void => {
      done(size > limit ? tooLarge(limit, `${String(size)} bytes`) : crowded);
    };
    const onClose = (): void => {
      if (!request.complete) done(callerLeft(`${String(size)} bytes of its body`));
    };
    reading.set(socket, { request, fail: done });
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}
