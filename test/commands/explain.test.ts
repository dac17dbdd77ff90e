/** `cxone-emulator explain`: what a payload would be answered, and why, without a server; its exit code can guard a pipeline. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CONVERSATION } from '../support/client.js';
import { run } from '../support/cli.js';

const THREAD = '{"sessionId": "abc-123", "metadata": {"intent": "billing"}}';
const SOUND = `{"sessionId": "${CONVERSATION}", "skillId": 4001}`;

async function file(text: string | Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'payload-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'payload.json'), text);
  return join(folder, 'payload.json');
}

test('a payload that is refused: 1, with where, expected, received and remedy, and the way that it went', async () => {
  const { code, out, err } = await run(['explain', await file(THREAD)]);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(/^POST \/api\/v2\/conversations\/webchat {2}400 rejected CONVERSATION_ID_FORMAT {2}\d/);
  expect(out).toMatch(
    /cause +CONVERSATION_ID_FORMAT {2}sessionId is not[^]*where +body \/sessionId\n +expected +a conv[^]*received +"abc-123" \(a string\)\n +remedy +This looks like[^]*known from +what users told in public\n/,
  );
  expect(out).toMatch(/ms {2}route +POST [^]*ms {2}check-rules +CONVERSATION_ID_FORMAT/);
  expect(out).toContain(`\n  request\n    ${THREAD}\n\n  response\n    {"errorCode":"BadRequest","message":"Bad Request"}\n`);
});

test('one that is accepted: 0, from the standard input, with a warning that nobody here knows the id', async () => {
  const { code, out } = await run(['explain', '-'], SOUND);
  expect(code).toBe(0);
  expect(out).toMatch(/^POST \S+ {2}200 accepted {2}/);
  expect(out).toMatch(/warning +CONVERSATION_ADOPTED/);
  const refused = await run(['explain', '-', '--unknown-conversations', 'refuse'], SOUND);
  expect({ code: refused.code, out: refused.out }).toEqual({ code: 1, out: expect.stringContaining('CONVERSATION_UNKNOWN') });
});

describe('what is sent is as it is said', () => {
  test.each<readonly [string, readonly string[], string | Buffer, number, string]>([
    ['the type of form data', ['--content-type', 'application/x-www-form-urlencoded'], THREAD, 1, 'CONTENT_TYPE_FORM'],
    ['no type', ['--content-type', ''], THREAD, 1, 'CONTENT_TYPE_MISSING'],
    ['bytes that are no UTF-8', [], Buffer.from([0x7b, 0xff, 0x7d]), 1, 'BODY_NOT_UTF8'],
    ['a header', ['--header', 'Content-Encoding: gzip'], THREAD, 1, 'BODY_ENCODING_INVALID'],
    ['another method', ['--method', 'PUT'], THREAD, 1, 'METHOD_NOT_ALLOWED'],
    ['another path', ['--path', '/api/v2/conversations/webchats'], THREAD, 1, 'ROUTE_UNKNOWN'],
    ['a setting', ['--auth', 'strict'], THREAD, 1, 'TOKEN_MISSING'],
    ['a tenant', ['--path', '/t/Alpha/api/v2/conversations/webchat'], THREAD, 1, 'TENANT_NAME_INVALID'],
    ['a webhook', ['--scripts', 'scenarios/scripts', '--path', '/webhooks/wrong-external-id'], THREAD, 1, 'REST_CALL_FAILED'],
  ])('%s', async (_, args, payload, code, cause) => {
    const ran = await run(['explain', '-', ...args], payload);
    expect(ran.out.split('\n')[0]).toContain(cause);
    expect(ran.code).toBe(code);
  });

  test('nothing, where there is no payload', async () => {
    const { code, out } = await run(['explain', '--method', 'GET', '--path', '/api/v2/conversations?attribute=a&value=b']);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^GET \S+ {2}200 accepted/) });
  });
});

describe('bad input: 2, and nothing on the standard output', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['a file that is not there', ['nowhere.json'], 'there is no file nowhere.json'],
    ['a folder', ['src'], 'src cannot be read'],
    ['a path without a slash', ['-', '--path', 'api'], '--path must begin with a slash'],
    ['a path of the control API', ['-', '--path', '/_emulator/reset'], 'Send the request itself'],
    ['no method', ['-', '--method', 'P OST'], '--method must be a method'],
    ['no header', ['-', '--header', 'Authorization'], 'It must be of the form "Name: value"'],
    ['an option that there is not', ['-', '--contnt-type', 'x'], 'Did you mean --content-type?'],
    ['a bad setting', ['-', '--auth', 'none'], 'auth must be lax or strict'],
  ])('%s', async (_, args, told) => {
    const { code, out, err } = await run(['explain', ...args], THREAD);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(told);
  });
});

test('more than one payload is bad input: none of them would have been looked at', async () => {
  const { code, out, err } = await run(['explain', await file(SOUND), await file(THREAD)]);
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining('too many arguments') });
});
