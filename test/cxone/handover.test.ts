/** The handover and the session data: what a conversation is, and what the bot gets back, state by state. */
import { expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send, traceOf } from '../support/client.js';

const ISO = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/) as string;
const body = { sessionId: CONVERSATION, metadata: { intent: 'billing' }, skillId: 4001 };

test('a conversation goes from the bot to the queue', async () => {
  const { url } = await emulator();
  const opened = await open(url, {
    conversationId: CONVERSATION,
    contactId: '463012345678',
    userId: 'customer-17',
    attributes: { externalSessionId: 'abc-123' },
  });
  expect(opened).toMatchObject({ state: 'bot', skillId: null, metadata: {}, queuedAt: null });

  const answer = await send(url, { body });
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toEqual({
    conversationId: CONVERSATION,
    contactId: '463012345678',
    masterContactId: '463012345678',
    channel: 'webchat',
    state: 'queued',
    skillId: 4001,
    userId: 'customer-17',
    metadata: { intent: 'billing' },
    attributes: { externalSessionId: 'abc-123' },
    createdAt: opened.createdAt,
    queuedAt: ISO,
    endedAt: null,
  });
  expect((await send(url, { path: `${HANDOVER}/${CONVERSATION}` })).body).toEqual(answer.body);
  expect(await traceOf(url, answer)).toMatchObject({
    conversationId: CONVERSATION,
    contactId: '463012345678',
    operationId: 'handOverConversation',
  });
});

test('the same handover again has the same bytes; another one wins', async () => {
  let now = Date.parse('2026-03-01T09:30:00.000Z');
  const { url } = await emulator({ clock: { now: () => (now += 1000), monotonic: () => 0 } });
  await open(url);
  const first = await send(url, { body });
  expect(
    (await send(url, { body: { skillId: 4001, metadata: { intent: 'billing' }, sessionId: CONVERSATION.toUpperCase() } })).text,
  ).toBe(first.text);
  const other = await send(url, { body: { sessionId: CONVERSATION, metadata: { intent: 'sales' } } });
  expect(other).toMatchObject({
    status: 200,
    body: { metadata: { intent: 'sales' }, skillId: 4001, queuedAt: first.body.queuedAt },
  });
  expect((await traceOf(url, other)).entries.map(({ code }) => code)).toContain('HANDOVER_REPEATED');
});

test('a conversation that was opened for a skill is queued for it', async () => {
  const { url } = await emulator({ skills: [{ skillId: 7, name: 'Sales', agents: 2 }] });
  await open(url, { conversationId: CONVERSATION, skillId: 7 });
  const answer = await send(url, { body: { sessionId: CONVERSATION } });
  expect(answer.body.skillId).toBe(7);
  expect((await traceOf(url, answer)).entries.every(({ level }) => level === 'info')).toBe(true);
});

test('ids of any UUID version and any case are taken and stored in lower case', async () => {
  const { url } = await emulator();
  const id = 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6';
  expect((await open(url, { conversationId: id })).conversationId).toBe(id.toLowerCase());
  expect((await send(url, { body: { sessionId: id } })).body.conversationId).toBe(id.toLowerCase());
});

test.each([
  { form: 'uuid', like: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/ },
  { form: 'decimal', like: /^[1-9][0-9]{12}$/ },
  { form: { pattern: 'CONV-[A-Z]{2}[0-9]{6}', example: 'CONV-AB123456' }, like: /^CONV-[A-Z]{2}[0-9]{6}$/ },
] as const)('generated ids have the form that is set: $form', async ({ form, like }) => {
  const { url } = await emulator({ conversationId: form });
  const ids = new Set<string>();
  for (let round = 0; round < 20; round += 1) ids.add((await open(url, {})).conversationId);
  expect(ids.size).toBe(20);
  for (const sessionId of ids) {
    expect(sessionId).toMatch(like);
    expect((await send(url, { body: { sessionId } })).status).toBe(200);
  }
});

test('contact ids have 12 digits and increase', async () => {
  const { url } = await emulator();
  const ids: number[] = [];
  for (let round = 0; round < 5; round += 1) ids.push(Number((await open(url, {})).contactId));
  expect(ids.every((id) => /^[0-9]{12}$/.test(String(id)))).toBe(true);
  expect(ids).toEqual([...ids].sort((one, other) => one - other));
  expect(new Set(ids).size).toBe(5);
});

test('adopt takes a well-formed unknown id, in a handover and in a lookup', async () => {
  const { url } = await emulator({ unknownConversations: 'adopt' });
  const looked = await send(url, { path: `${HANDOVER}/${CONVERSATION}` });
  expect(looked).toMatchObject({ status: 200, body: { conversationId: CONVERSATION, state: 'bot' } });
  expect(await send(url, { body })).toMatchObject({ status: 200, body: { contactId: looked.body.contactId, state: 'queued' } });
  expect((await send(url, { body: { sessionId: 'abc-123' } })).status).toBe(400);
  expect(await send(url, { body: { ...body, sessionId: '9d0c6a52-13c8-4f0e-8a77-52b1c3e4f6a8', skillId: 4999 } })).toMatchObject({
    status: 400,
  });
  expect((await send(url, { path: '/_emulator/conversations' })).body.total).toBe(1);
});

test('--reveal-errors adds the cause to the body, and --no-emulator-headers takes the headers away', async () => {
  const { url } = await emulator({ revealErrors: true, emulatorHeaders: false });
  const answer = await send(url, { body: { sessionId: 'abc-123' } });
  expect(answer.body).toMatchObject({
    errorCode: 'BadRequest',
    message: 'Bad Request',
    cause: { code: 'CONVERSATION_ID_FORMAT', in: 'body', pointer: '/sessionId' },
  });
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-emulator'))).toEqual([]);
});

test('with a seed and a frozen clock two runs are equal to the byte', async () => {
  const run = async (): Promise<string[]> => {
    const { url } = await emulator({ seed: 'seven', clock: { now: () => 0, monotonic: () => 0 } });
    const opened = await open(url, {});
    const answers = [
      await send(url, { body: { sessionId: opened.conversationId } }),
      await send(url, { body: { sessionId: 'abc-123' } }),
      await send(url, { path: '/t/alpha/_emulator/conversations', body: {} }),
      await send(url, { path: '/_emulator/state' }),
      await send(url, { path: '/_emulator/traces' }),
    ];
    // The port is a new one each time, and Host names it.
    return answers.map(({ text }) => text.replace(/127\.0\.0\.1:\d+/g, 'host'));
  };
  const first = await run();
  expect(await run()).toEqual(first);
  expect((JSON.parse(first[0] ?? '') as { conversationId: string }).conversationId).not.toBe(
    (JSON.parse(first[2] ?? '') as { conversationId: string }).conversationId,
  );
});
