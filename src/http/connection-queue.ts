/** Handles one request of a connection at a time. Node would hand over all pipelined requests of a packet at once. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reservation } from './memory-budget.js';

interface Turn {
  /** The request is over when this closes. */
  readonly output: ServerResponse | Duplex;
  readonly reservation: Reservation;
  readonly run: () => void;
}

/** If more wait, nothing is read from the connection, so the server no longer notices that its client leaves. */
const MAX_WAITING = 100;

/** What Node keeps of a request that waits, in bytes, and of each name and value in its headers; measured on Node 20. */
const REQUEST_SIZE = 2500;
const HEADER_SIZE = 32;

export class ConnectionQueue {
  readonly #connections = new WeakMap<Duplex, Connection>();

  /**
   * Calls `run` when the response before it has been sent, or the connection has closed. Returns false if there
   * is no room to wait: `run` is never called then.
   */
  enqueue(socket: Duplex, turn: Turn): boolean {
    const connection = this.#connections.get(socket);
    if (connection !== undefined) return connection.enqueue(turn);
    this.#connections.set(socket, new Connection(socket, turn.output));
    turn.run();
    return true;
  }
}

class Connection {
  readonly #socket: Duplex;
  readonly #waiting: Turn[] = [];
  #current: Turn['output'];
  #watched = false;

  constructor(socket: Duplex, current: Turn['output']) {
    this.#socket = socket;
    this.#current = current;
  }

  enqueue(turn: Turn): boolean {
    const over = this.#socket.destroyed || this.#current.destroyed || this.#current.writableFinished;
    if (this.#waiting.length > 0 || !over) return this.#wait(turn);
    this.#current = turn.output;
    turn.run();
    return true;
  }

  #wait(turn: Turn): boolean {
    const headers = 'req' in turn.output ? turn.output.req.rawHeaders.length : 0;
    const reserved = turn.reservation.take(REQUEST_SIZE + headers * HEADER_SIZE);
    // When a connection closes, the rest of its packet is still traced.
    if (!reserved && !this.#socket.destroyed) return false;
    this.#waiting.push(turn);
    if (this.#waiting.length === 1) this.#advanceAfter(this.#current);
    if (this.#waiting.length === MAX_WAITING + 1) this.#stopReading();
    return true;
  }

  /** Not at once, and again whenever Node resumes the connection, as it does at the end of each request and response. */
  #stopReading(): void {
    const pause = (): void => {
      if (this.#waiting.length > MAX_WAITING) this.#socket.pause();
    };
    process.nextTick(pause);
    if (!this.#watched) this.#socket.on('resume', pause);
    this.#watched = true;
  }

  /** After the other listeners have released what the response held. */
  #advanceAfter(output: Turn['output']): void {
    output.once('close', () => {
      process.nextTick(() => {
        this.#advance();
      });
    });
  }

  #advance(): void {
    for (let turn = this.#waiting.shift(); turn !== undefined; turn = this.#waiting.shift()) {
      turn.reservation.release();
      this.#current = turn.output;
      if (this.#waiting.length === MAX_WAITING) this.#socket.resume();
      turn.run();
      if (this.#socket.destroyed) continue;
      if (this.#waiting.length > 0) this.#advanceAfter(turn.output);
      return;
    }
  }
}
