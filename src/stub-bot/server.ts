/** Serves a stand-in bot over HTTP, at any path, as a bot is registered with a URL of its own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressOf } from '../shared/url.js';
import { reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import { type Bot, type BotAnswer, refused } from './bot.js';

export interface BotServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Ends at once, whatever is open. */
  readonly close: () => Promise<void>;
}

export interface BotServing {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told of each turn before it is answered. */
  readonly onTurn?: (answer: BotAnswer) => void;
}

/** No turn is that large. In bytes. */
const LARGEST = 1024 ** 2;

/** Rejects where it cannot listen there. */
export async function serveBot(bot: Bot, { host, port, onTurn }: BotServing): Promise<BotServer> {
  const late = new Set<NodeJS.Timeout>();
  const put = (response: ServerResponse, { status, headers, body }: BotAnswer): void => {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  const server = createServer((request, response) => {
    void answerTo(request, bot).then((answer) => {
      if (answer === undefined) return;
      onTurn?.(answer);
      if (answer.hang === true) return;
      if (answer.status === 413) response.shouldKeepAlive = false;
      if (answer.afterMs === undefined) {
        put(response, answer);
        return;
      }
      const timer = setTimeout(() => {
        late.delete(timer);
        put(response, answer);
      }, answer.afterMs);
      late.add(timer);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: taken } = server.address() as AddressInfo;
  return {
    url: addressOf(address, taken),
    async close() {
      for (const timer of late) clearTimeout(timer);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** undefined where the caller has left. */
function answerTo(request: IncomingMessage, bot: Bot): Promise<BotAnswer | undefined> {
  const { method = '' } = request;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    // What is too large is read all the same, as far as it comes: a caller that still writes would not read the answer.
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST) chunks.push(chunk);
      else resolve(refused(tooLarge()));
    });
    request.on('end', () => {
      if (size <= LARGEST)
        resolve(method === 'POST' ? bot.answer(Buffer.concat(chunks), request.headers) : refused(notPosted(method)));
    });
    request.on('close', () => {
      resolve(undefined);
    });
    request.on('error', () => {
      resolve(undefined);
    });
  });
}

function notPosted(method: string): ReturnType<typeof reject> {
  return reject(
    'METHOD_NOT_ALLOWED',
    {
      message: 'A bot is called with POST.',
      in: null,
      pointer: null,
      expected: 'POST',
      received: show(method),
      remedy: 'Send each turn with POST.',
      provenance: 'doc',
    },
    { headers: { allow: 'POST' } },
  );
}

function tooLarge(): ReturnType<typeof reject> {
  return reject('BODY_TOO_LARGE', {
    message: 'The body is over the limit.',
    in: 'body',
    pointer: '',
    expected: `at most ${String(LARGEST)} bytes`,
    received: 'more',
    remedy: 'Send one turn, not the whole conversation.',
    provenance: 'emulator',
  });
}
