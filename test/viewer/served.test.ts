/** How the page is served: small, under a strict policy, to callers of the control API only, and nothing in it leads elsewhere. */
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { emulator, HANDOVER, send, talk } from '../support/client.js';

const FOLDER = new URL('../../dist/viewer/', import.meta.url);

interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Served> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    })
      .on('error', reject)
      .end();
  });
}

test('under 60 kB compressed, all of it', async () => {
  const files = await readdir(FOLDER);
  expect(files.sort()).toEqual(['index.html', 'viewer.css', 'viewer.js']);
  const sizes = await Promise.all(files.map(async (name) => gzipSync(await readFile(new URL(name, FOLDER))).length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
});

test('it names no other address than that of the SVG name space', async () => {
  for (const name of await readdir(FOLDER)) {
    const text = await readFile(new URL(name, FOLDER), 'utf8');
    expect(
      [...text.matchAll(/https?:\/\/[^\s'"`$]+/g)].map(([url]) => url).filter((url) => url !== 'http://www.w3.org/2000/svg'),
    ).toEqual([]);
    expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(/);
  }
});

test.each([
  ['', 'text/html'],
  ['viewer.js', 'text/javascript'],
  ['viewer.css', 'text/css'],
])('/_emulator/%s is %s, under the policy, in each tenant', async (name, type) => {
  const { url } = await emulator();
  for (const tenant of ['', '/t/alpha']) {
    const { status, headers, text } = await get(`${url}${tenant}/_emulator/${name}`);
    expect(status).toBe(200);
    expect(text.length).toBeGreaterThan(500);
    expect(headers).toMatchObject({
      'content-type': `${type}; charset=utf-8`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(headers['content-security-policy']).split('; ');
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      expect(policy).toContain(directive);
  }
  expect(await send(url, { method: 'HEAD', path: `/_emulator/${name}` })).toMatchObject({ status: 200, text: '' });
});

test('without the slash at its end it leads to it, and keeps the tenant', async () => {
  const { url } = await emulator();
  for (const prefix of ['', '/t/alpha']) {
    const { status, headers } = await get(`${url}${prefix}/_emulator`);
    expect(status).toBe(302);
    expect(new URL(String(headers.location), `${url}${prefix}/_emulator`).pathname).toBe(`${prefix}/_emulator/`);
  }
});

test('under a name that may be anybody’s it is refused, as all of the control API', async () => {
  const { url } = await emulator();
  const page = await get(`${url}/_emulator/`, { host: 'my-bot.example.com' });
  expect({ status: page.status, body: JSON.parse(page.text) as unknown }).toMatchObject({
    status: 403,
    body: { cause: { code: 'HOST_REFUSED' } },
  });
  expect((await get(`${url}/_emulator/viewer.js`, { 'x-forwarded-host': 'my-bot.example.com' })).status).toBe(403);
});

test('its slash is that of the contract: any other slash at an end is a mistake still', async () => {
  const { url } = await emulator();
  const refused = await send(url, { method: 'GET', path: '/_emulator/traces/' });
  expect(refused).toMatchObject({ status: 404, body: { cause: { code: 'ROUTE_UNKNOWN' } } });
  expect((await send(url, { path: `${HANDOVER}/`, body: {} })).status).toBe(404);
  const posted = await send(url, { method: 'POST', path: '/_emulator/' });
  expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
  expect(await talk(url, 'GET /_emulator// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 404 /);
});

test('tenants are listed by their newest trace; calls of the control API are none', async () => {
  const { url } = await emulator();
  for (const tenant of ['/t/alpha', '', '/t/beta', '/t/alpha']) await send(url, { path: tenant + HANDOVER, body: {} });
  await send(url, { path: '/t/gamma/_emulator/health' });
  const { body } = await send(url, { path: '/_emulator/tenants' });
  expect(body.total).toBe(3);
  expect(body.items.map(({ name, traces }: { name: string; traces: number }) => `${name} ${String(traces)}`)).toEqual([
    'alpha 2',
    'beta 1',
    'default 1',
  ]);
  expect((await send(url, { path: '/_emulator/tenants?limit=1' })).body).toMatchObject({ items: [{ name: 'alpha' }], total: 3 });
});
