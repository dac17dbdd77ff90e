/** Turns what Node's server gives into the pipeline's request. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Arrival, Received } from '../pipeline/index.js';
import type { Rejection } from '../errors/catalogue.js';
import { bodyTooLarge } from '../errors/size-errors.js';
import { clientLeft } from './errors.js';

/** A body over the limit is read and discarded up to here, in bytes: otherwise the client sees a reset instead of the response. */
const MAX_DISCARDED = 64 * 1024 * 1024;

/** The request whose body is arriving on a connection: an error of the connection belongs to it. */
const reading = new WeakMap<Duplex, { readonly request: IncomingMessage; readonly fail: (error: Rejection) => void }>();

/** Fails the request whose body is arriving on this connection. Returns false if there is none. */
export function failReading(socket: Duplex, error: Rejection): boolean {
  const current = reading.get(socket);
  if (current === undefined || current.request.complete) return false;
  current.fail(error);
  return true;
}

/** `reserve` returns why there is no room for so many more bytes of the body. */
export function readRequest(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Rejection | undefined,
  reserve: (bytes: number) => Rejection | undefined,
): Arrival {
  return {
    transport: 'http',
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: request.headers,
    ...(fault === undefined ? {} : { fault }),
    receive: (limit) => receive(request, limit, reserve),
    gone: () => response.destroyed || request.socket.destroyed,
  };
}

export function hostsOf({ rawHeaders }: IncomingMessage): string[] {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[at + 1] ?? '');
  }
  return hosts;
}

const NOTHING: Received = { bytes: Buffer.alloc(0) };

/** A request that Node gave up on, or that has no body to be read. */
export function bodilessRequest(method = '-', target = '/', fault?: Rejection): Arrival {
  return {
    transport: 'http',
    method,
    target,
    headers: {},
    ...(fault === undefined ? {} : { fault }),
    receive: () => NOTHING,
    gone: () => false,
  };
}

/** A request that Node could not parse, with the method and the path if it has them. */
export function malformedRequest(fault: Rejection, packet: Buffer | undefined): Arrival {
  // Headers may hold credentials: of the packet, only the request line is kept.
  const line = /^([A-Z]{1,20}) (\/\S{0,2000})/.exec(packet?.toString('latin1', 0, 2048) ?? '');
  return bodilessRequest(line?.[1], line?.[2], fault);
}

function receive(
  request: IncomingMessage,
  limit: number,
  reserve: (bytes: number) => Rejection | undefined,
): Received | Promise<Received> {
  const { headers, socket } = request;
  const empty =
    headers['transfer-encoding'] === undefined && (headers['content-length'] === undefined || headers['content-length'] === '0');
  if (empty || request.readableEnded) return NOTHING;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let noRoom: Rejection | undefined;

    const done = (fault?: Rejection): void => {
      reading.delete(socket);
      const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      resolve(fault === undefined ? { bytes } : { bytes, fault });
    };
    const onData = (chunk: Buffer): void => {
      const room = noRoom === undefined ? limit - size : 0;
      size += chunk.length;
      if (room > 0) {
        const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
        noRoom = reserve(kept.length);
        if (noRoom === undefined) chunks.push(kept);
      }
      if (size > limit + MAX_DISCARDED) {
        request.pause();
        done(bodyTooLarge(limit, `more than ${String(size)} bytes`));
      }
    };
    const onEnd = (): void => {
      done(size > limit ? bodyTooLarge(limit, `${String(size)} bytes`) : noRoom);
    };
    const onClose = (): void => {
      if (!request.complete) done(clientLeft(`${String(size)} bytes of its body`));
    };
    reading.set(socket, { request, fail: done });
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}
