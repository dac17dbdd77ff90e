/** The response to a script's REST call to a host outside: its parts, its size and its encoding. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { RestResult } from '../../../src/studio/rest/types.js';
import { call, failureOf, keepOpen, raw, responseOf, web } from '../../support/outside-call.js';

const LIMIT = 32_768;

describe('an answer', () => {
  test.each([200, 201, 404, 429, 500, 503])('of status %i is a response', async (status) => {
    const server = await web((_, response) => response.writeHead(status, 'My Words', { 'X-A': 'b' }).end('grüß'));
    const response = responseOf(await call(server.url));
    expect(response).toMatchObject({ status, statusText: 'My Words', body: 'grüß', url: `${server.url}/` });
    expect(response.headers['x-a']).toBe('b');
    await server.closed();
  });

  test('without a reason phrase has the usual one', async () => {
    const server = await raw('HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n');
    expect(responseOf(await call(server.url)).statusText).toBe('Not Found');
  });

  test('joins a header that came more than once', async () => {
    const server = await raw(
      'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSET-COOKIE: b=2\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n',
    );
    const { headers } = responseOf(await call(server.url));
    expect(Object.entries(headers)).toEqual([
      ['set-cookie', 'a=1, b=2'],
      ['__proto__', 'x'],
      ['content-length', '0'],
    ]);
  });

  test.each([
    ['HEAD', '200 OK'],
    ['GET', '304 Not Modified'],
  ])('to %s with %s may tell of a body that it does not have', async (method, status) => {
    const server = await raw(`HTTP/1.1 ${status}\r\nContent-Length: 10000000\r\nContent-Encoding: gzip\r\n\r\n`);
    expect(responseOf(await call(server.url, { method })).body).toBe('');
  });

  test('without Content-Length ends with the connection', async () => {
    const server = await raw('HTTP/1.0 200 OK\r\n\r\nall of it');
    expect(responseOf(await call(server.url)).body).toBe('all of it');
  });

  test('may come after others that say to wait', async () => {
    const server = await raw('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    expect(responseOf(await call(server.url)).body).toBe('ok');
  });

  test('counts up to its end, whatever comes after it', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more', keepOpen);
    expect(responseOf(await call(server.url)).body).toBe('ok');
    await server.closed();
  });

  test('may come before the request was read', async () => {
    const server = await raw('HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo much', keepOpen);
    const result = await call(server.url, { method: 'POST', body: 'x'.repeat(1_000_000) });
    expect(responseOf(result)).toMatchObject({ status: 413, body: 'too much' });
  });
});

describe('the size', () => {
  test.each([true, false])('may be 32 KB, and not a byte more; with Content-Length: %s', async (told) => {
    const server = await web((request, response) => {
      const body = Buffer.alloc(Number(request.url?.slice(1)), 'a');
      if (told) response.setHeader('content-length', body.length);
      response.write(body);
      response.end();
    });
    expect(responseOf(await call(`${server.url}/${String(LIMIT)}`)).body.length).toBe(LIMIT);
    const failure = failureOf(await call(`${server.url}/${String(LIMIT + 1)}`));
    expect(failure).toMatchObject({
      code: 'REST_RESPONSE_TOO_LARGE',
      expected: 'at most 32768 bytes',
      response: { status: 200 },
    });
    expect(failure.received).toMatch(told ? /Content-Length is 32769$/ : /^32769 bytes/);
    await server.closed();
  });

  test('that Content-Length tells is enough to refuse', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\nContent-Length: 32769\r\n\r\n', keepOpen);
    expect(failureOf(await call(server.url)).code).toBe('REST_RESPONSE_TOO_LARGE');
    await server.closed();
  });

  test('of 64 MB is never sent whole', async () => {
    const MEGABYTES = 64;
    let done = 0;
    const server = await raw('HTTP/1.1 200 OK\r\n\r\n', (socket) => {
      const piece = Buffer.alloc(1024 * 1024, 'a');
      const next = (error?: Error | null): void => {
        if (error) return;
        done += 1;
        if (done < MEGABYTES) socket.write(piece, next);
        else socket.end();
      };
      socket.write(piece, next);
    });
    expect(failureOf(await call(server.url)).code).toBe('REST_RESPONSE_TOO_LARGE');
    await server.closed();
    expect(done).toBeLessThan(MEGABYTES);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('counts after %s too', async (encoding, compress) => {
    const server = await web((request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(compress(Buffer.alloc(Number(request.url?.slice(1)), 'a')));
    });
    const ask = (size: number): Promise<RestResult> =>
      call(`${server.url}/${String(size)}`, { headers: { 'accept-encoding': encoding } });
    expect(responseOf(await ask(LIMIT)).body).toBe('a'.repeat(LIMIT));
    for (const size of [LIMIT + 1, 10_000_000]) {
      expect(failureOf(await ask(size))).toMatchObject({
        code: 'REST_RESPONSE_TOO_LARGE',
        received: expect.stringMatching(`^[0-9]+ bytes of ${encoding} that inflate to more$`) as string,
      });
    }
  });
});

describe('a compressed answer', () => {
  test.each([
    ['gzip', gzipSync('grüß')],
    ['x-gzip', gzipSync('grüß')],
    ['GZIP', gzipSync('grüß')],
    ['deflate', deflateSync('grüß')],
    ['deflate', deflateRawSync('grüß')],
    ['br', brotliCompressSync('grüß')],
    ['deflate, gzip', gzipSync(deflateSync('grüß'))],
    ['identity', Buffer.from('grüß')],
  ])('in %s is inflated', async (encoding, bytes) => {
    const server = await web((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes));
    expect(responseOf(await call(server.url)).body).toBe('grüß');
  });

  test.each([
    ['gzip', Buffer.from('{"plain":true}'), /do not inflate: incorrect header check/],
    ['gzip', gzipSync('grüß').subarray(0, 20), /do not inflate: unexpected end of file/],
    ['br', Buffer.from('plain'), /do not inflate/],
    ['deflate', Buffer.from('plain'), /do not inflate/],
    ['zstd', Buffer.from('plain'), /"zstd"/],
    ['constructor', Buffer.from('plain'), /"constructor"/],
  ])('in what is not %s fails', async (encoding, bytes, received) => {
    const server = await web((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes));
    const failure = failureOf(await call(server.url));
    expect(failure).toMatchObject({ code: 'REST_CALL_FAILED', response: { status: 200 } });
    expect(failure.received).toMatch(received);
  });
});
