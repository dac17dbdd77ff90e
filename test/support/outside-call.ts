/** Servers outside, of every kind of behaviour, and calls of the outside caller to them. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { hostRules } from '../../src/studio/rest/hosts.js';
import { outsideCaller, type ResolveHost } from '../../src/studio/rest/outside-call.js';
import type { RestFailure, RestRequest, RestResponse, RestResult } from '../../src/studio/rest/types.js';

export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Resolves when no connection is open any more. */
  closed(): Promise<void>;
}

export async function listening(server: Server, protocol = 'http'): Promise<Listening> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${protocol}://127.0.0.1:${String(port)}`,
    async closed() {
      for (const socket of sockets) {
        // A reset is an end too: events.once would reject at it.
        if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
      }
    },
  };
}

/** A web server that answers with `listener`. */
export function web(listener: RequestListener): Promise<Listening> {
  return listening(createServer(listener));
}

/** A server that sends these bytes when a request has come, and closes the connection after them unless told otherwise. */
export function raw(bytes: string | Buffer, then: (socket: Socket) => void = (socket) => socket.end()): Promise<Listening> {
  return listening(
    createTcpServer((socket) => {
      socket.once('data', () => {
        socket.write(bytes);
        then(socket);
      });
    }),
  );
}

export const keepOpen = (): void => undefined;

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A web server that tells in JSON what it was sent; at paths of `redirects` it redirects. */
export async function mirror(
  redirects: Readonly<Record<string, readonly [number, string]>> = {},
): Promise<Listening & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = await web((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push({ method: request.method, path: request.url, headers: request.headers, body });
      const [status, location] = redirects[request.url ?? ''] ?? [];
      if (status === undefined || location === undefined) response.end('the end');
      else response.writeHead(status, { location }).end('moved');
    });
  });
  return { ...server, seen };
}

type Options = Partial<Omit<RestRequest, 'url'>> & { readonly hosts?: readonly string[]; readonly resolve?: ResolveHost };

export function call(url: string, { hosts = ['127.0.0.1'], resolve, ...request }: Options = {}): Promise<RestResult> {
  return outsideCaller(
    hostRules(hosts),
    resolve,
  )({
    method: 'GET',
    url: new URL(url),
    headers: {},
    body: undefined,
    timeout: 20_000,
    signal: new AbortController().signal,
    ...request,
  });
}

export function responseOf(result: RestResult): RestResponse {
  if ('failure' in result) throw new Error(JSON.stringify(result.failure));
  return result.response;
}

export function failureOf(result: RestResult): RestFailure {
  if ('response' in result) throw new Error(JSON.stringify(result.response));
  expect(Object.values(result.failure).filter((text) => text === '')).toEqual([]);
  return result.failure;
}
