/** runScenario of the library: what a test suite gets of one scenario, whichever way it ends. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FileFaults, runScenario } from '../../src/index.js';
import { CONVERSATION, emulator, send } from '../support/client.js';
import { scenarioFolder, SCENARIOS } from '../support/replay.js';

const BAD = `name: its own id
given: { conversations: [{ conversationId: ${CONVERSATION} }] }
steps:
  - name: lists what there is
    request: { path: /_emulator/conversations }
    expect: { status: 200, body: { total: 1 } }
  - name: the bot sends its own id
    request: { path: /api/v2/conversations/webchat, body: { sessionId: abc-123 } }
    expect: { status: 200 }
  - name: never reached
    request: { path: /_emulator/health }
`;
const STRICT = `name: strict
given: { settings: { auth: strict } }
steps:
  - name: no token
    request: { path: /api/v2/users?attribute=a&value=b }
    expect: { status: 401, cause: TOKEN_MISSING }
`;

test('the path of a file that passes', async () => {
  const file = join(SCENARIOS, 'thread-raw-body.yaml');
  for (const path of [file, pathToFileURL(file)]) {
    const run = await runScenario(path);
    expect(run).toMatchObject({ file, passed: true, failures: [], explanation: '' });
    expect(run.steps.map(({ outcome, failures, traces }) => [outcome, failures, traces])).toContainEqual(['passed', [], []]);
  }
});

test('one that fails says where, what was expected, why, and what to do', async () => {
  const run = await runScenario({ text: BAD, file: 'own.yaml' });
  expect(run).toMatchObject({ name: 'its own id', file: 'own.yaml', passed: false });
  expect(run.steps.map(({ name, outcome, request, status }) => [name, outcome, request, status])).toEqual([
    ['lists what there is', 'passed', 'GET /_emulator/conversations', 200],
    ['the bot sends its own id', 'failed', 'POST /api/v2/conversations/webchat', 400],
    ['never reached', 'skipped', undefined, undefined],
  ]);
  expect(run.failures).toEqual([
    {
      step: 'the bot sends its own id',
      place: 'own.yaml:9:15',
      message: 'status: expected 200, received 400',
      diff: '- expected  200\n+ received  400',
      cause: expect.objectContaining({ code: 'CONVERSATION_ID_FORMAT', where: 'body /sessionId' }),
      remedy: expect.stringMatching(/^This looks like the bot’s own session id/),
    },
  ]);
  const [{ operationId, tenant } = {}] = run.steps[1]?.traces ?? [];
  expect({ operationId, tenant }).toEqual({ operationId: 'handOverConversation', tenant: run.tenant });
  expect(run.explanation).toMatch(/^its own id, the bot sends its own id\nown\.yaml:9:15 status: expected 200, received 400\n/);
  expect(run.explanation).toContain('\nremedy: This looks like the bot’s own session id');
});

test('a starting point that cannot be made is a failure, too', async () => {
  const text = `name: s\ngiven: { skills: [{ skillId: 4001, agents: many }] }\nsteps: [{ name: a, request: { path: / } }]\n`;
  const run = await runScenario({ text });
  expect(run.failures).toEqual([
    expect.objectContaining({ step: 'given', place: 'scenario.yaml:2:19', diff: '', cause: undefined }),
  ]);
});

describe('with a target', () => {
  test('it runs in that emulator, in a tenant of its own', async () => {
    const { url } = await emulator();
    const { passed, tenant } = await runScenario({ text: BAD }, { target: `${url}/` });
    expect(passed).toBe(false);
    expect((await send(url, { path: `/t/${tenant}/_emulator/conversations` })).body.total).toBe(1);
    expect((await send(url, { path: '/_emulator/conversations' })).body.total).toBe(0);
  });

  test('settings cannot be given to it, unless it has them already', async () => {
    const { url } = await emulator({ auth: 'strict' });
    await expect(runScenario({ text: STRICT }, { target: url })).rejects.toMatchObject({
      name: 'FileFaults',
      message: expect.stringMatching(/^scenario\.yaml:2:22 .* say assumeSettings: true, or leave the target out$/),
    });
    expect(await runScenario({ text: STRICT }, { target: url, assumeSettings: true })).toMatchObject({ passed: true });
    expect(await runScenario({ text: STRICT })).toMatchObject({ passed: true });
  });

  test.each([
    ['nothing listens', 'http://127.0.0.1:1', 'Nothing listens at http://127.0.0.1:1. Start the emulator there first.'],
    ['it is no address', 'localhost:8400', 'The target must be an address such as http://localhost:8400'],
    ['it is a tenant', 'http://127.0.0.1:8400/t/alpha', 'each scenario gets one of its own. Leave /t/… out.'],
  ])('it rejects where %s', async (_, target, told) => {
    await expect(runScenario({ text: BAD }, { target })).rejects.toThrow(told);
  });
});

describe('what cannot be used is refused with its faults', () => {
  test.each([
    ['a slip', { text: 'name: s\nstep: []\n', file: 'slip.yaml' }, /^slip\.yaml:1:1 the file lacks steps\nslip\.yaml:2:1 "step"/],
    ['no YAML', { text: 'name: [\n' }, /^scenario\.yaml:2:1 this is no YAML/],
    ['a bad setting', { text: STRICT.replace('auth: strict', 'auth: loose') }, /^scenario\.yaml:2:22 auth is "loose"/],
    ['a file that is not there', 'nowhere.yaml', /^nowhere\.yaml:1:1 there is no such file/],
  ])('%s', async (_, source, told) => {
    const problem: unknown = await runScenario(source).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(FileFaults);
    expect((problem as FileFaults).message).toMatch(told);
  });

  test('a text where a path should be', async () => {
    await expect(runScenario(BAD)).rejects.toThrow('give it as { text }');
  });
});

test('paths in a text are seen from its file', async () => {
  const folder = await scenarioFolder({});
  const text =
    'name: s\ngiven: { scripts: scripts }\nsteps: [{ name: a, request: { path: /webhooks/x }, expect: { cause: WEBHOOK_UNKNOWN } }]\n';
  await expect(runScenario({ text, file: join(folder, 'deep', 's.yaml') })).rejects.toThrow('there is no folder "scripts"');
  expect(await runScenario({ text, file: join(folder, 's.yaml') })).toMatchObject({ passed: true });
});

test('a signal breaks it off', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const stop = new AbortController();
  server.once('request', () => {
    stop.abort(new Error('enough'));
  });
  const text = `name: s\nsteps: [{ name: hangs, request: { path: 'http://127.0.0.1:${String((server.address() as AddressInfo).port)}/' } }]\n`;
  await expect(runScenario({ text }, { signal: stop.signal })).rejects.toThrow('enough');
});
