/** Faults: calls that fail on purpose, as a plain HTTP client sees them and as a script’s own call does. */
import { request as httpRequest } from 'node:http';
import { createConnection } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Emulator, FaultSetting } from '../../src/index.js';
import {
  CONTACT,
  CONVERSATION,
  emulator,
  HANDOVER,
  open,
  OTHER_CONVERSATION,
  send,
  traceOf,
  withToken,
} from '../support/client.js';
import { webhook, withScripts } from '../support/scripts.js';

const payload = { sessionId: CONVERSATION, skillId: 4001 };

const addFault = (url: string, fault: object): Promise<any> => send(url, { path: '/_emulator/faults', body: fault });
const newest = (started: Emulator): any => started.traces({ limit: 1 })[0];
const statesOf = (started: Emulator): Promise<unknown> =>
  started.state().then(({ conversations }) => conversations.map(({ state }) => state));

/** What comes of a handover, as a socket sees it: all bytes, and how it closed. */
function raw(url: string): { readonly bytes: () => string; readonly closed: Promise<string>; readonly leave: () => void } {
  const body = JSON.stringify(payload);
  const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) });
  onTestFinished(() => {
    socket.destroy();
  });
  let bytes = '';
  let problem = 'end';
  socket.on('data', (chunk) => (bytes += chunk.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (problem = error.code ?? ''));
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(problem);
    });
  });
  socket.write(
    `POST ${HANDOVER} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
  );
  return {
    bytes: () => bytes,
    closed,
    leave: () => {
      socket.destroy();
    },
  };
}

describe('a client sees', () => {
  const cases: [string, number, unknown, Record<string, string>][] = [
    ['conversations', 429, { errorCode: 'TooManyRequests', message: 'Too Many Requests' }, { 'retry-after': '1' }],
    ['conversations', 500, { errorCode: 'InternalServerError', message: 'Internal Server Error' }, {}],
    ['conversations', 503, { errorCode: 'ServiceUnavailable', message: 'Service Unavailable' }, {}],
    ['conversations', 502, { errorCode: 'BadGateway', message: 'Bad Gateway' }, {}],
    ['conversations', 507, undefined, {}],
  ];
  test.each(cases)('at %s the status %i with the body of the family', async (_, status, body, headers) => {
    const started = await emulator();
    await open(started.url);
    expect((await addFault(started.url, { operationId: 'handOverConversation', status })).status).toBe(201);
    const answer = await send(started.url, { body: payload });
    expect(answer).toMatchObject({ status, headers: { ...headers, 'x-emulator-cause': 'FAULT_INJECTED' } });
    expect(answer.body).toEqual(body);
    expect(await traceOf(started.url, answer)).toMatchObject({ outcome: status < 500 ? 'rejected' : 'failed' });
    expect(await statesOf(started)).toEqual(['bot']);
  });

  test('the headers and the body that it asks for, and the ACD’s own words elsewhere', async () => {
    const { url } = await emulator();
    await addFault(url, { path: HANDOVER, status: 429, headers: { 'Retry-After': '30' }, body: ['slow down'] });
    await addFault(url, { path: '/auth/token', status: 429 });
    expect(await send(url, { body: payload })).toMatchObject({ headers: { 'retry-after': '30' }, body: ['slow down'] });
    expect((await send(url, { method: 'POST', path: '/auth/token', body: {} })).body).toMatchObject({
      error: 'temporarily_unavailable',
    });
  });

  test.each([
    ['text/html', '<h1>Bad Gateway</h1>'],
    ['application/problem+json', '"<h1>Bad Gateway</h1>"'],
  ])('a gateway’s page as it stands, as %s: %s', async (type, body) => {
    const { url } = await emulator();
    await addFault(url, { path: HANDOVER, status: 502, headers: { 'Content-Type': type }, body: '<h1>Bad Gateway</h1>' });
    const answer = await fetch(url + HANDOVER, { method: 'POST' });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([502, type, body]);
  });

  test.each([false, true])('a connection that is reset, and the trace that says so (carried out: %s)', async (performed) => {
    const started = await emulator();
    await open(started.url);
    await addFault(started.url, { effect: 'reset', performed });
    const call = raw(started.url);
    expect(await call.closed).toBe('ECONNRESET');
    expect(call.bytes()).toBe('');
    const trace = newest(started);
    expect(trace).toMatchObject({ response: null, outcome: performed ? 'accepted' : 'failed' });
    expect(trace.entries.find(({ code }: { code: string }) => code === 'FAULT_INJECTED').level).toBe(
      performed ? 'warn' : 'error',
    );
    expect(await statesOf(started)).toEqual([performed ? 'queued' : 'bot']);
  });

  test.each([false, true])('no answer, while others go on, until it gives up (carried out: %s)', async (performed) => {
    const started = await emulator();
    await open(started.url);
    await addFault(started.url, { effect: 'hang', performed, times: 1 });
    const call = raw(started.url);
    await expect.poll(() => started.traces({ code: 'FAULT_INJECTED' })).toHaveLength(1);
    expect((await send(started.url, { body: payload })).status).toBe(200);
    expect(call.bytes()).toBe('');
    call.leave();
    expect(await call.closed).toBe('end');
    expect(newest(started).outcome).toBe('accepted');
  });

  test('a hanging call that is ended with the emulator', async () => {
    const started = await emulator();
    await addFault(started.url, { effect: 'hang' });
    const call = raw(started.url);
    await expect.poll(() => started.traces({ code: 'FAULT_INJECTED' })).toHaveLength(1);
    await started.close();
    await call.closed;
    expect(call.bytes()).toBe('');
  });

  test('half a body, or JSON that is broken off; what was asked for is done', async () => {
    const started = await emulator();
    await open(started.url);
    await addFault(started.url, { effect: 'cut', times: 1 });
    await addFault(started.url, { effect: 'malformed', times: 1 });
    const cut = raw(started.url);
    await cut.closed;
    const [head = '', body = ''] = cut.bytes().split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    expect(body.length).toBe(Math.floor(length / 2));
    expect(await statesOf(started)).toEqual(['queued']);
    const answer = await new Promise<{ readonly text: string; readonly length: number }>((resolve, reject) => {
      const request = httpRequest(
        started.url + HANDOVER,
        { method: 'POST', headers: { 'content-type': 'application/json' }, agent: false },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => {
            resolve({ text, length: Number(response.headers['content-length']) });
          });
        },
      );
      request.on('error', reject);
      request.end(JSON.stringify(payload));
    });
    expect(answer.text).toHaveLength(answer.length);
    expect(() => JSON.parse(answer.text) as unknown).toThrow();
    expect(newest(started).entries.find(({ code }: { code: string }) => code === 'FAULT_INJECTED').message).toMatch(/fault-2/);
  });

  test('its good token refused as expired, in the words of the family', async () => {
    const started = await emulator();
    await open(started.url);
    await addFault(started.url, { operationId: 'handOverConversation', effect: 'expired-token', times: 1 });
    const message = await withToken({ body: payload })(started.url);
    expect(await send(started.url, message)).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': 'Bearer', 'x-emulator-cause': 'FAULT_INJECTED' },
      body: { errorCode: 'unauthorized' },
    });
    expect(newest(started).entries.map(({ code }: { code: string }) => code)).toContain('TOKEN_EXPIRED');
    expect((await send(started.url, message)).status).toBe(200);
  });

  test('an answer that comes late, and is told so', async () => {
    const { url } = await emulator();
    await open(url);
    await addFault(url, { latency: 30 });
    const answer = await send(url, { body: payload });
    expect(answer.status).toBe(200);
    const trace = await traceOf(url, answer);
    expect(trace.durationMs).toBeGreaterThanOrEqual(29);
    expect(trace.entries.filter(({ level }) => level === 'warn').map(({ code }) => code)).toEqual(['FAULT_INJECTED']);
  });

  test.each([
    ['taken away', { method: 'DELETE', path: '/_emulator/faults/fault-1' }],
    ['taken away with all others', { method: 'DELETE', path: '/_emulator/faults' }],
    ['ended by a reset', { method: 'POST', path: '/_emulator/reset' }],
  ])('a wait that is %s is over at once, and the request goes on as if there had been no fault', async (_, ending) => {
    const started = await emulator();
    await addFault(started.url, { latency: 600_000, status: 503 });
    const answered = send(started.url, withoutBody);
    await expect.poll(() => started.faults()[0]?.fired).toBe(1);
    await send(started.url, ending);
    expect((await answered).status).toBe(200);
    expect(newest(started).entries.map(({ message }: { message: string }) => message)).toContain(
      'fault-1 was taken away meanwhile: the request goes on without it.',
    );
  });
});

const withoutBody = { path: '/.well-known/openid-configuration' };

describe('a fault fires', () => {
  const statuses = async (url: string, calls: number, message: object = { body: payload }): Promise<number[]> => {
    const all: number[] = [];
    for (let call = 0; call < calls; call += 1) all.push((await send(url, message)).status);
    return all;
  };

  test.each<[FaultSetting, number[]]>([
    [{ status: 503 }, [503, 503, 503, 503]],
    [{ status: 503, times: 2 }, [503, 503, 200, 200]],
    [{ status: 503, nth: 2 }, [200, 503, 200, 200]],
    [{ status: 503, nth: 2, times: 2 }, [200, 503, 503, 200]],
    [{ status: 503, probability: 0 }, [200, 200, 200, 200]],
    [{ status: 503, contactId: CONTACT }, [503, 503, 503, 503]],
    [{ status: 503, conversationId: CONVERSATION }, [503, 503, 503, 503]],
    [{ status: 503, conversationId: OTHER_CONVERSATION }, [200, 200, 200, 200]],
    [{ status: 503, method: 'GET' }, [200, 200, 200, 200]],
    [{ status: 503, operationId: 'signalContact' }, [200, 200, 200, 200]],
  ])('%j: %j', async (fault, expected) => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION, contactId: CONTACT });
    await addFault(url, fault);
    expect(await statuses(url, 4)).toEqual(expected);
    const { items } = (await send(url, { path: '/_emulator/faults' })).body;
    expect(items[0].fired).toBe(expected.filter((status) => status === 503).length);
  });

  test('one after the other, and each is counted', async () => {
    const started = await emulator();
    await open(started.url);
    await started.injectFault({ status: 429, times: 2 });
    await started.injectFault({ status: 503, times: 1 });
    expect(await statuses(started.url, 4)).toEqual([429, 429, 503, 200]);
    expect(started.faults().map(({ faultId, seen, fired }) => [faultId, seen, fired])).toEqual([
      ['fault-1', 4, 2],
      ['fault-2', 4, 1],
    ]);
  });

  test('by chance at the same calls with the same seed, its own or that of the emulator', async () => {
    const draw = async (options: object, fault: object): Promise<number[]> => {
      const { url } = await emulator(options);
      await open(url);
      await addFault(url, { status: 503, probability: 0.5, ...fault });
      return statuses(url, 20);
    };
    const [one, two, three, other] = [
      await draw({ seed: 'a' }, {}),
      await draw({ seed: 'a' }, {}),
      await draw({}, { seed: 'own' }),
      await draw({ seed: 'b' }, { seed: 'own' }),
    ];
    expect(two).toEqual(one);
    expect(other).toEqual(three);
    expect(three).not.toEqual(one);
    expect(new Set(one)).toEqual(new Set([200, 503]));
  });

  test('at paths as the contract has them, at webhooks, and in its own tenant alone', async () => {
    const started = await withScripts(webhook('bot', { Answer: { type: 'RESPOND', body: {} } }));
    const { url } = started;
    await open(url, { contactId: CONTACT });
    await addFault(url, { path: '/api/v2/contacts/{contactId}/attributes', status: 500 });
    await addFault(url, { path: '/webhooks/bot', status: 501 });
    await addFault(url, { operationId: 'webhook:bot', status: 502 });
    expect((await send(url, { path: `/api/v2/contacts/${CONTACT}/attributes` })).status).toBe(500);
    expect((await send(url, { path: '/webhooks/bot', body: {} })).status).toBe(501);
    expect((await send(`${url}/t/other`, { path: '/webhooks/bot', body: {} })).status).toBe(200);
    await started.removeFaults('fault-2');
    expect((await send(url, { path: '/webhooks/bot', body: {} })).status).toBe(502);
    await started.removeFaults();
    expect((await send(url, { path: '/webhooks/bot', body: {} })).status).toBe(200);
    await addFault(url, { status: 500 });
    await started.reset();
    expect(started.faults()).toEqual([]);
  });

  test('not for a script that is only explained: what it resets or has fail stays as it was', async () => {
    const control = (method: string, path: string, body: object, next: string): object => ({
      type: 'RESTPROXY',
      method,
      url: `{{ env.CXONE }}/_emulator/${path}`,
      contentType: 'application/json',
      body,
      next,
    });
    const started = await withScripts(
      webhook('bot', {
        Fail: control('POST', 'faults', { status: 500 }, 'Reset'),
        Reset: control('POST', 'reset', {}, 'Answer'),
        Answer: { type: 'RESPOND', body: {} },
      }),
    );
    await open(started.url);
    await started.setClock({ now: '2026-03-01T09:30:00Z', frozen: true });
    await started.injectFault({ path: '/auth/token', status: 503 });
    const before = { traces: started.traces().length, clock: started.clock(), faults: started.faults() };
    const { body } = await send(started.url, { path: '/_emulator/explain', body: { path: '/webhooks/bot', body: {} } });
    expect(body.trace.entries.map(({ action }: { action?: string }) => action)).toContain('Fail (RESTPROXY)');
    expect({ traces: started.traces().length, clock: started.clock(), faults: started.faults() }).toEqual(before);
  });

  test('not where a request is only explained, which says so, and never at the control API', async () => {
    const { url } = await emulator();
    await open(url);
    await addFault(url, { status: 503, times: 1 });
    const { body } = await send(url, { path: '/_emulator/explain', body: { body: payload } });
    expect(body.status).toBe(200);
    expect(body.trace.entries.map(({ message }: { message: string }) => message)).toContain(
      'Faults are set here; an explanation leaves them aside.',
    );
    expect((await send(url, { body: payload })).status).toBe(503);
  });
});

test.each<[object, string, RegExp]>([
  [{}, '', /Such as \{"status": 429/],
  [{ times: 3 }, '', /status/],
  [{ status: 429, effect: 'hang' }, '/effect', /two faults/],
  [{ status: 200 }, '/status', /./],
  [{ status: 499 }, '/status', /hang or reset/],
  [{ effect: 'explode' }, '/effect', /./],
  [{ effect: 'hang', body: {} }, '/status', /./],
  [{ status: 500, performed: true }, '/performed', /Leave performed out/],
  [{ operationId: 'handoverConversation', status: 500 }, '/operationId', /handOverConversation/],
  [{ path: '/api/v2/conversation/webchat', status: 500 }, '/path', /\/api\/v2\/conversations\/webchat/],
  [{ path: '/t/x/api/v2/conversations/webchat', status: 500 }, '/path', /tenant/],
  [{ path: '/api/v2/contacts/{contactid}/attributes', status: 500 }, '/path', /\/api\/v2\/contacts\/\{contactId\}\/attributes/],
  [{ status: 429, headers: { 'Content-Length': '3' } }, '/headers/Content-Length', /cut/],
  [{ status: 429, headers: { 'X-A': 'a\r\nb' } }, '/headers/X-A', /on one line/],
  [{ status: 429, headers: { 'X-A': '日本' } }, '/headers/X-A', /percent-encoded/],
  [{ status: 429, headers: { 'X/A b': 'a' } }, '/headers/X~1A b', /name of a header/],
  [{ status: 429, probability: 2 }, '/probability', /./],
  [{ status: 429, nth: 0 }, '/nth', /./],
  [{ staus: 429 }, '/staus', /./],
])('%j is refused, and no fault is there', async (fault, pointer, remedy) => {
  const started = await emulator();
  const answer = await addFault(started.url, fault);
  expect(answer.status).toBe(400);
  expect(answer.body.cause).toMatchObject({ code: 'CONTROL_INPUT_INVALID', pointer });
  expect(answer.body.cause.remedy).toMatch(remedy);
  expect(started.faults()).toEqual([]);
});

test('where the last one was taken away, nothing is left of it: ids count from 1 again, as after all were ended', async () => {
  const started = await emulator();
  for (const path of ['/_emulator/faults/fault-1', '/_emulator/faults']) {
    expect((await addFault(started.url, { status: 500 })).body.faultId).toBe('fault-1');
    await send(started.url, { method: 'DELETE', path });
  }
  expect((await addFault(started.url, { status: 500 })).body.faultId).toBe('fault-1');
});

test('an id that no fault has is refused', async () => {
  const { url } = await emulator();
  await addFault(url, { status: 500 });
  const answer = await send(url, { method: 'DELETE', path: '/_emulator/faults/fault-2' });
  expect(answer.body.cause).toMatchObject({ code: 'CONTROL_INPUT_INVALID', in: 'path', expected: 'one of fault-1' });
});

describe('a script’s own call', () => {
  const calling = (timeout = 1): ReturnType<typeof webhook> =>
    webhook('bot', {
      Call: {
        type: 'RESTAPI',
        url: `{{ env.CXONE }}${HANDOVER}`,
        body: payload,
        timeout,
        next: 'Ok',
        branches: { OnError: 'Failed' },
      },
      Ok: { type: 'RESPOND', body: { branch: 'Default' } },
      Failed: { type: 'RESPOND', body: { branch: 'OnError', error: '{{ vars._ERR }}' } },
    });

  test.each<[FaultSetting, string, string, number, timeout?: number]>([
    [{ status: 503, times: 1 }, 'Default', 'none', 2],
    [{ status: 503 }, 'OnError', 'REST_CALL_FAILED', 2],
    [{ status: 429 }, 'OnError', 'REST_CALL_FAILED', 1],
    [{ effect: 'reset', times: 1 }, 'Default', 'none', 2],
    [{ effect: 'reset' }, 'OnError', 'REST_CALL_FAILED', 2],
    [{ effect: 'cut' }, 'OnError', 'REST_CALL_FAILED', 2],
    [{ effect: 'malformed' }, 'OnError', 'REST_RESPONSE_NOT_JSON', 1],
    [{ effect: 'hang' }, 'OnError', 'REST_TIMEOUT', 2, 0.1],
    [{ effect: 'hang', times: 1 }, 'Default', 'none', 2],
    [{ latency: 2000, times: 2 }, 'OnError', 'REST_TIMEOUT', 2, 0.1],
    [{ effect: 'expired-token' }, 'OnError', 'REST_CALL_FAILED', 1],
  ])('with %j takes %s, with %s after %i tries', async (fault, branch, code, tries, timeout) => {
    const started = await withScripts(calling(timeout));
    await open(started.url);
    await started.injectFault({ operationId: 'handOverConversation', ...fault });
    expect((await send(started.url, { path: '/webhooks/bot', body: {} })).body.branch).toBe(branch);
    const [trace] = started.traces({ script: 'bot' });
    const call = trace?.entries.find(({ action }) => action === 'Call (RESTAPI)');
    expect(call?.code ?? 'none').toBe(code);
    expect(call?.calls).toHaveLength(tries);
    expect(started.traces({ code: 'FAULT_INJECTED' }).every(({ parent }) => parent === trace?.traceId)).toBe(true);
  });

  test('opens the circuit breaker, which closes again when the clock has moved on', async () => {
    const started = await withScripts(calling(), {
      restBreaker: { requestsPerSecond: 1, failures: 0.5, window: 2000, pause: 30_000 },
      frozenAt: '2026-03-01T09:30:00Z',
    });
    await open(started.url);
    await started.injectFault({ operationId: 'handOverConversation', status: 500, times: 4 });
    const call = async (): Promise<unknown> => {
      await send(started.url, { path: '/webhooks/bot', body: {} });
      return started.traces({ script: 'bot' })[0]?.entries.find(({ action }) => action === 'Call (RESTAPI)')?.code;
    };
    expect([await call(), await call(), await call()]).toEqual(['REST_CALL_FAILED', 'REST_CALL_FAILED', 'REST_CIRCUIT_OPEN']);
    await started.setClock({ advance: '29s' });
    expect(await call()).toBe('REST_CIRCUIT_OPEN');
    await started.setClock({ advance: '1s' });
    expect(await call()).toBeNull();
  });
});
