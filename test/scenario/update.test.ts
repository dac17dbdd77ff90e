/** `replay --update` from the built command line: what is changed, what is left, and how it is asked and written. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CONVERSATION, emulator } from '../support/client.js';
import { replayed, scenarioFolder } from '../support/replay.js';
import { SKIPS_FORBIDDEN } from '../support/runs.js';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function started(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { env: { PATH: process.env.PATH } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const updated = (...args: readonly string[]): Promise<Ended> =>
  ended(started(process.execPath, ['dist/cli.js', 'replay', ...args, '--update']));

/** The file after an update that writes; `text` is a whole scenario. */
async function changedTo(text: string, ...more: readonly string[]): Promise<Ended & { text: string }> {
  const folder = await scenarioFolder({ 's.yaml': text });
  const run = await updated(join(folder, 's.yaml'), '--yes', ...more);
  return { ...run, text: await readFile(join(folder, 's.yaml'), 'utf8') };
}

const HEAD = `# The first line
name: drifted   # three blanks
given: { conversations: [{ conversationId: &id ${CONVERSATION} }] }
steps:
`;

const REFUSED = `  - name: refused
    request: { path: /api/v2/conversations/webchat, body: { sessionId: abc-123 } }
`;

test('values are changed in place, step after step, and all other bytes stay', async () => {
  const { code, out, text } = await changedTo(`${HEAD}${REFUSED}    expect:
      status: 200   # what we thought
      body: { errorCode: 'Bad',  message: "Bad Request" }
      cause: CONTENT_TYPE_FORM

  - name: handed over
    request: { path: /api/v2/conversations/webchat, body: { sessionId: *id } }
    expect:
      status: 201
      body:   { conversationId: *id, state: "waiting" } # state
      cause:
        code: BODY_EMPTY
        pointer: /sessionId
      conversation: { state: $any }
`);
  expect(text).toBe(`${HEAD}${REFUSED}    expect:
      status: 400   # what we thought
      body: { errorCode: 'BadRequest',  message: "Bad Request" }
      cause: CONVERSATION_ID_FORMAT

  - name: handed over
    request: { path: /api/v2/conversations/webchat, body: { sessionId: *id } }
    expect:
      status: 200
      body:   { conversationId: *id, state: "queued" } # state
      cause: none
      conversation: { state: $any }
`);
  expect(code).toBe(0);
  expect(out).toContain('-      status: 200   # what we thought\n');
  expect(out).toContain('+      status: 400   # what we thought\n');
  expect(out).toMatch(/@@ -\d+,\d+ \+\d+,\d+ @@/);
});

const LISTS: readonly (readonly [string, string, string, string?])[] = [
  ['a flow list becomes none', 'warnings: [SIGNAL_UNHEARD]', 'warnings: none', REFUSED],
  ['a block list becomes none', 'warnings:\n        - SIGNAL_UNHEARD # no', 'warnings: none', REFUSED],
  ['none becomes a list', 'warnings: none', 'warnings: [ HANDOVER_UNROUTED ]'],
  [
    'what stays in a list stays with its comments',
    'warnings:\n        # nobody\n        - HANDOVER_UNROUTED # still\n        - SIGNAL_UNHEARD',
    'warnings:\n        # nobody\n        - HANDOVER_UNROUTED # still',
  ],
  ['in a flow list, too', 'warnings: [  SIGNAL_UNHEARD,  HANDOVER_UNROUTED  ]', 'warnings: [  HANDOVER_UNROUTED  ]'],
  ['a member that does not come', 'body: { nothing: here }', 'body: { nothing: $absent }'],
  [
    'a text of several lines',
    'conversation:\n        state: | # of the bot\n          one\n          two',
    'conversation:\n        state: queued # of the bot',
  ],
  ['an object where a text was', 'conversation: { metadata: text }', 'conversation: { metadata: {} }'],
];

test('lists, none, and values of another kind', async () => {
  const file = (step: string | undefined, expected: string): string => {
    const on = `  - name: on\n    request: { path: /api/v2/conversations/webchat, body: { sessionId: *id } }\n`;
    return `${HEAD}${step ?? on}    expect:\n      status: ${step === undefined ? '200' : '400'}\n      ${expected}\n`;
  };
  const folder = await scenarioFolder(
    Object.fromEntries(LISTS.map(([name, before, , step]) => [`${name}.yaml`, file(step, before)])),
  );
  expect(await updated(folder, '--yes')).toMatchObject({ code: 0 });
  for (const [name, , after, step] of LISTS) expect(await readFile(join(folder, `${name}.yaml`), 'utf8')).toBe(file(step, after));
});

test('the other uses of an anchor mean what they meant', async () => {
  const shared = `${HEAD}${REFUSED}    expect: &answer
      status: 200   # here
  - name: health
    request: { path: /_emulator/health }
    expect: *answer
  - name: health again
    request: { path: /_emulator/health }
    expect: *answer
`;
  const { code, text } = await changedTo(shared);
  expect(text).toBe(
    shared
      .replace('expect: &answer\n      status: 200', 'expect:\n      status: 400')
      .replace('expect: *answer', 'expect: &answer { status: 200 }'),
  );
  expect(code).toBe(0);
});

test('what an alias stands for is changed at its own place alone', async () => {
  const { code, text } = await changedTo(`${HEAD}  - name: health
    request: { path: /_emulator/health }
    expect: &answer { status: 200, body: { status: ok } }
${REFUSED}    expect: *answer
`);
  expect(text).toContain('expect: &answer { status: 200, body: { status: ok } }\n');
  expect(text).toContain('expect: { status: 400, body: { status: $absent } }\n');
  expect(code).toBe(0);
});

test('what is another at each run gets a matcher, and nothing that is written fails the next time', async () => {
  const before = `${HEAD}  - name: opens
    request: { path: /_emulator/conversations, body: {} }
    expect: { status: 201, body: { conversationId: abc, contactId: '5', channel: x }, headers: { date: now } }
  - name: lists
    request: { path: /_emulator/conversations }
    expect: { body: { items: [] } }
  - name: a token
    request: { path: /auth/token, headers: { Content-Type: application/x-www-form-urlencoded, Authorization: 'Basic {{ "a:b" | base64_encode }}' }, bodyText: grant_type=client_credentials }
    expect: { body: { access_token: abc, expires_in: 1 } }
  - name: an address
    request: { path: /.well-known/openid-configuration }
    expect: { body: { issuer: abc } }
`;
  const folder = await scenarioFolder({ 's.yaml': before });
  const { code, out } = await updated(folder, '--yes');
  const text = await readFile(join(folder, 's.yaml'), 'utf8');
  expect(text).toContain(
    'body: { conversationId: { $type: string }, contactId: { $type: string }, channel: webchat }, headers: { date: { $type: string } } }',
  );
  expect(text).toContain('createdAt: { $type: string }');
  expect(text).toContain('body: { access_token: { $type: string }, expires_in: 3600 }');
  expect(text).not.toMatch(/127\.0\.0\.1/);
  expect(out).toContain('body /conversationId: it is another at each run, so { $type: string } stands there now');
  expect(code).toBe(0);
  expect(await replayed([folder])).toMatchObject({ code: 0 });
});

describe('left as it is, and told', () => {
  test.each([
    ['a matcher', "body: { message: { $matches: '^Good' } }", 'there stands the matcher {"$matches":"^Good"}'],
    ['a word that is one', 'body: { message: $absent }', 'there stands the matcher "$absent"'],
    ['a template', "body: { message: '{{ tenant.name }}' }", 'there stands the template'],
    ['an object with a matcher in it', 'body: { message: { a: { $type: string } } }', 'has a matcher in it'],
    ['a cause with one', undefined, 'has a matcher in it'],
  ])('%s', async (_, expected, message) => {
    const on = '  - name: on\n    request: { path: /api/v2/conversations/webchat, body: { sessionId: *id } }\n';
    const text =
      expected === undefined
        ? `${HEAD}${on}    expect: { cause: { code: BODY_EMPTY, remedy: { $contains: a } } }\n`
        : `${HEAD}${REFUSED}    expect: { status: 400, ${expected} }\n`;
    const run = await changedTo(text);
    expect(run).toMatchObject({ code: 1, text });
    expect(run.out).toContain(message);
    expect(run.out).toContain('No file would be changed.');
  });

  test('a step that could not be carried out, or says nothing of its status', async () => {
    const text = `${HEAD}  - name: nobody\n    request: { path: 'http://127.0.0.1:1/' }\n    expect: { status: 1 }\n`;
    const nobody = await changedTo(text);
    expect(nobody).toMatchObject({ code: 1, text });
    expect(nobody.out).toContain('this step was not carried out: Nothing listens at http://127.0.0.1:1.');
    const silent = await changedTo(HEAD + REFUSED);
    expect(silent).toMatchObject({ code: 1, text: HEAD + REFUSED });
    expect(silent.out).toContain('if it shall be refused, write expect: { status: 400 }');
  });

  test('a status that is another at each run; what else drifted is changed', async () => {
    const file = (health: string): string => `${HEAD}  - name: health
    request: { path: /_emulator/health }
    expect: { body: { status: ${health} } }
  - name: the second is lost
    fault: { operationId: handOverConversation, status: 503, nth: 2 }
  - name: two
    repeat:
      times: 2
      steps:
        - name: one of them
          request: { path: /api/v2/conversations/webchat, body: { sessionId: *id } }
          expect: { status: 201, body: { state: $any } }
`;
    const { code, text, out } = await changedTo(file('ill'));
    expect({ code, text }).toEqual({ code: 1, text: file('ok') });
    expect(out).toContain('status: it is another at each run, so that nothing written there would hold');
  });
});

describe('options and writing', () => {
  const DRIFTED = `${HEAD}${REFUSED}    expect: { status: 200 }\n`;

  test('without a terminal and without --yes nothing is written', async () => {
    const folder = await scenarioFolder({ 's.yaml': DRIFTED });
    const { code, out, err } = await updated(folder);
    expect(code).toBe(1);
    expect(out).toContain('+    expect: { status: 400 }\n');
    expect(err).toContain('Nothing was written: there is no terminal to ask at. Say --yes');
    expect(await readFile(join(folder, 's.yaml'), 'utf8')).toBe(DRIFTED);
  });

  test.each([
    [['--update', '--reporter', 'json'], '--reporter json: --update shows a person'],
    [['--watch', '--update'], 'give one of the two'],
    [['--yes'], '--yes: it says to write what --update found'],
  ])('%j is a bad option', async (args, told) => {
    const { code, out, err } = await ended(started(process.execPath, ['dist/cli.js', 'replay', 'scenarios', ...args]));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(told);
  });

  test('several files side by side, with a running emulator; permissions stay, and no other file is left', async () => {
    const folder = await scenarioFolder({
      'a.yaml': DRIFTED,
      'b.yaml': DRIFTED.replaceAll('\n', '\r\n'),
      'c.yaml': `${HEAD}${REFUSED}    expect: { status: 400 }\n`,
    });
    await chmod(join(folder, 'a.yaml'), 0o640);
    const { url } = await emulator();
    const { code, out } = await updated(folder, '--yes', '--target', url, '--parallel', '2');
    expect(code).toBe(0);
    expect(out).toContain(`Written: ${folder}/a.yaml, ${folder}/b.yaml.`);
    expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toBe(DRIFTED.replace('status: 200', 'status: 400'));
    expect(await readFile(join(folder, 'b.yaml'), 'utf8')).toBe(
      DRIFTED.replace('status: 200', 'status: 400').replaceAll('\n', '\r\n'),
    );
    expect((await stat(join(folder, 'a.yaml'))).mode & 0o777).toBe(0o640);
    expect((await readdir(folder)).sort()).toEqual(['a.yaml', 'b.yaml', 'bots', 'c.yaml', 'scripts']);
    expect(await replayed([folder])).toMatchObject({ code: 0 });
  });

  test('where nothing fails, nothing is asked', async () => {
    const folder = await scenarioFolder({ 's.yaml': DRIFTED.replace('200', '400') });
    const { code, out } = await updated(folder);
    expect(code).toBe(0);
    expect(out).toContain('Nothing to update: no scenario fails.');
  });

  const hasTerminal = String(spawnSync('script', ['--version']).stdout).includes('util-linux');
  test.skipIf(!hasTerminal && !SKIPS_FORBIDDEN).each([
    ['y', 0, 'Written: ', 'status: 400'],
    ['n', 1, 'Nothing was written.', 'status: 200'],
    ['', 1, 'Nothing was written.', 'status: 200'],
  ])('a person at a terminal is asked, and says %j', async (answer, code, told, status) => {
    const folder = await scenarioFolder({ 's.yaml': DRIFTED });
    const child = started('script', ['-qec', `'${process.execPath}' dist/cli.js replay '${folder}' --update`, '/dev/null']);
    child.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('[y/N]')) child.stdin!.write(`${answer}\n`);
    });
    const run = await ended(child);
    expect(stripVTControlCharacters(run.out)).toContain('Write 1 file? [y/N]');
    expect(run.out).toContain(told);
    expect(run.code).toBe(code);
    expect(await readFile(join(folder, 's.yaml'), 'utf8')).toContain(status);
  });
});
