/** The type, the encoding and the text of a body. */
import { gzipSync } from 'node:zlib';
import { CONVERSATION, open } from '../support/client.js';
import { refusals, valid, warnings } from '../support/rows.js';

const noType = { 'content-type': undefined };
const thread = { sessionId: 'abc-123', metadata: { intent: 'billing' } };

refusals('CONTENT_TYPE_MISSING', { status: 400, in: 'header', pointer: '/content-type' }, [
  {
    name: 'JSON without a Content-Type',
    send: { headers: noType, body: thread },
    remedy: /looks like JSON.*Content-Type: application\/json/,
    received: /as form data the body is .*sessionId/,
  },
]);

refusals('CONTENT_TYPE_FORM', { status: 400, in: 'header', pointer: '/content-type' }, [
  {
    name: 'Cognigy’s HTTP Request node by default',
    send: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: JSON.stringify(thread) },
    remedy: /looks like JSON.*Cognigy’s HTTP Request node, choose the payload type JSON/,
  },
  {
    name: 'true form data',
    send: { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: 'sessionId=abc-123' },
    remedy: /^Send the fields as one JSON object/,
  },
]);

refusals('CONTENT_TYPE_UNSUPPORTED', { status: 415, in: 'header', pointer: '/content-type' }, [
  {
    name: 'set twice',
    send: { headers: { 'content-type': 'application/json, application/json' }, body: JSON.stringify(valid) },
    remedy: /Send one Content-Type/,
  },
  {
    name: 'text/plain',
    send: { headers: { 'content-type': 'text/plain' }, body: thread },
    remedy: /Content-Type: application\/json/,
  },
  {
    name: 'multipart',
    send: { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
    remedy: /not as multipart/,
  },
  { name: 'half a media type', send: { headers: { 'content-type': 'json' }, body: thread }, remedy: /in full/ },
]);

refusals('CHARSET_UNSUPPORTED', { status: 415, in: 'header', pointer: '/content-type' }, [
  {
    name: 'Latin-1',
    send: { headers: { 'content-type': 'application/json; charset=iso-8859-1' }, body: valid },
    remedy: /UTF-8/,
    received: /iso-8859-1/,
  },
]);

refusals('CONTENT_ENCODING_UNSUPPORTED', { status: 415, in: 'header', pointer: '/content-encoding' }, [
  { name: 'zstd', send: { headers: { 'content-encoding': 'zstd' }, body: valid }, remedy: /uncompressed/ },
  {
    name: 'a charset in the wrong header',
    send: { headers: { 'content-encoding': 'utf-8' }, body: valid },
    remedy: /remove the header/,
  },
]);

refusals('BODY_TOO_LARGE', { status: 413, in: 'body', pointer: '', options: { maxBody: '1kb' } }, [
  { name: 'over the limit', send: { body: { ...valid, metadata: { text: 'x'.repeat(2000) } } }, remedy: /--max-body/ },
  {
    name: 'over the limit once inflated',
    send: {
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ ...valid, metadata: { text: 'x'.repeat(100_000) } })),
    },
    remedy: /--max-body/,
    received: /inflate/,
  },
]);

refusals('BODY_ENCODING_INVALID', { status: 400, in: 'body', pointer: '' }, [
  {
    name: 'says gzip and is not',
    send: { headers: { 'content-encoding': 'gzip' }, body: valid },
    remedy: /not compressed: remove the header/,
  },
  {
    name: 'gzip, cut off',
    send: { headers: { 'content-encoding': 'gzip' }, body: gzipSync(JSON.stringify(valid)).subarray(0, 20) },
    remedy: /Compress the body whole/,
  },
]);

refusals('BODY_NOT_UTF8', { status: 400, in: 'body', pointer: '' }, [
  { name: 'Latin-1', send: { body: Buffer.from('{"sessionId": "M\xfcller"}', 'latin1') }, remedy: /Latin-1/ },
  { name: 'UTF-16', send: { body: Buffer.from(`\ufeff${JSON.stringify(valid)}`, 'utf16le') }, remedy: /PowerShell/ },
  { name: 'gzip without its header', send: { body: gzipSync(JSON.stringify(valid)) }, remedy: /Content-Encoding: gzip/ },
]);

refusals('BODY_EMPTY', { status: 400, in: 'body', pointer: '' }, [
  {
    name: 'nothing',
    send: { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '0' } },
    remedy: /variable that holds it had no value/,
  },
  { name: 'white space', send: { body: ' \n ' }, remedy: /Send the fields as JSON/ },
]);

refusals('BODY_NOT_JSON', { status: 400, in: 'body', pointer: '' }, [
  { name: 'single quotes', send: { body: "{'sessionId': 'abc'}" }, remedy: /Single quotes/, received: /line 1, column 2/ },
  {
    name: 'a comma at the end, on line 3',
    send: { body: '{\n  "sessionId": "abc",\n}' },
    remedy: /comma before the closing bracket/,
    received: /line 3, column 1/,
  },
  {
    name: 'a template that nothing filled in',
    send: { body: '{"sessionId": {{context.sessionId}}}' },
    remedy: /template was sent as it stands/,
  },
  { name: 'a variable without a value', send: { body: '{"sessionId":,"metadata":{}}' }, remedy: /key without a value/ },
  { name: 'UTF-16 without a byte order mark', send: { body: Buffer.from('{"sessionId":"x"}', 'utf16le') }, remedy: /UTF-16/ },
]);

warnings('BODY_BOM', { level: 'warn', in: 'body', pointer: '' }, [
  {
    name: 'a byte order mark',
    given: open,
    send: { body: `\ufeff${JSON.stringify(valid)}` },
    remedy: /without a byte order mark/,
  },
]);

warnings('JSON_DUPLICATE_KEY', { level: 'info', in: 'body', pointer: '/sessionId' }, [
  {
    name: 'a key twice',
    given: open,
    send: { body: `{"sessionId":"x","skillId":4001,"sessionId":"${CONVERSATION}"}` },
    remedy: /last one wins/,
  },
]);
