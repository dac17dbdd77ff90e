/** The HTTP server: Node's own limits, and what Node could not read as a request. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Pipeline } from '../pipeline/index.js';
import { type App, createApp } from './app.js';
import { connectionError } from './errors.js';
import { RequestHandler, type RequestSettings } from './handle-request.js';
import { bodilessRequest, failReading, malformedRequest } from './read-request.js';

export interface HttpSettings extends RequestSettings {
  readonly host: string;
  readonly port: number;
}

export interface Http {
  /** For supertest or for mounting into another Express app. */
  readonly app: RequestListener;
  /** Resolves with the address. Rejects with Node's error if the port is taken. */
  listen(): Promise<AddressInfo>;
  /** Accepts no more connections, ends event streams, answers what is in flight, and closes the rest after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

/** A connection over the limit still gets a 503 with a trace; Node drops those that are so many over it. */
const REFUSED_CONNECTIONS = 100;

/** `settings` are as the config file has them now; host and port are those of the start. `onNote` is for people. */
export function createHttp(
  pipeline: Pick<Pipeline, 'handle'>,
  settings: () => HttpSettings,
  onNote: (note: string) => void,
): Http {
  const handler = new RequestHandler(pipeline, settings);
  const app = createApp(handler);
  /** CONNECT sockets: Node's server no longer closes them. */
  const detached = new Set<Duplex>();
  let server: Server | undefined;
  return {
    app: app.listener,
    listen() {
      server = serverFor(app, handler, settings, detached, onNote);
      return listening(server, settings());
    },
    async close(patience) {
      handler.stop();
      if (server !== undefined) await closeServer(server, detached, patience);
      await handler.idle(patience);
    },
  };
}

function serverFor(
  { prototypes, listener }: App,
  handler: RequestHandler,
  settings: () => HttpSettings,
  detached: Set<Duplex>,
  onNote: (note: string) => void,
): Server {
  const checkEvery = Math.min(1000, settings().requestTimeout);
  const server = createServer(
    { ...prototypes, connectionsCheckingInterval: checkEvery, requireHostHeader: false, noDelay: true },
    listener,
  );
  // Node would leave out headers over this number. Their size has a limit of its own.
  server.maxHeadersCount = 0;
  let dropping = false;
  server.on('connection', (socket) => {
    const { maxConnections, requestTimeout } = settings();
    server.maxConnections = maxConnections + REFUSED_CONNECTIONS;
    server.requestTimeout = requestTimeout;
    server.headersTimeout = requestTimeout;
    if (handler.connect(socket)) dropping = false;
  });
  server.on('drop', () => {
    if (dropping) return;
    dropping = true;
    const { maxConnections } = settings();
    onNote(
      `Over ${String(maxConnections + REFUSED_CONNECTIONS)} connections are open: more are closed without a response and without a trace (--max-connections ${String(maxConnections)}).`,
    );
  });
  // Node would answer an expectation other than 100-continue with a bare 417.
  server.on('checkExpectation', listener);
  server.on('connect', ({ url = '/' }, socket) => {
    detached.add(socket);
    socket.once('close', () => detached.delete(socket));
    handler.handleOnSocket(bodilessRequest('CONNECT', url.startsWith('/') ? url : `/${url}`), socket);
  });
  server.on('clientError', (error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const fault = connectionError(error, settings().requestTimeout);
    if (!failReading(socket, fault)) handler.handleOnSocket(malformedRequest(fault, error.rawPacket), socket);
  });
  return server;
}

function listening(server: Server, { host, port }: HttpSettings): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
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
