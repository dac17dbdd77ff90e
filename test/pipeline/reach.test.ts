/** From where the emulator is reached: its URLs, the names under which the control API answers, and pages of other origins. */
import { describe, expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send, talk, traceOf } from '../support/client.js';

const RESET = { method: 'POST', path: '/_emulator/reset' };

describe('the control API answers under names that nobody can register', () => {
  test.each([
    'localhost:8400',
    '127.0.0.1:8400',
    '192.168.1.20',
    '[::1]:8400',
    'cxone',
    'cxone:8400',
    'CXONE:8400',
    'app.localhost',
    'mac.local:8400',
    'host.docker.internal:8400',
    'cxone.test',
    'cxone.test.',
  ])('%s', async (host) => {
    const { url } = await emulator();
    expect((await send(url, { ...RESET, headers: { host } })).status).toBe(204);
  });

  test.each([
    'example.com',
    'example.com:8400',
    'abc.ngrok.app',
    'test.example',
    'localhost.example.com',
    'a b',
    'x@localhost',
    '1.2.3.4.example',
  ])('and not under %s: nothing is reset, the platform still answers', async (host) => {
    const started = await emulator();
    await open(started.url);
    for (const path of ['/_emulator/reset', '/%5Femulator/reset', '/t/default/_emulator/reset', '/_emulator/no-such-thing']) {
      expect(await send(started.url, { method: 'POST', path, headers: { host } })).toMatchObject({
        status: 403,
        headers: { 'x-emulator-cause': 'HOST_REFUSED' },
        body: { errorCode: 'Forbidden', cause: { code: 'HOST_REFUSED', in: 'header', pointer: '/host' } },
      });
    }
    expect((await send(started.url, { path: '/_emulator/conversations' })).body.total).toBe(1);
    expect((await send(started.url, { headers: { host }, body: { sessionId: CONVERSATION } })).status).toBe(200);
  });

  test('an absolute target counts as well as the header', async () => {
    const { url } = await emulator();
    const ask = (target: string, host: string): Promise<string> =>
      talk(url, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await ask('http://example.com/_emulator/health', 'localhost')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask('http://localhost/_emulator/health', 'example.com')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask('http://localhost/_emulator/health', 'localhost')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    { 'x-forwarded-host': 'my-bot.example.com' },
    { 'x-forwarded-host': 'localhost, my-bot.example.com' },
    { 'x-original-host': 'my-bot.example.com' },
    { forwarded: 'for=192.0.2.1;host="my-bot.example.com:443";proto=https' },
  ])('nor behind a proxy that says it was called by another name: %o', async (forwarding) => {
    const { url } = await emulator({ publicUrl: 'https://my-bot.example.com' });
    await open(url);
    const headers = { host: 'localhost:8400', ...forwarding };
    const answer = await send(url, { ...RESET, headers });
    expect(answer).toMatchObject({
      status: 403,
      body: { cause: { code: 'HOST_REFUSED', received: expect.stringContaining('my-bot') } },
    });
    expect((await send(url, { path: '/_emulator/conversations' })).body.total).toBe(1);
    expect((await send(url, { headers, body: { sessionId: CONVERSATION } })).status).toBe(200);
    const { url: allowing } = await emulator({ allowedHosts: ['my-bot.example.com'] });
    expect((await send(allowing, { ...RESET, headers })).status).toBe(204);
  });

  test('and behind a proxy that was called by a name of its own network', async () => {
    const { url } = await emulator();
    const headers = { host: 'localhost', 'x-forwarded-host': 'cxone:8400', forwarded: 'host=gateway' };
    expect((await send(url, { ...RESET, headers })).status).toBe(204);
  });

  test('those of --allowed-hosts too; one that begins with a dot stands for all names below it', async () => {
    const { url } = await emulator({ allowedHosts: ['cxone.example.com', '.ngrok.app'] });
    const status = async (host: string): Promise<number> =>
      (await send(url, { path: '/_emulator/health', headers: { host } })).status;
    expect(await status('cxone.example.com:8400')).toBe(200);
    expect(await status('CXone.Example.Com')).toBe(200);
    expect(await status('abc.ngrok.app')).toBe(200);
    expect(await status('ngrok.app')).toBe(403);
    expect(await status('evilngrok.app')).toBe(403);
    expect(await status('other.example.com')).toBe(403);
  });
});

test.each([
  ['1.1', 'Host: localhost\r\nHost: example.com'],
  ['1.1', 'host: localhost\r\nAccept: */*\r\nHOST: localhost'],
  ['1.0', 'Host: localhost\r\nHost: example.com'],
])('a request of HTTP/%s with two Host headers is none, on any path: %j', async (version, headers) => {
  const { url } = await emulator();
  for (const path of ['/_emulator/health', `${HANDOVER}/${CONVERSATION}`, '/t/a/_emulator/traces', '/nix']) {
    const answer = await talk(url, `GET ${path} HTTP/${version}\r\n${headers}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*x-emulator-cause: HTTP_MALFORMED/i);
    const id = /x-emulator-trace-id: (\S+)/i.exec(answer)?.[1] ?? '';
    const tenant = path.startsWith('/t/') ? '/t/a' : '';
    const { body } = await send(url, { path: `${tenant}/_emulator/traces/${id}` });
    expect(body.entries[0]).toMatchObject({ code: 'HTTP_MALFORMED', in: 'header', pointer: '/host' });
    expect(body.entries[0].received).toMatch(/^\["localhost","/);
  }
});

describe('URLs in answers', () => {
  const urlOf = async (url: string, path = '', host?: string): Promise<string> =>
    (await send(url, { path: `${path}/_emulator/health`, headers: host === undefined ? {} : { host } })).body.url as string;

  test.each(['1.2.3.4.5', 'cxone:99999', 'xn--', '99999999999'])('and no host that no address can have: %s', async (host) => {
    const { url } = await emulator();
    const answer = await send(url, { path: '/.well-known/cxone-configuration?tenantId=x', headers: { host } });
    expect(answer).toMatchObject({ status: 200, body: { api_endpoint: url } });
  });

  test.each([
    [{ 'x-forwarded-proto': 'https' }, 'https://inside:80'],
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'my-bot.example.com' }, 'https://my-bot.example.com'],
    [{ 'x-forwarded-proto': 'HTTPS, http', 'x-forwarded-host': 'a.example.com:8443, inside' }, 'https://a.example.com:8443'],
    [{ 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'a b/c' }, 'http://inside:80'],
    [{ 'x-forwarded-host': 'x@evil/?' }, 'http://inside:80'],
    [{ 'x-forwarded-host': '1.2.3.4.5' }, 'http://inside:80'],
    [{ 'x-forwarded-host': 'inside:99999' }, 'http://inside:80'],
  ])('or with what a proxy says of that: %o', async (headers, base) => {
    const { url } = await emulator();
    const answer = await send(url, { path: '/.well-known/openid-configuration', headers: { host: 'inside:80', ...headers } });
    expect(answer.body.token_endpoint).toBe(`${base}/auth/token`);
  });

  test('begin with how the caller reached the emulator, with the tenant', async () => {
    const { url } = await emulator();
    expect(await urlOf(url)).toBe(url);
    expect(await urlOf(url, '/t/alpha')).toBe(`${url}/t/alpha`);
    expect(await urlOf(url, '', 'cxone:8400')).toBe('http://cxone:8400');
    const { body } = await send(url, { path: '/t/alpha/_emulator/openapi.json', headers: { host: 'cxone' } });
    expect(body.servers).toEqual([{ url: 'http://cxone/t/alpha' }]);
    expect(await talk(url, 'GET /_emulator/health HTTP/1.0\r\n\r\n')).toContain(`"url":"${url}"`);
  });

  test('or with --public-url', async () => {
    const { url } = await emulator({ publicUrl: 'https://cxone.example.com/base/' });
    expect(await urlOf(url)).toBe('https://cxone.example.com/base');
    expect(await urlOf(url, '/t/alpha', 'cxone:8400')).toBe('https://cxone.example.com/base/t/alpha');
  });

  test.each(['cxone.example.com', 'ftp://x', 'http://', 'http://user:pass@x', 'http://x?y', 'http://x:99999', 'http://[::'])(
    '%s is no public URL',
    async (publicUrl) => {
      await expect(emulator({ publicUrl })).rejects.toThrow(/publicUrl must be an address such as/);
    },
  );
});

describe('pages of other origins', () => {
  const origin = 'http://localhost:3000';
  const preflight = {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  };

  test('read nothing unless they are named', async () => {
    const { url } = await emulator();
    await open(url);
    for (const answer of [
      await send(url, preflight),
      await send(url, { headers: { origin }, body: { sessionId: CONVERSATION, skillId: 4001 } }),
      await send(url, { path: '/_emulator/health', headers: { origin } }),
    ]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test.each([origin, 'null', 'http://127.0.0.1', 'https://example.com'])(
    'change nothing through the control API: %s',
    async (foreign) => {
      const { url } = await emulator();
      await open(url);
      expect(await send(url, { ...RESET, headers: { origin: foreign } })).toMatchObject({
        status: 403,
        body: { cause: { code: 'ORIGIN_REFUSED' } },
      });
      expect((await send(url, { path: '/_emulator/conversations' })).body.total).toBe(1);
    },
  );

  test('the emulator’s own pages are none of them', async () => {
    const { url } = await emulator();
    expect((await send(url, { ...RESET, headers: { origin: url } })).status).toBe(204);
    const answer = await send(url, { headers: { origin: url }, body: {} });
    expect((await traceOf(url, answer)).entries.map(({ code }) => code)).not.toContain('ORIGIN_NOT_ALLOWED');
  });

  test('that are named read answers and refusals, and may ask first', async () => {
    const { url } = await emulator({ corsOrigins: [origin] });
    expect(await send(url, preflight)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-headers': 'content-type',
        'access-control-allow-methods': expect.stringContaining('POST') as string,
        vary: 'Origin',
      },
    });
    expect((await send(url, { ...RESET, headers: { origin } })).status).toBe(204);
    const answer = await send(url, { headers: { origin }, body: { sessionId: 'abc-123' } });
    expect(answer).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': origin } });
    expect(answer.headers['access-control-expose-headers']).toMatch(/X-Emulator-Cause/);
    const other = await send(url, { headers: { origin: 'http://localhost:3001' }, body: {} });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
    expect(other.headers.vary).toBe('Origin');
  });

  test('* is any, but for the control API', async () => {
    const { url } = await emulator({ corsOrigins: ['*'] });
    const answer = await send(url, { headers: { origin }, body: { sessionId: 'abc-123' } });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    const control = await send(url, { ...RESET, headers: { origin } });
    expect(control.status).toBe(403);
    expect(control.headers).not.toHaveProperty('access-control-allow-origin');
    expect((await send(url, { path: HANDOVER, ...preflight })).headers['access-control-allow-origin']).toBe(origin);
  });
});
