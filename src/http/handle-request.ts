/** From Node's request to the pipeline, and from its answer to Node's response. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Arrival, Pipeline } from '../pipeline/index.js';
import type { Rejection } from '../errors/catalogue.js';
import { ConnectionQueue } from './connection-queue.js';
import { clientLeftInQueue, hostError, responseNotRead, tooManyBytes, tooManyConnections, tooManyWaiting } from './errors.js';
import { MemoryBudget, Reservation } from './memory-budget.js';
import { bodilessRequest, hostsOf, readRequest } from './read-request.js';
import { write, writeToSocket } from './write-response.js';

export interface RequestSettings {
  /** In milliseconds: how long a request may take to arrive, and how long a client may read nothing of its response. */
  readonly requestTimeout: number;
  readonly maxConnections: number;
  readonly maxInFlightBytes: number;
}

/** `settings` are as the config file has them now. */
export class RequestHandler {
  readonly #pipeline: Pick<Pipeline, 'handle'>;
  readonly #settings: () => RequestSettings;
  readonly #budget: MemoryBudget;
  readonly #queue = new ConnectionQueue();
  /** How to end each event stream. */
  readonly #streams = new Set<() => void>();
  /** Connections that were opened over the limit. */
  readonly #overLimit = new WeakSet<Duplex>();
  #connections = 0;
  #stopping = false;
  #active = 0;
  #onIdle: (() => void) | undefined;

  constructor(pipeline: Pick<Pipeline, 'handle'>, settings: () => RequestSettings) {
    this.#pipeline = pipeline;
    this.#settings = settings;
    this.#budget = new MemoryBudget(() => settings().maxInFlightBytes);
  }

  /** Returns whether the connection is within the limit; else its requests get a 503 until others have closed. */
  connect(socket: Duplex): boolean {
    this.#connections += 1;
    socket.once('close', () => (this.#connections -= 1));
    const within = this.#connections <= this.#settings().maxConnections;
    if (!within) this.#overLimit.add(socket);
    return within;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const reservation = new Reservation(this.#budget);
    const run = (): void => {
      const reserve = (bytes: number): Rejection | undefined =>
        reservation.take(bytes) ? undefined : tooManyBytes(this.#budget.limit);
      void this.#answer(readRequest(request, response, this.#refuse(request), reserve), request, response, reservation);
    };
    if (!this.#queue.enqueue(socket, { output: response, reservation, run }))
      this.#dropConnection(socket, request.method, request.url);
  }

  /** For a socket without a response of Node's, such as that of a CONNECT request. The connection is closed then. */
  handleOnSocket(request: Arrival, socket: Duplex): void {
    // Node has no error handler on such a socket, and the client may be gone before the response.
    if (socket.listenerCount('error') === 0) socket.on('error', () => socket.destroy());
    const run = (): void => {
      void this.#handle(request).then((answer) => {
        if (answer === null || !socket.writable) socket.destroy();
        else writeToSocket(socket, answer, this.#settings().requestTimeout);
      });
    };
    const turn = { output: socket, reservation: new Reservation(this.#budget), run };
    if (!this.#queue.enqueue(socket, turn)) this.#dropConnection(socket, request.method, request.target);
  }

  /** From now on no connection is used again, and event streams end. */
  stop(): void {
    this.#stopping = true;
    for (const end of this.#streams) end();
  }

  /** Resolves when the pipeline works on no request and every trace is written, or after `patience` milliseconds. */
  async idle(patience: number): Promise<void> {
    if (this.#active === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      setTimeout(resolve, patience);
    });
  }

  async #answer(incoming: Arrival, request: IncomingMessage, response: ServerResponse, reservation: Reservation): Promise<void> {
    const answer = await this.#handle(incoming);
    reservation.release();
    if (answer === null) response.destroy();
    else if (answer.broken === 'reset') request.socket.resetAndDestroy();
    else if (answer.broken !== 'hang') {
      const patience = this.#settings().requestTimeout;
      write(response, this.#stopping ? { ...answer, close: true } : answer, {
        socket: request.socket,
        streams: this.#streams,
        reservation,
        patience,
        onGivenUp: () => void this.#handle(bodilessRequest(request.method, request.url, responseNotRead(patience))),
      });
      if (this.#stopping) this.stop();
    }
  }

  async #handle(request: Arrival): ReturnType<Pipeline['handle']> {
    this.#active += 1;
    const answer = await this.#pipeline.handle(request);
    this.#active -= 1;
    if (this.#active === 0) this.#onIdle?.();
    return answer;
  }

  #refuse(request: IncomingMessage): Rejection | undefined {
    const { maxConnections } = this.#settings();
    if (request.socket.destroyed) return clientLeftInQueue();
    if (this.#connections > maxConnections && this.#overLimit.has(request.socket)) return tooManyConnections(maxConnections);
    if (this.#budget.full) return tooManyBytes(this.#budget.limit);
    return hostError(hostsOf(request), request.httpVersion);
  }

  #dropConnection(socket: Duplex, method: string | undefined, target: string | undefined): void {
    void this.#handle(bodilessRequest(method, target, tooManyWaiting(this.#budget.limit)));
    socket.destroy();
  }
}
