/** `replay --watch` from the built command line: what runs again after which change, and how it ends. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { SKIPS_FORBIDDEN } from '../support/runs.js';

/** A scenario that passes or fails, of one step. */
const scenario = (name: string, passes = true): string => `name: ${name}
steps:
  - name: health
    request: { path: /_emulator/health }
    expect: { status: ${passes ? '200' : '201'} }
`;

const withScript = (name: string): string => `name: ${name}
given: { scripts: scripts }
steps:
  - name: a script answers
    request: { path: /webhooks/answer, body: {} }
    expect: { status: 200, body: { said: hello } }
`;

const script = (said: string): string => `name: answer
trigger: { webhook: { path: /webhooks/answer } }
actions:
  Answer: { type: RESPOND, body: { said: ${said} } }
`;

const withBody = (name: string): string => `name: ${name}
steps:
  - name: opens a conversation
    request: { method: POST, path: /_emulator/conversations, bodyFile: body.json, headers: { Content-Type: application/json } }
    expect: { status: 201 }
`;

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'watched-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'scripts'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** Editors write another file and give it the name of the first. */
async function saved(path: string, text: string): Promise<void> {
  await writeFile(`${path}~`, text);
  await rename(`${path}~`, path);
}

class Watched {
  readonly child: ChildProcess;
  readonly closed: Promise<readonly unknown[]>;
  #out = '';
  #seen = 0;

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { env: { PATH: process.env.PATH } });
    this.closed = once(this.child, 'close');
    const take = (chunk: Buffer): void => {
      this.#out += stripVTControlCharacters(chunk.toString());
    };
    this.child.stdout?.on('data', take);
    this.child.stderr?.on('data', take);
    onTestFinished(() => {
      this.child.kill('SIGKILL');
    });
  }

  /** What was printed since, up to the next time that it waits. */
  async waits(): Promise<string> {
    const next = (): string | undefined => /^[^]*?Waiting for changes .*ends\.\r?\n/.exec(this.#out.slice(this.#seen))?.[0];
    await expect.poll(next, { timeout: 30_000 }).toBeDefined();
    const part = next() ?? '';
    this.#seen += part.length;
    return part;
  }

  async ended(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.child.kill(signal);
    const [code] = await this.closed;
    return code as number | null;
  }
}

const watching = (...args: readonly string[]): Watched =>
  new Watched(process.execPath, ['dist/cli.js', 'replay', ...args, '--watch']);

test('all run once; then what was changed, added or removed, and Ctrl-C ends with what stands', async () => {
  const folder = await folderWith({ 'a.yaml': scenario('first'), 'b.yaml': scenario('second') });
  const watched = watching(folder);
  const start = await watched.waits();
  expect(start).toContain('2 scenarios: 2 passed');
  expect(start).toContain(`Waiting for changes in ${folder}. Ctrl-C ends.`);

  await saved(join(folder, 'a.yaml'), scenario('first', false));
  const changed = await watched.waits();
  expect(changed).toContain(`Changed: ${folder}/a.yaml`);
  expect(changed).toContain('1 scenario: 0 passed, 1 failed');
  expect(changed).not.toContain('✓ second');
  expect(changed).toContain('Of all 2 scenarios, 1 do not pass: first');

  await writeFile(join(folder, 'c.yaml'), scenario('third'));
  const added = await watched.waits();
  expect(added).toMatch(/✓ third[^]*1 scenario: 1 passed/);
  expect(added).toContain('Of all 3 scenarios, 1 do not pass: first');

  await unlink(join(folder, 'a.yaml'));
  expect(await watched.waits()).toContain(`Changed: ${folder}/a.yaml`);
  expect(await watched.ended('SIGINT')).toBe(0);
});

test('a failing run ends with exit code 1', async () => {
  const folder = await folderWith({ 'a.yaml': scenario('first', false) });
  const watched = watching(join(folder, 'a.yaml'));
  await watched.waits();
  expect(await watched.ended('SIGINT')).toBe(1);
});

test('a script runs all scenarios that have its folder again, a body those that send it', async () => {
  const folder = await folderWith({
    'a.yaml': withScript('one with scripts'),
    'b.yaml': withScript('another with scripts'),
    'c.yaml': withBody('one with a body'),
    'd.yaml': scenario('one with neither'),
    'body.json': '{}',
    'scripts/answer.yaml': script('hello'),
  });
  const watched = watching(folder);
  expect(await watched.waits()).toContain('4 scenarios: 4 passed');

  await saved(join(folder, 'scripts/answer.yaml'), script('goodbye'));
  const scripts = await watched.waits();
  expect(scripts).toContain('2 scenarios: 0 passed, 2 failed');
  expect(scripts).toContain('+ received  "goodbye"');
  await saved(join(folder, 'scripts/answer.yaml'), script('hello'));
  expect(await watched.waits()).toMatch(/2 scenarios: 2 passed[^]*All 4 scenarios pass\./);

  await saved(join(folder, 'body.json'), '{"contactId": "no"}');
  const body = await watched.waits();
  expect(body).toMatch(/✗ one with a body[^]*1 scenario: 0 passed, 1 failed/);
  await unlink(join(folder, 'body.json'));
  expect(await watched.waits()).toContain('c.yaml:4:62 there is no file "body.json" beside this one');
  await writeFile(join(folder, 'body.json'), '{}');
  expect(await watched.waits()).toContain('All 4 scenarios pass.');
  expect(await watched.ended('SIGTERM')).toBe(0);
});

test('a stand-in bot runs all scenarios that have it again', async () => {
  const bot = (word: string): string => `name: Greeter
rules:
  - { on: start, say: ${word} }
`;
  const folder = await folderWith({
    'a.yaml': `name: with a bot
given: { scripts: scripts, virtualAgents: [{ name: Greeter, standIn: scripts/greeter.bot }] }
steps:
  - { name: a customer comes, customer: arrives, expect: { said: hello } }
`,
    'b.yaml': scenario('without'),
    'scripts/greet.yaml': `name: greet
trigger: { conversation: {} }
actions:
  Greet: { type: TEXTBOT EXCHANGE, virtualAgent: Greeter, branches: { OnPromptAndCollectNextResponse: Done } }
  Done: { type: END }
`,
    'scripts/greeter.bot': bot('hello'),
  });
  const watched = watching(folder);
  expect(await watched.waits()).toContain('2 scenarios: 2 passed');

  await saved(join(folder, 'scripts/greeter.bot'), bot('goodbye'));
  const changed = await watched.waits();
  expect(changed).toContain(`Changed: ${folder}/scripts/greeter.bot`);
  expect(changed).toMatch(/✗ with a bot[^]*1 scenario: 0 passed, 1 failed/);

  await saved(join(folder, 'scripts/greeter.bot'), bot('hello').replace('rules', 'rulez'));
  expect(await watched.waits()).toMatch(/✗ \S+greeter\.bot:2:1 .*rulez[^]*What stood there before stays/);
  await saved(join(folder, 'scripts/greeter.bot'), bot('hello'));
  expect(await watched.waits()).toContain('All 2 scenarios pass.');
  expect(await watched.ended('SIGINT')).toBe(0);
});

test('an emulator goes on running where the settings stay', async () => {
  const text = (name: string, settings: string): string => `name: ${name}
given: { settings: ${settings} }
steps:
  - name: where tokens are issued
    request: { path: /.well-known/openid-configuration }
    expect: { status: 404 }
`;
  const folder = await folderWith({ 'a.yaml': text('before', '{ unknownFields: reject }') });
  const watched = watching(folder);
  const port = (told: string): string => /127\.0\.0\.1:(\d+)/.exec(told)?.[1] ?? 'none was told';
  const first = port(await watched.waits());
  await saved(join(folder, 'a.yaml'), text('after', '{ unknownFields: reject }'));
  expect(port(await watched.waits())).toBe(first);
  await saved(join(folder, 'a.yaml'), text('other', '{ unknownFields: pass }'));
  expect(port(await watched.waits())).toMatch(/^\d+$/);
  await watched.ended('SIGINT');
});

test('a bad file is told at its place, and the last good one stays; others go on', async () => {
  const folder = await folderWith({
    'a.yaml': scenario('first'),
    'b.yaml': withScript('with scripts'),
    'scripts/answer.yaml': script('hello'),
  });
  const watched = watching(folder);
  await watched.waits();

  await saved(join(folder, 'a.yaml'), scenario('first').replace('steps:', 'stpes:'));
  const bad = await watched.waits();
  expect(bad).toMatch(/✗ \S+a\.yaml:2:1 .*stpes/);
  expect(bad).toContain('What stood there before stays until this is mended.');
  expect(bad).not.toContain('1 scenario:');

  await saved(join(folder, 'scripts/answer.yaml'), script('hello').replace('RESPOND', 'RESPONT'));
  const script2 = await watched.waits();
  expect(script2).toMatch(/✗ \S+answer\.yaml:4:\d+ .*RESPONT/);
  expect(script2).not.toContain('scenario:');

  await saved(join(folder, 'scripts/answer.yaml'), script('hello'));
  expect(await watched.waits()).toMatch(/✓ with scripts[^]*1 scenario: 1 passed/);
  await saved(join(folder, 'a.yaml'), scenario('first'));
  expect(await watched.waits()).toMatch(/✓ first[^]*All 2 scenarios pass\./);
  await saved(join(folder, 'a.yaml'), 'name: [');
  await watched.waits();
  expect(await watched.ended('SIGINT')).toBe(1);
});

test('it waits where a folder has no scenario yet, or a file cannot be used from the beginning', async () => {
  const empty = await folderWith({});
  const first = watching(empty);
  expect(await first.waits()).toContain(`Waiting for changes in ${empty}`);
  await writeFile(join(empty, 'a.yaml'), scenario('first').replace('steps:', 'stpes:'));
  expect(await first.waits()).toContain('a.yaml:2:1');
  await saved(
    join(empty, 'a.yaml'),
    scenario('first').replace('name: first', 'name: first\ngiven: { settings: { auth: strikt } }'),
  );
  expect(await first.waits()).toMatch(/a\.yaml:2:\d+ /);
  await saved(join(empty, 'a.yaml'), scenario('first'));
  expect(await first.waits()).toContain('1 scenario: 1 passed');
  expect(await first.ended('SIGINT')).toBe(0);
});

test('many files that are written at once are one change', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `s${String(index)}.yaml`);
  const folder = await folderWith(Object.fromEntries(names.map((name) => [name, scenario(name)])));
  const watched = watching(folder);
  await watched.waits();
  for (const name of names) await saved(join(folder, name), scenario(name, false));
  expect(await watched.waits()).toContain('12 scenarios: 0 passed, 12 failed');
  expect(await watched.ended('SIGINT')).toBe(1);
});

test.each([
  [['nowhere.yaml'], 'nowhere.yaml:1:1 there is no such file or folder'],
  [['scenarios', '--only', 'a fool handover'], 'did you mean "A full handover"?'],
  [['scenarios', '--reporter', 'tap'], '--reporter tap: --watch shows a person what happens'],
])('%j is bad input', async (args, told) => {
  const watched = watching(...args);
  let err = '';
  watched.child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  expect(await watched.ended()).toBe(2);
  expect(err).toContain(told);
});

const hasTerminal = String(spawnSync('script', ['--version']).stdout).includes('util-linux');
test.skipIf(!hasTerminal && !SKIPS_FORBIDDEN)('at a terminal, r and Enter runs all, q and Enter ends', async () => {
  const folder = await folderWith({ 'a.yaml': scenario('first'), 'b.yaml': scenario('second') });
  const watched = new Watched('script', ['-qec', `'${process.execPath}' dist/cli.js replay '${folder}' --watch`, '/dev/null']);
  expect(await watched.waits()).toContain('r + Enter runs all, q + Enter ends.');
  watched.child.stdin!.write('r\n');
  expect(await watched.waits()).toContain('2 scenarios: 2 passed');
  watched.child.stdin!.write('q\n');
  expect(await watched.ended()).toBe(0);
});
