/** The HTTP server: Express in front of the pipeline, with nothing of Express's or Node's own ever showing. */
import { createServer, IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Duplex } from 'node:stream';
import type { Arrival, Pipeline as Whole } from '../pipeline/index.js';
import { arrivalOf, failReading, refuseWhile, tooManyWaiting } from './read-request.js';
import {
  brokenArrival,
  brokenPart,
  connectArrival,
  connectionFault,
  type ParserError,
  unreadArrival,
  writeBare,
} from './malformed-request.js';
import { Held, InFlight } from './memory-budget.js';
import { createTurns, type Turns } from './connection-queue.js';
import { UnderWay } from './active-requests.js';
import { type Feeds, write } from './write-response.js';

/** All that HTTP needs of it. */
type Pipeline = Pick<Whole, 'handle'>;

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** How long a request may take to arrive, and an answer may lie without any of it being taken, in milliseconds. */
  readonly requestTimeout: number;
  readonly maxConnections: number;
  readonly maxInFlightBytes: number;
}

export interface Http {
  /** For supertest or for mounting into another Express app. */
  readonly app: RequestListener;
  /** Starts listening; answers the address that it got. Rejects with Node's error where the port is taken. */
  listen(): Promise<AddressInfo>;
  /** Takes no more connections, ends the feeds, answers what is in flight, and ends what is left after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

/** What all connections share. */
interface Wire {
  /** Whether connections must not be used again, because the server takes no more requests. */
  readonly stopping: () => boolean;
  readonly feeds: Feeds;
  readonly inFlight: InFlight;
  readonly turns: Turns;
  /** In milliseconds. */
  readonly patience: () => number;
  readonly underWay: UnderWay;
}

function wireOf(current: () => HttpSettings, stopping: () => boolean): Wire {
  const inFlight = new InFlight(() => current().maxInFlightBytes);
  return {
    stopping,
    feeds: new Set(),
    inFlight,
    turns: createTurns(inFlight),
    patience: () => current().requestTimeout,
    underWay: new UnderWay(),
  };
}

/**
 * Targets that Express may see. It gives others to Node's old URL parser, which gives up on some, where Express answers
 * with a page of its own, and prints a deprecation warning for some.
 */
const PLAIN_TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

interface App {
  readonly app: ReturnType<typeof express>;
  readonly listener: RequestListener;
}

function buildApp(pipeline: Pipeline, wire: Wire): App {
  const app = express();
  app.disable('x-powered-by');
  const serve: RequestListener = (request, response) => {
    const { socket } = request;
    const taken = wire.turns.take(socket, response, () => {
      answer(pipeline, wire, request, response);
    });
    if (!taken) giveUp(pipeline, wire, arrivalOf(request, response, wire.inFlight, new Held(wire.inFlight)), socket);
  };
  app.use(serve);
  return {
    app,
    listener: (request, response) => {
      const past = (): void => {
        serve(request, response);
      };
      if (PLAIN_TARGET.test(request.url ?? '')) app(request as never, response as never, past);
      else past();
    },
  };
}

function answer(pipeline: Pipeline, wire: Wire, request: IncomingMessage, response: ServerResponse): void {
  const held = new Held(wire.inFlight);
  wire.underWay.begin();
  void pipeline.handle(arrivalOf(request, response, wire.inFlight, held)).then((result) => {
    wire.underWay.end();
    held.release();
    if (result === null) {
      response.destroy();
      return;
    }
    if (result.broken === 'hang') return;
    if (result.broken === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const patience = wire.patience();
    const givenUp = (): void => {
      void pipeline.handle(unreadArrival(request, patience));
    };
    write(response, wire.stopping() ? { ...result, close: true } : result, {
      socket: request.socket,
      feeds: wire.feeds,
      held,
      patience,
      givenUp,
    });
    if (wire.stopping()) endFeeds(wire);
  });
}

/** Closes a connection on which too many wait; they leave their traces behind this one. */
function giveUp(pipeline: Pipeline, wire: Wire, arrival: Arrival, socket: Duplex): void {
  wire.underWay.begin();
  void pipeline.handle({ ...arrival, fault: tooManyWaiting() }).then(() => {
    wire.underWay.end();
  });
  socket.destroy();
}

/** Answers what is no request, behind the answers to the requests that were pipelined before it. */
function answerBare(pipeline: Pipeline, wire: Wire, arrival: Arrival, socket: Duplex): void {
  // A bare socket has no error handler, and a caller may be gone before the answer.
  if (socket.listenerCount('error') === 0) socket.on('error', () => socket.destroy());
  const taken = wire.turns.take(socket, undefined, () => {
    wire.underWay.begin();
    void pipeline.handle(arrival).then((result) => {
      wire.underWay.end();
      if (result === null || !socket.writable) socket.destroy();
      else writeBare(socket, result);
      const timer = setTimeout(() => socket.destroy(), wire.patience()).unref();
      socket.once('close', () => {
        clearTimeout(timer);
      });
    });
  });
  if (!taken) giveUp(pipeline, wire, arrival, socket);
}

/** So many connections over the limit still hear that they are; beyond, they are closed without a word. */
const HEARD_OVER_THE_LIMIT = 100;

/** `current` gives the settings as the config file has them now; host and port are those of the start. `tell` is for people. */
export function createHttp(pipeline: Pipeline, current: () => HttpSettings, tell: (note: string) => void): Http {
  let stopping = false;
  const wire = wireOf(current, () => stopping);
  const { app, listener } = buildApp(pipeline, wire);
  let server: Listening | undefined;
  return {
    app: listener,
    listen() {
      server = listening(pipeline, wire, { app, listener }, current, tell);
      return server.listen();
    },
    async close(patience) {
      stopping = true;
      endFeeds(wire);
      await server?.close(patience);
      await wire.underWay.none(patience);
    },
  };
}

function endFeeds({ feeds }: Wire): void {
  for (const end of feeds) end();
}

type Listening = Pick<Http, 'listen' | 'close'>;

function listening(
  pipeline: Pipeline,
  wire: Wire,
  { app, listener }: App,
  current: () => HttpSettings,
  tell: (note: string) => void,
): Listening {
  const settings = current();
  let connections = 0;
  let overrun = false;
  /** Connections that Node's server has let go of, and no longer closes. */
  const detached = new Set<Duplex>();
  const server = createServer(
    {
      ...expressPrototypes(app),
      requestTimeout: settings.requestTimeout,
      headersTimeout: settings.requestTimeout,
      connectionsCheckingInterval: Math.min(1000, settings.requestTimeout),
      requireHostHeader: false,
      noDelay: true,
    },
    listener,
  );
  // Headers are bounded by their size alone: Node would leave out what is over a number.
  server.maxHeadersCount = 0;
  server.on('connection', (socket) => {
    const { maxConnections, requestTimeout } = current();
    server.maxConnections = maxConnections + HEARD_OVER_THE_LIMIT;
    server.requestTimeout = requestTimeout;
    server.headersTimeout = requestTimeout;
    connections += 1;
    socket.once('close', () => (connections -= 1));
    if (connections > maxConnections) refuseWhile(socket, () => (connections > maxConnections ? maxConnections : undefined));
    else overrun = false;
  });
  server.on('drop', () => {
    if (overrun) return;
    overrun = true;
    const { maxConnections } = current();
    tell(
      `Over ${String(maxConnections + HEARD_OVER_THE_LIMIT)} connections are open: those beyond are closed without an answer and without a trace (--max-connections ${String(maxConnections)}).`,
    );
  });
  // Node answers an expectation other than 100-continue with a bare 417 of its own.
  server.on('checkExpectation', listener);
  server.on('connect', (request, socket) => {
    detached.add(socket);
    socket.once('close', () => detached.delete(socket));
    answerBare(pipeline, wire, connectArrival(request.url ?? '/'), socket);
  });
  server.on('clientError', (error: ParserError, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const fault = connectionFault(error, current().requestTimeout);
    if (failReading(socket, fault)) return;
    answerBare(pipeline, wire, brokenArrival(fault, brokenPart(error)), socket);
  });

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: settings.host, port: settings.port, backlog: 1024 }, () => {
          server.off('error', reject);
          resolve(server.address() as AddressInfo);
        });
      }),
    close: (patience) => closeServer(server, detached, patience),
  };
}

/**
 * Express sets its own prototypes on every request and response, which makes V8 throw away what it knew of them.
 * A server that makes them with these prototypes to begin with leaves it nothing to change: twice the throughput.
 */
function expressPrototypes(app: ReturnType<typeof express>): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  class EmulatorRequest extends IncomingMessage {}
  class EmulatorResponse extends ServerResponse {}
  Object.setPrototypeOf(EmulatorRequest.prototype, app.request);
  Object.setPrototypeOf(EmulatorResponse.prototype, app.response);
  app.request = EmulatorRequest.prototype as never;
  app.response = EmulatorResponse.prototype as never;
  return { IncomingMessage: EmulatorRequest, ServerResponse: EmulatorResponse as typeof ServerResponse };
}

function closeServer(server: Server, detached: ReadonlySet<Duplex>, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of detached) socket.destroy();
    }, patience);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
