/** Custom attributes and the lookups by them: how an external id is found again. */
import { expect, test } from 'vitest';
import { CONVERSATION, emulator, open, OTHER_CONVERSATION, send } from '../support/client.js';

const CONTACT = '463012345678';
const attributesOf = (kind: 'contacts' | 'users', id: string): string => `/api/v2/${kind}/${id}/attributes`;

test.each([
  { kind: 'contacts', id: CONTACT },
  { kind: 'users', id: 'customer 17/ü' },
] as const)('attributes of $kind are set, removed and read', async ({ kind, id }) => {
  const { url } = await emulator();
  await open(url, { contactId: CONTACT, userId: 'customer 17/ü' });
  const path = attributesOf(kind, encodeURIComponent(id));
  expect(await send(url, { path })).toMatchObject({ status: 200, body: {} });
  expect(
    (await send(url, { method: 'PATCH', path, body: { externalSessionId: 'abc-123', channel: 'web', '': 'x' } })).body,
  ).toEqual({ externalSessionId: 'abc-123', channel: 'web', '': 'x' });
  expect((await send(url, { method: 'PATCH', path, body: { channel: null, language: 'de', nothing: null } })).body).toEqual({
    externalSessionId: 'abc-123',
    '': 'x',
    language: 'de',
  });
  expect((await send(url, { path })).body).toEqual({ externalSessionId: 'abc-123', '': 'x', language: 'de' });
});

test('an external id that was stored finds contact, user and conversation', async () => {
  const { url } = await emulator();
  await open(url, { conversationId: CONVERSATION, contactId: CONTACT, userId: 'customer-17' });
  const find = async (kind: string): Promise<any> =>
    (await send(url, { path: `/api/v2/${kind}?attribute=externalSessionId&value=abc-123` })).body;
  expect(await find('contacts')).toEqual({ items: [], total: 0 });

  await send(url, { method: 'PATCH', path: attributesOf('contacts', CONTACT), body: { externalSessionId: 'abc-123' } });
  expect(await find('contacts')).toMatchObject({
    total: 1,
    items: [{ contactId: CONTACT, conversationId: CONVERSATION, attributes: { externalSessionId: 'abc-123' } }],
  });
  expect(await find('conversations')).toMatchObject({
    total: 1,
    items: [{ conversationId: CONVERSATION, attributes: { externalSessionId: 'abc-123' } }],
  });
  expect((await find('users')).total).toBe(0);

  await send(url, { method: 'PATCH', path: attributesOf('contacts', CONTACT), body: { externalSessionId: null } });
  await send(url, { method: 'PATCH', path: attributesOf('users', 'customer-17'), body: { externalSessionId: 'abc-123' } });
  expect((await find('contacts')).total).toBe(0);
  expect(await find('users')).toMatchObject({ total: 1, items: [{ userId: 'customer-17' }] });
  expect(await find('conversations')).toMatchObject({ total: 1, items: [{ conversationId: CONVERSATION }] });
});

test('of several matches the newest comes first', async () => {
  const { url } = await emulator();
  await open(url, { conversationId: CONVERSATION, attributes: { id: 'x' } });
  await open(url, { conversationId: OTHER_CONVERSATION, attributes: { id: 'x' } });
  const found = (await send(url, { path: '/api/v2/conversations?attribute=id&value=x' })).body;
  expect(found.items.map(({ conversationId }: any) => conversationId)).toEqual([OTHER_CONVERSATION, CONVERSATION]);
});

test('a contact id keeps all its digits, and leading zeros do not count', async () => {
  const { url } = await emulator();
  await open(url, { contactId: '9223372036854775807' });
  expect((await send(url, { path: attributesOf('contacts', '9223372036854775807') })).status).toBe(200);
  expect((await send(url, { path: attributesOf('contacts', '09223372036854775807') })).status).toBe(200);
  expect((await send(url, { path: attributesOf('contacts', '9223372036854775806') })).status).toBe(404);
});

test('a change that is refused changes nothing', async () => {
  const { url } = await emulator();
  await open(url, { contactId: CONTACT, attributes: { kept: 'x' } });
  const path = attributesOf('contacts', CONTACT);
  expect((await send(url, { method: 'PATCH', path, body: { kept: null, bad: 7 } })).status).toBe(400);
  expect((await send(url, { path })).body).toEqual({ kept: 'x' });
});

test('attributes named like parts of objects are data', async () => {
  const { url } = await emulator();
  await open(url, { contactId: CONTACT });
  const path = attributesOf('contacts', CONTACT);
  await send(url, { method: 'PATCH', path, body: '{"__proto__":"a","constructor":"b","toString":"c"}' });
  expect((await send(url, { path })).text).toBe('{"__proto__":"a","constructor":"b","toString":"c"}');
  expect((await send(url, { path: '/api/v2/contacts?attribute=__proto__&value=a' })).body.total).toBe(1);
});
