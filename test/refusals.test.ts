/** Every code of the catalogue, sent for over HTTP: its status, where it points, and what the remedy says. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CATALOGUE, type Code, type Emulator, type TraceEntry } from '../src/index.js';
import { FAMILY_REFUSALS, FAMILY_WARNINGS } from './refusals/families.js';
import { SCRIPT_REFUSALS } from './refusals/scripts.js';
import { TOKEN_REFUSALS, TOKEN_WARNINGS } from './refusals/tokens.js';
import { type Answer, CONVERSATION, emulator, HANDOVER, type Message, open, send, talk, traceOf } from './support/client.js';
import { botOf, contracts } from './support/stand-in.js';
import type { Row, WarningRow } from './support/rows.js';
import { scriptsFolder } from './support/scripts.js';

const thread = { sessionId: 'abc-123', metadata: { intent: 'billing' } };
const valid = { sessionId: CONVERSATION, metadata: { intent: 'billing' }, skillId: 4001 };
const noType = { 'content-type': undefined };

const REFUSALS: readonly Row[] = [
  ...TOKEN_REFUSALS,
  ...FAMILY_REFUSALS,
  ...SCRIPT_REFUSALS,

  // Route
  {
    code: 'ROUTE_UNKNOWN',
    name: 'a slash at the end',
    send: { path: `${HANDOVER}/`, body: valid },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /Remove the slash at the end: "\/api\/v2\/conversations\/webchat"/,
  },
  {
    code: 'ROUTE_UNKNOWN',
    name: 'a slip in the path',
    send: { path: '/api/v2/conversation/webchat', body: valid },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /Did you mean POST \/api\/v2\/conversations\/webchat\?/,
  },
  {
    code: 'ROUTE_UNKNOWN',
    name: 'two slashes in a row',
    send: { path: '//api/v2/conversations/webchat', body: valid },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /two slashes in a row.*"\/api\/v2\/conversations\/webchat"/,
  },
  {
    code: 'ROUTE_UNKNOWN',
    name: 'nothing near',
    send: { path: '/nothing/of/the/kind/at/all' },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /POST \/api\/v2\/conversations\/webchat/,
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    name: 'a PUT for a handover',
    send: { method: 'PUT', body: valid },
    status: 405,
    in: 'path',
    pointer: '',
    remedy: /Send POST/,
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    name: 'a redirect that made a GET of a POST',
    send: { method: 'GET' },
    status: 405,
    in: 'path',
    pointer: '',
    remedy: /redirect/,
  },
  {
    code: 'PATH_MALFORMED',
    name: 'a lone percent sign',
    send: { path: '/api/v2/conversations/webchat/100%' },
    status: 400,
    in: 'path',
    pointer: '',
    remedy: /%25/,
  },
  {
    code: 'PATH_MALFORMED',
    name: 'escapes that are not UTF-8',
    send: { path: '/api/v2/conversations/webchat/%ff' },
    status: 400,
    in: 'path',
    pointer: '',
    remedy: /encodeURIComponent/,
  },
  {
    code: 'TENANT_NAME_INVALID',
    name: 'capitals',
    send: { path: `/t/Team_A${HANDOVER}`, body: valid },
    status: 400,
    in: 'path',
    pointer: '/tenant',
    remedy: /lower-case/,
    received: /Team_A/,
  },
  {
    code: 'WEBHOOK_UNKNOWN',
    name: 'no script listens',
    send: { path: '/webhooks/handover', body: thread },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /No script is loaded/,
  },

  // Media type and encoding
  {
    code: 'CONTENT_TYPE_MISSING',
    name: 'JSON without a Content-Type',
    send: { headers: noType, body: thread },
    status: 400,
    in: 'header',
    pointer: '/content-type',
    remedy: /looks like JSON.*Content-Type: application\/json/,
    received: /as form data the body is .*sessionId/,
  },
  {
    code: 'CONTENT_TYPE_FORM',
    name: 'Cognigy’s HTTP Request node by default',
    send: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: JSON.stringify(thread) },
    status: 400,
    in: 'header',
    pointer: '/content-type',
    remedy: /looks like JSON.*Cognigy’s HTTP Request node, choose the payload type JSON/,
  },
  {
    code: 'CONTENT_TYPE_FORM',
    name: 'true form data',
    send: { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: 'sessionId=abc-123' },
    status: 400,
    in: 'header',
    pointer: '/content-type',
    remedy: /^Send the fields as one JSON object/,
  },
  {
    code: 'CONTENT_TYPE_UNSUPPORTED',
    name: 'set twice',
    send: { headers: { 'content-type': 'application/json, application/json' }, body: JSON.stringify(valid) },
    status: 415,
    in: 'header',
    pointer: '/content-type',
    remedy: /Send one Content-Type/,
  },
  {
    code: 'CONTENT_TYPE_UNSUPPORTED',
    name: 'text/plain',
    send: { headers: { 'content-type': 'text/plain' }, body: thread },
    status: 415,
    in: 'header',
    pointer: '/content-type',
    remedy: /Content-Type: application\/json/,
  },
  {
    code: 'CONTENT_TYPE_UNSUPPORTED',
    name: 'multipart',
    send: { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
    status: 415,
    in: 'header',
    pointer: '/content-type',
    remedy: /not as multipart/,
  },
  {
    code: 'CONTENT_TYPE_UNSUPPORTED',
    name: 'half a media type',
    send: { headers: { 'content-type': 'json' }, body: thread },
    status: 415,
    in: 'header',
    pointer: '/content-type',
    remedy: /in full/,
  },
  {
    code: 'CHARSET_UNSUPPORTED',
    name: 'Latin-1',
    send: { headers: { 'content-type': 'application/json; charset=iso-8859-1' }, body: valid },
    status: 415,
    in: 'header',
    pointer: '/content-type',
    remedy: /UTF-8/,
    received: /iso-8859-1/,
  },
  {
    code: 'CONTENT_ENCODING_UNSUPPORTED',
    name: 'zstd',
    send: { headers: { 'content-encoding': 'zstd' }, body: valid },
    status: 415,
    in: 'header',
    pointer: '/content-encoding',
    remedy: /uncompressed/,
  },
  {
    code: 'CONTENT_ENCODING_UNSUPPORTED',
    name: 'a charset in the wrong header',
    send: { headers: { 'content-encoding': 'utf-8' }, body: valid },
    status: 415,
    in: 'header',
    pointer: '/content-encoding',
    remedy: /remove the header/,
  },

  // Body
  {
    code: 'BODY_TOO_LARGE',
    name: 'over the limit',
    options: { maxBody: '1kb' },
    send: { body: { ...valid, metadata: { text: 'x'.repeat(2000) } } },
    status: 413,
    in: 'body',
    pointer: '',
    remedy: /--max-body/,
  },
  {
    code: 'BODY_TOO_LARGE',
    name: 'over the limit once inflated',
    options: { maxBody: '1kb' },
    send: {
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ ...valid, metadata: { text: 'x'.repeat(100_000) } })),
    },
    status: 413,
    in: 'body',
    pointer: '',
    remedy: /--max-body/,
    received: /inflate/,
  },
  {
    code: 'BODY_ENCODING_INVALID',
    name: 'says gzip and is not',
    send: { headers: { 'content-encoding': 'gzip' }, body: valid },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /not compressed: remove the header/,
  },
  {
    code: 'BODY_ENCODING_INVALID',
    name: 'gzip, cut off',
    send: { headers: { 'content-encoding': 'gzip' }, body: gzipSync(JSON.stringify(valid)).subarray(0, 20) },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /Compress the body whole/,
  },
  {
    code: 'BODY_NOT_UTF8',
    name: 'Latin-1',
    send: { body: Buffer.from('{"sessionId": "M\xfcller"}', 'latin1') },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /Latin-1/,
  },
  {
    code: 'BODY_NOT_UTF8',
    name: 'UTF-16',
    send: { body: Buffer.from(`\ufeff${JSON.stringify(valid)}`, 'utf16le') },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /PowerShell/,
  },
  {
    code: 'BODY_EMPTY',
    name: 'nothing',
    send: { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '0' } },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /variable that holds it had no value/,
  },
  {
    code: 'BODY_EMPTY',
    name: 'white space',
    send: { body: ' \n ' },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /Send the fields as JSON/,
  },
  {
    code: 'BODY_NOT_JSON',
    name: 'single quotes',
    send: { body: "{'sessionId': 'abc'}" },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /Single quotes/,
    received: /line 1, column 2/,
  },
  {
    code: 'BODY_NOT_JSON',
    name: 'a comma at the end, on line 3',
    send: { body: '{\n  "sessionId": "abc",\n}' },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /comma before the closing bracket/,
    received: /line 3, column 1/,
  },
  {
    code: 'BODY_NOT_JSON',
    name: 'a template that nothing filled in',
    send: { body: '{"sessionId": {{context.sessionId}}}' },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /template was sent as it stands/,
  },

  // Schema
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'nothing like it',
    send: { body: {} },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /Add "sessionId"/,
    received: /an empty object/,
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'sessionID',
    send: { body: { sessionID: CONVERSATION } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /Rename "sessionID" to "sessionId"/,
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'session_id',
    send: { body: { session_id: CONVERSATION } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /Rename "session_id" to "sessionId"/,
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'conversationId',
    send: { body: { conversationId: CONVERSATION } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /value of "conversationId" under the name "sessionId"/,
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'one level too deep',
    send: { body: { context: { sessionId: CONVERSATION } } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /one level too deep\. Move it from "\/context\/sessionId" to the top level of the body, as "sessionId"/,
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'the whole body as text in a field',
    send: { body: { payload: JSON.stringify(valid) } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /as text in "payload"/,
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'a query parameter',
    send: { path: '/api/v2/contacts?attribute=externalSessionId' },
    status: 400,
    in: 'query',
    pointer: '/value',
    remedy: /\?value=/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an id that is a number',
    send: { body: { sessionId: 463012345678 } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /contact id.*assumed/,
    received: /463012345678 \(a number\)/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an id that is null',
    send: { body: { sessionId: null } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /no id to send.*assumed/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an id that is an object',
    send: { body: { sessionId: { id: 1 } } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /pick the field/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'JSON encoded twice',
    send: { body: JSON.stringify(JSON.stringify(valid)) },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /encoded twice/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'metadata encoded twice',
    send: { body: { ...valid, metadata: '{"intent":"billing"}' } },
    status: 400,
    in: 'body',
    pointer: '/metadata',
    remedy: /metadata was encoded twice/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an empty list, as PHP writes an empty array',
    send: { body: { ...valid, metadata: [] } },
    status: 400,
    in: 'body',
    pointer: '/metadata',
    remedy: /an empty one: \{\}.*PHP/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a list of names and values',
    send: { body: { ...valid, metadata: [{ key: 'intent', value: 'billing' }] } },
    status: 400,
    in: 'body',
    pointer: '/metadata',
    remedy: /\{"intent": …\}, instead of a list/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a skill that has no value',
    send: { body: { ...valid, skillId: '' } },
    status: 400,
    in: 'body',
    pointer: '/skillId',
    remedy: /had no value.*leave skillId out/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a list around it',
    send: { body: [valid] },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /not a list around it/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a skill as text',
    send: { body: { ...valid, skillId: '4001' } },
    status: 400,
    in: 'body',
    pointer: '/skillId',
    remedy: /as a number, without quotes: 4001/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a skill below one',
    send: { body: { ...valid, skillId: 0 } },
    status: 400,
    in: 'body',
    pointer: '/skillId',
    remedy: /from 1 on/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'too deep',
    send: { body: `{"sessionId":"x","metadata":{"a":${'['.repeat(70)}${']'.repeat(70)}}}` },
    status: 400,
    in: 'body',
    pointer: '',
    provenance: 'assumed',
    remedy: /flatter/,
    received: /72 inside/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an unknown field where they are refused',
    options: { unknownFields: 'reject' },
    send: { body: { ...valid, metaData: {} } },
    status: 400,
    in: 'body',
    pointer: '/metaData',
    remedy: /Remove "metaData": "metadata" stands beside it/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a parameter given twice',
    send: { path: '/api/v2/contacts?attribute=a&attribute=b&value=c' },
    status: 400,
    in: 'query',
    pointer: '/attribute',
    remedy: /attribute/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an attribute that is no text',
    given: (url) => open(url, { contactId: '463012345678' }),
    send: { method: 'PATCH', path: '/api/v2/contacts/463012345678/attributes', body: { count: 3 } },
    status: 400,
    in: 'body',
    pointer: '/count',
    remedy: /as a string, in double quotes: "3"/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'the name of a skill instead of its id',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 'support' } },
    status: 400,
    in: 'body',
    pointer: '/skillId',
    remedy: /name of a skill\. Send skillId as its id: 4001/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'the id inside an object',
    send: { body: { sessionId: { id: CONVERSATION } } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`without the object around it: "${CONVERSATION}"`),
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'the id inside a list',
    send: { body: { sessionId: [CONVERSATION] } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`without the list around it: "${CONVERSATION}"`),
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'more attributes than a contact keeps',
    given: async (url) => {
      await open(url, { contactId: '463012345678' });
      await send(url, { method: 'PATCH', path: '/api/v2/contacts/463012345678/attributes', body: many(1000) });
    },
    send: { method: 'PATCH', path: '/api/v2/contacts/463012345678/attributes', body: { oneMore: 'x' } },
    provenance: 'emulator',
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /setting them to null/,
  },

  // Rules
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'the payload of the thread',
    send: { body: thread },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /bot’s own session id.*custom attribute.*assumed; the setting conversationId/,
    received: /"abc-123" \(a string\)/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'empty',
    send: { body: { sessionId: '' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /empty: the variable/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a contact id whose conversation is known',
    given: (url) => open(url, { conversationId: CONVERSATION, contactId: '463012345678' }),
    send: { body: { sessionId: '463012345678' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`contact id.*"${CONVERSATION}": send that`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'the placeholder contact',
    send: { body: { sessionId: '100000000000' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /placeholder contact of Cognigy’s test chat/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a channel id',
    send: { body: { sessionId: `chat_${CONVERSATION}` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /id of a chat channel/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a prefix before the id of a conversation that is here',
    given: open,
    send: { body: { sessionId: `session-${CONVERSATION}` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`inside a longer text: send "${CONVERSATION}" alone`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a thread id',
    send: { body: { sessionId: `thread_${CONVERSATION}` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /id of a thread/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'an ocpSessionId',
    send: { body: { sessionId: '4597359:463012345678' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /ocpSessionId: business unit 4597359 and contact 463012345678/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'white space around it',
    send: { body: { sessionId: ` ${CONVERSATION}` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`white space.*send "${CONVERSATION}"`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'quotes inside it',
    send: { body: { sessionId: `"${CONVERSATION}"` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`wrapped.*send "${CONVERSATION}"`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'undefined',
    send: { body: { sessionId: 'undefined' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /variable without a value/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: '[object Object]',
    send: { body: { sessionId: '[object Object]' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /pick the field that holds the id/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'an unrendered template',
    send: { body: { sessionId: '{{context.sessionId}}' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /nothing filled it in/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a UUID without dashes',
    send: { body: { sessionId: CONVERSATION.replaceAll('-', '') } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`dashes.*"${CONVERSATION}"`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a UUID that was cut',
    send: { body: { sessionId: CONVERSATION.slice(0, 30) } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /26 hex digits instead of 32/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'in Base64',
    send: { body: { sessionId: Buffer.from(CONVERSATION).toString('base64') } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`in Base64: send "${CONVERSATION}"`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'letters that look like digits',
    send: { body: { sessionId: CONVERSATION.replaceAll('0', 'O') } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`character 1 is "O"\\. Perhaps "${CONVERSATION}" is meant`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a letter that is no hex digit',
    send: { body: { sessionId: `${CONVERSATION.slice(0, -1)}x` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /character 36 is "x"\. Copy the id/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'URL-encoded',
    send: { body: { sessionId: CONVERSATION.replaceAll('-', '%2D') } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /URL-encoded/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'an external id that is stored as an attribute',
    given: (url) => open(url, { conversationId: CONVERSATION, attributes: { externalSessionId: 'abc-123' } }),
    send: { body: thread },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(
      `stored as the attribute "externalSessionId".*attribute=externalSessionId&value=abc-123.*"${CONVERSATION}"`,
    ),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'in a path',
    send: { path: `${HANDOVER}/abc-123` },
    status: 400,
    in: 'path',
    pointer: '/conversationId',
    remedy: /bot’s own session id/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'of another form that is set',
    options: { conversationId: 'decimal' },
    send: { body: { sessionId: CONVERSATION } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /whole number of at most 19 digits/,
  },
  {
    code: 'CONVERSATION_UNKNOWN',
    name: 'in a body',
    send: { body: valid },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /POST \/_emulator\/conversations.*--unknown-conversations adopt/,
  },
  {
    code: 'CONVERSATION_UNKNOWN',
    name: 'in a path',
    send: { path: `${HANDOVER}/${CONVERSATION}` },
    status: 404,
    in: 'path',
    pointer: '/conversationId',
    remedy: /not generated here/,
  },
  {
    code: 'CONVERSATION_UNKNOWN',
    name: 'of another tenant',
    given: async (url) => send(url, { path: '/t/alpha/_emulator/conversations', body: { conversationId: CONVERSATION } }),
    send: { body: valid },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /another tenant of the emulator/,
  },
  {
    code: 'CONVERSATION_ENDED',
    name: 'a handover after the end',
    given: (url) => open(url, { conversationId: CONVERSATION, state: 'ended' }),
    send: { body: valid },
    status: 409,
    in: 'body',
    pointer: '/sessionId',
    remedy: /left before this request/,
  },
  {
    code: 'CONVERSATION_STATE',
    name: 'an agent has it',
    given: (url) => open(url, { conversationId: CONVERSATION, state: 'agent' }),
    send: { body: valid },
    status: 409,
    in: 'body',
    pointer: '/sessionId',
    remedy: /An agent has this conversation already/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'not a number',
    send: { path: '/api/v2/contacts/abc-123/attributes' },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /X-InContact-ContactId/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'an external id that is stored as an attribute',
    given: (url) => open(url, { contactId: '463012345678', attributes: { externalSessionId: 'abc-123' } }),
    send: { path: '/api/v2/contacts/abc-123/attributes' },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /attribute "externalSessionId" of a contact.*send the id of that contact, 463012345678/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'the id of a conversation',
    given: (url) => open(url, { conversationId: CONVERSATION, contactId: '463012345678' }),
    send: { path: `/api/v2/contacts/${CONVERSATION}/attributes` },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /id of a conversation.*runs on: 463012345678/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'beyond int64',
    send: { path: '/api/v2/contacts/9223372036854775808/attributes' },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /beyond int64/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'through floating point',
    send: { path: '/api/v2/contacts/4.63e11/attributes' },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /floating-point/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'an ocpSessionId',
    send: { path: '/api/v2/contacts/4597359:463012345678/attributes' },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /behind the colon, 463012345678/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'empty',
    send: { path: '/api/v2/contacts//attributes' },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /had no value/,
  },
  {
    code: 'CONTACT_PLACEHOLDER',
    name: 'Cognigy’s test chat',
    send: { path: '/api/v2/contacts/100000000000/attributes' },
    status: 400,
    in: 'path',
    pointer: '/contactId',
    remedy: /test chat/,
  },
  {
    code: 'CONTACT_UNKNOWN',
    name: 'nobody has it',
    send: { path: '/api/v2/contacts/463012345678/attributes' },
    status: 404,
    in: 'path',
    pointer: '/contactId',
    remedy: /"contactId": "463012345678"/,
  },
  {
    code: 'USER_UNKNOWN',
    name: 'nobody has it',
    send: { path: '/api/v2/users/customer-17/attributes' },
    status: 404,
    in: 'path',
    pointer: '/userId',
    remedy: /"userId": "customer-17"/,
  },
  {
    code: 'SKILL_UNKNOWN',
    name: 'in a handover',
    given: (url) => open(url),
    send: { body: { ...valid, skillId: 4999 } },
    status: 400,
    in: 'body',
    pointer: '/skillId',
    remedy: /config file under "skills"/,
  },

  {
    code: 'ROUTE_UNKNOWN',
    name: 'an empty id at the end',
    send: { path: `${HANDOVER}/` },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /id at the end of the path is empty/,
  },
  {
    code: 'ROUTE_UNKNOWN',
    name: 'the beginning of the path missing',
    send: { path: '/v2/conversations/webchat', body: valid },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /POST \/api\/v2\/conversations\/webchat\? Its beginning is missing/,
  },
  {
    code: 'ROUTE_UNKNOWN',
    name: 'a base URL of one’s own',
    send: { path: '/tenant-1/api/v2/conversations/webchat', body: valid },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /"\/tenant-1" before it belongs to no path.*\/t\/\{tenant\}/,
  },
  {
    code: 'ROUTE_UNKNOWN',
    name: 'a slash that is encoded',
    send: { path: '/api/v2/contacts/463012345678%2Fattributes' },
    status: 404,
    in: 'path',
    pointer: '',
    remedy: /%2F/,
  },
  {
    code: 'BODY_NOT_JSON',
    name: 'a variable without a value',
    send: { body: '{"sessionId":,"metadata":{}}' },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /key without a value/,
  },
  {
    code: 'BODY_NOT_JSON',
    name: 'UTF-16 without a byte order mark',
    send: { body: Buffer.from('{"sessionId":"x"}', 'utf16le') },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /UTF-16/,
  },
  {
    code: 'BODY_NOT_UTF8',
    name: 'gzip without its header',
    send: { body: gzipSync(JSON.stringify(valid)) },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /Content-Encoding: gzip/,
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'a query parameter in another case',
    send: { path: '/api/v2/contacts?Attribute=a&value=b' },
    status: 400,
    in: 'query',
    pointer: '/attribute',
    remedy: /Rename "Attribute" to "attribute"/,
    received: /^only "Attribute" and "value"$/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a body that is a number',
    send: { body: '5' },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /^Send the body as an object\.$/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an id that is the number of a known contact',
    given: (url) => open(url, { conversationId: CONVERSATION, contactId: '463012345678' }),
    send: { body: { sessionId: 463012345678 } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`"${CONVERSATION}": send that`),
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an id that is a number beyond 2^53',
    send: { body: '{"sessionId": 12345678901234567890}' },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /loses digits/,
    received: /^about 1\.2346e\+19/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a template where a number belongs',
    send: { body: { ...valid, skillId: '{{skill}}' } },
    status: 400,
    in: 'body',
    pointer: '/skillId',
    remedy: /template "\{\{skill\}\}" was sent/,
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'an empty user in a path',
    send: { path: '/api/v2/users//attributes' },
    status: 400,
    in: 'path',
    pointer: '/userId',
    remedy: /had no value/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a character that cannot be seen',
    send: { body: { sessionId: `${CONVERSATION}\u200b` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`U\\+200B: send "${CONVERSATION}"`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'the id inside a longer text',
    send: { body: { sessionId: `https://cxone.example/c/${CONVERSATION}?x=1` } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: new RegExp(`longer text: send "${CONVERSATION}" alone`),
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'the name of a variable',
    send: { body: { sessionId: 'input.sessionId' } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /name of a variable, not its value.*\{\{input\.sessionId\}\}/,
  },
  {
    code: 'CONVERSATION_ID_FORMAT',
    name: 'a whole text',
    send: { body: { sessionId: '{'.repeat(200_000) } },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /200000 characters/,
  },
  {
    code: 'CONTACT_ID_FORMAT',
    name: 'a JSON number beyond 2^53',
    send: { path: '/_emulator/conversations', body: '{"contactId": 12345678901234567890}' },
    status: 400,
    in: 'body',
    pointer: '/contactId',
    remedy: /loses digits: send the id as a string/,
  },
  {
    code: 'HOST_REFUSED',
    name: 'the control API through a tunnel',
    send: { path: '/_emulator/state', headers: { host: 'abc.ngrok.app' } },
    status: 403,
    in: 'header',
    pointer: '/host',
    remedy: /--allowed-hosts abc\.ngrok\.app/,
    received: /abc\.ngrok\.app/,
  },
  {
    code: 'ORIGIN_REFUSED',
    name: 'a page of another origin resets',
    send: { method: 'POST', path: '/_emulator/reset', headers: { origin: 'https://example.com' } },
    status: 403,
    in: 'header',
    pointer: '/origin',
    remedy: /--cors-origins https:\/\/example\.com/,
    received: /example\.com/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'a state that counts fewer records than it has',
    send: {
      method: 'PUT',
      path: '/_emulator/state',
      body: { ...stateWithout('users'), issued: { conversations: 0, contacts: 0, records: 1 } },
    },
    status: 400,
    in: 'body',
    pointer: '/issued/records',
    remedy: /as it was/,
  },

  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'the id in the query instead of the body',
    send: { path: `${HANDOVER}?sessionId=${CONVERSATION}`, body: {} },
    status: 400,
    in: 'body',
    pointer: '/sessionId',
    remedy: /stands in the query: this operation reads "sessionId" from the body only/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'a field missing deep in a state',
    send: { method: 'PUT', path: '/_emulator/state', body: { ...stateWithout('users'), skills: [{ skillId: 1, agents: 1 }] } },
    status: 400,
    in: 'body',
    pointer: '/skills/0/name',
    remedy: /Add "name" to the object at "\/skills\/0"/,
  },

  // Control API
  {
    code: 'SKILL_UNKNOWN',
    name: 'when a conversation is opened',
    send: { path: '/_emulator/conversations', body: { skillId: 4999 } },
    status: 400,
    in: 'body',
    pointer: '/skillId',
    remedy: /Send one of these/,
  },
  {
    code: 'TRACE_UNKNOWN',
    name: 'no such trace',
    send: { path: '/_emulator/traces/nothing' },
    status: 404,
    in: 'path',
    pointer: '/traceId',
    remedy: /GET \/_emulator\/traces/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'an unknown field',
    send: { path: '/_emulator/conversations', body: { conversationid: CONVERSATION } },
    status: 400,
    in: 'body',
    pointer: '/conversationid',
    remedy: /Rename "conversationid" to "conversationId"/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'an id that is taken',
    given: (url) => open(url),
    send: { path: '/_emulator/conversations', body: { conversationId: CONVERSATION } },
    status: 400,
    in: 'body',
    pointer: '/conversationId',
    remedy: /reset/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'a contact that is taken',
    given: (url) => open(url, { contactId: '463012345678' }),
    send: { path: '/_emulator/conversations', body: { contactId: '463012345678' } },
    status: 400,
    in: 'body',
    pointer: '/contactId',
    remedy: /Leave contactId out/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'an unknown parameter',
    send: { path: '/_emulator/traces?conversatonId=x' },
    status: 400,
    in: 'query',
    pointer: '/conversatonId',
    remedy: /Rename "conversatonId" to "conversationId"/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'a limit of nothing',
    send: { path: '/_emulator/traces?limit=0' },
    status: 400,
    in: 'query',
    pointer: '/limit',
    remedy: /from 1 on/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'a control call to be explained',
    send: { path: '/_emulator/explain', body: { path: '/_emul%61tor/reset' } },
    status: 400,
    in: 'body',
    pointer: '/path',
    remedy: /always shows its cause/,
  },
  {
    code: 'CONTROL_INPUT_INVALID',
    name: 'a state with a conversation on no contact',
    send: { method: 'PUT', path: '/_emulator/state', body: stateWithout('contacts') },
    status: 400,
    in: 'body',
    pointer: '/conversations/0/contactId',
    remedy: /as it was/,
  },
  {
    code: 'CONVERSATION_ENDED',
    name: 'ended twice',
    given: (url) => open(url, { conversationId: CONVERSATION, state: 'ended' }),
    send: { method: 'POST', path: `/_emulator/conversations/${CONVERSATION}/end` },
    status: 409,
    in: 'path',
    pointer: '/conversationId',
    remedy: /left before/,
  },
];

const WARNINGS: readonly WarningRow[] = [
  {
    code: 'CUSTOMER_UNHEARD',
    name: 'no script runs on the conversation',
    level: 'warn',
    given: open,
    send: { path: `/_emulator/conversations/${CONVERSATION}/messages`, body: { text: 'Hello?' } },
    in: 'path',
    pointer: '/conversationId',
    remedy: /Load a script whose trigger is a conversation \(of the channel webchat, or of any\)/,
  },
  ...TOKEN_WARNINGS,
  ...FAMILY_WARNINGS,
  {
    code: 'STATE_DROPPED',
    level: 'warn',
    name: 'what is looked for may have been dropped',
    options: { maxConversations: 1 },
    given: async (url) => {
      await open(url, { attributes: { externalSessionId: 'abc-123' } });
      await open(url);
    },
    send: { path: '/api/v2/conversations?attribute=externalSessionId&value=abc-123' },
    in: 'query',
    pointer: '/value',
    remedy: /--max-conversations/,
  },
  {
    code: 'STATE_DROPPED',
    level: 'warn',
    name: 'the whole tenant was dropped',
    options: { maxTenants: 1 },
    given: async (url) => {
      await open(url);
      await send(url, { method: 'POST', path: '/t/other/_emulator/conversations' });
    },
    send: { path: '/api/v2/users?attribute=a&value=b' },
    in: 'query',
    pointer: '/value',
    remedy: /--max-tenants/,
  },
  {
    code: 'ORIGIN_NOT_ALLOWED',
    level: 'warn',
    name: 'a page of another origin',
    given: open,
    send: { headers: { origin: 'http://localhost:3000' }, body: valid },
    in: 'header',
    pointer: '/origin',
    remedy: /--cors-origins http:\/\/localhost:3000/,
  },
  {
    code: 'UNKNOWN_FIELD',
    level: 'info',
    name: 'a field of one’s own',
    given: open,
    send: { body: { ...valid, source: 'bot' } },
    in: 'body',
    pointer: '/source',
    remedy: /let pass/,
  },
  {
    code: 'UNKNOWN_FIELD',
    level: 'warn',
    name: 'nearly a known field',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, metaData: { intent: 'billing' } } },
    in: 'body',
    pointer: '/metaData',
    remedy: /Rename "metaData" to "metadata"/,
  },
  {
    code: 'UNKNOWN_FIELD',
    level: 'warn',
    name: 'nearly a known field of metadata',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, metadata: { Intent: 'billing' } } },
    in: 'body',
    pointer: '/metadata/Intent',
    remedy: /Rename "Intent" to "intent"/,
  },
  {
    code: 'UNKNOWN_FIELD',
    level: 'warn',
    name: 'a known field inside an unknown one',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, data: { metadata: { intent: 'billing' } } } },
    in: 'body',
    pointer: '/data',
    remedy: /Move it from "\/data\/metadata" to the top level of the body, as "metadata"\. As it stands, it is not read/,
  },
  {
    code: 'UNKNOWN_FIELD',
    level: 'warn',
    name: 'a skill by another name',
    given: open,
    send: { body: { sessionId: CONVERSATION, targetSkillId: 4001 } },
    in: 'body',
    pointer: '/targetSkillId',
    remedy: /Rename "targetSkillId" to "skillId"/,
  },
  {
    code: 'UNKNOWN_FIELD',
    level: 'warn',
    name: 'a known field one level too high',
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4001, intent: 'billing' } },
    in: 'body',
    pointer: '/intent',
    remedy: /one level too high\. Move it from "\/intent" into the object at "\/metadata"/,
  },
  {
    code: 'UNKNOWN_FIELD',
    level: 'info',
    name: 'an unknown parameter',
    send: { path: '/api/v2/contacts?attribute=a&value=b&page=2' },
    in: 'query',
    pointer: '/page',
    remedy: /let pass/,
  },
  {
    code: 'TEMPLATE_UNRENDERED',
    level: 'warn',
    name: 'in metadata',
    given: open,
    send: { body: { ...valid, metadata: { intent: '{{context.intent}}' } } },
    in: 'body',
    pointer: '/metadata/intent',
    remedy: /CognigyScript/,
  },
  {
    code: 'TEMPLATE_UNRENDERED',
    level: 'warn',
    name: 'with one pair of braces',
    given: open,
    send: { body: { ...valid, metadata: { list: ['{context.intent}'] } } },
    in: 'body',
    pointer: '/metadata/list/0',
    remedy: /as it stands/,
  },
  {
    code: 'VALUE_UNSET',
    level: 'warn',
    name: 'an intent of a variable without a value',
    given: open,
    send: { body: { ...valid, metadata: { intent: 'undefined' } } },
    in: 'body',
    pointer: '/metadata/intent',
    remedy: /leave the field out/,
  },
  {
    code: 'VALUE_UNSET',
    level: 'warn',
    name: 'an object put into a text',
    given: open,
    send: { body: { ...valid, metadata: { slots: ['[object Object]'] } } },
    in: 'body',
    pointer: '/metadata/slots/0',
    remedy: /reads it as the value/,
  },
  {
    code: 'TEXT_GARBLED',
    level: 'warn',
    name: 'a name whose UTF-8 was read as Latin-1',
    given: open,
    send: { body: { ...valid, metadata: { name: 'MÃ¼ller' } } },
    in: 'body',
    pointer: '/metadata/name',
    remedy: /read it as UTF-8 there/,
  },
  {
    code: 'NUMBER_ROUNDED',
    level: 'warn',
    name: 'an order number beyond 2^53-1',
    given: open,
    send: {
      body: `{"sessionId": "${CONVERSATION}", "skillId": 4001, "metadata": {"order": 12345678901234567890}}`,
    },
    in: 'body',
    pointer: '/metadata/order',
    remedy: /as a string, in double quotes/,
  },
  {
    code: 'TEMPLATE_UNRENDERED',
    level: 'warn',
    name: 'in a lookup',
    send: { path: `/api/v2/contacts?attribute=externalSessionId&value=${encodeURIComponent('{{context.id}}')}` },
    in: 'query',
    pointer: '/value',
    remedy: /as it stands/,
  },
  {
    code: 'HANDOVER_REPEATED',
    level: 'info',
    name: 'the same again',
    given: async (url) => {
      await open(url);
      await send(url, { body: valid });
    },
    send: { body: valid },
    in: 'body',
    pointer: '/sessionId',
    remedy: /retry/,
  },
  {
    code: 'HANDOVER_UNROUTED',
    level: 'warn',
    name: 'no skill',
    given: open,
    send: { body: { sessionId: CONVERSATION } },
    in: 'body',
    pointer: '/skillId',
    remedy: /Send skillId, such as 4001/,
  },
  {
    code: 'SKILL_UNSTAFFED',
    level: 'warn',
    name: 'no agent',
    options: { skills: [{ skillId: 4002, name: 'Night', agents: 0 }] },
    given: open,
    send: { body: { sessionId: CONVERSATION, skillId: 4002 } },
    in: 'body',
    pointer: '/skillId',
    remedy: /give the skill agents/,
  },
  {
    code: 'CONVERSATION_ADOPTED',
    level: 'warn',
    name: 'an unknown conversation',
    options: { unknownConversations: 'adopt' },
    send: { body: valid },
    in: 'body',
    pointer: '/sessionId',
    remedy: /CXone refuses an id that it did not generate/,
  },
  {
    code: 'ATTRIBUTE_NO_MATCH',
    level: 'warn',
    name: 'a variable without a value',
    send: { path: '/api/v2/contacts?attribute=externalSessionId&value=undefined' },
    in: 'query',
    pointer: '/value',
    remedy: /nothing filled in/,
  },
  {
    code: 'ATTRIBUTE_NO_MATCH',
    level: 'warn',
    name: 'nothing stored with users',
    send: { path: '/api/v2/users?attribute=externalSessionId&value=abc-123' },
    in: 'query',
    pointer: '/value',
    remedy: /PATCH \/api\/v2\/users\/\{userId\}\/attributes/,
  },
  {
    code: 'ATTRIBUTE_NO_MATCH',
    level: 'warn',
    name: 'nothing stored',
    send: { path: '/api/v2/contacts?attribute=externalSessionId&value=abc-123' },
    in: 'query',
    pointer: '/value',
    remedy: /Store it first.*PATCH/,
  },
  {
    code: 'ATTRIBUTE_NO_MATCH',
    level: 'warn',
    name: 'stored under another name',
    given: (url) => open(url, { attributes: { externalSessionID: 'abc-123' } }),
    send: { path: '/api/v2/contacts?attribute=externalSessionId&value=abc-123' },
    in: 'query',
    pointer: '/value',
    remedy: /another name, "externalSessionID"/,
  },
  {
    code: 'ATTRIBUTE_NO_MATCH',
    level: 'warn',
    name: 'stored with the contact, asked of users',
    given: (url) => open(url, { attributes: { externalSessionId: 'abc-123' } }),
    send: { path: '/api/v2/users?attribute=externalSessionId&value=abc-123' },
    in: 'query',
    pointer: '/value',
    remedy: /\/api\/v2\/contacts/,
  },
  {
    code: 'ATTRIBUTE_AMBIGUOUS',
    level: 'warn',
    name: 'two have it',
    given: async (url) => {
      await open(url, { attributes: { externalSessionId: 'abc-123' } });
      await open(url, { attributes: { externalSessionId: 'abc-123' } });
    },
    send: { path: '/api/v2/conversations?attribute=externalSessionId&value=abc-123' },
    in: 'query',
    pointer: '/value',
    remedy: /newest comes first/,
  },
  {
    code: 'BODY_BOM',
    level: 'warn',
    name: 'a byte order mark',
    given: open,
    send: { body: `\ufeff${JSON.stringify(valid)}` },
    in: 'body',
    pointer: '',
    remedy: /without a byte order mark/,
  },
  {
    code: 'JSON_DUPLICATE_KEY',
    level: 'info',
    name: 'a key twice',
    given: open,
    send: { body: `{"sessionId":"x","skillId":4001,"sessionId":"${CONVERSATION}"}` },
    in: 'body',
    pointer: '/sessionId',
    remedy: /last one wins/,
  },
  {
    code: 'ACCEPT_MISSING',
    level: 'warn',
    name: 'no Accept header',
    given: open,
    send: { headers: { accept: undefined }, body: valid },
    in: 'header',
    pointer: '/accept',
    remedy: /Accept: application\/json/,
  },
  {
    code: 'ACCEPT_MISSING',
    level: 'warn',
    name: 'XML only',
    given: open,
    send: { headers: { accept: 'text/xml' }, body: valid },
    in: 'header',
    pointer: '/accept',
    remedy: /Accept: application\/json/,
  },
];

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${String(index)}`, 'x']));
}

function stateWithout(list: string): Record<string, unknown> {
  const createdAt = '2026-03-01T09:30:00.000Z';
  const contact = {
    contactId: '463012345678',
    masterContactId: '463012345678',
    conversationId: CONVERSATION,
    userId: null,
    order: 1,
    attributes: {},
    createdAt,
  };
  const conversation = {
    conversationId: CONVERSATION,
    contactId: '463012345678',
    userId: null,
    channel: 'webchat',
    order: 2,
    state: 'bot',
    skillId: null,
    handover: null,
    createdAt,
    queuedAt: null,
    endedAt: null,
  };
  return {
    version: 1,
    issued: { conversations: 0, contacts: 0, records: 2 },
    skills: [],
    users: [],
    contacts: [contact],
    conversations: [conversation],
    [list]: [],
  };
}

/** What is told of the messages between Studio and a bot: the rows stand in test/bots and test/bot. */
const OF_BOTS: readonly Code[] = ['BOT_UNREACHABLE', 'BOT_RESPONSE_INVALID', 'BOT_ERROR', 'BOT_TURN_INVALID'];

test('BOT_RESPONSE_INVALID: a bot whose answer has no branch', () => {
  expect(contracts.faultsInAnswer('exchange', { branchname: 'Error' })[0]).toMatchObject({
    code: 'BOT_RESPONSE_INVALID',
    in: 'body',
    pointer: '/branchName',
    received: 'an object with "branchname"',
    remedy: 'Rename "branchname" to "branchName". Names are case-sensitive, and every letter counts.',
  });
});

test('BOT_TURN_INVALID: a stand-in bot whose first turn is what a customer wrote', () => {
  const turn = { userInputType: 'TEXT', userInput: 'Hello', executionInfo: { contactId: 463012345678, busNo: 4597359 } };
  const { status, body } = botOf('name: b\nrules: [{ on: any }]\n').answer(JSON.stringify(turn));
  expect(status).toBe(400);
  expect(JSON.parse(body)).toMatchObject({ code: 'BOT_TURN_INVALID', pointer: '/userInputType', received: '"TEXT"' });
  expect(body).toMatch(/Studio begins with AUTOMATED_TEXT/);
});

/** Codes that no ordinary request can raise; each has its own test below, those of an upstream in test/recording. */
const ON_THE_WIRE: readonly Code[] = [
  'EMULATOR_BUSY',
  'ANSWER_NOT_READ',
  'HTTP_MALFORMED',
  'HEADERS_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'CLIENT_DISCONNECTED',
  'INTERNAL',
  'UPSTREAM_FAILED',
  'UPSTREAM_TIMEOUT',
];

async function arranged(
  row: Pick<Row, 'options' | 'scripts' | 'given' | 'send'>,
): Promise<{ started: Emulator; message: Message; answer: Answer; before: string }> {
  const scripts = row.scripts === undefined ? {} : { scripts: await scriptsFolder(row.scripts) };
  const started = await emulator({ ...row.options, ...scripts });
  await row.given?.(started.url);
  const message = typeof row.send === 'function' ? await row.send(started.url) : row.send;
  const before = (await send(started.url, { path: '/_emulator/state' })).text;
  return { started, before, message, answer: await send(started.url, message) };
}

describe('a refusal names its cause', () => {
  test.each(REFUSALS)('$code: $name', async (row) => {
    const { started, message, answer, before } = await arranged(row);

    expect(answer).toMatchObject({
      status: row.status,
      headers: { 'x-emulator-cause': row.code, 'content-type': 'application/json; charset=utf-8' },
    });
    const trace = await traceOf(started.url, answer, /^\/t\/[a-z]+/.exec(message.path ?? '')?.[0]);
    expect(trace.outcome).toBe('rejected');
    const cause = trace.entries.find(({ level }) => level === 'error');
    expect(cause).toMatchObject({ code: row.code, in: row.in, pointer: row.pointer });
    expect(cause?.remedy).toMatch(row.remedy);
    expect(cause?.received).toMatch(row.received ?? /./);
    expect(cause?.expected).toMatch(/./);
    expect(cause?.provenance).toBe(row.provenance ?? CATALOGUE[row.code].provenance);
    if (message.path?.includes('_emulator') !== true) {
      const oauth = /^\/(?:auth|\.well-known|inContactAPI)/i.test(message.path?.replace(/^\/t\/\w+/, '') ?? '');
      expect(Object.keys(answer.body)).toEqual(oauth ? ['error', 'error_description'] : ['errorCode', 'message']);
      expect(answer.body).toMatchObject(row.body ?? {});
    } else {
      expect(answer.body.cause).toMatchObject({ code: row.code, pointer: row.pointer, remedy: cause?.remedy });
    }
    expect((await send(started.url, { path: '/_emulator/state' })).text).toBe(before);
  });
});

describe('a warning marks what passes here', () => {
  test.each(WARNINGS)('$code: $name', async (row) => {
    const { started, answer } = await arranged({
      ...row,
      given: async (url) => (row.given === open ? open(url) : row.given?.(url)),
    });

    expect(answer.status).toBeLessThan(300);
    expect(answer.headers).not.toHaveProperty('x-emulator-cause');
    const trace = await traceOf(started.url, answer);
    expect(trace.outcome).toBe('accepted');
    const entry = trace.entries.find(({ code }) => code === row.code);
    expect(entry).toMatchObject({ level: row.level, in: row.in, pointer: row.pointer });
    expect(entry?.remedy).toMatch(row.remedy);
    expect(entry?.received).toMatch(row.received ?? /./);
  });

  test('a sound handover has none', async () => {
    const { started, answer } = await arranged({ given: (url) => open(url), send: { body: valid } });
    expect(answer.status).toBe(200);
    expect((await traceOf(started.url, answer)).entries.filter(({ level }) => level !== 'info')).toEqual([]);
  });
});

describe('what never becomes a request is answered and traced too', () => {
  const newest = (started: Emulator): TraceEntry | undefined =>
    started.traces()[0]?.entries.find(({ level }) => level === 'error');

  test.each([
    { name: 'not HTTP', bytes: 'hello\r\n\r\n', remedy: /method that HTTP knows/ },
    {
      name: 'TLS',
      bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]),
      remedy: /http:\/\/ instead of https:\/\//,
    },
    { name: 'HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', remedy: /HTTP\/1\.1/ },
    { name: 'no Host header', bytes: `GET ${HANDOVER} HTTP/1.1\r\nConnection: close\r\n\r\n`, remedy: /header Host/ },
    {
      name: 'more than was announced',
      bytes: `GET ${HANDOVER}/x HTTP/1.1\r\nHost: x\r\n\r\n{"sessionId": "x"}\r\n\r\n`,
      remedy: /more bytes than its Content-Length announced/,
    },
    {
      name: 'a path without its slash',
      bytes: `GET ${HANDOVER.slice(1)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      remedy: /Begin the path with a slash/,
    },
    {
      name: 'a path with a space in it',
      bytes: `GET ${HANDOVER}/the id HTTP/1.1\r\nHost: x\r\n\r\n`,
      remedy: /encodeURIComponent/,
    },
    {
      name: 'a path that is not encoded',
      bytes: `GET ${HANDOVER}/M\u00fcller HTTP/1.1\r\nHost: x\r\n\r\n`,
      remedy: /encodeURIComponent/,
    },
    {
      name: 'a bad chunk',
      bytes: `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      remedy: /HTTP library/,
    },
  ])('HTTP_MALFORMED: $name', async ({ name, bytes, remedy }) => {
    const started = await emulator();
    const answer = await talk(started.url, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/x-emulator-cause: HTTP_MALFORMED/i);
    expect(answer).toMatch(/\{"errorCode":"BadRequest","message":"Bad Request"\}$/);
    expect(newest(started)).toMatchObject(
      name === 'no Host header'
        ? { code: 'HTTP_MALFORMED', in: 'header', pointer: '/host' }
        : { code: 'HTTP_MALFORMED', in: null, pointer: null },
    );
    expect(newest(started)?.remedy).toMatch(remedy);
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

  test('ANSWER_NOT_READ: a caller that takes nothing is given up, and its answers no longer count', async () => {
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

  test('CLIENT_DISCONNECTED: a warning where the answer took 8 s', async () => {
    let now = 0;
    const started = await emulator({ clock: { now: () => 0, monotonic: () => (now += 3000) } });
    const answer = await send(started.url, { body: valid });
    const entry = (await traceOf(started.url, answer)).entries.find(({ code }) => code === 'CLIENT_DISCONNECTED');
    expect(entry).toMatchObject({ level: 'warn', in: null, pointer: null });
    expect(entry?.remedy).toMatch(/8 s/);
  });

  test('CLIENT_DISCONNECTED: no warning where a call of the control API took as long, which may have asked to wait', async () => {
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

  test('INTERNAL: a bug of ours is told as one, and nothing of the request stays', async () => {
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
});

test('every code of the catalogue has a row', () => {
  const tested = new Set<string>([...REFUSALS, ...WARNINGS].map(({ code }) => code).concat(ON_THE_WIRE, OF_BOTS));
  expect(Object.keys(CATALOGUE).filter((code) => !tested.has(code))).toEqual([]);
});
