/** The command `bot`: where it listens, a line for each turn, how it ends, and what it refuses. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Script } from '../support/stand-in.js';
import { run, start } from '../support/cli.js';

const SAMPLE = 'scenarios/bots/bookings.yaml';

test('serves the sample, prints a line for each turn and what is wrong with it, and ends at Ctrl-C', async () => {
  const { printed, signal, ended } = start(['bot', '--script', SAMPLE, '--port', '0']);
  await expect
    .poll(printed)
    .toMatch(/^The bot "Bookings" \(scenarios\/bots\/bookings\.yaml, 13 rules\) listens on http:\/\/127\.0\.0\.1:\d+\n/);
  const script = new Script(/http:\S+/.exec(printed())?.[0] ?? '');
  await script.begin();
  await script.say('move\u001b[31m');
  await script.say('AB1234', { botSessionState: null });
  await expect.poll(printed).toMatch(/remedy/);
  const [, ...lines] = printed().trimEnd().split('\n');
  expect(lines).toEqual([
    '4597359:463012345678  AUTOMATED_TEXT  scenarios/bots/bookings.yaml:4  PromptAndCollectNextResponse "Hello! I can move a booking, or find a person for you."',
    '4597359:463012345678  TEXT "move\\u001b[31m"  scenarios/bots/bookings.yaml:19  PromptAndCollectNextResponse "Which booking is it?"',
    '4597359:463012345678  TEXT "AB1234"  400 BOT_TURN_INVALID',
    '  where      body /botSessionState',
    '  expected   the botSessionState that turn 2 was answered with',
    '  received   none',
    expect.stringMatching(/^ {2}remedy {5}Keep the botSessionState of each answer/),
  ]);
  // It hangs on this one, and ends all the same.
  const hanging = script.say('sleep').catch((error: unknown) => error);
  await expect.poll(printed).toMatch(/TEXT "sleep" {2}scenarios\/bots\/bookings\.yaml:42 {2}never answered\n/);
  signal('SIGINT');
  expect((await ended).code).toBe(0);
  expect(await hanging).toBeInstanceOf(Error);
});

test('a port that is taken is told in words', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const { code, err } = await run(['bot', '--script', SAMPLE, '--port', String(port)]);
  expect(code).toBe(1);
  expect(err).toBe(
    `cxone-emulator cannot start: port ${String(port)} is taken. Stop what listens there, or choose another with --port (0 takes a free one).\n`,
  );
});

test('a file with faults is refused with all of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bot-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'bot.yaml');
  await writeFile(file, "name: b\nrules:\n  - { hears: '(' }\n  - { on: any, in: x }\n");
  for (const args of [
    ['bot', '--script', file],
    ['validate', file],
  ]) {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain(`${file}:3:7 hears is no regular expression`);
    expect(err).toContain(`${file}:4:16 no rule leads to the state "x"`);
  }
});

test.each([
  [['bot'], "required option '--script <file>' not specified"],
  [['bot', '--script', SAMPLE, '--port', '65536'], 'It must be a port from 0 to 65535.'],
  [['bot', '--script', SAMPLE, '--port', 'x'], 'It must be a port from 0 to 65535.'],
  [['bot', '--script', 'nowhere.yaml'], 'nowhere.yaml:1:1 there is no such file or folder'],
  [['bot', '--script', SAMPLE, '--scripts', 'x'], 'unknown option'],
])('%j is bad input', async (args, told) => {
  const { code, err } = await run(args);
  expect(code).toBe(2);
  expect(err).toContain(told);
});
