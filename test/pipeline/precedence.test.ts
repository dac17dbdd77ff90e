/** Which of two faults a caller sees: the stages have an order, and the borders between codes are fixed. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Code } from '../../src/index.js';
import { CONVERSATION, emulator, HANDOVER, type Message, open, send, talk, traceOf } from '../support/client.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('borders', () => {
  test.each<{ name: string; send: Message; code: Code; pointer?: string }>([
    { name: 'a number for an id', send: { body: { sessionId: 463012345678 } }, code: 'SCHEMA_MISMATCH', pointer: '/sessionId' },
    { name: 'null for an id', send: { body: { sessionId: null } }, code: 'SCHEMA_MISMATCH', pointer: '/sessionId' },
    { name: 'an empty id', send: { body: { sessionId: '' } }, code: 'CONVERSATION_ID_FORMAT', pointer: '/sessionId' },
    { name: 'the text undefined', send: { body: { sessionId: 'undefined' } }, code: 'CONVERSATION_ID_FORMAT' },
    { name: 'white space around an id', send: { body: { sessionId: ` ${CONVERSATION}` } }, code: 'CONVERSATION_ID_FORMAT' },
    { name: 'a quoted template', send: { body: { sessionId: '{{context.sessionId}}' } }, code: 'CONVERSATION_ID_FORMAT' },
    { name: 'an unquoted template', send: { body: '{"sessionId": {{x}}}' }, code: 'BODY_NOT_JSON' },
    { name: 'neither body nor type', send: { method: 'POST' }, code: 'BODY_EMPTY' },
    {
      name: 'JSON encoded twice',
      send: { body: JSON.stringify(JSON.stringify({ sessionId: CONVERSATION })) },
      code: 'SCHEMA_MISMATCH',
    },
    { name: 'null as the whole body', send: { body: 'null' }, code: 'SCHEMA_MISMATCH' },
    { name: 'an empty form', send: { method: 'POST', headers: { ...form, 'content-length': '0' } }, code: 'BODY_EMPTY' },
    {
      name: 'an empty body in gzip',
      send: {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': '0' },
      },
      code: 'BODY_EMPTY',
    },
  ])('$name → $code', async ({ send: message, code, pointer }) => {
    const { url } = await emulator();
    const answer = await send(url, message);
    expect(answer.headers['x-emulator-cause']).toBe(code);
    if (pointer !== undefined) expect((await traceOf(url, answer)).entries.at(-1)).toMatchObject({ pointer });
  });

  test('chunked with nothing → BODY_EMPTY', async () => {
    const { url } = await emulator();
    const answer = await talk(
      url,
      `POST ${HANDOVER} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/x-emulator-cause: BODY_EMPTY/i);
  });

  test('a key __proto__ is kept as data', async () => {
    const { url } = await emulator();
    await open(url);
    const answer = await send(url, {
      body: `{"sessionId":"${CONVERSATION}","skillId":4001,"metadata":{"__proto__":{"x":1},"constructor":2}}`,
    });
    expect(answer.text).toContain('"metadata":{"__proto__":{"x":1},"constructor":2}');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test.each([
    'application/json; charset=UTF-8',
    'application/json;charset="utf-8"',
    'Application/JSON',
    'application/vnd.api+json',
    'text/json',
  ])('%s is JSON', async (type) => {
    const { url } = await emulator();
    await open(url);
    expect((await send(url, { headers: { 'content-type': type }, body: { sessionId: CONVERSATION } })).status).toBe(200);
  });

  test.each(['gzip', 'x-gzip', 'GZIP'])('a body in %s is read', async (encoding) => {
    const { url } = await emulator();
    await open(url);
    const body = gzipSync(JSON.stringify({ sessionId: CONVERSATION }));
    const answer = await send(url, { headers: { 'content-encoding': encoding }, body });
    expect(answer.status).toBe(200);
    expect((await traceOf(url, answer)).request.body).toContain(CONVERSATION);
  });
});

describe('of two faults the earlier stage wins', () => {
  const cut = gzipSync('{}').subarray(0, 8);

  test.each<{ name: string; send: Message; code: Code }>([
    { name: 'tenant before path', send: { path: '/t/Bad_Name/nowhere/%zz' }, code: 'TENANT_NAME_INVALID' },
    { name: 'path before route', send: { path: '/nowhere/%zz' }, code: 'PATH_MALFORMED' },
    {
      name: 'route before media type',
      send: { path: '/nowhere', headers: { 'content-type': 'text/xml' }, body: '<a/>' },
      code: 'ROUTE_UNKNOWN',
    },
    { name: 'method before body', send: { method: 'PUT', body: '{' }, code: 'METHOD_NOT_ALLOWED' },
    {
      name: 'media type before size',
      send: { headers: { 'content-type': 'text/xml' }, body: 'x'.repeat(2000) },
      code: 'CONTENT_TYPE_UNSUPPORTED',
    },
    {
      name: 'charset before encoding',
      send: { headers: { 'content-type': 'application/json; charset=latin1', 'content-encoding': 'zstd' }, body: '{}' },
      code: 'CHARSET_UNSUPPORTED',
    },
    {
      name: 'encoding before size',
      send: { headers: { 'content-encoding': 'zstd' }, body: 'x'.repeat(2000) },
      code: 'CONTENT_ENCODING_UNSUPPORTED',
    },
    {
      name: 'size before a bad encoding',
      send: { headers: { 'content-encoding': 'gzip' }, body: 'x'.repeat(2000) },
      code: 'BODY_TOO_LARGE',
    },
    {
      name: 'a bad encoding before form data',
      send: { headers: { ...form, 'content-encoding': 'gzip' }, body: cut },
      code: 'BODY_ENCODING_INVALID',
    },
    { name: 'not UTF-8 before form data', send: { headers: form, body: Buffer.from([0xff, 0x20]) }, code: 'BODY_NOT_UTF8' },
    { name: 'empty before form data', send: { headers: form, body: '   ' }, code: 'BODY_EMPTY' },
    { name: 'form data before syntax', send: { headers: form, body: '{"sessionId": ' }, code: 'CONTENT_TYPE_FORM' },
    { name: 'syntax before schema', send: { body: '{"skillId": "x", }' }, code: 'BODY_NOT_JSON' },
    { name: 'missing before type', send: { body: { skillId: 'x' } }, code: 'REQUIRED_FIELD_MISSING' },
    { name: 'type before value', send: { body: { sessionId: 1, skillId: 0 } }, code: 'SCHEMA_MISMATCH' },
    { name: 'schema before the form of the id', send: { body: { sessionId: 'abc-123', skillId: 'x' } }, code: 'SCHEMA_MISMATCH' },
    {
      name: 'the form of the id before the skill',
      send: { body: { sessionId: 'abc-123', skillId: 4999 } },
      code: 'CONVERSATION_ID_FORMAT',
    },
    {
      name: 'the end of a conversation before the skill',
      send: { body: { sessionId: '9d0c6a52-13c8-4f0e-8a77-52b1c3e4f6a8', skillId: 4999 } },
      code: 'CONVERSATION_ENDED',
    },
    {
      name: 'an unknown conversation before the skill',
      send: { body: { sessionId: CONVERSATION, skillId: 4999 } },
      code: 'CONVERSATION_UNKNOWN',
    },
    {
      name: 'the method before the token',
      send: { method: 'PUT', path: '/inContactAPI/services/v30.0/skills' },
      code: 'METHOD_NOT_ALLOWED',
    },
    {
      name: 'the token before the media type',
      send: { path: '/aai/tms/transcripts/post', headers: { 'content-type': 'text/xml' }, body: '<a/>' },
      code: 'TOKEN_MISSING',
    },
    {
      name: 'the token before the contact id',
      send: {
        method: 'POST',
        path: '/inContactAPI/services/v30.0/interactions/100000000000/signal',
        headers: { authorization: 'Bearer x' },
      },
      code: 'TOKEN_INVALID',
    },
    {
      name: 'the form before the grant, and that before the client',
      send: { path: '/auth/token', headers: form, body: 'grant_type=x' },
      code: 'SCHEMA_MISMATCH',
    },
    {
      name: 'the client before the access key',
      send: { path: '/auth/token', headers: form, body: 'grant_type=password' },
      code: 'CREDENTIALS_INVALID',
    },
  ])('$name → $code', async ({ send: message, code }) => {
    const { url } = await emulator({
      maxBody: '1kb',
      conversations: [{ conversationId: '9d0c6a52-13c8-4f0e-8a77-52b1c3e4f6a8', state: 'ended' }],
    });
    expect((await send(url, message)).headers['x-emulator-cause']).toBe(code);
  });

  test('all faults of a stage are told together, sorted: missing, type, other', async () => {
    const { url } = await emulator({ unknownFields: 'reject' });
    const answer = await send(url, { body: { skillId: 0, metadata: 7, extra: 1 } });
    const errors = (await traceOf(url, answer)).entries.filter(({ level }) => level === 'error');
    expect(errors.map(({ code, pointer }) => `${code ?? ''} ${pointer ?? ''}`)).toEqual([
      'REQUIRED_FIELD_MISSING /sessionId',
      'SCHEMA_MISMATCH /metadata',
      'SCHEMA_MISMATCH /skillId',
      'SCHEMA_MISMATCH /extra',
    ]);
  });

  test('the token is looked at before the media type', async () => {
    const { url } = await emulator();
    const answer = await send(url, { headers: { authorization: 'Bearer x', 'content-type': 'text/xml' }, body: '<a/>' });
    expect((await traceOf(url, answer)).entries.map(({ code }) => code)).toEqual([
      null,
      'TOKEN_NOT_CHECKED',
      'CONTENT_TYPE_UNSUPPORTED',
    ]);
  });

  test('a body may nest 64 deep, and no deeper', async () => {
    const { url } = await emulator();
    await open(url);
    const nested = (depth: number): string =>
      `{"sessionId":"${CONVERSATION}","skillId":4001,"metadata":{"a":${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}}}`;
    expect((await send(url, { body: nested(64) })).status).toBe(200);
    expect((await send(url, { body: nested(65) })).headers['x-emulator-cause']).toBe('SCHEMA_MISMATCH');
  });

  test('after an over-long body the connection is closed', async () => {
    const { url } = await emulator({ maxBody: '1kb' });
    expect((await send(url, { headers: { connection: 'keep-alive' }, body: 'x'.repeat(2000) })).headers.connection).toBe('close');
    expect((await send(url, { headers: { connection: 'keep-alive' }, body: {} })).headers.connection).toBe('keep-alive');
  });

  test('a trace keeps 8 KB of a body and knows its whole size; its texts are short, however long a key is', async () => {
    const { url } = await emulator();
    await open(url);
    const key = 'k'.repeat(20_000);
    const trace = await traceOf(url, await send(url, { body: { sessionId: CONVERSATION, metadata: { [key]: '{{x}}' } } }));
    expect(trace.request.body).toHaveLength(8192);
    expect(trace.request.bodyBytes).toBeGreaterThan(20_000);
    for (const entry of trace.entries) expect(JSON.stringify(entry).length).toBeLessThan(8000);
  });

  test('every trace has the body, whatever refused it', async () => {
    const { url } = await emulator();
    const answer = await send(url, { path: '/nowhere', headers: { 'content-type': 'text/xml' }, body: '<a/>' });
    expect((await traceOf(url, answer)).request).toMatchObject({ body: '<a/>', bodyBytes: 4 });
  });
});
