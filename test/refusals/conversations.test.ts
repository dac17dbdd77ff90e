/** What a request names: conversations, contacts, users, skills and attributes. */
import { CONVERSATION, HANDOVER, open, send } from '../support/client.js';
import { refusals, valid, warnings } from '../support/rows.js';

refusals('CONVERSATION_UNKNOWN', { status: 400, in: 'body', pointer: '/sessionId' }, [
  { name: 'in a body', send: { body: valid }, remedy: /POST \/_emulator\/conversations.*--unknown-conversations adopt/ },
  {
    name: 'in a path',
    send: { path: `${HANDOVER}/${CONVERSATION}` },
    status: 404,
    in: 'path',
    pointer: '/conversationId',
    remedy: /not generated here/,
  },
  {
    name: 'of another tenant',
    given: async (url) => send(url, { path: '/t/alpha/_emulator/conversations', body: { conversationId: CONVERSATION } }),
    send: { body: valid },
    remedy: /another tenant of the emulator/,
  },
]);

refusals(
  'CONVERSATION_ENDED',
  { status: 409, in: 'body', pointer: '/sessionId', given: (url) => open(url, { conversationId: CONVERSATION, state: 'ended' }) },
  [
    { name: 'a handover after the end', send: { body: valid }, remedy: /left before this request/ },
    {
      name: 'ended twice',
      send: { method: 'POST', path: `/_emulator/conversations/${CONVERSATION}/end` },
      in: 'path',
      pointer: '/conversationId',
      remedy: /left before/,
    },
  ],
);

refusals('CONVERSATION_STATE', { status: 409, in: 'body', pointer: '/sessionId' }, [
  {
    name: 'an agent has it',
    given: (url) => open(url, { conversationId: CONVERSATION, state: 'agent' }),
    send: { body: valid },
    remedy: /An agent has this conversation already/,
  },
]);

refusals('CONTACT_UNKNOWN', { status: 404, in: 'path', pointer: '/contactId' }, [
  { name: 'nobody has it', send: { path: '/api/v2/contacts/463012345678/attributes' }, remedy: /"contactId": "463012345678"/ },
]);

refusals('USER_UNKNOWN', { status: 404, in: 'path', pointer: '/userId' }, [
  { name: 'nobody has it', send: { path: '/api/v2/users/customer-17/attributes' }, remedy: /"userId": "customer-17"/ },
]);

refusals('SKILL_UNKNOWN', { status: 400, in: 'body', pointer: '/skillId' }, [
  {
    name: 'in a handover',
    given: (url) => open(url),
    send: { body: { ...valid, skillId: 4999 } },
    remedy: /config file under "skills"/,
  },
  {
    name: 'when a conversation is opened',
    send: { path: '/_emulator/conversations', body: { skillId: 4999 } },
    remedy: /Send one of these/,
  },
]);

warnings('CUSTOMER_UNHEARD', { level: 'warn', in: 'path', pointer: '/conversationId' }, [
  {
    name: 'no script runs on the conversation',
    given: open,
    send: { path: `/_emulator/conversations/${CONVERSATION}/messages`, body: { text: 'Hello?' } },
    remedy: /Load a script whose trigger is a conversation \(of the channel webchat, or of any\)/,
  },
]);

warnings('STATE_DROPPED', { level: 'warn', in: 'query', pointer: '/value' }, [
  {
    name: 'what is looked for may have been dropped',
    options: { maxConversations: 1 },
    given: async (url) => {
      await open(url, { attributes: { externalSessionId: 'abc-123' } });
      await open(url);
    },
    send: { path: '/api/v2/conversations?attribute=externalSessionId&value=abc-123' },
    remedy: /--max-conversations/,
  },
  {
    name: 'the whole tenant was dropped',
    options: { maxTenants: 1 },
    given: async (url) => {
      await open(url);
      await send(url, { method: 'POST', path: '/t/other/_emulator/conversations' });
    },
    send: { path: '/api/v2/users?attribute=a&value=b' },
    remedy: /--max-tenants/,
  },
]);

warnings('HANDOVER_REPEATED', { level: 'info', in: 'body', pointer: '/sessionId' }, [
  {
    name: 'the same again',
    given: async (url) => {
      await open(url);
      await send(url, { body: valid });
    },
    send: { body: valid },
    remedy: /retry/,
  },
]);

warnings('HANDOVER_UNROUTED', { level: 'warn', in: 'body', pointer: '/skillId' }, [
  { name: 'no skill', given: open, send: { body: { sessionId: CONVERSATION } }, remedy: /Send skillId, such as 4001/ },
]);

warnings('SKILL_UNSTAFFED', { level: 'warn', in: 'body', pointer: '/skillId' }, [
  {
    name: 'no agent',
    options: { skills: [{ skillId: 4002, name: 'Night', agents: 0 }] },
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4002 } },
    remedy: /give the skill agents/,
  },
]);

warnings('CONVERSATION_ADOPTED', { level: 'warn', in: 'body', pointer: '/sessionId' }, [
  {
    name: 'an unknown conversation',
    options: { unknownConversations: 'adopt' },
    send: { body: valid },
    remedy: /CXone refuses an id that it did not generate/,
  },
]);

warnings('ATTRIBUTE_NO_MATCH', { level: 'warn', in: 'query', pointer: '/value' }, [
  {
    name: 'a variable without a value',
    send: { path: '/api/v2/contacts?attribute=externalSessionId&value=undefined' },
    remedy: /nothing filled in/,
  },
  {
    name: 'nothing stored with users',
    send: { path: '/api/v2/users?attribute=externalSessionId&value=abc-123' },
    remedy: /PATCH \/api\/v2\/users\/\{userId\}\/attributes/,
  },
  {
    name: 'nothing stored',
    send: { path: '/api/v2/contacts?attribute=externalSessionId&value=abc-123' },
    remedy: /Store it first.*PATCH/,
  },
  {
    name: 'stored under another name',
    given: (url) => open(url, { attributes: { externalSessionID: 'abc-123' } }),
    send: { path: '/api/v2/contacts?attribute=externalSessionId&value=abc-123' },
    remedy: /another name, "externalSessionID"/,
  },
  {
    name: 'stored with the contact, asked of users',
    given: (url) => open(url, { attributes: { externalSessionId: 'abc-123' } }),
    send: { path: '/api/v2/users?attribute=externalSessionId&value=abc-123' },
    remedy: /\/api\/v2\/contacts/,
  },
]);

warnings('ATTRIBUTE_AMBIGUOUS', { level: 'warn', in: 'query', pointer: '/value' }, [
  {
    name: 'two have it',
    given: async (url) => {
      await open(url, { attributes: { externalSessionId: 'abc-123' } });
      await open(url, { attributes: { externalSessionId: 'abc-123' } });
    },
    send: { path: '/api/v2/conversations?attribute=externalSessionId&value=abc-123' },
    remedy: /newest comes first/,
  },
]);
