/** The control API: opening and ending conversations, reading traces, explaining, exporting, importing, resetting. */
import { describe, expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, OTHER_CONVERSATION, send, traceOf } from '../support/client.js';

const control = (path: string): string => `/_emulator/${path}`;
const body = { sessionId: CONVERSATION, metadata: { intent: 'billing' }, skillId: 4001 };

test('health says that it is up, and who the tenant is', async () => {
  const { url } = await emulator();
  expect((await send(url, { path: control('health') })).body).toMatchObject({
    status: 'ok',
    version: expect.stringMatching(/^\d/) as string,
    tenant: { name: 'default', busNo: expect.any(Number) as number },
  });
});

test('a conversation is opened with nothing, or with everything, listed, read and ended', async () => {
  const { url } = await emulator();
  const nothing = await send(url, { method: 'POST', path: control('conversations') });
  expect(nothing).toMatchObject({ status: 201, body: { channel: 'webchat', state: 'bot', attributes: {} } });
  const everything = {
    conversationId: CONVERSATION,
    contactId: '463012345679',
    masterContactId: '463012345678',
    channel: 'chat',
    state: 'bot',
    skillId: 4001,
    userId: 'u',
    attributes: { a: 'b' },
  };
  expect((await send(url, { path: control('conversations'), body: everything })).body).toMatchObject(everything);

  const list = (await send(url, { path: control('conversations') })).body;
  expect(list).toMatchObject({
    total: 2,
    items: [{ conversationId: CONVERSATION }, { conversationId: nothing.body.conversationId }],
  });
  expect((await send(url, { path: control('conversations?limit=1') })).body).toMatchObject({
    total: 2,
    items: [{ conversationId: CONVERSATION }],
  });

  const path = control(`conversations/${CONVERSATION}`);
  expect(await send(url, { method: 'POST', path: `${path}/end` })).toMatchObject({
    status: 200,
    body: { state: 'ended', endedAt: expect.stringMatching(/Z$/) as string },
  });
  expect((await send(url, { path })).body.state).toBe('ended');
  expect((await send(url, { path: control('conversations?state=ended') })).body.total).toBe(1);
  expect((await send(url, { path: '/api/v2/contacts/463012345678/attributes' })).status).toBe(200);
});

describe('traces', () => {
  test('are listed newest first, filtered, and without the control API’s own', async () => {
    const { url } = await emulator();
    await open(url);
    await send(url, { body });
    await send(url, { body: { sessionId: 'abc-123' } });
    const list = async (query: string): Promise<any> => (await send(url, { path: control(`traces${query}`) })).body;

    expect(await list('')).toMatchObject({
      total: 2,
      dropped: 0,
      items: [
        { conversationId: 'abc-123', outcome: 'rejected' },
        { conversationId: CONVERSATION, outcome: 'accepted' },
      ],
    });
    expect((await list('?outcome=rejected')).total).toBe(1);
    expect((await list('?code=CONVERSATION_ID_FORMAT')).items[0].conversationId).toBe('abc-123');
    expect((await list(`?conversationId=${CONVERSATION}`)).total).toBe(1);
    expect((await list('?conversationId=nobody')).total).toBe(0);
    expect((await list('?script=none')).total).toBe(0);
    expect((await list('?limit=1')).items).toHaveLength(1);
    expect((await list('?control=true')).total).toBeGreaterThan(2);
  });

  test('tell what each stage saw', async () => {
    const { url } = await emulator();
    await open(url);
    const trace = await traceOf(url, await send(url, { body }));
    expect(trace.entries.map(({ stage }) => stage)).toEqual([
      'route',
      'negotiate',
      'parse-body',
      'validate',
      'check-rules',
      'answer',
      'respond',
    ]);
    expect(trace).toMatchObject({
      tenant: 'default',
      transport: 'http',
      script: null,
      parent: null,
      request: { method: 'POST', path: HANDOVER },
      response: { status: 200 },
    });
  });
});

describe('explain', () => {
  test('says what a request would be answered, and changes nothing', async () => {
    const { url } = await emulator();
    await open(url);
    const before = (await send(url, { path: control('state') })).text;
    const explained = await send(url, { path: control('explain'), body: { body } });
    expect(explained).toMatchObject({
      status: 200,
      body: { status: 200, body: { state: 'queued' }, trace: { outcome: 'accepted', conversationId: CONVERSATION } },
    });
    expect((await send(url, { path: control('state') })).text).toBe(before);
    expect((await send(url, { path: control('traces') })).body.total).toBe(0);
  });

  test.each([
    { question: { body: { sessionId: 'abc-123' } }, status: 400, code: 'CONVERSATION_ID_FORMAT' },
    { question: { body: "{'sessionId': 'abc'}" }, status: 400, code: 'BODY_NOT_JSON' },
    { question: { body, headers: {} }, status: 400, code: 'CONTENT_TYPE_MISSING' },
    {
      question: { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      status: 400,
      code: 'CONTENT_TYPE_FORM',
    },
    { question: { method: 'get', path: `${HANDOVER}/${OTHER_CONVERSATION}` }, status: 404, code: 'CONVERSATION_UNKNOWN' },
    { question: { path: '/nowhere' }, status: 404, code: 'ROUTE_UNKNOWN' },
    { question: {}, status: 400, code: 'BODY_EMPTY' },
    { question: { body: 'x'.repeat(3000) }, status: 413, code: 'BODY_TOO_LARGE' },
  ])('gives the same answer as the request itself: $code', async ({ question, status, code }) => {
    const { url } = await emulator({ maxBody: 2048 });
    await open(url);
    const explained = (await send(url, { path: control('explain'), body: question })).body;
    expect(explained).toMatchObject({ status, headers: { 'x-emulator-cause': code } });

    const {
      method = 'POST',
      path,
      headers,
      body: sent,
    } = question as { method?: string; path?: string; headers?: Record<string, string>; body?: unknown };
    const real = await send(url, {
      method: method.toUpperCase(),
      ...(path === undefined ? {} : { path }),
      headers: headers === undefined ? { 'content-type': 'application/json' } : { 'content-type': headers['Content-Type'] },
      body: sent,
    });
    expect({ status: real.status, body: real.body }).toEqual({ status: explained.status, body: explained.body });
    const cause = (entries: any[]): unknown => {
      const { at: _, ...rest } = entries.find(({ level }) => level === 'error');
      return rest;
    };
    expect(cause((await traceOf(url, real)).entries as any[])).toEqual(cause(explained.trace.entries));
  });

  test('refuses headers that the wire would refuse', async () => {
    const { url } = await emulator();
    const explained = await send(url, { path: control('explain'), body: { body, headers: { 'X-Long': 'x'.repeat(20_000) } } });
    expect(explained.body).toMatchObject({ status: 431, headers: { 'x-emulator-cause': 'HEADERS_TOO_LARGE' } });
  });

  test('works in its tenant', async () => {
    const { url } = await emulator();
    await send(url, { path: '/t/alpha/_emulator/conversations', body: { conversationId: CONVERSATION } });
    expect((await send(url, { path: '/t/alpha/_emulator/explain', body: { body } })).body.status).toBe(200);
    expect((await send(url, { path: control('explain'), body: { body } })).body.status).toBe(400);
  });
});

describe('state', () => {
  test('is exported and imported, into another emulator too', async () => {
    const first = await emulator({ seed: 'one' });
    await open(first.url, { conversationId: CONVERSATION, userId: 'customer-17', attributes: { externalSessionId: 'abc-123' } });
    await open(first.url, {});
    await send(first.url, { body });
    const exported = await send(first.url, { path: control('state') });

    const second = await emulator({ seed: 'one' });
    await open(second.url, { userId: 'gone' });
    expect(await send(second.url, { method: 'PUT', path: control('state'), body: exported.text })).toMatchObject({
      status: 204,
      text: '',
    });
    expect((await send(second.url, { path: control('state') })).text).toBe(exported.text);
    expect(
      (await send(second.url, { path: '/api/v2/conversations?attribute=externalSessionId&value=abc-123' })).body,
    ).toMatchObject({ total: 1, items: [{ state: 'queued' }] });
    expect((await send(second.url, { path: '/api/v2/users/gone/attributes' })).status).toBe(404);
    expect((await open(second.url, {})).conversationId).toBe((await open(first.url, {})).conversationId);
  });

  test.each([
    ['an id given twice', (state: any) => ({ ...state, contacts: [state.contacts[0], state.contacts[0]] })],
    ['a skill that is not there', (state: any) => ({ ...state, skills: [] })],
    [
      'an id in another form',
      (state: any) => ({ ...state, conversations: [{ ...state.conversations[0], conversationId: 'abc' }] }),
    ],
    ['a missing list', ({ users: _, ...state }: any) => state],
    ['another version', (state: any) => ({ ...state, version: 2 })],
    ['no room for more records', (state: any) => ({ ...state, issued: { ...state.issued, records: Number.MAX_SAFE_INTEGER } })],
    ['no room for more contacts', (state: any) => ({ ...state, issued: { ...state.issued, contacts: 99_999_999_999 } })],
    ['hours that there are not', (state: any) => ({ ...state, skills: [{ ...state.skills[0], hours: 9 }] })],
    [
      'an agent with a skill that is not there',
      (state: any) => ({ ...state, agents: [{ agentId: 1, name: 'x', state: 'Working', skills: [9] }] }),
    ],
    [
      'a signal to a contact that is not there',
      (state: any) => ({
        ...state,
        signals: [{ order: 1, contactId: '5', parameters: {}, receivedAt: '2026-03-01T09:30:00.000Z' }],
      }),
    ],
  ])('%s is refused whole', async (_, change) => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION, skillId: 4001 });
    const before = await send(url, { path: control('state') });
    const answer = await send(url, { method: 'PUT', path: control('state'), body: change(before.body) });
    expect(answer).toMatchObject({ status: 400, body: { cause: { code: 'CONTROL_INPUT_INVALID' } } });
    expect((await send(url, { path: control('state') })).text).toBe(before.text);
  });
});

test('reset puts the tenant back to what the config seeds', async () => {
  const seeded = {
    conversationId: CONVERSATION.toUpperCase(),
    contactId: '463012345678',
    attributes: { externalSessionId: 'abc-123' },
  };
  const { url } = await emulator({ conversations: [seeded] });
  const before = (await send(url, { path: control('conversations') })).body;
  expect(before).toMatchObject({ total: 1, items: [{ conversationId: CONVERSATION, contactId: '463012345678' }] });
  expect((await send(url, { path: '/t/alpha/_emulator/conversations' })).body.total).toBe(1);

  await send(url, { body });
  const fresh = await open(url, {});
  expect(await send(url, { method: 'POST', path: control('reset') })).toMatchObject({ status: 204, text: '' });
  expect((await send(url, { path: control('conversations') })).body).toMatchObject({
    total: 1,
    items: [{ state: 'bot', conversationId: CONVERSATION }],
  });
  expect((await send(url, { path: control('traces') })).body.total).toBe(0);
  expect((await send(url, { body })).status).toBe(200);
  expect((await open(url, {})).conversationId).not.toBe(fresh.conversationId);
});

test('a large state is imported, though a handover of its size is refused', async () => {
  const { url } = await emulator({ maxBody: '1kb' });
  await open(url, {
    attributes: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`name${String(index)}`, 'x'.repeat(20)])),
  });
  const { text } = await send(url, { path: control('state') });
  expect(text.length).toBeGreaterThan(1024);
  expect((await send(url, { method: 'PUT', path: control('state'), body: text })).status).toBe(204);
});
