/** Nothing grows for ever: traces, tenants, conversations and their bytes have limits, and what is dropped is counted. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send, talk, traceOf } from '../support/client.js';

const CONVERSATIONS = '/_emulator/conversations';

test('traces by number: the oldest go, and are counted', async () => {
  const { url } = await emulator({ maxTraces: 5 });
  for (let number = 0; number < 9; number += 1) await send(url, { body: { sessionId: `s-${String(number)}` } });
  const { body } = await send(url, { path: '/_emulator/traces' });
  expect(body).toMatchObject({ total: 5, dropped: 4 });
  expect(body.items[0].conversationId).toBe('s-8');
});

test('traces by bytes', async () => {
  const { url } = await emulator({ maxTraceBytes: '100kb' });
  for (let number = 0; number < 50; number += 1) await send(url, { body: { sessionId: 'x'.repeat(5000) } });
  const { total, dropped } = (await send(url, { path: '/_emulator/traces' })).body as Record<'total' | 'dropped', number>;
  expect(total + dropped).toBe(50);
  expect(total).toBeLessThan(15);
});

test('conversations: the oldest of the tenant that has most go first, with contacts and users, but nothing that is seeded', async () => {
  const seeded = '9d0c6a52-13c8-4f0e-8a77-52b1c3e4f6a8';
  const { url } = await emulator({ maxConversations: 20, conversations: [{ conversationId: seeded }] });
  await send(url, { method: 'POST', path: `/t/quiet${CONVERSATIONS}` });
  const first = await open(url, { conversationId: CONVERSATION, userId: 'first', masterContactId: '5' });
  for (let number = 0; number < 40; number += 1) await open(url, { userId: `u${String(number)}` });
  const { items, total, dropped } = (await send(url, { path: CONVERSATIONS })).body;
  expect({ total, dropped }).toEqual({ total: 18, dropped: 24 });
  expect(items[0].userId).toBe('u39');
  expect(items.at(-1).conversationId).toBe(seeded);
  expect((await send(url, { path: `/t/quiet${CONVERSATIONS}` })).body).toMatchObject({ total: 2, dropped: 0 });
  for (const path of [
    `/api/v2/contacts/${first.contactId as string}/attributes`,
    '/api/v2/contacts/5/attributes',
    '/api/v2/users/first/attributes',
  ])
    expect((await send(url, { path })).status, path).toBe(404);
  const answer = await send(url, { body: { sessionId: CONVERSATION } });
  expect((await traceOf(url, answer)).entries.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['STATE_DROPPED', 'CONVERSATION_UNKNOWN']),
  );
  const exported = (await send(url, { path: '/_emulator/state' })).body;
  expect(exported.users).toHaveLength(17);
  expect(exported.contacts).toHaveLength(18);
  expect((await send(url, { method: 'PUT', path: '/_emulator/state', body: exported })).status).toBe(204);
});

test('conversations by their bytes', async () => {
  const { url } = await emulator({ maxStateBytes: '100kb' });
  for (let number = 0; number < 30; number += 1) await open(url, { attributes: { note: 'x'.repeat(10_000) } });
  const { total, dropped } = (await send(url, { path: CONVERSATIONS })).body as Record<'total' | 'dropped', number>;
  expect(total + dropped).toBe(30);
  expect(total).toBeGreaterThan(5);
  expect(total).toBeLessThan(10);
});

test('a change that is refused, or only explained, does not count', async () => {
  const { url } = await emulator({ maxConversations: 2, unknownConversations: 'adopt' });
  await open(url);
  await open(url, {});
  const unknown = '9d0c6a52-13c8-4f0e-8a77-52b1c3e4f6a8';
  for (let number = 0; number < 5; number += 1) {
    await send(url, { path: '/_emulator/explain', body: { body: { sessionId: unknown } } });
    await send(url, { body: { sessionId: unknown, skillId: 99 } });
  }
  expect((await send(url, { path: CONVERSATIONS })).body).toMatchObject({ total: 2, dropped: 0 });
});

test('a state that is over the limit is refused whole', async () => {
  const { url } = await emulator({ maxConversations: 2 });
  const { url: other } = await emulator();
  for (let number = 0; number < 3; number += 1) await open(other, {});
  const state = (await send(other, { path: '/_emulator/state' })).body;
  const answer = await send(url, { method: 'PUT', path: '/_emulator/state', body: state });
  expect(answer).toMatchObject({ status: 400, body: { cause: { pointer: '/conversations', received: '3' } } });
});

test('tenants: the idle ones go first, and a reset ends the warning', async () => {
  const { url } = await emulator({ maxTenants: 2 });
  for (const tenant of ['a', 'b', 'c']) await send(url, { method: 'POST', path: `/t/${tenant}${CONVERSATIONS}` });
  const look = async (tenant: string): Promise<unknown[]> => {
    const answer = await send(url, { path: `/t/${tenant}/api/v2/users/x/attributes` });
    return (await traceOf(url, answer, `/t/${tenant}`)).entries.map(({ code }) => code).filter((code) => code !== null);
  };
  expect(await look('a')).toEqual(['STATE_DROPPED', 'USER_UNKNOWN']);
  expect(await look('c')).toEqual(['USER_UNKNOWN']);
  await send(url, { method: 'POST', path: '/t/a/_emulator/reset' });
  expect(await look('a')).toEqual(['USER_UNKNOWN']);
});

test('a thousand requests in one packet have a thousand answers, in order', async () => {
  const { url } = await emulator();
  const one = (number: number, more = ''): string => `GET ${HANDOVER}/s-${String(number)} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  const many = Array.from({ length: 999 }, (_, number) => one(number)).join('');
  const answers = await talk(url, many + one(999, 'Connection: close\r\n'));
  expect(answers.match(/HTTP\/1\.1 400 /g)).toHaveLength(1000);
  const order = [...answers.matchAll(/x-emulator-trace-id: [0-9a-f]+-(\d+)/gi)].map(([, number]) => Number(number));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('four thousand requests may be sent ahead of their answers', async () => {
  const { url } = await emulator({ maxTraces: 10 });
  const one = 'GET / HTTP/1.1\r\nHost:x\r\n';
  const answers = await talk(url, `${`${one}\r\n`.repeat(3999)}${one}Connection: close\r\n\r\n`);
  expect(answers.match(/HTTP\/1\.1 404 /g)).toHaveLength(4000);
});

/** Opens a stream of traces, which never ends, and sends requests behind it. */
function pipelineBehindAStream(url: string, requests: string): Socket {
  const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.resume().on('error', () => undefined);
  socket.write(`GET /_emulator/traces/stream HTTP/1.1\r\nHost: localhost\r\n\r\n${requests}`);
  return socket;
}

test.each([
  ['short ones', 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n', 20_000],
  ['with many headers', `GET /a HTTP/1.1\r\nHost: localhost\r\n${'a:b\r\n'.repeat(2500)}\r\n`, 400],
  ['with bodies', `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n${'x'.repeat(10_000)}`, 1500],
])('of requests behind a response that never ends, the server reads only some: %s', async (_, request, count) => {
  const started = await emulator({ maxTraces: 50_000, maxTraceBytes: '1gb' });
  const socket = pipelineBehindAStream(started.url, request.repeat(count));
  await once(socket, 'data');
  for (let round = 0; round < 50; round += 1) expect((await send(started.url, { path: '/_emulator/health' })).status).toBe(200);
  expect(socket.closed).toBe(false);
  expect(started.traces()).toEqual([]);
  socket.destroy();
  const left = async (): Promise<number> => {
    // The trace of this request is written to the stream: the server notices that its client has left.
    await send(started.url, { body: {} });
    return started.traces({ code: 'CLIENT_DISCONNECTED' }).length;
  };
  await expect.poll(left).toBeGreaterThan(0);
  expect(await left()).toBeLessThan(102 + (2 * 65_536) / request.length);
});

test('requests that wait count among the bytes in flight until their connection, on which there was no more room, has closed', async () => {
  const started = await emulator({ maxInFlightBytes: '1mb', maxBody: '900kb' });
  for (let number = 1; number <= 3; number += 1) {
    const socket = pipelineBehindAStream(started.url, 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1000));
    await once(socket, 'close');
    expect(started.traces({ code: 'EMULATOR_BUSY' })).toHaveLength(number);
    expect((await send(started.url, { body: { sessionId: 'x'.repeat(800_000) } })).status).toBe(400);
  }
});

test('many requests in one packet, with answers that nobody reads, take no more memory than one of them', async () => {
  const started = await emulator({ maxInFlightBytes: '2mb' });
  const { url } = started;
  for (let number = 0; number < 3; number += 1) await open(url, { attributes: { note: 'x'.repeat(900_000) } });
  const deaf = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) }).pause();
  onTestFinished(() => {
    deaf.destroy();
  });
  deaf.write('GET /_emulator/conversations HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500));
  await expect.poll(async () => (await send(url, { path: '/_emulator/health' })).status).toBe(503);
  const answered = started
    .traces({ control: true })
    .filter(({ request }) => request.method === 'GET' && request.path.endsWith('ons'));
  expect(answered.length).toBeLessThan(20);
  deaf.destroy();
  await expect.poll(async () => (await send(url, { path: '/_emulator/health' })).status).toBe(200);
  const left = started.traces({ control: true, code: 'CLIENT_DISCONNECTED' });
  expect(left.length + answered.length).toBeGreaterThan(490);
  expect(left[0]).toMatchObject({ outcome: 'failed', response: null });
  expect(left[0]?.entries.at(-1)?.remedy).toMatch(/The traces before this one/);
});

test('an unread answer is given up, whatever stands behind it on its connection', async () => {
  const { url } = await emulator({ requestTimeout: 400 });
  for (let number = 0; number < 3; number += 1) await open(url, { attributes: { note: 'x'.repeat(900_000) } });
  const one = 'GET /_emulator/conversations HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(10);
  const behind = {
    nothing: '',
    'an event stream': 'GET /_emulator/traces/stream HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'a CONNECT': 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n',
    'no HTTP': 'GARBAGE\r\n\r\n',
    'half a body': `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{`,
  };
  const port = Number(new URL(url).port);
  const ends = Object.values(behind).map((text) => {
    const socket = createConnection({ host: '127.0.0.1', port }).on('error', () => undefined);
    socket.pause().write(one + text);
    const trickle = setInterval(() => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 100);
    onTestFinished(() => {
      clearInterval(trickle);
      socket.destroy();
    });
    // A socket that is paused does not hear its end.
    return expect.poll(() => socket.destroyed || socket.errored !== null, { timeout: 15_000 }).toBe(true);
  });
  await Promise.all(ends);
});

test('five hundred connections that send a byte a second do not keep a healthy one waiting', async () => {
  const { url } = await emulator({ requestTimeout: 3000, logLevel: 'silent' });
  const port = Number(new URL(url).port);
  const request = `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n`;
  const crawls = Array.from({ length: 500 }, () => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let sent = 0;
    let answer = '';
    const timer = setInterval(() => socket.write(request[sent++] ?? ' '), 1000);
    socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => undefined);
    onTestFinished(() => {
      clearInterval(timer);
      socket.destroy();
    });
    return new Promise<string>((resolve) => {
      socket.on('close', () => {
        clearInterval(timer);
        resolve(answer);
      });
    });
  });
  const crowd = { crawling: true };
  const over = Promise.all(crawls).then((answers) => {
    crowd.crawling = false;
    return answers;
  });
  let healthy = 0;
  while (crowd.crawling) {
    expect((await send(url, { path: '/_emulator/health' })).status).toBe(200);
    healthy += 1;
  }
  expect(healthy).toBeGreaterThan(100);
  for (const answer of await over) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test('connections far beyond the limit are closed, which is told once', async () => {
  const notes: string[] = [];
  const { url } = await emulator({ maxConnections: 1, onNote: (note) => notes.push(note) });
  const port = Number(new URL(url).port);
  const sockets = Array.from({ length: 150 }, () => createConnection({ host: '127.0.0.1', port }).on('error', () => undefined));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await expect.poll(() => sockets.filter(({ closed }) => closed)).toHaveLength(49);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^Over 101 connections .*--max-connections 1/);
  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await send(url, { path: '/_emulator/health' })).status).toBe(200);
  for (let number = 0; number < 150; number += 1)
    sockets.push(createConnection({ host: '127.0.0.1', port }).on('error', () => undefined));
  await expect.poll(() => notes).toHaveLength(2);
});

test('a clock that jumps changes no order and no duration', async () => {
  let now = Date.parse('2026-03-01T09:00:00Z');
  const { url } = await emulator({ clock: { now: () => now, monotonic: () => performance.now() } });
  const jumps = [0, -3.2e10, 6.4e10, -1e12, 8e12];
  for (const [number, jump] of jumps.entries()) {
    now += jump;
    await open(url, { userId: `u${String(number)}` });
    expect((await send(url, { body: { sessionId: `s-${String(number)}` } })).status).toBe(400);
  }
  const traces = (await send(url, { path: '/_emulator/traces' })).body.items as { conversationId: string; durationMs: number }[];
  expect(traces.map(({ conversationId }) => conversationId)).toEqual(['s-4', 's-3', 's-2', 's-1', 's-0']);
  for (const { durationMs } of traces) expect(durationMs).toBeGreaterThanOrEqual(0);
  const users = (await send(url, { path: CONVERSATIONS })).body.items as { userId: string }[];
  expect(users.map(({ userId }) => userId)).toEqual(['u4', 'u3', 'u2', 'u1', 'u0']);
});

test('names of the prototype are names like any other', async () => {
  const { url } = await emulator();
  for (const tenant of ['constructor', 'tostring', 'valueof']) {
    const path = `/t/${tenant}${CONVERSATIONS}`;
    expect((await send(url, { method: 'POST', path, body: `{"attributes":{"__proto__":"p","constructor":"c"}}` })).status).toBe(
      201,
    );
    const { items } = (await send(url, { path })).body;
    expect(Object.entries(items[0].attributes)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    const found = await send(url, { path: `/t/${tenant}/api/v2/contacts?attribute=__proto__&value=p` });
    expect(found.body.total).toBe(1);
  }
  expect((await send(url, { path: '/api/v2/contacts?attribute=a&value=b&__proto__=1&constructor=2' })).status).toBe(200);
  expect((await send(url, { headers: { ['__proto__']: 'x', constructor: 'y' }, body: { ['__proto__']: 1 } })).status).toBe(400);
  expect(({} as Record<string, unknown>).p).toBeUndefined();
});
