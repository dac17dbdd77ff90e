/** A script's REST call to a host outside: what is sent, and to which hosts and addresses. */
import { describe, expect, test } from 'vitest';
import { hostRules } from '../../../src/studio/rest/hosts.js';
import { outsideCaller } from '../../../src/studio/rest/outside-call.js';
import { call, failureOf, mirror, responseOf } from '../../support/outside-call.js';

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
