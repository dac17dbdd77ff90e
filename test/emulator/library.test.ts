/** The library: emulators inside a program, listening or not, many at once. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { causeOf, ConfigFaults, ControlError, createEmulator, VerificationError, warningsOf } from '../../src/index.js';
import { CONVERSATION, emulator, HANDOVER, open, send } from '../support/client.js';

test('an emulator has a url, traces, reset and close', async () => {
  const started = await createEmulator({ port: 0 });
  await open(started.url);
  await send(started.url, { body: { sessionId: 'abc-123' } });
  await send(started.url, { body: { sessionId: CONVERSATION } });
  expect(started.traces().map((trace) => causeOf(trace)?.code)).toEqual([undefined, 'CONVERSATION_ID_FORMAT']);
  expect(warningsOf(started.traces()[0]!).map(({ code }) => code)).toEqual(['HANDOVER_UNROUTED']);
  expect(started.traces({ outcome: 'rejected' })).toHaveLength(1);
  expect(started.traces({ tenant: 'alpha' })).toEqual([]);
  await started.reset();
  expect(started.traces()).toEqual([]);
  expect((await send(started.url, { path: '/_emulator/conversations' })).body.total).toBe(0);
  await started.close();
  await expect(send(started.url, { path: '/_emulator/health' })).rejects.toThrow(/ECONNREFUSED/);
});

test('supertest takes the app of one that does not listen', async () => {
  const started = await emulator({ listen: false });
  await request(started.app).post('/_emulator/conversations').send({ conversationId: CONVERSATION }).expect(201);
  const answer = await request(started.app)
    .post(HANDOVER)
    .accept('json')
    .send({ sessionId: CONVERSATION, skillId: 4001 })
    .expect(200);
  expect(answer.body).toMatchObject({ state: 'queued' });
  await request(started.app)
    .post(HANDOVER)
    .send({ sessionId: 'abc-123' })
    .expect(400, { errorCode: 'BadRequest', message: 'Bad Request' });
  expect(() => started.url).toThrow(/listen: false/);
});

test('emulators do not share anything', async () => {
  const [one, other] = [await emulator(), await emulator({ unknownConversations: 'adopt' })];
  await open(one.url);
  expect((await send(other.url, { path: '/_emulator/conversations' })).body.total).toBe(0);
  expect((await send(one.url, { body: { sessionId: '9d0c6a52-13c8-4f0e-8a77-52b1c3e4f6a8' } })).status).toBe(400);
});

describe('what is bad is refused', () => {
  test('options, all at once', async () => {
    const starting = createEmulator({ port: 99_999, logLevel: 'loud' as never, maxbody: 5 } as never);
    await expect(starting).rejects.toThrow(ConfigFaults);
    await expect(starting).rejects.toThrow(/port must be .*\n[^]*logLevel must be .*\n[^]*did you mean maxBody/);
  });

  test('a port that is taken', async () => {
    const { url } = await emulator();
    await expect(createEmulator({ port: Number(new URL(url).port) })).rejects.toThrow(/EADDRINUSE/);
  });
});

test('a listener that throws costs nobody an answer', async () => {
  const bugs: unknown[] = [];
  const started = await emulator({ onBug: (error) => bugs.push(error) });
  const stop = started.onTrace(() => {
    throw new Error('listener');
  });
  expect((await send(started.url, { path: '/_emulator/health' })).status).toBe(200);
  expect(bugs).toEqual([new Error('listener')]);
  stop();
  await send(started.url, { path: '/_emulator/health' });
  expect(bugs).toHaveLength(1);
});

test('a clock that is broken is a bug, and answered as one', async () => {
  const bugs: unknown[] = [];
  let broken = false;
  const started = await emulator({
    clock: { now: () => (broken ? Number.NaN : 0), monotonic: () => 0 },
    onBug: (error) => bugs.push(error),
  });
  broken = true;
  expect(await send(started.url, { body: {} })).toMatchObject({ status: 500, body: { errorCode: 'InternalServerError' } });
  expect(bugs).toHaveLength(1);
});

test('no environment variable is read', async () => {
  process.env.CXONE_EMULATOR_REVEAL_ERRORS = 'true';
  const { url } = await emulator();
  Reflect.deleteProperty(process.env, 'CXONE_EMULATOR_REVEAL_ERRORS');
  expect(Object.keys((await send(url, { body: {} })).body)).toEqual(['errorCode', 'message']);
});

test('closing ends the streams of a mounted app', async () => {
  const started = await createEmulator({ listen: false });
  const server = createServer(started.app).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stream = await fetch(`http://127.0.0.1:${String(port)}/_emulator/traces/stream`);
  const whole = stream.text();
  await started.close();
  expect(await whole).toBeTypeOf('string');
});

test('a mounted app answers below its mount path', async () => {
  const started = await emulator({ listen: false });
  const server = createServer((incoming, response) => {
    incoming.url = incoming.url?.replace(/^\/cxone/, '');
    started.app(incoming, response);
  });
  await request(server).get('/cxone/_emulator/health').expect(200);
});

describe('a tenant', () => {
  test('has all that a test does with it, apart from the others', async () => {
    const started = await emulator({ auth: 'strict' });
    const alpha = started.tenant('alpha');
    expect(alpha.url).toBe(`${started.url}/t/alpha`);
    const opened = await alpha.openConversation({ attributes: { externalSessionId: 'abc-123' } });
    expect(opened).toMatchObject({ state: 'bot', attributes: { externalSessionId: 'abc-123' } });
    const authorization = `Bearer ${await alpha.token()}`;
    const message = { headers: { authorization }, body: { sessionId: opened.conversationId, skillId: 4001 } };
    expect((await send(alpha.url, message)).status).toBe(200);
    expect((await send(started.url, message)).status).toBe(403);
    expect(alpha.requests()).toMatchObject([{ operationId: 'handOverConversation', outcome: 'accepted' }]);
    expect(alpha.traces({ outcome: 'rejected' })).toEqual([]);
    expect(started.requests()).toMatchObject([{ cause: { code: 'TENANT_MISMATCH' } }]);
    expect(started.traces({ tenant: 'alpha' })).toHaveLength(1);
    const state = await alpha.state();
    expect(state.conversations).toMatchObject([{ state: 'queued' }]);
    await alpha.reset();
    expect(alpha.requests()).toEqual([]);
    await alpha.importState(state);
    expect(await alpha.state()).toEqual(state);
    expect(started.requests()).toHaveLength(1);
  });

  test('the emulator itself is the default one', async () => {
    const started = await emulator({ listen: false });
    const { conversationId } = await started.openConversation();
    expect((await started.state()).conversations).toMatchObject([{ conversationId }]);
    await started.importState(await started.tenant('default').state());
    expect(started.tenant('default').prefix).toBe('');
    expect(await started.token()).toMatch(/^eyJ/);
    expect(() => started.tenant('alpha').url).toThrow(/listen: false/);
    expect(() => started.tenant('Alpha')).toThrow(/1 to 64 of a-z, 0-9 and -; "Alpha" is none/);
  });

  test('what is refused says why', async () => {
    const started = await emulator();
    await expect(started.openConversation({ conversationId: 'abc-123' })).rejects.toMatchObject({
      name: 'ControlError',
      code: 'CONVERSATION_ID_FORMAT',
      message: expect.stringMatching(
        /^CONVERSATION_ID_FORMAT at body \/conversationId: expected .*; received "abc-123"/,
      ) as string,
    });
    const state = await started.state();
    await expect(started.importState({ ...state, skills: [] as never, version: 2 as never })).rejects.toThrow(ControlError);
  });

  test('a verification passes, or throws what came nearest', async () => {
    const started = await emulator();
    const { conversationId } = await started.openConversation();
    await send(started.url, { body: { sessionId: conversationId, metadata: { intent: 'sales' } } });
    await expect(started.verify({ operationId: 'handOverConversation', count: 1 })).resolves.toMatchObject({ result: 'passed' });
    const failing = started.verify({ requests: [{ body: { metadata: { intent: 'billing' } } }] });
    await expect(failing).rejects.toMatchObject({
      name: 'VerificationError',
      verdict: { result: 'failed', nearest: { differences: [{ pointer: '/metadata/intent' }] } },
      message: expect.stringMatching(/intent is "sales", not "billing"\.\nGET \/_emulator\/requests/) as string,
    });
    await expect(started.verify({ operationId: 'handover' })).rejects.toThrow(ControlError);
    const waiting = started.verify({ path: '/nothing', outcome: 'any', count: 1 } as never);
    await expect(waiting).rejects.toBeInstanceOf(VerificationError);
  });
});

test('explains a request of a tenant, bytes as they are, without a trace of it', async () => {
  const alpha = (await emulator({ listen: false })).tenant('alpha');
  const body = Buffer.from([0x7b, 0xff, 0x7d]);
  expect(await alpha.explain({ body })).toMatchObject({
    status: 400,
    body: { errorCode: 'BadRequest', message: 'Bad Request' },
    trace: { tenant: 'alpha', outcome: 'rejected' },
  });
  expect(alpha.traces()).toEqual([]);
  await expect(alpha.explain({ path: '/_emulator/reset' })).rejects.toThrow(ControlError);
});
