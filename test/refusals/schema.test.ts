/** Fields and parameters that are missing, wrong or unknown, and values that were lost on the way. */
import { expect, test } from 'vitest';
import { CONVERSATION, HANDOVER, open, send } from '../support/client.js';
import { refusals, sent, valid, warnings } from '../support/rows.js';

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${String(index)}`, 'x']));
}

refusals('REQUIRED_FIELD_MISSING', { status: 400, in: 'body', pointer: '/sessionId' }, [
  { name: 'nothing like it', send: { body: {} }, remedy: /Add "sessionId"/, received: /an empty object/ },
  { name: 'sessionID', send: { body: { sessionID: CONVERSATION } }, remedy: /Rename "sessionID" to "sessionId"/ },
  { name: 'session_id', send: { body: { session_id: CONVERSATION } }, remedy: /Rename "session_id" to "sessionId"/ },
  {
    name: 'conversationId',
    send: { body: { conversationId: CONVERSATION } },
    remedy: /value of "conversationId" under the name "sessionId"/,
  },
  {
    name: 'one level too deep',
    send: { body: { context: { sessionId: CONVERSATION } } },
    remedy: /one level too deep\. Move it from "\/context\/sessionId" to the top level of the body, as "sessionId"/,
  },
  {
    name: 'the whole body as text in a field',
    send: { body: { payload: JSON.stringify(valid) } },
    remedy: /as text in "payload"/,
  },
  {
    name: 'a query parameter',
    send: { path: '/api/v2/contacts?attribute=externalSessionId' },
    in: 'query',
    pointer: '/value',
    remedy: /\?value=/,
  },
  {
    name: 'a query parameter in another case',
    send: { path: '/api/v2/contacts?Attribute=a&value=b' },
    in: 'query',
    pointer: '/attribute',
    remedy: /Rename "Attribute" to "attribute"/,
    received: /^only "Attribute" and "value"$/,
  },
  {
    name: 'the id in the query instead of the body',
    send: { path: `${HANDOVER}?sessionId=${CONVERSATION}`, body: {} },
    remedy: /stands in the query: this operation reads "sessionId" from the body only/,
  },
]);

refusals('SCHEMA_MISMATCH', { status: 400, in: 'body', pointer: '/sessionId' }, [
  {
    name: 'an id that is a number',
    send: { body: { sessionId: 463012345678 } },
    remedy: /contact id.*assumed/,
    received: /463012345678 \(a number\)/,
  },
  { name: 'an id that is null', send: { body: { sessionId: null } }, remedy: /no id to send.*assumed/ },
  { name: 'an id that is an object', send: { body: { sessionId: { id: 1 } } }, remedy: /pick the field/ },
  { name: 'JSON encoded twice', send: { body: JSON.stringify(JSON.stringify(valid)) }, pointer: '', remedy: /encoded twice/ },
  {
    name: 'metadata encoded twice',
    send: { body: { ...valid, metadata: '{"intent":"billing"}' } },
    pointer: '/metadata',
    remedy: /metadata was encoded twice/,
  },
  {
    name: 'an empty list, as PHP writes an empty array',
    send: { body: { ...valid, metadata: [] } },
    pointer: '/metadata',
    remedy: /an empty one: \{\}.*PHP/,
  },
  {
    name: 'a list of names and values',
    send: { body: { ...valid, metadata: [{ key: 'intent', value: 'billing' }] } },
    pointer: '/metadata',
    remedy: /\{"intent": …\}, instead of a list/,
  },
  {
    name: 'a skill that has no value',
    send: { body: { ...valid, skillId: '' } },
    pointer: '/skillId',
    remedy: /had no value.*leave skillId out/,
  },
  { name: 'a list around it', send: { body: [valid] }, pointer: '', remedy: /not a list around it/ },
  {
    name: 'a skill as text',
    send: { body: { ...valid, skillId: '4001' } },
    pointer: '/skillId',
    remedy: /as a number, without quotes: 4001/,
  },
  { name: 'a skill below one', send: { body: { ...valid, skillId: 0 } }, pointer: '/skillId', remedy: /from 1 on/ },
  {
    name: 'too deep',
    send: { body: `{"sessionId":"x","metadata":{"a":${'['.repeat(70)}${']'.repeat(70)}}}` },
    pointer: '',
    provenance: 'assumed',
    remedy: /flatter/,
    received: /72 inside/,
  },
  {
    name: 'an unknown field where they are refused',
    options: { unknownFields: 'reject' },
    send: { body: { ...valid, metaData: {} } },
    pointer: '/metaData',
    remedy: /Remove "metaData": "metadata" stands beside it/,
  },
  {
    name: 'a parameter given twice',
    send: { path: '/api/v2/contacts?attribute=a&attribute=b&value=c' },
    in: 'query',
    pointer: '/attribute',
    remedy: /attribute/,
  },
  {
    name: 'an attribute that is no text',
    given: (url) => open(url, { contactId: '463012345678' }),
    send: { method: 'PATCH', path: '/api/v2/contacts/463012345678/attributes', body: { count: 3 } },
    pointer: '/count',
    remedy: /as a string, in double quotes: "3"/,
  },
  {
    name: 'the name of a skill instead of its id',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 'support' } },
    pointer: '/skillId',
    remedy: /name of a skill\. Send skillId as its id: 4001/,
  },
  {
    name: 'the id inside an object',
    send: { body: { sessionId: { id: CONVERSATION } } },
    remedy: new RegExp(`without the object around it: "${CONVERSATION}"`),
  },
  {
    name: 'the id inside a list',
    send: { body: { sessionId: [CONVERSATION] } },
    remedy: new RegExp(`without the list around it: "${CONVERSATION}"`),
  },
  {
    name: 'more attributes than a contact keeps',
    given: async (url) => {
      await open(url, { contactId: '463012345678' });
      await send(url, { method: 'PATCH', path: '/api/v2/contacts/463012345678/attributes', body: many(1000) });
    },
    send: { method: 'PATCH', path: '/api/v2/contacts/463012345678/attributes', body: { oneMore: 'x' } },
    pointer: '',
    provenance: 'emulator',
    remedy: /setting them to null/,
  },
  { name: 'a body that is a number', send: { body: '5' }, pointer: '', remedy: /^Send the body as an object\.$/ },
  {
    name: 'an id that is the number of a known contact',
    given: (url) => open(url, { conversationId: CONVERSATION, contactId: '463012345678' }),
    send: { body: { sessionId: 463012345678 } },
    remedy: new RegExp(`"${CONVERSATION}": send that`),
  },
  {
    name: 'an id that is a number beyond 2^53',
    send: { body: '{"sessionId": 12345678901234567890}' },
    remedy: /loses digits/,
    received: /^about 1\.2346e\+19/,
  },
  {
    name: 'a template where a number belongs',
    send: { body: { ...valid, skillId: '{{skill}}' } },
    pointer: '/skillId',
    remedy: /template "\{\{skill\}\}" was sent/,
  },
  {
    name: 'an empty user in a path',
    send: { path: '/api/v2/users//attributes' },
    in: 'path',
    pointer: '/userId',
    remedy: /had no value/,
  },
]);

warnings('UNKNOWN_FIELD', { level: 'warn', in: 'body', pointer: '/source' }, [
  { name: 'a field of one’s own', given: open, send: { body: { ...valid, source: 'bot' } }, level: 'info', remedy: /let pass/ },
  {
    name: 'nearly a known field',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, metaData: { intent: 'billing' } } },
    pointer: '/metaData',
    remedy: /Rename "metaData" to "metadata"/,
  },
  {
    name: 'nearly a known field of metadata',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, metadata: { Intent: 'billing' } } },
    pointer: '/metadata/Intent',
    remedy: /Rename "Intent" to "intent"/,
  },
  {
    name: 'a known field inside an unknown one',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, data: { metadata: { intent: 'billing' } } } },
    pointer: '/data',
    remedy: /Move it from "\/data\/metadata" to the top level of the body, as "metadata"\. As it stands, it is not read/,
  },
  {
    name: 'a skill by another name',
    given: open,
    send: { body: { sessionId: CONVERSATION, targetSkillId: 4001 } },
    pointer: '/targetSkillId',
    remedy: /Rename "targetSkillId" to "skillId"/,
  },
  {
    name: 'a known field one level too high',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, intent: 'billing' } },
    pointer: '/intent',
    remedy: /one level too high\. Move it from "\/intent" into the object at "\/metadata"/,
  },
  {
    name: 'an unknown parameter',
    send: { path: '/api/v2/contacts?attribute=a&value=b&page=2' },
    level: 'info',
    in: 'query',
    pointer: '/page',
    remedy: /let pass/,
  },
]);

warnings('TEMPLATE_UNRENDERED', { level: 'warn', in: 'body', pointer: '/metadata/intent' }, [
  {
    name: 'in metadata',
    given: open,
    send: { body: { ...valid, metadata: { intent: '{{context.intent}}' } } },
    remedy: /CognigyScript/,
  },
  {
    name: 'with one pair of braces',
    given: open,
    send: { body: { ...valid, metadata: { list: ['{context.intent}'] } } },
    pointer: '/metadata/list/0',
    remedy: /as it stands/,
  },
  {
    name: 'in a lookup',
    send: { path: `/api/v2/contacts?attribute=externalSessionId&value=${encodeURIComponent('{{context.id}}')}` },
    in: 'query',
    pointer: '/value',
    remedy: /as it stands/,
  },
]);

warnings('VALUE_UNSET', { level: 'warn', in: 'body', pointer: '/metadata/intent', given: open }, [
  {
    name: 'an intent of a variable without a value',
    send: { body: { ...valid, metadata: { intent: 'undefined' } } },
    remedy: /leave the field out/,
  },
  {
    name: 'an object put into a text',
    send: { body: { ...valid, metadata: { slots: ['[object Object]'] } } },
    pointer: '/metadata/slots/0',
    remedy: /reads it as the value/,
  },
]);

warnings('TEXT_GARBLED', { level: 'warn', in: 'body', pointer: '/metadata/name' }, [
  {
    name: 'a name whose UTF-8 was read as Latin-1',
    given: open,
    send: { body: { ...valid, metadata: { name: 'MÃ¼ller' } } },
    remedy: /read it as UTF-8 there/,
  },
]);

warnings('NUMBER_ROUNDED', { level: 'warn', in: 'body', pointer: '/metadata/order' }, [
  {
    name: 'an order number beyond 2^53-1',
    given: open,
    send: { body: `{"sessionId": "${CONVERSATION}", "skillId": 4001, "metadata": {"order": 12345678901234567890}}` },
    remedy: /as a string, in double quotes/,
  },
]);

test('a valid handover has no warning', async () => {
  const { answer, trace } = await sent({ given: open, send: { body: valid } });
  expect(answer.status).toBe(200);
  expect(trace.entries.filter(({ level }) => level !== 'info')).toEqual([]);
});
