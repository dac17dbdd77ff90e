/** Requests that never reach an operation, and callers that leave: each gets a response and a trace. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Emulator, TraceEntry } from '../../src/index.js';
import { type Answer, emulator, HANDOVER, open, send, talk, traceOf } from '../support/client.js';
import { valid } from '../support/rows.js';

function newest(started: Emulator): TraceEntry | undefined {
  return started.traces()[0]?.entries.find(({ level }) => level === 'error');
}

test.each([
  { name: 'not HTTP', bytes: 'hello\r\n\r\n' },
  { name: 'TLS', bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]) },
  { name: 'HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  { name: 'a path without its slash', bytes: `GET ${HANDOVER.slice(1)} HTTP/1.1\r\nHost: x\r\n\r\n` },
  { name: 'a path that is not encoded', bytes: `GET ${HANDOVER}/M\u00fcller HTTP/1.1\r\nHost: x\r\n\r\n` },
  { name: 'more than Content-Length', bytes: `GET ${HANDOVER}/x HTTP/1.1\r\nHost: x\r\n\r\n{"sessionId": "x"}\r\n\r\n` },
  { name: 'a bad chunk', bytes: `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n` },
  { name: 'no Host header', bytes: `GET ${HANDOVER} HTTP/1.1\r\nConnection: close\r\n\r\n`, pointer: '/host' },
])('HTTP_MALFORMED: $name', async ({ bytes, pointer = null }) => {
  const started = await emulator();
  const answer = await talk(started.url, bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toMatch(/x-emulator-cause: HTTP_MALFORMED/i);
  expect(answer).toMatch(/\{"errorCode":"BadRequest","message":"Bad Request"\}$/);
  expect(newest(started)).toMatchObject({ code: 'HTTP_MALFORMED', in: pointer === null ? null : 'header', pointer });
  expect(newest(started)?.remedy).toMatch(/HTTP library/);
});

test('EMULATOR_BUSY: one connection too many', async () => {
  const started = await emulator({ maxConnections: 1 });
  const held = createConnection({ host: '127.0.0.1', port: Number(new URL(started.url).port) });
  await once(held, 'connect');
  const answer = await send(started.url, { body: valid });
  expect(answer).toMatchObject({
    status: 503,
    headers: { 'x-emulator-cause': 'EMULATOR_BUSY', connection: 'close' },
    body: { errorCode: 'ServiceUnavailable', message: 'Service Unavailable' },
  });
  expect(newest(started)).toMatchObject({ code: 'EMULATOR_BUSY', in: null, pointer: null, received: 'one more' });
  expect(newest(started)?.remedy).toMatch(/--max-connections/);
  held.destroy();
  await expect.poll(async () => (await send(started.url, { path: '/_emulator/health' })).status).toBe(200);
});

test('EMULATOR_BUSY: more bytes in flight than there is room for', async () => {
  const started = await emulator({ maxBody: '64kb', maxInFlightBytes: '64kb' });
  const { port } = new URL(started.url);
  const held = createConnection({ host: '127.0.0.1', port: Number(port) });
  held.write(`POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n${'x'.repeat(60_000)}`);
  const long = { ...valid, metadata: { note: 'x'.repeat(10_000) } };
  const busy = async (): Promise<Answer> => {
    const answer = await send(started.url, { body: long });
    return answer.status === 503 ? answer : busy();
  };
  expect(await busy()).toMatchObject({
    headers: { 'x-emulator-cause': 'EMULATOR_BUSY', connection: 'close' },
    body: { errorCode: 'ServiceUnavailable', message: 'Service Unavailable' },
  });
  expect(newest(started)).toMatchObject({ code: 'EMULATOR_BUSY', in: null, pointer: null, received: 'more' });
  expect(newest(started)?.remedy).toMatch(/--max-in-flight-bytes/);
  held.destroy();
  await expect.poll(async () => (await send(started.url, { body: long })).status).toBe(400);
});

test('ANSWER_NOT_READ: the connection of a caller that reads nothing is closed, and its responses no longer count', async () => {
  const started = await emulator({ requestTimeout: 300, maxBody: '512kb', maxInFlightBytes: '512kb' });
  for (let number = 0; number < 3; number += 1) await open(started.url, { attributes: { note: 'x'.repeat(300_000) } });
  const { port } = new URL(started.url);
  const deaf = createConnection({ host: '127.0.0.1', port: Number(port) });
  onTestFinished(() => {
    deaf.destroy();
  });
  deaf.on('error', () => undefined).pause();
  deaf.write(`GET /_emulator/conversations HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(30));
  await expect.poll(async () => (await send(started.url, { path: '/_emulator/health' })).status).toBe(503);
  await expect.poll(async () => (await send(started.url, { path: '/_emulator/health' })).status).toBe(200);
  const { items } = (await send(started.url, { path: '/_emulator/traces?control=true&code=ANSWER_NOT_READ' })).body;
  expect(items).toMatchObject([{ outcome: 'failed', response: null, request: { path: '/_emulator/conversations' } }]);
  expect(items[0].entries.at(-1)).toMatchObject({
    in: null,
    pointer: null,
    received: expect.stringContaining('no progress for 300 ms') as string,
  });
  expect(items[0].entries.at(-1).remedy).toMatch(/to its end/);
});

test('HEADERS_TOO_LARGE: a long URL', async () => {
  const started = await emulator();
  const answer = await talk(started.url, `GET ${HANDOVER}?x=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
});

test('HEADERS_TOO_LARGE', async () => {
  const started = await emulator();
  const answer = await talk(started.url, `GET ${HANDOVER} HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toMatch(/"errorCode":"RequestHeaderFieldsTooLarge"/);
  expect(newest(started)).toMatchObject({ code: 'HEADERS_TOO_LARGE', in: 'header', pointer: '' });
  expect(newest(started)?.remedy).toMatch(/in the body/);
});

test.each([
  { name: 'half the headers', bytes: `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\n`, body: null },
  {
    name: 'half the body',
    bytes: `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"sessionId"`,
    body: '{"sessionId"',
  },
])('REQUEST_TIMEOUT: $name', async ({ bytes, body }) => {
  const started = await emulator({ requestTimeout: 50 });
  const answer = await talk(started.url, bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toMatch(/"errorCode":"RequestTimeout"/);
  expect(newest(started)).toMatchObject({ code: 'REQUEST_TIMEOUT', in: null, pointer: null });
  expect(newest(started)?.remedy).toMatch(/Content-Length/);
  expect(started.traces()[0]?.request.body).toBe(body);
});

test('CLIENT_DISCONNECTED: the caller leaves in the middle of its body', async () => {
  let traced: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    traced = resolve;
  });
  const started = await emulator();
  started.onTrace(traced);
  const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(started.url).port) }, () => {
    socket.write(`POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"sess`, () => socket.destroy());
  });
  await done;
  expect(started.traces()[0]).toMatchObject({ outcome: 'failed', response: null });
  expect(newest(started)).toMatchObject({ code: 'CLIENT_DISCONNECTED', in: null, pointer: null });
  expect(newest(started)?.remedy).toMatch(/time-out/);
});

test('CLIENT_DISCONNECTED: a warning if the response took 8 s', async () => {
  let now = 0;
  const started = await emulator({ clock: { now: () => 0, monotonic: () => (now += 3000) } });
  const answer = await send(started.url, { body: valid });
  const entry = (await traceOf(started.url, answer)).entries.find(({ code }) => code === 'CLIENT_DISCONNECTED');
  expect(entry).toMatchObject({ level: 'warn', in: null, pointer: null });
  expect(entry?.remedy).toMatch(/8 s/);
});

test('CLIENT_DISCONNECTED: no warning if a call of the control API took as long, as it may have asked to wait', async () => {
  let now = 0;
  const started = await emulator({ clock: { now: () => 0, monotonic: () => (now += 9000) } });
  await open(started.url);
  await send(started.url, { path: '/_emulator/verify', body: { requests: [{ path: '/nothing', count: 0 }], within: 1 } });
  const control = started.traces({ control: true });
  expect(control.map(({ operationId }) => operationId)).toEqual(['verifyRequests', 'openConversation']);
  for (const { durationMs, entries } of control) {
    expect(durationMs).toBeGreaterThanOrEqual(8000);
    expect(entries.map(({ code }) => code)).not.toContain('CLIENT_DISCONNECTED');
  }
});

test('INTERNAL: a bug of the emulator returns 500, and nothing of the request stays', async () => {
  const bugs: unknown[] = [];
  let looks = Infinity;
  const started = await emulator({
    // The second look at the clock, when the handover wants its time, fails.
    clock: { now: () => (looks++ === 1 ? Number.NaN : 0), monotonic: () => 0 },
    onBug: (error) => bugs.push(error),
  });
  await open(started.url);
  const before = (await send(started.url, { path: '/_emulator/state' })).text;
  looks = 0;
  const answer = await send(started.url, { body: valid });
  expect(answer).toMatchObject({
    status: 500,
    body: { errorCode: 'InternalServerError', message: 'Internal Server Error' },
    headers: { 'x-emulator-cause': 'INTERNAL' },
  });
  expect((await send(started.url, { path: '/_emulator/state' })).text).toBe(before);
  expect(newest(started)).toMatchObject({
    code: 'INTERNAL',
    in: null,
    pointer: null,
    remedy: expect.stringContaining('nothing of this request was kept') as string,
  });
  expect(started.traces()[0]?.outcome).toBe('failed');
  expect(bugs).toHaveLength(1);
});
