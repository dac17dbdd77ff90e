/** Paths and methods: HEAD, OPTIONS, 405, encoded paths, absolute targets, tenants in the path. */
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send, talk } from '../support/client.js';

test('HEAD is GET without a body', async () => {
  const { url } = await emulator();
  await open(url);
  const path = `${HANDOVER}/${CONVERSATION}`;
  const [head, get] = [await send(url, { method: 'HEAD', path }), await send(url, { path })];
  expect(head).toMatchObject({ status: 200, text: '' });
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
});

test('OPTIONS lists the methods', async () => {
  const { url } = await emulator();
  expect(await send(url, { method: 'OPTIONS' })).toMatchObject({ status: 204, text: '', headers: { allow: 'OPTIONS, POST' } });
  expect(await send(url, { method: 'OPTIONS', path: '/api/v2/contacts/1/attributes' })).toMatchObject({
    headers: { allow: 'GET, HEAD, OPTIONS, PATCH' },
  });
  expect((await send(url, { method: 'OPTIONS', path: '/nowhere' })).status).toBe(404);
  expect(await talk(url, 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 204 /);
});

test('405 carries Allow', async () => {
  const { url } = await emulator();
  expect(await send(url, { method: 'DELETE' })).toMatchObject({ status: 405, headers: { allow: 'OPTIONS, POST' } });
});

test.each([
  'GET http://cxone.example/_emulator/health',
  'GET /_emulator/h%65alth',
  'GET //x',
  'GET http://[::bad/',
  'BREW /pot',
  'GET /a?%zz',
  'GET ?',
])('%s gets an answer of ours', async (line) => {
  const { url } = await emulator();
  const answer = await talk(url, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/\r\ncontent-type: application\/json/i);
  expect(answer).toMatch(/\r\nx-emulator-trace-id: /i);
  expect(answer).not.toMatch(/<html|express/i);
});

test('CONNECT and an unknown expectation get an answer of ours', async () => {
  const { url } = await emulator();
  expect(await talk(url, 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 404 [^]*"errorCode":"NotFound"/,
  );
  expect(
    await talk(url, 'GET /_emulator/health HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\nConnection: close\r\n\r\n'),
  ).toMatch(/^HTTP\/1\.1 200 [^]*"status":"ok"/);
});

test('pipelined requests are answered in order, garbage behind them last', async () => {
  const { url } = await emulator();
  const body = JSON.stringify({ sessionId: 'abc-123' });
  const handover = `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`;
  const health = 'GET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n';
  const answers = await talk(url, health + handover + health + handover + 'garbage\r\n\r\n');
  expect([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '400', '200', '400', '400']);
  expect([...answers.matchAll(/x-emulator-cause: (\w+)/gi)].map(([, cause]) => cause)).toEqual([
    'CONVERSATION_ID_FORMAT',
    'CONVERSATION_ID_FORMAT',
    'HTTP_MALFORMED',
  ]);
});

test('a caller that resets its CONNECT does no harm', async () => {
  const { url } = await emulator();
  const { hostname, port } = new URL(url);
  for (let round = 0; round < 20; round += 1) {
    await new Promise<void>((resolve) => {
      const socket = createConnection({ host: hostname, port: Number(port) }, () => {
        socket.write('CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', () => {
          socket.resetAndDestroy();
          resolve();
        });
      });
    });
  }
  expect((await send(url, { path: '/_emulator/health' })).status).toBe(200);
});

test('a message that is broken belongs to the default tenant where its tenant has no name', async () => {
  const started = await emulator();
  await talk(started.url, 'GET /t/BAD_NAME/x HTTP/1.1\r\nConnection: close\r\n\r\n');
  expect(started.traces()).toMatchObject([{ tenant: 'default', request: { path: '/t/BAD_NAME/x' } }]);
});

test('a tenant that was only read reads the same again, and its seeds can be handed over', async () => {
  const { url } = await emulator({ conversations: [{}, { conversationId: CONVERSATION }] });
  const first = await send(url, { path: '/_emulator/state' });
  expect((await send(url, { path: '/_emulator/state' })).text).toBe(first.text);
  const { items } = (await send(url, { path: '/_emulator/conversations' })).body;
  for (const { conversationId } of items) expect((await send(url, { body: { sessionId: conversationId } })).status).toBe(200);
  expect((await send(url, { path: `/api/v2/contacts/${String(items[0].contactId)}/attributes` })).status).toBe(200);
});

test('a very long id in the path is answered like a short one', async () => {
  const { url } = await emulator();
  const answer = await send(url, { path: `${HANDOVER}/${'a'.repeat(12_000)}` });
  expect(answer).toMatchObject({ status: 400, headers: { 'x-emulator-cause': 'CONVERSATION_ID_FORMAT' } });
});

test('two tenants do not see each other', async () => {
  const { url } = await emulator();
  const opened = await send(url, {
    path: '/t/alpha/_emulator/conversations',
    body: { conversationId: CONVERSATION, contactId: '463012345678', userId: 'u', attributes: { id: 'abc' } },
  });
  expect(opened.status).toBe(201);
  const body = { sessionId: CONVERSATION, skillId: 4001 };

  expect((await send(url, { body })).status).toBe(400);
  expect((await send(url, { path: `/t/beta${HANDOVER}`, body })).status).toBe(400);
  expect((await send(url, { path: '/t/beta/api/v2/contacts/463012345678/attributes' })).status).toBe(404);
  expect((await send(url, { path: '/t/beta/api/v2/users/u/attributes' })).status).toBe(404);
  expect((await send(url, { path: '/t/beta/api/v2/contacts?attribute=id&value=abc' })).body.total).toBe(0);
  expect((await send(url, { path: '/t/beta/_emulator/conversations' })).body.total).toBe(0);

  const handedOver = await send(url, { path: `/t/alpha${HANDOVER}`, body });
  expect(handedOver.status).toBe(200);
  const trace = `/_emulator/traces/${handedOver.headers['x-emulator-trace-id'] ?? ''}`;
  expect((await send(url, { path: `/t/alpha${trace}` })).status).toBe(200);
  expect((await send(url, { path: trace })).status).toBe(404);

  await send(url, { method: 'POST', path: '/t/beta/_emulator/reset' });
  expect((await send(url, { path: '/t/alpha/_emulator/conversations' })).body.total).toBe(1);
});

test('a tenant keeps its identity over a reset and a restart', async () => {
  const [first, second] = [await emulator(), await emulator()];
  const before = (await send(first.url, { path: '/t/alpha/_emulator/health' })).body.tenant;
  await send(first.url, { method: 'POST', path: '/t/alpha/_emulator/reset' });
  expect((await send(first.url, { path: '/t/alpha/_emulator/health' })).body.tenant).toEqual(before);
  expect((await send(second.url, { path: '/t/alpha/_emulator/health' })).body.tenant).toEqual(before);
  expect((await send(second.url, { path: '/_emulator/health' })).body.tenant.busNo).not.toBe(before.busNo);
});
