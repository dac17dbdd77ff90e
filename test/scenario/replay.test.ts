/** The runner over real emulators: exit codes, reporters, artifacts, targets, interruption, and tenants that never meet. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ReplayOptions } from '../../src/cli/replay-setup.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';
import { replayed, scenarioFolder } from '../support/replay.js';
import { type Element, parseXml } from '../support/xml.js';

const HANDOVER = `
  - name: the bot hands over
    request: { path: /api/v2/conversations/webchat, body: { sessionId: ${CONVERSATION}, skillId: 4001 } }
    expect: { status: 200, warnings: none, conversation: { state: queued } }
`;
const GOOD = `name: good\ngiven: { conversations: [{ conversationId: ${CONVERSATION} }] }\nsteps:${HANDOVER}`;
const BAD = `name: bad
steps:
  - name: lists what there is
    request: { path: /_emulator/conversations }
    expect: { status: 200, body: { total: 0 } }
  - name: the bot sends its own id
    request: { path: /api/v2/conversations/webchat, body: { sessionId: abc-123 } }
    expect: { status: 200 }
  - name: never reached
    request: { path: /_emulator/health }
`;

function cli(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], { env: { PATH: process.env.PATH, ...environment } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('exit codes of the command', () => {
  test('0 where all pass', async () => {
    const folder = await scenarioFolder({ 'good.yaml': GOOD });
    const { code, out } = await ended(cli(['replay', folder]));
    expect(out).toMatch(/^✓ good {2}1 step, \d+/);
    expect({ code, last: out.trim().split('\n').at(-1) }).toEqual({
      code: 0,
      last: expect.stringMatching(/^1 scenario: 1 passed {2}\(1 step, /),
    });
  });

  test('1 where an expectation fails', async () => {
    const folder = await scenarioFolder({ 'bad.yaml': BAD, 'good.yaml': GOOD });
    const { code, out } = await ended(cli(['replay', `${folder}/bad.yaml`, folder, '--parallel', '1']));
    expect(code).toBe(1);
    expect(out).toContain(`✗ ${folder}/bad.yaml:8:15  bad\n2 scenarios: 1 passed, 1 failed`);
  });

  test.each([
    ['a bad option', ['--repoter', 'json'], 'Did you mean --reporter?'],
    ['a reporter that there is not', ['--reporter', 'xml'], 'Allowed choices are pretty, junit, json, tap'],
    ['a bad number', ['--parallel', '0'], 'It must be a number from 1 to 1000'],
    ['a file that is not there', ['nowhere.yaml'], 'nowhere.yaml:1:1 there is no such file or folder'],
  ])('2 for %s', async (_, args, told) => {
    const { code, out, err } = await ended(cli(['replay', ...args]));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(told);
  });

  test.each<readonly [string, string, Partial<ReplayOptions>, string]>([
    ['a folder without scenarios', 'test', {}, 'there are no scenarios (*.yaml) directly in this folder'],
    ['a name that no scenario has', 'scenarios', { only: ['a fool handover'] }, 'did you mean "A full handover"?'],
    ['a target that is no address', 'scenarios', { target: 'localhost' }, 'must be an address such as http://localhost:8400'],
    ['a target with a tenant', 'scenarios', { target: 'http://localhost:8400/t/alpha' }, 'Leave /t/… out'],
    ['a target where nothing listens', 'scenarios', { target: 'http://127.0.0.1:1' }, 'Nothing listens at http://127.0.0.1:1.'],
  ])('2 for %s', async (_, path, options, told) => {
    const { code, out, err } = await replayed([path], options);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(told);
  });

  test('130 where it is interrupted, and nothing is left behind', async () => {
    const folder = await scenarioFolder({
      'waits.yaml': `name: waits\nsteps:\n  - name: for ever\n    wait: { until: { signals: [{}] }, atMost: 600 }\n`,
    });
    const child = cli(['replay', folder, '--reporter', 'tap']);
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const { code, out } = await ended(child);
    expect(code).toBe(130);
    expect(out).toContain('Bail out! Interrupted.');
  });
});

describe('settings of a file', () => {
  const STRICT = `name: strict\ngiven: { settings: { auth: strict } }\nsteps:\n  - name: no token\n    request: { path: /api/v2/conversations }\n    expect: { status: 401, cause: TOKEN_MISSING }\n`;
  const LAX = `name: lax\nsteps:\n  - name: no token\n    request: { path: /api/v2/users?attribute=a&value=b }\n    expect: { status: 200 }\n`;

  test('it runs in an emulator that has them; others do not', async () => {
    const folder = await scenarioFolder({ 'strict.yaml': STRICT, 'lax.yaml': LAX });
    expect(await replayed([folder])).toMatchObject({ code: 0 });
  });

  test('a bad one is told at its place, before anything runs', async () => {
    const folder = await scenarioFolder({ 'strict.yaml': STRICT.replace('auth: strict', 'auht: strict'), 'lax.yaml': LAX });
    const { code, out, err } = await replayed([folder]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${folder}/strict.yaml:2:22 "auht" is not known here; did you mean auth?`);
  });

  test('one whose value cannot be used likewise, as the settings have it', async () => {
    const folder = await scenarioFolder({ 'a.yaml': LAX.replace('\n', '\ngiven: { settings: { tokenLifetime: 0 } }\n') });
    const { code, out, err } = await replayed([folder]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${folder}/a.yaml:2:22 tokenLifetime must be seconds from 1 to 31536000, not 0`);
  });

  test('a target cannot be given them, unless it has them already', async () => {
    const folder = await scenarioFolder({ 'strict.yaml': STRICT });
    const { url } = await emulator({ auth: 'strict' });
    const { code, err } = await replayed([folder], { target: url });
    expect(code).toBe(2);
    expect(err).toContain(`${folder}/strict.yaml:2:22 this needs an emulator that was started with auth`);
    expect(await replayed([folder], { target: url, assumeSettings: true })).toMatchObject({ code: 0 });
  });
});

test('a target that is no emulator is refused', async () => {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const folder = await scenarioFolder({ 'good.yaml': GOOD });
  const { code, err } = await replayed([folder], {
    target: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  });
  expect(code).toBe(2);
  expect(err).toContain('is no emulator: it answered 200');
});

test('--bail begins no other scenario, --only takes those of a name', async () => {
  const folder = await scenarioFolder({ 'a.yaml': BAD, 'b.yaml': GOOD, 'c.yaml': GOOD.replace('good', 'better') });
  const bailed = JSON.parse((await replayed([folder], { bail: true, parallel: 1 })).out);
  expect(bailed.scenarios.map(({ outcome }: any) => outcome)).toEqual(['failed', 'skipped', 'skipped']);
  const only = JSON.parse((await replayed([folder], { only: ['BETTER'] })).out);
  expect(only.scenarios.map(({ name }: any) => name)).toEqual(['better']);
});

describe('reporters', () => {
  const HOSTILE = `name: "h\\e[31mostile <&>\\"' \\u202e ]]> # \\x01"
given: { conversations: [{ conversationId: ${CONVERSATION} }] }
steps:
  - name: "line\\nbreak <b>"
    request: { path: '/api/v2/conversations/webchat/x%1B[31m' }
    expect: { body: "\\e[2J" }
`;
  const find = (root: Element, name: string): Element[] =>
    root.children.flatMap((child) => [...(child.name === name ? [child] : []), ...find(child, name)]);

  test('junit has a case for each step, with the cause and the remedy of one that failed', async () => {
    const folder = await scenarioFolder({ 'bad.yaml': BAD, 'good.yaml': GOOD });
    const { code, out, err } = await replayed([folder], { reporter: 'junit' });
    const root = parseXml(out);
    expect(code).toBe(1);
    expect(root.attributes).toMatchObject({ tests: '4', failures: '1', skipped: '1' });
    expect(find(root, 'testsuite').map(({ attributes: { name, tests } }) => [name, tests])).toEqual([
      ['bad', '3'],
      ['good', '1'],
    ]);
    expect(find(root, 'testcase').map(({ attributes, children }) => [attributes.name, children[0]?.name])).toEqual([
      ['lists what there is', undefined],
      ['the bot sends its own id', 'failure'],
      ['never reached', 'skipped'],
      ['the bot hands over', undefined],
    ]);
    const [failure] = find(root, 'failure');
    expect(failure?.attributes).toEqual({
      type: 'CONVERSATION_ID_FORMAT',
      message: 'status: expected 200, received 400 (CONVERSATION_ID_FORMAT)',
    });
    expect(failure?.text).toContain(`${folder}/bad.yaml:8:15 status: expected 200, received 400`);
    expect(failure?.text).toContain('cause: CONVERSATION_ID_FORMAT body /sessionId');
    expect(failure?.text).toContain('remedy: This looks like the bot’s own session id');
    expect(err.split('\n').sort()).toEqual(['', `failed  ${folder}/bad.yaml`, `passed  ${folder}/good.yaml`]);
  });

  test('tap has a line for each scenario, and says why', async () => {
    const folder = await scenarioFolder({ 'bad.yaml': BAD, 'good.yaml': GOOD });
    const { out } = await replayed([folder], { reporter: 'tap', parallel: 1, bail: true });
    const lines = out.split('\n');
    expect(lines.slice(0, 4)).toEqual(['TAP version 14', '1..2', 'not ok 1 - bad', '  ---']);
    expect(lines).toContain('  code: "CONVERSATION_ID_FORMAT"');
    expect(lines.at(-2)).toBe('ok 2 - good # SKIP');
  });

  test('json has everything', async () => {
    const folder = await scenarioFolder({ 'bad.yaml': BAD });
    const report = JSON.parse((await replayed([folder])).out);
    expect(report).toMatchObject({ passed: 0, failed: 1, skipped: 0, interrupted: false });
    expect(report.scenarios[0].steps[1]).toMatchObject({
      outcome: 'failed',
      request: 'POST /api/v2/conversations/webchat',
      status: 400,
      cause: { code: 'CONVERSATION_ID_FORMAT', where: 'body /sessionId' },
      failures: [{ line: 8, column: 15, where: 'status', expected: '200', received: '400' }],
    });
  });

  test.each(['pretty', 'junit', 'tap'] as const)('%s shows hostile texts as texts', async (reporter) => {
    const folder = await scenarioFolder({ 'hostile.yaml': HOSTILE });
    const { out } = await replayed([folder], { reporter });
    if (reporter === 'junit') expect(find(parseXml(out), 'failure')).toHaveLength(1);
    // eslint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0000-\u0008\u000B-\u001F]|\u202E/);
  });

  test('colours are asked for, and say nothing else', async () => {
    const folder = await scenarioFolder({ 'bad.yaml': BAD });
    const [plain, coloured] = await Promise.all([
      ended(cli(['replay', folder])),
      ended(cli(['replay', folder], { FORCE_COLOR: '1' })),
    ]);
    const timeless = (text: string): string => text.replace(/[\d.]+ m?s/g, 'N ms');
    expect(coloured.out).not.toBe(plain.out);
    expect(timeless(stripVTControlCharacters(coloured.out))).toBe(timeless(plain.out));
  });
});

test('the traces of a failing step go to the artifacts, those of its script’s calls with them', async () => {
  const artifacts = await mkdtemp(join(tmpdir(), 'artifacts-'));
  onTestFinished(() => rm(artifacts, { recursive: true }));
  const step = `name: raw\ngiven: { scripts: scripts, conversations: [{ conversationId: ${CONVERSATION} }] }\nsteps:\n  - name: raw\n    request: { path: /webhooks/wrong-raw-body, body: { sessionId: ${CONVERSATION}, metadata: { intent: billing } } }\n    expect: { status: 200 }\n`;
  const folder = await scenarioFolder({ 'bad.yaml': BAD, 'raw.yaml': step, 'good.yaml': GOOD });
  const { out } = await replayed([folder], { artifacts: join(artifacts, 'deep/down'), reporter: 'pretty' });
  expect((await readdir(join(artifacts, 'deep/down'))).sort()).toEqual(['bad-step-2.json', 'raw-step-1.json']);
  expect(out).toContain(`${artifacts}/deep/down/raw-step-1.json`);
  const content = JSON.parse(await readFile(join(artifacts, 'deep/down/raw-step-1.json'), 'utf8'));
  expect(content).toMatchObject({ scenario: 'raw', step: 'raw', answer: { status: 400 } });
  expect(content.traces.map(({ operationId, transport }: any) => [operationId, transport])).toEqual([
    [expect.any(String), 'http'],
    ['handOverConversation', 'script'],
  ]);
});

test('no secret in the address of a request is printed, or stands in the artifacts', async () => {
  const artifacts = await mkdtemp(join(tmpdir(), 'artifacts-'));
  onTestFinished(() => rm(artifacts, { recursive: true }));
  const folder = await scenarioFolder({
    'bad.yaml': `name: bad
steps:
  - name: a
    request: { path: '/api/v2/conversations?attribute=a&value=b&access_token={{ env.REPLAY_SECRET }}' }
    expect: { status: 500 }
`,
    'lost.yaml': `name: lost
given: { faults: [{ effect: reset }] }
steps:
  - name: a
    request: { path: '/api/v2/conversations?attribute=a&value=b&access_token={{ env.REPLAY_SECRET }}' }
`,
  });
  for (const reporter of ['pretty', 'junit', 'json', 'tap']) {
    const { code, out, err } = await ended(
      cli(['replay', folder, '--artifacts', artifacts, '--reporter', reporter], { REPLAY_SECRET: 'verysecret1' }),
    );
    expect(code).toBe(1);
    expect(out).toContain('value=b&');
    expect(out).toContain('closed the connection instead of answering GET');
    expect(out + err).not.toContain('verysecret1');
  }
  expect(await readFile(join(artifacts, 'bad-step-1.json'), 'utf8')).not.toContain('verysecret1');
});

test('whoever stops reading the output changes nothing of what is run and written', async () => {
  const artifacts = await mkdtemp(join(tmpdir(), 'artifacts-'));
  onTestFinished(() => rm(artifacts, { recursive: true }));
  const folder = await scenarioFolder({ 'a.yaml': GOOD, 'b.yaml': BAD });
  const child = cli(['replay', folder, '--parallel', '1', '--artifacts', artifacts]);
  child.stdout?.destroy();
  const { code, err } = await ended(child);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(await readdir(artifacts)).toEqual(['b-step-2.json']);
});

test('artifacts that cannot be written cost nothing of the report', async () => {
  const artifacts = await mkdtemp(join(tmpdir(), 'artifacts-'));
  onTestFinished(() => rm(artifacts, { recursive: true }));
  await mkdir(join(artifacts, 'bad-step-2.json'));
  const folder = await scenarioFolder({ 'bad.yaml': BAD, 'good.yaml': GOOD });
  const { code, out, err } = await replayed([folder], { artifacts, reporter: 'junit' });
  expect({ code, failures: parseXml(out).attributes.failures }).toEqual({ code: 1, failures: '1' });
  expect(err).toContain(`--artifacts: the traces of ${folder}/bad.yaml could not be written: EISDIR`);
});

describe('steps', () => {
  const run = async (steps: string, given = ''): Promise<any> => {
    const folder = await scenarioFolder({ 's.yaml': `name: s\n${given}steps:\n${steps}` });
    return JSON.parse((await replayed([folder])).out).scenarios[0];
  };

  test('repeat counts its rounds, and a failing one is named', async () => {
    const { steps } = await run(`  - name: three
    repeat:
      times: 3
      steps:
        - name: open
          request: { path: /_emulator/conversations, body: { attributes: { round: 'r{{ round }}' } } }
          expect: { status: 201, body: { attributes: { round: { $oneOf: [r1, r2] } } } }
`);
    expect(steps.map(({ name, outcome }: any) => [name, outcome])).toEqual([
      ['open (three, 1 of 3)', 'passed'],
      ['open (three, 2 of 3)', 'passed'],
      ['open (three, 3 of 3)', 'failed'],
    ]);
  });

  test('a step that says nothing of status or cause expects no refusal', async () => {
    const { steps } = await run(
      `  - { name: fine, request: { path: /_emulator/health } }
  - { name: expected, request: { path: /nowhere }, expect: { cause: ROUTE_UNKNOWN } }
  - { name: refused, request: { path: /nowhere }, expect: { conversation: { conversationId: ${CONVERSATION} } } }
`,
      'given: { conversations: [{ conversationId: ' + CONVERSATION + ' }] }\n',
    );
    expect(steps.map(({ outcome }: any) => outcome)).toEqual(['passed', 'passed', 'failed']);
    expect(steps[2]).toMatchObject({ failures: [{ where: 'status', received: '404' }], cause: { code: 'ROUTE_UNKNOWN' } });
  });

  test('wait asks until it holds, and says what did not within its time', async () => {
    const { steps } = await run(`  - name: soon
    wait: { request: { path: /_emulator/conversations, body: {} }, until: { status: 201 } }
    capture: { id: '{{ body.conversationId }}' }
  - name: grows
    wait:
      request: { path: /_emulator/conversations, body: { userId: 'u' } }
      until: { body: { conversationId: $any } }
  - name: never
    wait: { until: { conversation: { conversationId: '{{ captured.id }}', state: queued } }, atMost: 0.1 }
`);
    expect(steps.map(({ outcome }: any) => outcome)).toEqual(['passed', 'passed', 'failed']);
    expect(steps[2].failures).toMatchObject([
      { where: 'conversation /state', expected: '"queued"', received: '"bot" for 0.1 s' },
    ]);
  });

  test('a given that is refused is told with its cause, all of them at once', async () => {
    const { steps, outcome } = await run(
      '  - { name: a, request: { path: /_emulator/health } }\n',
      'given:\n  skills: [{ skillId: 1, agents: -1 }]\n  conversations: [{ conversationId: abc }]\n  attributes: { users: { nobody: { a: b } } }\n',
    );
    expect(outcome).toBe('failed');
    expect(steps.map(({ failures: [failure] }: any) => failure && [failure.line, failure.where])).toEqual([
      [3, expect.stringContaining('PATCH /_emulator/skills/1 was answered 400 CONTROL_INPUT_INVALID at /agents')],
      [4, expect.stringContaining('POST /_emulator/conversations was answered 400 CONVERSATION_ID_FORMAT at /conversationId')],
      [5, expect.stringContaining('PATCH /api/v2/users/nobody/attributes was answered 404')],
      undefined,
    ]);
  });

  test('attributes of users and contacts, files as bodies, and values of the environment', async () => {
    const folder = await scenarioFolder({
      's.yaml': `name: s
given:
  conversations: [{ conversationId: ${CONVERSATION}, contactId: '463012345678', userId: u1 }]
  attributes: { users: { u1: { tier: gold } }, contacts: { '463012345678': { phone: '1' } } }
steps:
  - name: by the user
    request: { path: '/api/v2/conversations?attribute={{ env.SCENARIO_ATTRIBUTE }}&value=gold' }
    expect: { status: 200, headers: { Content-Type: { $contains: json } }, body: { total: 1, items: [{ attributes: { phone: '1' } }] } }
  - name: from a file
    request: { method: POST, path: /api/v2/conversations/webchat, bodyFile: body.json, headers: { Content-Type: application/json } }
    expect: { status: 400, cause: { code: BODY_NOT_JSON } }
  - name: what is not there
    request: { path: '/{{ env.SCENARIO_NOWHERE }}' }
`,
      'body.json': '{"sessionId": ',
    });
    process.env.SCENARIO_ATTRIBUTE = 'tier';
    onTestFinished(() => {
      delete process.env.SCENARIO_ATTRIBUTE;
    });
    const [{ steps }] = JSON.parse((await replayed([`${folder}/s.yaml`])).out).scenarios;
    expect(steps.map(({ outcome }: any) => outcome)).toEqual(['passed', 'passed', 'failed']);
    expect(steps[2].failures[0].remedy).toContain('Set the environment variable SCENARIO_NOWHERE');
  });

  test('without its headers, an emulator cannot be asked for causes', async () => {
    const { steps } = await run(
      '  - { name: a, request: { path: /api/v2/conversations/webchat }, expect: { cause: METHOD_NOT_ALLOWED } }\n',
      'given: { settings: { emulatorHeaders: false } }\n',
    );
    expect(steps[0].failures[0]).toMatchObject({
      where: expect.stringContaining('no X-Emulator-Trace-Id'),
      remedy: expect.stringContaining('--no-emulator-headers'),
    });
  });
});

test('200 copies side by side against one emulator pass, and none sees another’s state', async () => {
  const { url } = await emulator();
  await open(url);
  const copies = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [
      `copy-${String(index).padStart(3, '0')}.yaml`,
      `name: copy ${String(index)}
given: { conversations: [{ conversationId: ${CONVERSATION}, contactId: '463012345678' }] }
steps:${HANDOVER}
  - name: it is alone
    request: { path: /_emulator/conversations }
    expect: { body: { total: 1, items: [{ metadata: { $exactly: {} } }] } }
  - name: it signals
    signal: { contactId: '463012345678', parameters: [Escalate, 'copy-${String(index)}'] }
    expect: { status: 202, signals: [{ parameters: { p2: 'copy-${String(index)}' } }] }
`,
    ]),
  );
  const folder = await scenarioFolder(copies);
  const { code, out } = await replayed([folder], { target: url, parallel: 200 });
  const { passed, scenarios } = JSON.parse(out);
  expect({ code, passed }).toEqual({ code: 0, passed: 200 });
  expect(new Set(scenarios.map(({ tenant }: any) => tenant)).size).toBe(200);
  expect((await send(url, { path: '/_emulator/conversations' })).body).toMatchObject({ total: 1, items: [{ state: 'bot' }] });
});
