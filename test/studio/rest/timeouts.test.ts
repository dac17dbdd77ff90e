/** A script's REST call that takes too long, or that is aborted. */
import { describe, expect, test } from 'vitest';
import { call, failureOf, keepOpen, mirror, raw, responseOf, web } from '../../support/outside-call.js';

describe('time runs out', () => {
  const hosts = ['127.0.0.1', 'crm.example.com'];

  test('while the name is looked up', async () => {
    const resolve = (): Promise<never> => new Promise(() => undefined);
    expect(failureOf(await call('http://crm.example.com/', { hosts, resolve, timeout: 50 }))).toMatchObject({
      code: 'REST_TIMEOUT',
      message: 'The REST call was not over after 50 ms.',
      received: 'no connection to crm.example.com:80',
    });
  });

  test('while the connection is made secure', async () => {
    const server = await raw('', keepOpen);
    const failure = failureOf(await call(server.url.replace('http', 'https'), { timeout: 100 }));
    expect(failure).toMatchObject({ code: 'REST_TIMEOUT', received: `no connection to 127.0.0.1:${String(server.port)}` });
    await server.closed();
  });

  test('before the answer begins', async () => {
    const server = await raw('', keepOpen);
    const failure = failureOf(await call(`${server.url}/slow`, { timeout: 100 }));
    expect(failure).toMatchObject({ code: 'REST_TIMEOUT', received: `no answer from ${server.url}/slow` });
    expect(failure.response).toBeUndefined();
    await server.closed();
  });

  test('in the middle of the headers', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\nX-A: ', keepOpen);
    expect(failureOf(await call(server.url, { timeout: 100 })).received).toBe(`no answer from ${server.url}/`);
    await server.closed();
  });

  test('in the middle of the body', async () => {
    const server = await raw('HTTP/1.1 203 OK\r\nContent-Length: 100\r\n\r\n1234567', keepOpen);
    const failure = failureOf(await call(server.url, { timeout: 1000 }));
    expect(failure).toMatchObject({
      code: 'REST_TIMEOUT',
      received: `7 bytes of an answer that never ended, from ${server.url}/`,
      response: { status: 203, statusText: 'OK', headers: { 'content-length': '100' } },
    });
    await server.closed();
  });

  test('while the answer drips on', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\n\r\n', (socket) => {
      const drip = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => {
        clearInterval(drip);
      });
    });
    const failure = failureOf(await call(server.url, { timeout: 1000 }));
    expect(failure.received).toMatch(/^[1-9][0-9]* bytes of an answer that never ended/);
    await server.closed();
  });

  test('over all redirects together', async () => {
    const server = await web((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
    });
    const failure = failureOf(await call(`${server.url}/a`, { timeout: 1000 }));
    expect(failure.received).toBe(`no answer from ${server.url}/b`);
    expect(failure.message).toBe(
      `The REST call was not over after 1000 ms. A redirect led there, from ${server.url}/a to ${server.url}/b.`,
    );
    await server.closed();
  });
});

describe('an abort', () => {
  const reason = new Error('the script was interrupted');

  test('before the call makes none', async () => {
    const server = await mirror();
    await expect(call(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.seen).toEqual([]);
  });

  test('while the name is looked up ends the call', async () => {
    const script = new AbortController();
    const resolve = (): Promise<never> => {
      script.abort(reason);
      return new Promise(() => undefined);
    };
    const result = call('http://crm.example.com/', { hosts: ['crm.example.com'], resolve, signal: script.signal });
    await expect(result).rejects.toBe(reason);
  });

  test.each([
    ['before the answer', ''],
    ['in the headers', 'HTTP/1.1 200 OK\r\nX-A'],
    ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'],
  ])('%s ends the call and closes the connection', async (_, bytes) => {
    const script = new AbortController();
    const server = await raw(bytes, () =>
      setImmediate(() => {
        script.abort(reason);
      }),
    );
    await expect(call(server.url, { signal: script.signal })).rejects.toBe(reason);
    await server.closed();
  });

  test('after the answer changes nothing, and the signal is let go', async () => {
    const server = await mirror({ '/a': [302, '/b'] });
    const script = new AbortController();
    const listeners: string[] = [];
    const { signal } = script;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...all: Parameters<typeof add>) => {
      listeners.push(all[0]);
      add(...all);
    };
    signal.removeEventListener = (...all: Parameters<typeof remove>) => {
      listeners.pop();
      remove(...all);
    };
    expect(responseOf(await call(`${server.url}/a`, { signal })).body).toBe('the end');
    script.abort(reason);
    expect(listeners).toEqual([]);
  });
});
