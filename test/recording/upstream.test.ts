/** Requests are passed on to the upstream and its answers back, whatever it does; nobody else is ever called. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CONVERSATION, HANDOVER, open, send, talk, traceOf } from '../support/client.js';
import { listening } from '../support/outside-call.js';
import { passingOn } from '../support/recording.js';
import { outside, scriptsFolder, webhook } from '../support/scripts.js';

interface Raw {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
}

function raw(
  url: string,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, statusMessage = '', headers: received, rawHeaders } = response;
        resolve({ status: statusCode, statusText: statusMessage, headers: received, rawHeaders, bytes: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

/** A server that does what it likes with bare connections; its address. */
async function bare(serve: (socket: Socket) => void): Promise<string> {
  return (await listening(createServer(serve))).url;
}

/** A port at which nothing listens. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${String(port)}`;
}

describe('what goes back is what came', () => {
  const BIG = Buffer.alloc(2 * 1024 ** 2, 'cxone ');
  const ANSWERS: readonly (readonly [string, RequestListener, Partial<Record<keyof Raw, unknown>>])[] = [
    ['2 MB', (_, response) => response.end(BIG), { status: 200, bytes: BIG }],
    [
      'chunks, slowly',
      (_, response) => {
        response.write('{"a":');
        setTimeout(() => response.end('1}'), 50);
      },
      { status: 200, bytes: Buffer.from('{"a":1}') },
    ],
    [
      'gzip, left as it is',
      (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"a":1}')),
      { status: 200, bytes: gzipSync('{"a":1}'), headers: expect.objectContaining({ 'content-encoding': 'gzip' }) },
    ],
    ['nothing', (_, response) => response.writeHead(204).end(), { status: 204, bytes: Buffer.alloc(0) }],
    [
      'bytes of any kind',
      (_, response) => response.writeHead(500, 'Quite Broken').end(Buffer.from([0, 255, 254, 10])),
      { status: 500, statusText: 'Quite Broken', bytes: Buffer.from([0, 255, 254, 10]) },
    ],
    [
      'headers in their own capitals, and several of one name',
      (_, response) =>
        response
          .writeHead(
            200,
            [
              ['X-Odd', '1'],
              ['set-COOKIE', 'a=1'],
              ['set-COOKIE', 'b=2'],
            ].flat(),
          )
          .end('x'),
      { rawHeaders: expect.arrayContaining(['X-Odd', 'set-COOKIE', 'a=1', 'b=2']) },
    ],
  ];

  test.each(ANSWERS)('%s', async (_, listener, expected) => {
    const { url } = await passingOn(await outside(listener));
    const answer = await raw(url, '/api/v2/conversations?attribute=a&value=b');
    const { bytes, ...others } = expected;
    expect(answer).toMatchObject(others);
    // Matchers look at two megabytes one by one.
    if (bytes instanceof Buffer) expect(answer.bytes.equals(bytes)).toBe(true);
    expect(answer.headers).not.toHaveProperty('x-emulator-trace-id');
  });

  test.each([
    ['an answer', 200, '['.repeat(100_000) + ']'.repeat(100_000)],
    ['a refusal', 400, '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
  ])('%s of JSON that no walk through it would end', async (_, status, text) => {
    const { url, finish } = await passingOn(
      await outside((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(text)),
    );
    const answer = await raw(url, '/api/v2/conversations/webchat/0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46');
    expect(answer.status).toBe(status);
    expect(answer.bytes.toString() === text).toBe(true);
    expect((await raw(url, '/nowhere')).status).toBe(status);
    expect((await finish()).summary).toContain('Passed 2 requests on');
  });

  test.each([
    [200, 'ok'],
    [400, 'no'],
  ])('a script of the emulator’s own may say a text beside a %i in JSON', async (status, bodyText) => {
    const { url, finish } = await passingOn(
      await outside((_, response) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"of":"the tenant"}'),
      ),
      { scripts: await scriptsFolder(webhook('hook', { Say: { type: 'RESPOND', status, bodyText } })) },
    );
    const answer = await send(url, { path: '/webhooks/hook', body: {} });
    expect(answer).toMatchObject({ status, body: { of: 'the tenant' } });
    const { report, text } = await finish();
    expect(JSON.parse(report)).toMatchObject({ requests: 1, answered: 1 });
    expect(text).toContain(`is answered ${String(status)}`);
  });

  test('control characters in the text of a status go no further', async () => {
    const there = await bare((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 \x1b[31mred\r\nContent-Length: 2\r\n\r\n{}')),
    );
    const { url } = await passingOn(there);
    expect(await raw(url, '/api/v2/conversations')).toMatchObject({ status: 400, statusText: '[31mred' });
    expect((await raw(url, '/api/v2/conversations')).status).toBe(400);
  });

  test('a redirect is not followed, and headers of one connection end here', async () => {
    const seen: string[] = [];
    const elsewhere = await outside((request, response) => {
      seen.push(request.url ?? '');
      response.end();
    });
    const heard: IncomingHttpHeaders[] = [];
    const upstream = await outside((request, response) => {
      heard.push(request.headers);
      response
        .writeHead(302, {
          Location: `${elsewhere}/stolen`,
          Connection: 'close, X-Hop',
          'X-Hop': '1',
          'Proxy-Authenticate': 'Basic',
        })
        .end();
    });
    const { url } = await passingOn(upstream);
    const answer = await raw(url, HANDOVER, {
      headers: { Connection: 'close, X-Mine', 'X-Mine': '1', 'Proxy-Authorization': 'Basic abc', TE: 'trailers', 'X-Kept': '2' },
    });
    expect(answer).toMatchObject({ status: 302, headers: { location: `${elsewhere}/stolen` } });
    expect(answer.headers).not.toHaveProperty('x-hop');
    expect(answer.headers).not.toHaveProperty('proxy-authenticate');
    expect(seen).toEqual([]);
    expect(heard[0]).toMatchObject({
      'x-kept': '2',
      host: new URL(upstream).host,
      via: expect.stringMatching(/^1\.1 cxone-emulator-/) as string,
    });
    for (const name of ['x-mine', 'proxy-authorization', 'te']) expect(heard[0]).not.toHaveProperty(name);
  });
});

test.each([
  ['the absolute form', (other: string) => `GET ${other}/api/v2/x HTTP/1.1\r\nHost: a\r\n`, '/api/v2/x'],
  ['a Host of its own', (other: string) => `GET /api/v2/x HTTP/1.1\r\nHost: ${new URL(other).host}\r\n`, '/api/v2/x'],
  ['two slashes', (other: string) => `GET //${new URL(other).host}/x HTTP/1.1\r\nHost: a\r\n`, /^\/\/127/],
  ['an @', (other: string) => `GET /@${new URL(other).host}/x HTTP/1.1\r\nHost: a\r\n`, /^\/@127/],
  [
    'X-Forwarded-Host',
    (other: string) => `GET /api/v2/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: ${new URL(other).host}\r\n`,
    '/api/v2/x',
  ],
])('%s steers nothing', async (_, head, path) => {
  const seen = { upstream: [] as string[], other: [] as string[] };
  const serve =
    (where: 'upstream' | 'other'): RequestListener =>
    (request, response) => {
      seen[where].push(request.url ?? '');
      response.end('{}');
    };
  const [upstream, other] = [await outside(serve('upstream')), await outside(serve('other'))];
  const { url } = await passingOn(upstream);
  expect(await talk(url, `${head(other)}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200/);
  expect(seen.other).toEqual([]);
  expect(seen.upstream).toEqual([typeof path === 'string' ? path : expect.stringMatching(path)]);
});

test('the control API, and what only claims to be none of it, stay here', async () => {
  const seen: string[] = [];
  const { url } = await passingOn(
    await outside((request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    }),
  );
  for (const path of ['/_emulator/health', '/%5Femulator/health', '/t/alpha/_emulator/health'])
    expect((await raw(url, path)).headers).toHaveProperty('x-emulator-trace-id');
  expect(seen).toEqual([]);
});

describe('an upstream that gives no whole answer', () => {
  const FAILURES: readonly (readonly [string, () => Promise<string>, number, string, RegExp])[] = [
    ['refuses', closedPort, 502, 'UPSTREAM_FAILED', /ECONNREFUSED/],
    [
      'resets',
      () => bare((socket) => socket.once('data', () => socket.resetAndDestroy())),
      502,
      'UPSTREAM_FAILED',
      /ECONNRESET|broke/,
    ],
    [
      'breaks off in the middle of a body',
      () => bare((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a"'))),
      502,
      'UPSTREAM_FAILED',
      /none: /,
    ],
    [
      'answers no HTTP',
      () => bare((socket) => socket.once('data', () => socket.end('hello\r\n\r\n'))),
      502,
      'UPSTREAM_FAILED',
      /none: /,
    ],
    [
      'changes the protocol',
      () => bare((socket) => socket.once('data', () => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'))),
      502,
      'UPSTREAM_FAILED',
      /101/,
    ],
    [
      'changes the protocol, and says so in its Connection',
      () =>
        bare((socket) =>
          socket.once('data', () =>
            socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
          ),
        ),
      502,
      'UPSTREAM_FAILED',
      /101/,
    ],
    [
      'answers no TLS',
      async () =>
        (await bare((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))).replace(
          'http:',
          'https:',
        ),
      502,
      'UPSTREAM_FAILED',
      /--upstream may need http instead of https/,
    ],
    ['hangs', () => bare(() => undefined), 504, 'UPSTREAM_TIMEOUT', /none/],
    [
      'hangs in the middle of a body',
      () => bare((socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a"'))),
      504,
      'UPSTREAM_TIMEOUT',
      /none/,
    ],
  ];

  test.each(FAILURES)('%s', async (_, upstream, status, code, received) => {
    const { url, finish } = await passingOn(await upstream(), { timeout: status === 504 ? 300 : 20_000 });
    await open(url);
    const answer = await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 } });
    expect(answer).toMatchObject({
      status,
      headers: { 'x-emulator-cause': code },
      body:
        status === 502
          ? { errorCode: 'BadGateway', message: 'Bad Gateway' }
          : { errorCode: 'GatewayTimeout', message: 'Gateway Timeout' },
    });
    const trace = await traceOf(url, answer);
    expect(trace.outcome).toBe('failed');
    expect(trace.entries.find(({ level }) => level === 'error')).toMatchObject({
      code,
      received: expect.stringMatching(received) as string,
    });
    const acd = await send(url, { path: '/inContactAPI/services/v30.0/skills' });
    expect(acd).toMatchObject({ status, body: { error: status === 502 ? 'bad_gateway' : 'gateway_timeout' } });
    // The emulator answered for itself all the same, and that is what was recorded.
    const { summary, text } = await finish();
    expect(summary).toMatch(/Passed 2 requests on to 127\.0\.0\.1:\d+; 2 of them got no whole answer\.\nNothing was compared\./);
    expect(text).toContain('is answered 200');
  });

  test('leads back here', async () => {
    let own = '';
    const there = await outside((request, response) => {
      const { host: _, ...headers } = request.headers;
      void raw(own, request.url ?? '/', { headers: headers as Record<string, string> }).then(({ status, bytes }) =>
        response.writeHead(status).end(bytes),
      );
    });
    const { url, emulator } = await passingOn(there);
    own = url;
    expect((await send(url, { path: '/api/v2/conversations' })).status).toBe(502);
    const causes = emulator
      .traces({ code: 'UPSTREAM_FAILED' })
      .flatMap(({ entries }) => entries.filter(({ level }) => level === 'error'));
    expect(causes.map(({ message }) => message)).toEqual(['The request came back: the upstream leads to this emulator itself.']);
  });
});

test('a fault is refused: callers get the answers of the upstream', async () => {
  const there = await outside((_, response) => {
    response.setHeader('content-type', 'application/json').end('{}');
  });
  const { url, emulator, finish } = await passingOn(there);
  const answer = await send(url, { path: '/_emulator/faults', body: { status: 429 } });
  expect(answer.status).toBe(400);
  expect(answer.body.cause).toMatchObject({
    code: 'CONTROL_INPUT_INVALID',
    remedy: 'Start it without --upstream to have calls fail.',
  });
  expect(emulator.faults()).toEqual([]);
  expect((await finish()).text).toBe('');
});
