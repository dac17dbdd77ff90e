/** The only place that writes to Node's response. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, PassedOn } from '../pipeline/index.js';
import { sendFeed } from './sse.js';
import type { Held } from './memory-budget.js';

/** The feeds that are being sent, by how to end each. */
export type Feeds = Set<() => void>;

export interface Reader {
  /** The connection; a response has it only once those before it are over. */
  readonly socket: Socket;
  readonly feeds: Feeds;
  /** Counts what waits to be read. */
  readonly held: Held;
  /** In milliseconds: how long nothing may be taken of an answer. */
  readonly patience: number;
  /** Called once the caller was given up. */
  readonly givenUp: () => void;
}

/** In bytes. Larger answers are handed to the system piece by piece, because only so their progress can be seen. */
const PIECE = 65_536;

export function write(response: ServerResponse, answer: Answer, reader: Reader): void {
  const headers: Record<string, string | number> = { ...answer.headers };
  if (answer.close) headers.connection = 'close';
  if (answer.feed !== undefined) {
    response.writeHead(answer.status, headers);
    const end = sendFeed(response, answer.feed);
    reader.feeds.add(end);
    response.once('close', () => reader.feeds.delete(end));
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
  else if (length <= PIECE) response.end(body);
  else endInPieces(response, Buffer.from(body));
  if (!response.writableEnded || response.writableLength > 0) awaitReader(response, length, reader);
}

/** With names in their own capitals, several of one name, and nothing that Node would add. */
function writeHeadPassedOn(response: ServerResponse, { status, close }: Answer, { statusText, rawHeaders }: PassedOn): void {
  response.sendDate = false;
  response.writeHead(status, statusText, [...rawHeaders, ...(close ? ['Connection', 'close'] : [])]);
}

/** Sends the first half of the body, and closes the connection. */
function cut(response: ServerResponse, body: string): void {
  const bytes = Buffer.from(body);
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

function endInPieces(response: ServerResponse, body: Buffer): void {
  let sent = 0;
  const pump = (): void => {
    while (sent < body.length && !response.writableNeedDrain && !response.destroyed) {
      response.write(body.subarray(sent, sent + PIECE));
      sent += PIECE;
    }
    if (sent >= body.length && !response.writableEnded) response.end();
  };
  response.on('drain', pump);
  pump();
}

/**
 * Counts an answer while it waits for its caller, and gives the caller up once nothing more was taken for a while. The
 * system takes a large answer in steps of a megabyte or so: a caller that reads less than that meanwhile is given up too.
 */
function awaitReader(response: ServerResponse, bytes: number, { socket, held, patience, givenUp }: Reader): void {
  if (socket.destroyed) return;
  held.add(bytes);
  const timer = setTimeout(() => {
    response.destroy();
    givenUp();
  }, patience);
  timer.unref();
  response.on('drain', () => timer.refresh());
  const over = (): void => {
    clearTimeout(timer);
    held.release();
    socket.off('close', over);
  };
  response.once('close', over);
  socket.once('close', over);
}
