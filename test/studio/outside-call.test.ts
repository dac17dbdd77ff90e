/** A script's REST call to a host outside: what is sent, what comes back, and what keeps it from an answer. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brokeDown } from '../../src/studio/rest/faults.js';
import { hostRules } from '../../src/studio/rest/hosts.js';
import { outsideCaller, type ResolveHost } from '../../src/studio/rest/outside-call.js';
import type { RestFailure, RestRequest, RestResponse, RestResult } from '../../src/studio/rest/types.js';

/** Made for these tests, for localhost and 127.0.0.1, valid from 2020 to 2120. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRCzYe0ut0iEj1/YR
tcElhPukJB0nCWqYlCP3FrFZWEyhRANCAARbiLRwhQkbHTA5C5qDxJX/zwRqipEV
SFyboRsituVlDOdihwA9of3XI2LHrXWCsZxJISCdzPawTTNF7M0VTPnU
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFuItHCFCRsdMDkL
moPElf/PBGqKkRVIXJuhGyK25WUM52KHAD2h/dcjYsetdYKxnEkhIJ3M9rBNM0Xs
zRVM+dSjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBQK7pgHDU63lACcv0OpjHRqKDqi1TAKBggqhkjOPQQD
AgNIADBFAiEA+l3U6xj3oUQa08SVpvvVjLgJG32ahbe6gx1AiqRJj/gCIBmeOxLb
SBNZlxZg6hMJ2bcmIZM3jzjsT+YMqyU2lrEU
-----END CERTIFICATE-----
`;

interface Listening {
  readonly port: number;
  readonly url: string;
  /** Resolves when no connection is open any more. */
  closed(): Promise<void>;
}

async function listening(server: Server, protocol = 'http'): Promise<Listening> {
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
function web(listener: RequestListener): Promise<Listening> {
  return listening(createServer(listener));
}

/** A server that sends these bytes when a request has come, and closes the connection after them unless told otherwise. */
function raw(bytes: string | Buffer, then: (socket: Socket) => void = (socket) => socket.end()): Promise<Listening> {
  return listening(
    createTcpServer((socket) => {
      socket.once('data', () => {
        socket.write(bytes);
        then(socket);
      });
    }),
  );
}

const keepOpen = (): void => undefined;

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A web server that tells in JSON what it was sent; at paths of `redirects` it redirects. */
async function mirror(
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

function call(url: string, { hosts = ['127.0.0.1'], resolve, ...request }: Options = {}): Promise<RestResult> {
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

function responseOf(result: RestResult): RestResponse {
  if ('failure' in result) throw new Error(JSON.stringify(result.failure));
  return result.response;
}

function failureOf(result: RestResult): RestFailure {
  if ('response' in result) throw new Error(JSON.stringify(result.response));
  expect(Object.values(result.failure).filter((text) => text === '')).toEqual([]);
  return result.failure;
}

const LIMIT = 32_768;

describe('what is sent', () => {
  test('is method, path, headers and body as they are, and the connection is closed after it', async () => {
    const server = await mirror();
    const headers = { 'Content-Type': 'application/json', 'X-Own': 'é', Accept: '*/*' };
    const result = await call(`${server.url}/a%20b?c=d&e#f`, { method: 'PATCH', headers, body: '{"name":"Zoë"}' });
    expect(responseOf(result).body).toBe('the end');
    expect(server.seen).toEqual([
      {
        method: 'PATCH',
        path: '/a%20b?c=d&e',
        headers: {
          'content-type': 'application/json',
          'x-own': 'é',
          accept: '*/*',
          'accept-encoding': 'identity',
          'content-length': '15',
          host: `127.0.0.1:${String(server.port)}`,
          connection: 'close',
        },
        body: '{"name":"Zoë"}',
      },
    ]);
    await server.closed();
  });

  test('has no Host, Content-Length, Connection or Transfer-Encoding of the script’s', async () => {
    const server = await mirror();
    const headers = { HOST: 'evil.test', 'Content-length': '2', Connection: 'keep-alive', 'transfer-encoding': 'chunked' };
    responseOf(await call(server.url, { method: 'POST', headers, body: 'abc' }));
    expect(server.seen[0]?.body).toBe('abc');
    expect(server.seen[0]?.headers).toEqual({
      host: `127.0.0.1:${String(server.port)}`,
      'content-length': '3',
      connection: 'close',
      'accept-encoding': 'identity',
    });
  });

  test.each([
    ['user:pass', 'user:pass'],
    ['us%3Aer:p%C3%A4ss', 'us:er:päss'],
    ['user', 'user:'],
    ['user:100%', 'user:100%'],
  ])('of an address with %s@ is Basic, and the answer’s address has it not', async (credentials, expected) => {
    const server = await mirror();
    const response = responseOf(await call(server.url.replace('//', `//${credentials}@`)));
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from(expected).toString('base64')}`);
    expect(response.url).toBe(`${server.url}/`);
  });

  test('is the script’s own Authorization rather than the address’s', async () => {
    const server = await mirror();
    await call(server.url.replace('//', '//user:pass@'), { headers: { AUTHORIZATION: 'Bearer abc' } });
    expect(server.seen[0]?.headers.authorization).toBe('Bearer abc');
  });

  test.each([
    [{ 'x y': '1' }, /name that cannot be sent/],
    [{ '': '1' }, /name that cannot be sent/],
    [{ 'x-token': 'hunter2\r\nX-Evil: 1' }, /"x-token" of the REST call has a value/],
    [{ 'x-token': 'hunter2 €' }, /"x-token" of the REST call has a value/],
  ])('cannot be the headers %j', async (headers, message) => {
    const server = await mirror();
    const failure = failureOf(await call(server.url, { headers }));
    expect(failure).toMatchObject({ code: 'REST_CALL_FAILED', message: expect.stringMatching(message) as string });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
    expect(server.seen).toEqual([]);
  });

  test.each(['', 'GE T', 'GET\r\n'])('cannot be the method %j', async (method) => {
    const failure = failureOf(await call('http://127.0.0.1:1/', { method }));
    expect(failure).toMatchObject({ code: 'REST_CALL_FAILED', message: 'The method of the REST call is none.' });
  });

  test('cannot be a header that Node.js refuses only with the others', async () => {
    const server = await mirror();
    const failure = failureOf(await call(server.url, { method: 'POST', headers: { trailer: 'x' }, body: 'a' }));
    expect(failure.code).toBe('REST_CALL_FAILED');
  });
});

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

describe('the hosts', () => {
  test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'data:,x', 'javascript:1', 'ws://127.0.0.1/'])(
    'are reached by http and https only: %s',
    async (url) => {
      expect(failureOf(await call(url))).toMatchObject({
        code: 'REST_HOST_REFUSED',
        message: 'A REST call goes to http or https only.',
      });
    },
  );

  test.each([
    [[], 'http://crm.example.com/', 'crm.example.com'],
    [['other.example.com'], 'https://crm.example.com:8443/', 'crm.example.com'],
    [['crm.example.com:443'], 'https://crm.example.com:8443/', 'crm.example.com:8443'],
    [['127.0.0.1:1'], 'http://127.0.0.1:2/', '127.0.0.1:2'],
  ])('are those of the list %j: %s is not', async (hosts, url, entry) => {
    const resolve = (): never => {
      throw new Error('it is not even looked up');
    };
    const failure = failureOf(await call(url.replace('//', '//user:hunter2@'), { hosts, resolve }));
    expect(failure.code).toBe('REST_HOST_REFUSED');
    expect(failure.message).toBe(`Scripts may not call ${entry}.`);
    expect(failure.remedy).toContain(`--script-hosts ${entry}, or add "${entry}" to scriptHosts in the config file`);
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  test('secrets in the query stand in no message', async () => {
    const failure = failureOf(await call('http://crm.example.com/?access_token=hunter2hunter2&a=b'));
    expect(failure.received).toContain('a=b');
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });
});

describe('a redirect', () => {
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'post', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [302, 'GET', 'GET'],
  ])('of status %i makes %s into %s', async (status, method, then) => {
    const server = await mirror({ '/from': [status, '/to?a=b'] });
    const headers = { 'Content-Type': 'text/plain', 'Content-Language': 'de', 'X-Own': '1', Authorization: 'Bearer abc' };
    const body = method === 'GET' || method === 'HEAD' ? undefined : 'hello';
    const response = responseOf(await call(`${server.url}/from`, { method, headers, body }));
    expect(response.url).toBe(`${server.url}/to?a=b`);
    const kept = then !== 'GET' && body !== undefined;
    expect(server.seen[1]).toMatchObject({ method: then, path: '/to?a=b', body: kept ? 'hello' : '' });
    const { 'content-type': type, 'content-language': language, 'content-length': length } = server.seen[1]!.headers;
    expect([type, language, length]).toEqual(
      kept ? ['text/plain', 'de', '5'] : method === then ? ['text/plain', 'de', undefined] : [undefined, undefined, undefined],
    );
    expect(server.seen[1]!.headers).toMatchObject({ 'x-own': '1', authorization: 'Bearer abc', 'accept-encoding': 'identity' });
    await server.closed();
  });

  test('to another port takes no secrets along, and to the same one all', async () => {
    const target = await mirror();
    const server = await mirror({ '/a': [307, '/b'], '/b': [307, `${target.url}/c`] });
    const secrets = {
      Authorization: 'Bearer abc',
      Cookie: 'a=b',
      'X-Api-Key': 'abc',
      'x-access-token': 'abc',
      'Proxy-Authorization': 'x',
    };
    const url = `${server.url}/a`;
    responseOf(await call(url, { method: 'POST', headers: { ...secrets, 'X-Own': '1' }, body: 'hello' }));
    const names = Object.keys(secrets).map((name) => name.toLowerCase());
    expect(names.filter((name) => server.seen[1]!.headers[name] === undefined)).toEqual([]);
    expect(names.filter((name) => target.seen[0]!.headers[name] !== undefined)).toEqual([]);
    expect(target.seen[0]).toMatchObject({ method: 'POST', body: 'hello', headers: { 'x-own': '1' } });
    await Promise.all([server.closed(), target.closed()]);
  });

  test('to another port takes the address’s credentials along as little; it may bring its own', async () => {
    const target = await mirror();
    const server = await mirror({ '/a': [302, `${target.url}/`], '/b': [302, target.url.replace('//', '//other:words@')] });
    await call(`${server.url}/a`.replace('//', '//user:pass@'));
    const { url } = responseOf(await call(`${server.url}/b`.replace('//', '//user:pass@')));
    expect(server.seen[0]!.headers.authorization).toBeDefined();
    expect(target.seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      `Basic ${Buffer.from('other:words').toString('base64')}`,
    ]);
    expect(url).toBe(`${target.url}/`);
  });

  test('is followed five times, and not a sixth', async () => {
    const path = (number: number): string => `/${String(number)}`;
    const redirects = Object.fromEntries([0, 1, 2, 3, 4, 5].map((number) => [path(number), [302, path(number + 1)] as const]));
    const server = await mirror(redirects);
    expect(responseOf(await call(`${server.url}/1`)).url).toBe(`${server.url}/6`);
    server.seen.length = 0;
    expect(failureOf(await call(`${server.url}/0`))).toMatchObject({
      code: 'REST_CALL_FAILED',
      message: 'The REST call was redirected more than 5 times.',
      received: `one more redirect, from ${server.url}/5 to "/6"`,
      response: { status: 302, statusText: 'Found' },
    });
    expect(server.seen.length).toBe(6);
    await server.closed();
  });

  test('to itself ends', async () => {
    const server = await mirror({ '/': [308, '/'] });
    expect(failureOf(await call(server.url)).message).toContain('more than 5 times');
  });

  test('to a host that is not on the list is refused, and says from where to where', async () => {
    const server = await mirror({ '/': [302, 'http://user:hunter2@evil.test:81/x?token=hunter2hunter2'] });
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_HOST_REFUSED');
    expect(failure.message).toMatch(
      `Scripts may not call evil.test. A redirect led there, from ${server.url}/ to http://evil.test:81/x?token=`,
    );
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/'])('to %s is refused', async (location) => {
    const server = await mirror({ '/': [302, location] });
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_HOST_REFUSED');
    expect(failure.message).toContain(`A redirect led there, from ${server.url}/ to ${location}.`);
  });

  test.each(['http://[', 'http://', 'https://a b/'])('to %j leads nowhere', async (location) => {
    const server = await mirror({ '/': [302, location] });
    expect(failureOf(await call(server.url))).toMatchObject({
      code: 'REST_CALL_FAILED',
      received: JSON.stringify(location),
      response: { status: 302 },
    });
    await server.closed();
  });

  test.each([300, 302, 304])('without a Location is a response: %i', async (status) => {
    const server = await web((_, response) => response.writeHead(status).end());
    expect(responseOf(await call(server.url))).toMatchObject({ status, url: `${server.url}/` });
  });

  test('has a body that is not read', async () => {
    const server = await raw('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 10000000\r\n\r\nx', keepOpen);
    expect(failureOf(await call(server.url)).message).toContain('more than 5 times');
    await server.closed();
  });
});

describe('a name', () => {
  test('is connected to at the addresses that were checked, looked up once a hop', async () => {
    const server = await mirror({ '/a': [302, '/b'] });
    const asked: string[] = [];
    const resolve = (name: string): Promise<string[]> => {
      asked.push(name);
      return Promise.resolve(['127.0.0.1']);
    };
    const url = `http://CRM.example.com.:${String(server.port)}/a`;
    expect(responseOf(await call(url, { hosts: ['crm.example.com'], resolve })).body).toBe('the end');
    expect(asked).toEqual(['crm.example.com', 'crm.example.com']);
    expect(server.seen[0]!.headers.host).toBe(`crm.example.com:${String(server.port)}`);
  });

  test('that leads elsewhere the second time is refused, in the same call and in a later one', async () => {
    const server = await mirror({ '/a': [302, '/b'] });
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    let redirected = false;
    const resolve = (): Promise<string[]> => Promise.resolve(redirected ? ['10.0.0.1'] : ['127.0.0.1']);
    const caller = outsideCaller(hostRules(['.example.com']), resolve);
    const request = { method: 'GET', headers: {}, body: undefined, timeout: 20_000, signal: new AbortController().signal };
    const url = new URL(`http://crm.example.com:${String(server.port)}/`);
    responseOf(await caller({ ...request, url }));
    redirected = true;
    expect(failureOf(await caller({ ...request, url }))).toMatchObject({
      code: 'REST_HOST_REFUSED',
      message: 'crm.example.com resolves elsewhere now.',
      received: 'crm.example.com, which resolves to 10.0.0.1 (private)',
    });
    expect(server.seen.length).toBe(1);

    const within = outsideCaller(hostRules(['.example.com']), () => Promise.resolve(answers.pop() ?? []));
    const failure = failureOf(await within({ ...request, url: new URL('/a', url) }));
    expect(failure.code).toBe('REST_HOST_REFUSED');
    expect(failure.message).toMatch(/resolves elsewhere now\. A redirect led there, from .*\/a to .*\/b\.$/);
  });

  test.each([
    [['169.254.169.254'], /link-local/],
    [['127.0.0.1', '10.0.0.1'], /more than one kind/],
  ])('that leads to %j is refused', async (addresses, message) => {
    const failure = failureOf(
      await call('http://crm.example.com/', { hosts: ['crm.example.com'], resolve: () => Promise.resolve(addresses) }),
    );
    expect(failure.code).toBe('REST_HOST_REFUSED');
    expect(failure.message).toMatch(message);
  });

  test('that is listed is not let in by its address, nor an address by its name', async () => {
    const server = await mirror();
    const resolve = (): Promise<string[]> => Promise.resolve(['127.0.0.1']);
    expect(failureOf(await call(server.url, { hosts: ['localhost'] })).code).toBe('REST_HOST_REFUSED');
    const byName = call(server.url.replace('127.0.0.1', 'localhost'), { hosts: ['127.0.0.1'], resolve });
    expect(failureOf(await byName).code).toBe('REST_HOST_REFUSED');
  });

  test('is reached at its next address where nothing listens at the first', async () => {
    const server = await mirror();
    const url = `http://localhost:${String(server.port)}/`;
    const resolve = (): Promise<string[]> => Promise.resolve(['::1', '127.0.0.1']);
    expect(responseOf(await call(url, { hosts: ['localhost'], resolve })).body).toBe('the end');
    expect(responseOf(await call(url, { hosts: ['localhost'] })).body).toBe('the end');
  });

  test.each([
    ['ENOTFOUND', /^no address for crm\.example\.com \(ENOTFOUND\)$/],
    ['EAI_AGAIN', /^no reply of the DNS server about crm\.example\.com \(EAI_AGAIN\)$/],
  ])('that the resolver answers with %s fails', async (code, received) => {
    const resolve = (): Promise<never> => Promise.reject(Object.assign(new Error('getaddrinfo'), { code }));
    const failure = failureOf(await call('http://crm.example.com/', { hosts: ['crm.example.com'], resolve }));
    expect(failure).toMatchObject({ code: 'REST_CALL_FAILED', received: expect.stringMatching(received) as string });
    expect(failure.remedy).toContain('host.docker.internal');
  });

  test.each([[[]], [['no address']]])('that has the addresses %j fails', async (addresses) => {
    const resolve = (): Promise<string[]> => Promise.resolve(addresses);
    const failure = failureOf(await call('http://crm.example.com/', { hosts: ['crm.example.com'], resolve }));
    expect(failure.code).toBe('REST_CALL_FAILED');
  });
});

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

describe('a connection', () => {
  test('that nobody takes is told with its address', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const failure = failureOf(await call(`http://127.0.0.1:${String(port)}/`));
    expect(failure).toMatchObject({
      code: 'REST_CALL_FAILED',
      message: `127.0.0.1:${String(port)} gave no answer.`,
      received: `nothing listens at 127.0.0.1:${String(port)} (ECONNREFUSED)`,
    });
    expect(failure.remedy).toContain('host.docker.internal');
  });

  const HEAD = 'HTTP/1.1 200 OK\r\n';
  test.each([
    ['is closed at once', '', undefined, /closed without an answer \(ECONNRESET\)/],
    ['is reset at once', '', 'reset', /closed without an answer \(ECONNRESET\)/],
    ['closes in the headers', `${HEAD}X-A: b`, undefined, /closed without an answer|\(HPE_/],
    [
      'closes before the Content-Length',
      `${HEAD}Content-Length: 100\r\n\r\nabc`,
      undefined,
      /^3 of 100 bytes, then .* \(ECONNRESET\)/,
    ],
    ['closes before the last chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, undefined, /^3 bytes, then/],
    [
      'is reset in the body',
      `${HEAD}Content-Length: 100\r\n\r\nabc`,
      'reset',
      /^[03] of 100 bytes, then|closed without an answer/,
    ],
    ['speaks something else', 'SSH-2.0-OpenSSH_9.6\r\n', undefined, /\(HPE_INVALID_CONSTANT\)/],
    ['sends a bad chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, undefined, /\(HPE_INVALID_CHUNK_SIZE\)/],
    ['has two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, undefined, /\(HPE_/],
    ['has 20 KB of headers', `${HEAD}X-A: ${'b'.repeat(20_000)}\r\n\r\n`, undefined, /more than 16 KB of headers/],
    [
      'changes the protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      'open',
      /without an answer/,
    ],
  ] as const)('that %s fails', async (_, bytes, then, received) => {
    const server = await raw(bytes, (socket) => {
      if (then === 'reset') setImmediate(() => socket.resetAndDestroy());
      else if (then === undefined) socket.end();
    });
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_CALL_FAILED');
    expect(failure.received).toMatch(received);
    await server.closed();
  });

  test('that breaks off in the body tells of the answer as far as it was read', async () => {
    const server = await raw('HTTP/1.1 202 Fine\r\nContent-Length: 9\r\nX-A: b\r\n\r\nabc');
    expect(failureOf(await call(server.url))).toMatchObject({
      message: `The answer of 127.0.0.1:${String(server.port)} was cut off.`,
      expected: '9 bytes, as its Content-Length says',
      response: { status: 202, statusText: 'Fine', headers: { 'content-length': '9', 'x-a': 'b' } },
    });
  });

  test('by CONNECT becomes no tunnel', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\n\r\n', keepOpen);
    expect(failureOf(await call(server.url, { method: 'CONNECT' })).code).toBe('REST_CALL_FAILED');
    await server.closed();
  });
});

describe('a secure connection', () => {
  test('to a certificate that nobody signed fails, and says what to do', async () => {
    const server = await listening(
      createTlsServer({ key: KEY, cert: CERTIFICATE }, (_, response) => response.end()),
      'https',
    );
    const failure = failureOf(await call(server.url));
    expect(failure).toMatchObject({
      code: 'REST_CALL_FAILED',
      message: `No secure connection to 127.0.0.1:${String(server.port)} came about.`,
      received: 'a certificate that is self-signed, or from an authority that is not known (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(failure.remedy).toContain('NODE_EXTRA_CA_CERTS');
    await server.closed();
  });

  test('to a server that speaks plain HTTP fails', async () => {
    const server = await mirror();
    const failure = failureOf(await call(server.url.replace('http', 'https')));
    expect(failure).toMatchObject({ code: 'REST_CALL_FAILED', expected: 'a server that speaks TLS' });
    expect(failure.received).toMatch(/^what is no TLS \(/);
    await server.closed();
  });

  test('that fails in its handshake is told in OpenSSL’s words', async () => {
    const server = await listening(
      createTlsServer({ minVersion: 'TLSv1.3' }, (_, response) => response.end()),
      'https',
    );
    const failure = failureOf(await call(server.url));
    expect(failure.received).toMatch(/^a handshake that failed: [a-z0-9/ ]+ \([A-Z0-9_]+\)$/);
    await server.closed();
  });

  test('is wanted where plain HTTP was sent', async () => {
    const server = await listening(createTlsServer({ key: KEY, cert: CERTIFICATE }, (_, response) => response.end()));
    const failure = failureOf(await call(server.url));
    expect(failure.code).toBe('REST_CALL_FAILED');
    expect(failure.remedy).toContain('https');
  });
});

test.each([
  ['ECONNREFUSED', /^nothing listens at/, /Start the server/],
  ['ECONNRESET', /closed without an answer/, /want TLS at this port/],
  ['EPIPE', /closed without an answer/, /want TLS at this port/],
  ['ETIMEDOUT', /^no reply from/, /HTTP_PROXY/],
  ['EHOSTUNREACH', /^no way to/, /HTTP_PROXY/],
  ['ENETUNREACH', /^no way to/, /HTTP_PROXY/],
  ['ENOTFOUND', /^no address for/, /spelling/],
  ['EAI_AGAIN', /^no reply of the DNS server/, /DNS server/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /self-signed/, /NODE_EXTRA_CA_CERTS/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /authority that is not known/, /NODE_EXTRA_CA_CERTS/],
  ['CERT_HAS_EXPIRED', /has expired/, /Renew/],
  ['CERT_NOT_YET_VALID', /is not valid yet/, /clock/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /for other names/, /by a name that its certificate holds/],
  ['HPE_INVALID_HEADER_TOKEN', /^What Node says/, /https/],
  ['EMFILE', /^What Node says/, /network/],
])('%s is told in words', (code, received, remedy) => {
  const { failure } = brokeDown(new URL('http://crm.example.com/'), Object.assign(new Error('What Node says'), { code }));
  expect(failure.code).toBe('REST_CALL_FAILED');
  expect(failure.received).toMatch(received);
  expect(failure.received).toContain(`(${code})`);
  expect(failure.remedy).toMatch(remedy);
});

test.each([
  [['ECONNREFUSED', 'ECONNREFUSED'], 'nothing listens at [::1]:9 and 127.0.0.1:9 (ECONNREFUSED)'],
  [['EADDRNOTAVAIL', 'ECONNREFUSED'], 'nothing listens at 127.0.0.1:9 (ECONNREFUSED)'],
  [['ENETUNREACH', 'ETIMEDOUT'], 'no reply from 127.0.0.1:9 (ETIMEDOUT)'],
])('%j at the addresses of a name is told in words', (codes, received) => {
  const addresses = ['::1', '127.0.0.1'];
  const errors = codes.map((code, index) => Object.assign(new Error(code), { code, address: addresses[index], port: 9 }));
  const all = Object.assign(new AggregateError(errors), { code: codes[0] });
  expect(brokeDown(new URL('http://localhost:9/'), all).failure.received).toBe(received);
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
