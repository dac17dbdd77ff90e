/** What starts a script: a webhook, a new conversation, a handover, or the ACD's scripts/start. */
import { createConnection } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Trace } from '../../src/index.js';
import { CONVERSATION, open, send, traceOf, withToken } from '../support/client.js';
import { type Files, outside, webhook, withScripts } from '../support/scripts.js';

const ok = { type: 'RESPOND', body: { ok: true } };
const echo = {
  Answer: {
    type: 'RESPOND',
    body: { context: '{{ context }}', method: '{{ request.method }}', query: '{{ request.query }}', path: '{{ request.path }}' },
  },
};
const codes = ({ entries }: Trace): unknown[] => entries.flatMap(({ code }) => (code === null ? [] : [code]));

/** Keeps as an attribute of its contact that it ran. */
const leaves = (name: string, trigger: object, more: object = {}): Files => ({
  [`${name}.yaml`]: {
    name,
    trigger,
    actions: { Note: { type: 'SETATTRIBUTE', set: { by: name }, next: 'End', ...more }, End: { type: 'END' } },
  },
});

const attributesOf = async (url: string, contactId: string): Promise<any> =>
  (await send(url, { path: `/api/v2/contacts/${contactId}/attributes` })).body;

describe('a webhook', () => {
  const schema = {
    type: 'object',
    required: ['sessionId'],
    properties: { sessionId: { type: 'string' }, count: { type: 'integer' } },
  };
  const strict: Files = {
    'bot.yaml': { name: 'bot', trigger: { webhook: { path: '/webhooks/bot', body: schema, headers: ['X-Key'] } }, actions: echo },
  };

  test.each([
    [{ sessionId: 'a' }, { 'x-key': '1' }, 200, undefined, undefined],
    [{ sessionID: 'a' }, { 'x-key': '1' }, 400, 'REQUIRED_FIELD_MISSING', '/sessionId'],
    [{ sessionId: 'a', count: 'x' }, { 'x-key': '1' }, 400, 'SCHEMA_MISMATCH', '/count'],
    [{ sessionId: 'a' }, {}, 400, 'REQUIRED_FIELD_MISSING', '/x-key'],
    ['{"sessionId": ', { 'x-key': '1' }, 400, 'BODY_NOT_JSON', ''],
    ['', { 'x-key': '1' }, 400, 'BODY_EMPTY', ''],
    [
      'sessionId=a',
      { 'x-key': '1', 'content-type': 'application/x-www-form-urlencoded' },
      400,
      'CONTENT_TYPE_FORM',
      '/content-type',
    ],
  ])('is checked against its schema: %j with %j', async (body, headers, status, code, pointer) => {
    const { url } = await withScripts(strict);
    const answer = await send(url, { method: 'POST', path: '/webhooks/bot', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-emulator-cause']).toBe(code);
    const trace = await traceOf(url, answer);
    expect(trace.operationId).toBe('webhook:bot');
    expect(trace.entries.find(({ level }) => level === 'error')?.pointer).toBe(pointer);
    expect(trace.script).toBe('bot');
  });

  test('takes form data where it says so, and has the fields as texts', async () => {
    const { url } = await withScripts({
      'bot.yaml': {
        name: 'bot',
        trigger: { webhook: { path: '/webhooks/bot', types: ['form', 'json'], body: { type: 'object', required: ['id'] } } },
        actions: echo,
      },
    });
    const form = await send(url, {
      path: '/webhooks/bot',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'id=12&name=Ada+Lovelace',
    });
    expect(form.body.context).toEqual({ id: '12', name: 'Ada Lovelace' });
    expect((await send(url, { path: '/webhooks/bot', body: { id: 12 } })).body.context).toEqual({ id: 12 });
  });

  test('of a GET has its query, and nothing for a body', async () => {
    const { url } = await withScripts({
      'bot.yaml': { name: 'bot', trigger: { webhook: { path: '/webhooks/bot', method: 'GET' } }, actions: echo },
    });
    const answer = await send(url, { path: '/webhooks/bot?id=12&name=Ada%20Lovelace' });
    expect(answer.body).toEqual({ context: {}, method: 'GET', query: { id: '12', name: 'Ada Lovelace' }, path: '/webhooks/bot' });
    expect((await send(url, { path: '/webhooks/bot', body: {} })).headers['x-emulator-cause']).toBe('METHOD_NOT_ALLOWED');
  });

  test('is each tenant’s own, and knows where the tenant is', async () => {
    const { url } = await withScripts(webhook('bot', { Answer: { type: 'RESPOND', body: '{{ env.CXONE }}' } }));
    expect((await send(url, { path: '/t/alpha/webhooks/bot', body: {} })).body).toBe(`${url}/t/alpha`);
    expect((await send(url, { path: '/webhooks/bot', body: {} })).body).toBe(url);
  });

  test('wants a token under --auth strict', async () => {
    const { url } = await withScripts(webhook('bot', { Answer: ok }), { auth: 'strict' });
    expect((await send(url, { path: '/webhooks/bot', body: {} })).headers['x-emulator-cause']).toBe('TOKEN_MISSING');
    expect((await send(url, await withToken({ path: '/webhooks/bot', body: {} })(url))).status).toBe(200);
  });

  test('gives its script a token that the emulator takes', async () => {
    const { url } = await withScripts(
      webhook('bot', {
        Call: {
          type: 'RESTAPI',
          url: '{{ env.CXONE }}/inContactAPI/services/v30.0/skills/4001',
          headers: { Authorization: 'Bearer {{ env.TOKEN }}' },
          next: 'Answer',
        },
        Answer: { type: 'RESPOND', body: '{{ vars.__httpstatuscode }}' },
      }),
      { auth: 'lax' },
    );
    expect((await send(url, { path: '/webhooks/bot', body: {} })).body).toBe(200);
  });
});

describe('a handover', () => {
  test('starts the script, which is what routes it; the script’s trace has the handover’s as its parent', async () => {
    const started = await withScripts({
      'route.yaml': {
        name: 'route',
        trigger: { handover: {} },
        actions: {
          Queue: {
            type: 'REQAGENT',
            skillId: 4001,
            data: { from: '{{ context.metadata.intent }}', session: '{{ context.sessionId }}' },
            next: 'End',
          },
          End: { type: 'END' },
        },
      },
    });
    const { contactId } = await open(started.url);
    const answer = await send(started.url, { body: { sessionId: CONVERSATION, metadata: { intent: 'billing' } } });
    const trace = await traceOf(started.url, answer);
    expect(codes(trace)).toEqual([]);
    expect((await send(started.url, { path: `/_emulator/conversations/${CONVERSATION}` })).body).toMatchObject({
      skillId: 4001,
      metadata: { from: 'billing', session: CONVERSATION },
    });
    expect(started.traces({ script: 'route' })).toMatchObject([
      {
        parent: trace.traceId,
        transport: 'script',
        outcome: 'accepted',
        conversationId: CONVERSATION,
        contactId,
        request: { method: 'SCRIPT', path: '/route' },
      },
    ]);
  });

  test('without such a script is unrouted', async () => {
    const { url } = await withScripts(leaves('voice', { handover: { channel: 'voice' } }));
    await open(url);
    const answer = await send(url, { body: { sessionId: CONVERSATION } });
    expect(codes(await traceOf(url, answer))).toEqual(['HANDOVER_UNROUTED']);
  });
});

describe('a new conversation', () => {
  const scripts = { ...leaves('any', { conversation: {} }), ...leaves('voice', { conversation: { channel: 'voice' } }) };

  test('starts the script of its channel, and that for any where there is none', async () => {
    const { url } = await withScripts(scripts);
    const by = async (channel: string): Promise<unknown> =>
      (await attributesOf(url, (await open(url, { channel })).contactId as string)).by;
    expect([await by('voice'), await by('webchat')]).toEqual(['voice', 'any']);
  });

  test('is answered when the script is done, and its effects are there', async () => {
    const { url } = await withScripts(scripts);
    const conversations = await Promise.all(Array.from({ length: 50 }, () => open(url, {})));
    for (const { contactId } of conversations) expect((await attributesOf(url, contactId as string)).by).toBe('any');
  });
});

describe('scripts/start', () => {
  const START = '/inContactAPI/services/v30.0/scripts/start?skillId=4001';
  const starts = (name: string, start: object): Files =>
    leaves(name, { start }, { set: { by: name, one: '{{ vars.one | default: "" }}', two: '{{ vars.two | default: "" }}' } });
  const scripts = {
    ...starts('Greeter', { scriptId: '77', scriptPath: 'Bots\\Greeter', parameters: ['one', 'two'] }),
    ...starts('Plain', {}),
  };

  test.each([
    ['by its id', 'scriptId=77', 'Greeter'],
    ['by its path', 'scriptPath=Bots%5CGreeter', 'Greeter'],
    ['by its path with slashes, in other letters', 'scriptPath=%2Fbots%2FGREETER', 'Greeter'],
    ['by its name', 'scriptPath=Plain', 'Plain'],
    ['by its name behind a folder', 'scriptPath=Folder%5CPlain', 'Plain'],
  ])('starts a script %s', async (_, query, by) => {
    const { url } = await withScripts(scripts);
    const answer = await send(url, await withToken({ method: 'POST', path: `${START}&${query}` })(url));
    expect(answer.status).toBe(200);
    expect((await attributesOf(url, String(answer.body.contactId))).by).toBe(by);
    expect(codes(await traceOf(url, answer))).toEqual([]);
  });

  test('gives it its parameters', async () => {
    const { url } = await withScripts(scripts);
    const answer = await send(url, await withToken({ method: 'POST', path: `${START}&scriptId=77&parameters=a%7Cb%7Cc` })(url));
    expect(await attributesOf(url, String(answer.body.contactId))).toEqual({ by: 'Greeter', one: 'a', two: 'b' });
    const fewer = await send(url, await withToken({ method: 'POST', path: `${START}&scriptId=77&parameters=a` })(url));
    expect(await attributesOf(url, String(fewer.body.contactId))).toEqual({ by: 'Greeter', one: 'a', two: '' });
  });
});

describe('POST /_emulator/explain of a webhook', () => {
  test('says what the script would answer; nothing is changed, and nobody outside is called', async () => {
    let calls = 0;
    const target = await outside((_, response) => {
      calls += 1;
      response.end('{}');
    });
    const started = await withScripts(
      {
        ...webhook('bot', {
          Queue: { type: 'REQAGENT', skillId: 4001, conversation: '{{ context.sessionId }}', next: 'Look' },
          Look: { type: 'RESTAPI', url: '{{ env.CXONE }}/api/v2/conversations/webchat/{{ context.sessionId }}', next: 'Call' },
          Call: { type: 'RESTAPI', url: target, branches: { Default: 'Answer', OnError: 'Answer' } },
          Answer: { type: 'RESPOND', body: { id: '{{ context.sessionId }}', error: '{{ vars._ERR | default: "none" }}' } },
        }),
        ...webhook('wait', { Wait: { type: 'WAIT', next: 'End' }, End: { type: 'END' } }),
        ...webhook('bad', { Use: { type: 'ASSIGN', set: { x: '{{ context.nothing }}' }, next: 'End' }, End: { type: 'END' } }),
      },
      { scriptHosts: ['127.0.0.1'] },
    );
    const { url } = started;
    await open(url);
    const state = (await send(url, { path: '/_emulator/state' })).text;
    const traces = started.traces().length;
    const explain = async (path: string): Promise<any> =>
      (await send(url, { path: '/_emulator/explain', body: { path, body: { sessionId: CONVERSATION } } })).body;

    const explained = await explain('/webhooks/bot');
    expect(explained).toMatchObject({
      status: 200,
      body: { id: CONVERSATION, error: 'Where a request is only explained, nobody outside is called.' },
    });
    expect(explained.trace.entries.map(({ action }: { action?: string }) => action).filter(Boolean)).toEqual([
      'Queue (REQAGENT)',
      'Look (RESTAPI)',
      'Call (RESTAPI)',
      'Answer (RESPOND)',
    ]);
    expect(await explain('/webhooks/wait')).toMatchObject({ status: 200, body: {} });
    expect(await explain('/webhooks/bad')).toMatchObject({
      status: 400,
      headers: { 'x-emulator-cause': 'TEMPLATE_VARIABLE_MISSING' },
    });

    expect(calls).toBe(0);
    expect((await send(url, { path: '/_emulator/state' })).text).toBe(state);
    expect(started.traces()).toHaveLength(traces);

    const answer = await send(url, { path: '/webhooks/bot', body: { sessionId: CONVERSATION } });
    expect(answer.body).toEqual({ id: CONVERSATION, error: 'none' });
    expect(calls).toBe(1);
  });
});

test('a script that is explained knows who would hear its signal, and wakes nobody', async () => {
  const started = await withScripts({
    'listener.yaml': {
      name: 'listener',
      trigger: { conversation: {} },
      actions: { Wait: { type: 'WAIT', next: 'Done' }, Heard: { type: 'ONSIGNAL', next: 'Done' }, Done: { type: 'END' } },
    },
    ...webhook('bot', {
      Tell: { type: 'SIGNAL', contactId: '{{ context.contactId }}', next: 'Done' },
      Done: { type: 'END' },
    }),
  });
  const { contactId } = await open(started.url);
  const explained = await send(started.url, {
    path: '/_emulator/explain',
    body: { path: '/webhooks/bot', body: { contactId } },
  });
  const { entries } = explained.body.trace;
  expect(entries.map(({ code }: { code: string | null }) => code)).not.toContain('SIGNAL_UNHEARD');
  expect(JSON.stringify(entries)).toContain('listener hears it');
  expect(started.traces({ script: 'listener' })).toMatchObject([{ outcome: 'running' }]);
});

describe('many at once', () => {
  test('never see each other’s variables, in two tenants', async () => {
    const { url } = await withScripts(
      {
        ...webhook('bot', {
          Keep: { type: 'ASSIGN', set: { mine: '{{ context.value }}' }, next: 'Get' },
          Get: {
            type: 'RESTAPI',
            url: '{{ env.CXONE }}/webhooks/echo',
            method: 'POST',
            body: { value: '{{ vars.mine }}' },
            next: 'Again',
          },
          Again: {
            type: 'RESTPROXY',
            url: '{{ env.CXONE }}/webhooks/echo',
            contentType: 'application/json',
            body: { value: '{{ vars.response.value }}' },
            into: 'again',
            next: 'Answer',
          },
          Answer: {
            type: 'RESPOND',
            body: { mine: '{{ vars.mine }}', echoed: '{{ vars.again.value }}', at: '{{ vars.again.at }}' },
          },
        }),
        ...webhook('echo', { Answer: { type: 'RESPOND', body: { value: '{{ context.value }}', at: '{{ env.CXONE }}' } } }),
      },
      { maxTraces: 100 },
    );
    const asked = Array.from({ length: 200 }, (_, number) => ({
      value: `v${String(number)}`,
      tenant: number % 2 === 0 ? '' : '/t/alpha',
    }));
    const answers = await Promise.all(
      asked.map(({ value, tenant }) => send(url, { path: `${tenant}/webhooks/bot`, body: { value } })),
    );
    expect(answers.map(({ body }) => body)).toEqual(
      asked.map(({ value, tenant }) => ({ mine: value, echoed: value, at: url + tenant })),
    );
  });
});

describe('scripts that set each other going without end', () => {
  const self = '{{ env.CXONE }}/webhooks/bot';
  test.each<[string, Files, string]>([
    [
      'by a call of the own webhook',
      webhook('bot', { Call: { type: 'RESTPROXY', method: 'POST', url: self, next: 'Done' }, Done: ok }),
      '400',
    ],
    [
      'by a call that is tried twice',
      webhook('bot', { Call: { type: 'RESTAPI', method: 'POST', url: self, next: 'Done' }, Done: ok }),
      '400',
    ],
    [
      'by a spawn',
      {
        'a.yaml': {
          name: 'a',
          trigger: { conversation: {} },
          actions: { Spawn: { type: 'SPAWN', script: 'a', next: 'End' }, End: { type: 'END' } },
        },
      },
      '201',
    ],
    [
      'by a new conversation',
      {
        'a.yaml': {
          name: 'a',
          trigger: { conversation: {} },
          actions: {
            Open: { type: 'RESTAPI', url: '{{ env.CXONE }}/_emulator/conversations', body: {}, next: 'End' },
            End: { type: 'END' },
          },
        },
      },
      '201',
    ],
  ])('%s are stopped', async (_, scripts, status) => {
    const started = await withScripts(scripts);
    const path = status === '201' ? '/_emulator/conversations' : '/webhooks/bot';
    expect(String((await send(started.url, { path, body: {} })).status)).toBe(status);
    await expect.poll(() => started.traces({ code: 'SCRIPT_STEP_LIMIT' }).length).toBeGreaterThan(0);
    expect(started.traces().length).toBeLessThan(50);
  });
});

test('a caller who leaves while the script’s call hangs is told in the trace, and the script goes on', async () => {
  let asked: () => void = () => undefined;
  let release: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const target = await outside((_, response) => {
    release = () => response.end('{}');
    asked();
  });
  const started = await withScripts(
    webhook('bot', {
      Call: { type: 'RESTAPI', url: target, timeout: 60, next: 'Note' },
      Note: { type: 'SETATTRIBUTE', of: 'conversation', id: CONVERSATION, set: { went: 'on' }, next: 'Answer' },
      Answer: ok,
    }),
    { scriptHosts: ['127.0.0.1'] },
  );
  const { contactId } = await open(started.url);
  const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(started.url).port) });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write('POST /webhooks/bot HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}');
  await isAsked;
  socket.destroy();
  await expect.poll(() => socket.closed).toBe(true);
  // By then the emulator has seen it close.
  expect((await send(started.url, { path: '/_emulator/health' })).status).toBe(200);
  release();
  await expect.poll(() => started.traces({ script: 'bot' })).toHaveLength(1);
  const [trace] = started.traces({ script: 'bot' });
  expect(trace).toMatchObject({ outcome: 'failed', response: null });
  expect(trace?.entries.find(({ level }) => level === 'error')).toMatchObject({ code: 'CLIENT_DISCONNECTED' });
  expect(await attributesOf(started.url, contactId as string)).toEqual({ went: 'on' });
});
