/** The only place that writes responses. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Answer, PassedOn } from '../pipeline/index.js';
import type { Reservation } from './memory-budget.js';
import { sendFeed } from './sse.js';

export interface Reader {
  readonly socket: Socket;
  /** How to end each event stream that is being sent. */
  readonly streams: Set<() => void>;
  /** Counts what waits to be read. */
  readonly reservation: Reservation;
  /** In milliseconds: how long the client may read nothing of its response. */
  readonly patience: number;
  /** Called when the client read nothing for that long, and the connection was closed. */
  readonly onGivenUp: () => void;
}

/** In bytes. A larger response is written in chunks, because the stream reports progress only between two writes. */
const CHUNK_SIZE = 65_536;

export function write(response: ServerResponse, answer: Answer, reader: Reader): void {
  const headers: Record<string, string | number> = { ...answer.headers };
  if (answer.close) headers.connection = 'close';
  if (answer.feed !== undefined) {
    response.writeHead(answer.status, headers);
    const end = sendFeed(response, answer.feed);
    reader.streams.add(end);
    response.once('close', () => reader.streams.delete(end));
    return;
  }
  const body = answer.passedOn?.bytes ?? answer.body;
  const length = body === null ? 0 : Buffer.byteLength(body);
  if (answer.passedOn === undefined) {
    if (body !== null) headers['content-length'] = length;
    response.writeHead(answer.status, headers);
  } else writeHeadPassedOn(response, answer, answer.passedOn);
  if (answer.broken === 'cut') cut(response, answer.body ?? '');
  else if (body === null || length === 0) response.end();
  else if (length <= CHUNK_SIZE) response.end(body);
  else endInChunks(response, Buffer.from(body));
  if (!response.writableEnded || response.writableLength > 0) awaitReader(response, length, reader);
}

/** Header names keep their capitals, repeated headers stay apart, and Node adds none. */
function writeHeadPassedOn(response: ServerResponse, { status, close }: Answer, { statusText, rawHeaders }: PassedOn): void {
  response.sendDate = false;
  response.writeHead(status, statusText, [...rawHeaders, ...(close ? ['Connection', 'close'] : [])]);
}

/** Sends the first half of the body, and closes the connection. */
function cut(response: ServerResponse, body: string): void {
  const bytes = Buffer.from(body);
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

function endInChunks(response: ServerResponse, body: Buffer): void {
  let sent = 0;
  const pump = (): void => {
    while (sent < body.length && !response.writableNeedDrain && !response.destroyed) {
      response.write(body.subarray(sent, sent + CHUNK_SIZE));
      sent += CHUNK_SIZE;
    }
    if (sent >= body.length && !response.writableEnded) response.end();
  };
  response.on('drain', pump);
  pump();
}

/**
 * Counts a response while its client reads it, and gives up when nothing was read for a while. The system takes a large
 * response in steps of about a megabyte, so a client that reads less than that meanwhile is given up, too.
 */
function awaitReader(response: ServerResponse, bytes: number, { socket, reservation, patience, onGivenUp }: Reader): void {
  if (socket.destroyed) return;
  reservation.add(bytes);
  const timer = setTimeout(() => {
    response.destroy();
    onGivenUp();
  }, patience);
  timer.unref();
  response.on('drain', () => timer.refresh());
  // A pipelined response gets its socket only when those before it are sent, so the socket has to be watched as well.
  const over = (): void => {
    clearTimeout(timer);
    reservation.release();
    socket.off('close', over);
  };
  response.once('close', over);
  socket.once('close', over);
}

/** For a socket without a response of Node's. Closes it, at the latest after `patience` milliseconds. */
export function writeToSocket(socket: Duplex, { status, headers, body }: Answer, patience: number): void {
  const text = body ?? '';
  const lines = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `date: ${new Date().toUTCString()}`,
    `content-length: ${String(Buffer.byteLength(text))}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
  const timer = setTimeout(() => socket.destroy(), patience).unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}
