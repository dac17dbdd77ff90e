/** What is no request at all: bytes that are not HTTP, headers without end, a caller that never finishes. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Answer, Arrival } from '../pipeline/index.js';
import { ENCODE_PATH, headersTooLarge } from '../pipeline/receive.js';
import { type Rejection, reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';

export interface ParserError extends Error {
  readonly code?: string;
  /** What Node had read when it gave up, with the requests before. */
  readonly rawPacket?: Buffer;
  /** How much of the packet was sound. */
  readonly bytesParsed?: number;
}

/** What made Node give up on a connection. `timeout` in milliseconds. */
export function connectionFault(error: ParserError, timeout: number): Rejection {
  const packet = brokenPart(error);
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return reject('REQUEST_TIMEOUT', {
        message: 'The request did not arrive in time.',
        in: null,
        pointer: null,
        expected: `the whole request within ${String(timeout)} ms`,
        received: 'a part of it',
        remedy: 'Compare Content-Length with what is really sent: a caller that announces more than it sends waits for ever.',
      });
    case 'HPE_INVALID_EOF_STATE':
      return callerLeft('a part of it');
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge();
    default:
      return reject('HTTP_MALFORMED', {
        message: 'What arrived is not HTTP/1.',
        in: null,
        pointer: null,
        expected: 'an HTTP/1.1 request',
        // Headers may hold credentials: only the first line is shown.
        received: `${error.message}${packet === undefined ? '' : `, in ${show(firstLine(packet).slice(0, 60))}`}`,
        remedy: adviseMalformed(error, packet),
      });
  }
}

const END_OF_HEADERS = '\r\n\r\n';

/** The message that is broken, without the sound ones that were pipelined before it in the same packet. */
export function brokenPart({ rawPacket, bytesParsed = 0 }: ParserError): Buffer | undefined {
  const before = rawPacket?.lastIndexOf(END_OF_HEADERS, Math.max(0, bytesParsed - 1)) ?? -1;
  return before === -1 || before >= bytesParsed ? rawPacket : rawPacket?.subarray(before + END_OF_HEADERS.length);
}

function firstLine(packet: Buffer): string {
  return packet.toString('latin1', 0, 2048).split(/\r?\n/, 1)[0] ?? '';
}

/** The connection was closed in the middle of a request. */
export function callerLeft(received: string): Rejection {
  return reject('CLIENT_DISCONNECTED', {
    message: 'The caller left before its request was whole.',
    in: null,
    pointer: null,
    expected: 'the whole request',
    received,
    remedy: 'Look at the caller: it was stopped, or its own time-out ended the request.',
  });
}

/** The connection was closed while requests waited on it for their turn. */
export function leftInTheLine(): Rejection {
  return reject('CLIENT_DISCONNECTED', {
    message: 'The connection was closed before this request had its turn: nothing was done.',
    in: null,
    pointer: null,
    expected: 'a caller that reads one answer after the other',
    received: 'a connection that was closed with requests still waiting on it',
    remedy:
      'Send the next request when the answer to the last one is there. The traces before this one say why the connection was closed.',
  });
}

function adviseMalformed(error: ParserError, packet: Buffer | undefined): string {
  if (packet?.[0] === 0x16) return 'This is TLS on a plain port: use http:// instead of https:// for the emulator.';
  if (error.rawPacket?.toString('latin1', 0, 3) === 'PRI') return 'This is HTTP/2 without TLS: let the client speak HTTP/1.1.';
  const followsARequest = packet !== error.rawPacket;
  if (error.code === 'HPE_INVALID_METHOD' && followsARequest) {
    return 'After a request came more bytes than its Content-Length announced: it must count bytes, not characters, and a body must not come without it.';
  }
  if (error.code === 'HPE_INVALID_METHOD')
    return 'Send a method that HTTP knows, in capital letters: GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS.';
  const target = packet === undefined ? undefined : /^\S+ (\S+)/.exec(firstLine(packet))?.[1];
  if (error.code === 'HPE_INVALID_URL' && target !== undefined && !/^(?:\/|https?:\/\/)/i.test(target))
    return 'Begin the path with a slash, such as /api/v2/conversations/webchat: without quotes, and without a host that has no http:// before it.';
  // A space ends the path, and the name of the protocol has to stand behind it.
  if (error.code === 'HPE_INVALID_URL' || error.code === 'HPE_INVALID_CONSTANT') return ENCODE_PATH;
  return 'Let an HTTP library make the request; where one did, look for a header with a line break in it, or a body longer than its Content-Length.';
}

/** A connection that never became a request, as the pipeline takes it. */
export function brokenArrival(fault: Rejection, packet: Buffer | undefined): Arrival {
  const line = /^([A-Z]{1,20}) (\/\S{0,2000})/.exec(packet?.toString('latin1', 0, 2048) ?? '');
  return {
    transport: 'http',
    method: line?.[1] ?? '-',
    target: line?.[2] ?? '/',
    headers: {},
    fault,
    receive: () => ({ bytes: Buffer.alloc(0) }),
    gone: () => false,
  };
}

/** An answer of which the caller takes nothing more, so that the connection was closed. `patience` in milliseconds. */
export function unreadArrival({ method, url }: IncomingMessage, patience: number): Arrival {
  return {
    transport: 'http',
    method: method ?? '-',
    target: url ?? '/',
    headers: {},
    fault: reject('ANSWER_NOT_READ', {
      message: 'The caller took no more of its answer, and the connection was closed.',
      in: null,
      pointer: null,
      expected: 'a caller that reads its answers to the end',
      received: `no progress for ${String(patience)} ms; of a large answer, progress shows in steps of a megabyte or so`,
      remedy:
        'Let the client read every answer to its end, also those that it does not need, or close its connection. A slow reader of a large answer needs a longer --request-timeout, or asks for less (limit=…).',
    }),
    receive: () => ({ bytes: Buffer.alloc(0) }),
    gone: () => true,
  };
}

/** A CONNECT request: Node hands over the bare socket. */
export function connectArrival(target: string): Arrival {
  return {
    transport: 'http',
    method: 'CONNECT',
    target: target.startsWith('/') ? target : `/${target}`,
    headers: {},
    receive: () => ({ bytes: Buffer.alloc(0) }),
    gone: () => false,
  };
}

/** Writes an answer to a bare socket and closes it. */
export function writeBare(socket: Duplex, { status, headers, body }: Answer): void {
  const text = body ?? '';
  const lines = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `date: ${new Date().toUTCString()}`,
    `content-length: ${String(Buffer.byteLength(text))}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}
