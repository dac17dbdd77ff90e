/** The form of ids of conversations and contacts. */
import { CONVERSATION, HANDOVER, open } from '../support/client.js';
import { refusals } from '../support/rows.js';

const thread = { sessionId: 'abc-123', metadata: { intent: 'billing' } };

refusals('CONVERSATION_ID_FORMAT', { status: 400, in: 'body', pointer: '/sessionId' }, [
  {
    name: 'the payload of the thread',
    send: { body: thread },
    remedy: /bot’s own session id.*custom attribute.*assumed; the setting conversationId/,
    received: /"abc-123" \(a string\)/,
  },
  { name: 'empty', send: { body: { sessionId: '' } }, remedy: /empty: the variable/ },
  {
    name: 'a contact id whose conversation is known',
    given: (url) => open(url, { conversationId: CONVERSATION, contactId: '463012345678' }),
    send: { body: { sessionId: '463012345678' } },
    remedy: new RegExp(`contact id.*"${CONVERSATION}": send that`),
  },
  {
    name: 'the placeholder contact',
    send: { body: { sessionId: '100000000000' } },
    remedy: /placeholder contact of Cognigy’s test chat/,
  },
  { name: 'a channel id', send: { body: { sessionId: `chat_${CONVERSATION}` } }, remedy: /id of a chat channel/ },
  {
    name: 'a prefix before the id of a conversation that is here',
    given: open,
    send: { body: { sessionId: `session-${CONVERSATION}` } },
    remedy: new RegExp(`inside a longer text: send "${CONVERSATION}" alone`),
  },
  { name: 'a thread id', send: { body: { sessionId: `thread_${CONVERSATION}` } }, remedy: /id of a thread/ },
  {
    name: 'an ocpSessionId',
    send: { body: { sessionId: '4597359:463012345678' } },
    remedy: /ocpSessionId: business unit 4597359 and contact 463012345678/,
  },
  {
    name: 'white space around it',
    send: { body: { sessionId: ` ${CONVERSATION}` } },
    remedy: new RegExp(`white space.*send "${CONVERSATION}"`),
  },
  {
    name: 'quotes inside it',
    send: { body: { sessionId: `"${CONVERSATION}"` } },
    remedy: new RegExp(`wrapped.*send "${CONVERSATION}"`),
  },
  { name: 'undefined', send: { body: { sessionId: 'undefined' } }, remedy: /variable without a value/ },
  { name: '[object Object]', send: { body: { sessionId: '[object Object]' } }, remedy: /pick the field that holds the id/ },
  { name: 'an unrendered template', send: { body: { sessionId: '{{context.sessionId}}' } }, remedy: /nothing filled it in/ },
  {
    name: 'a UUID without dashes',
    send: { body: { sessionId: CONVERSATION.replaceAll('-', '') } },
    remedy: new RegExp(`dashes.*"${CONVERSATION}"`),
  },
  {
    name: 'a UUID that was cut',
    send: { body: { sessionId: CONVERSATION.slice(0, 30) } },
    remedy: /26 hex digits instead of 32/,
  },
  {
    name: 'in Base64',
    send: { body: { sessionId: Buffer.from(CONVERSATION).toString('base64') } },
    remedy: new RegExp(`in Base64: send "${CONVERSATION}"`),
  },
  {
    name: 'letters that look like digits',
    send: { body: { sessionId: CONVERSATION.replaceAll('0', 'O') } },
    remedy: new RegExp(`character 1 is "O"\\. Perhaps "${CONVERSATION}" is meant`),
  },
  {
    name: 'a letter that is no hex digit',
    send: { body: { sessionId: `${CONVERSATION.slice(0, -1)}x` } },
    remedy: /character 36 is "x"\. Copy the id/,
  },
  { name: 'URL-encoded', send: { body: { sessionId: CONVERSATION.replaceAll('-', '%2D') } }, remedy: /URL-encoded/ },
  {
    name: 'an external id that is stored as an attribute',
    given: (url) => open(url, { conversationId: CONVERSATION, attributes: { externalSessionId: 'abc-123' } }),
    send: { body: thread },
    remedy: new RegExp(
      `stored as the attribute "externalSessionId".*attribute=externalSessionId&value=abc-123.*"${CONVERSATION}"`,
    ),
  },
  {
    name: 'in a path',
    send: { path: `${HANDOVER}/abc-123` },
    in: 'path',
    pointer: '/conversationId',
    remedy: /bot’s own session id/,
  },
  {
    name: 'of another form that is set',
    options: { conversationId: 'decimal' },
    send: { body: { sessionId: CONVERSATION } },
    remedy: /whole number of at most 19 digits/,
  },
  {
    name: 'a character that cannot be seen',
    send: { body: { sessionId: `${CONVERSATION}\u200b` } },
    remedy: new RegExp(`U\\+200B: send "${CONVERSATION}"`),
  },
  {
    name: 'the name of a variable',
    send: { body: { sessionId: 'input.sessionId' } },
    remedy: /name of a variable, not its value.*\{\{input\.sessionId\}\}/,
  },
  { name: 'a whole text', send: { body: { sessionId: '{'.repeat(200_000) } }, remedy: /200000 characters/ },
]);

refusals('CONTACT_ID_FORMAT', { status: 400, in: 'path', pointer: '/contactId' }, [
  { name: 'not a number', send: { path: '/api/v2/contacts/abc-123/attributes' }, remedy: /X-InContact-ContactId/ },
  {
    name: 'an external id that is stored as an attribute',
    given: (url) => open(url, { contactId: '463012345678', attributes: { externalSessionId: 'abc-123' } }),
    send: { path: '/api/v2/contacts/abc-123/attributes' },
    remedy: /attribute "externalSessionId" of a contact.*send the id of that contact, 463012345678/,
  },
  {
    name: 'the id of a conversation',
    given: (url) => open(url, { conversationId: CONVERSATION, contactId: '463012345678' }),
    send: { path: `/api/v2/contacts/${CONVERSATION}/attributes` },
    remedy: /id of a conversation.*runs on: 463012345678/,
  },
  { name: 'beyond int64', send: { path: '/api/v2/contacts/9223372036854775808/attributes' }, remedy: /beyond int64/ },
  { name: 'through floating point', send: { path: '/api/v2/contacts/4.63e11/attributes' }, remedy: /floating-point/ },
  {
    name: 'an ocpSessionId',
    send: { path: '/api/v2/contacts/4597359:463012345678/attributes' },
    remedy: /behind the colon, 463012345678/,
  },
  { name: 'empty', send: { path: '/api/v2/contacts//attributes' }, remedy: /had no value/ },
  {
    name: 'a JSON number beyond 2^53',
    send: { path: '/_emulator/conversations', body: '{"contactId": 12345678901234567890}' },
    in: 'body',
    remedy: /loses digits: send the id as a string/,
  },
]);
