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
    ['a header twice', ['-', '--header', 'X-A: 1', '--header', 'x-a: 2'], 'put its values into one'],
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

describe('an operation that demands a token', () => {
  const SIGNAL = ['--path', '/inContactAPI/services/v30.0/interactions/463012345678/signal?p1=Escalate'];

  test('is refused without one, and a note names the option that sends one', async () => {
    const { code, out, err } = await run(['explain', ...SIGNAL]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('--token sends one that is good here') });
    expect(out).toContain('TOKEN_MISSING');
  });

  test.each(['', '/t/alpha'])(
    'is judged with --token, below the path "%s", once its contact stands in the config file',
    async (prefix) => {
      const [, path = ''] = SIGNAL;
      const unknown = await run(['explain', '--token', '--path', `${prefix}${path}`]);
      expect({ code: unknown.code, out: unknown.out }).toEqual({ code: 1, out: expect.stringContaining('CONTACT_UNKNOWN') });
      expect(unknown.out).toMatch(
        /remedy.*\{"contactId": "463012345678"\}, or the same object in the config file under "conversations"/,
      );
      const config = await file('conversations: [{"contactId": "463012345678"}]');
      const { code, out, err } = await run(['explain', '--token', '--config', config, '--path', `${prefix}${path}`]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^POST \S+ {2}202 accepted[^]*SIGNAL_UNHEARD/);
    },
  );

  test('takes --token or a header of its own, not both', async () => {
    const { code, out, err } = await run(['explain', ...SIGNAL, '--token', '--header', 'Authorization: Bearer x']);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining('not both') });
  });
});

describe('a whole request that was pasted instead of its body', () => {
  test.each<readonly [string, string, string]>([
    ['a curl command', `curl -X POST 'https://api.example.com/' -d '${SOUND}'`, 'send only what stands behind -d'],
    ['an HTTP message', `POST /x HTTP/1.1\r\nHost: x\r\n\r\n${SOUND}`, 'Send only the body, which stands below the empty line'],
    ['headers and body', `Content-Type: application/json\n\n${SOUND}`, 'Send only the body, which stands below the empty line'],
    ['an entry of a HAR file', JSON.stringify({ request: { postData: { text: SOUND } } }), 'in "/request/postData/text"'],
    ['what a gateway hands on', JSON.stringify({ httpMethod: 'POST', body: SOUND }), 'in "/body"'],
    ['Markdown', `\`\`\`json\n${SOUND}\n\`\`\``, 'between the lines with ```'],
    ['a character that cannot be seen', `{\u00a0${SOUND.slice(1)}`, 'U+00A0'],
  ])('%s', async (_, payload, remedy) => {
    const { code, out } = await run(['explain', '-'], payload);
    expect(code).toBe(1);
    expect(out.split('\n').find((line) => line.includes('remedy'))).toContain(remedy);
  });
});

test('a body that lacks a field is not taken for a request around another one, whatever its texts hold', async () => {
  const text = JSON.stringify({ sessionId: 'of the last session' });
  for (const body of [{ metadata: { note: text } }, { of: 1, around: JSON.stringify({ within: { sessionId: 'x' } }) }]) {
    const { code, out } = await run(['explain', '-'], JSON.stringify(body));
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('Add "sessionId" to the top level of the body.') });
  }
});

test('a header that is nearly Content-Type is named as what it is', async () => {
  const { code, out } = await run(['explain', '-', '--header', 'Conent-Type: application/json'], SOUND);
  expect({ code, out }).toEqual({
    code: 1,
    out: expect.stringMatching(/CONTENT_TYPE_MISSING[^]*remedy +Rename the header "conent-type"/),
  });
});

test('of an address that was copied whole, the path in it is named', async () => {
  const { code, err } = await run(['explain', '-', '--path', 'https://api.example.com/api/v2/conversations/webchat?a=b'], SOUND);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('such as "/api/v2/conversations/webchat?a=b"') });
});

describe('what HTTP cannot carry is refused as a server would refuse it', () => {
  const PATH = '/api/v2/conversations/webchat';
  test.each<readonly [string, readonly string[], string]>([
    [
      'a line break after the type, as Windows ends a line',
      ['--content-type', 'application/json\r\n'],
      'Remove the line break at the end',
    ],
    ['a line break in a header', ['--content-type', 'application/json\nX-A: b'], 'Remove the line break or control character'],
    ['a space after the path', ['--path', `${PATH} `], `Send "${PATH}", without the white space`],
    ['a letter that is not encoded', ['--path', `${PATH}/ü%20`], `Send "${PATH}/%C3%BC%20"`],
    ['a method that HTTP does not know', ['--method', 'FOO'], 'Send a method that HTTP knows'],
  ])('%s', async (_, args, remedy) => {
    const { code, out } = await run(['explain', '-', ...args], SOUND);
    expect(out).toMatch(/^\S+ .* {2}400 rejected HTTP_MALFORMED/);
    expect(out.split('\n').find((line) => line.includes('remedy'))).toContain(remedy);
    expect(code).toBe(1);
  });
});

test.each(['$SESSION_ID', '{global:sessionId}'])(
  'a variable that nothing filled in, %s, is not taken for the bot’s own id',
  async (id) => {
    const { out } = await run(['explain', '-'], JSON.stringify({ sessionId: id }));
    expect(out).toMatch(/CONVERSATION_ID_FORMAT[^]*remedy +The template was sent as it stands/);
  },
);
