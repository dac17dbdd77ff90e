/** The commands beside replay: what validate finds without running anything, and what exec passes on. */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run, runProcess, startProcess } from '../support/cli.js';
import { scenarioFolder } from '../support/replay.js';

describe('validate', () => {
  test('finds nothing wrong with what ships', async () => {
    const { code, out } = await run(['validate']);
    expect(out).toMatch(/^All is well: \d+ scenarios, \d+ scripts, 1 bot, 2 config files and the contracts\.\n$/);
    expect(code).toBe(0);
  });

  test('takes a file for what it is whose chief member is misspelt', async () => {
    const folder = await scenarioFolder({
      'bot.yaml': 'name: b\nrulez: []\n',
      'scenario.yaml': 'name: s\nstep: []\n',
      'script.yaml': 'name: s\nacitons: {}\n',
    });
    const { err } = await run(['validate', folder]);
    expect(err).toMatch(/bot\.yaml:2:1 "rulez" is not known here; did you mean rules\?/);
    expect(err).toMatch(/scenario\.yaml:2:1 "step" is not known here; did you mean steps\?/);
    expect(err).not.toMatch(/there is no setting/);
  });

  test('tells the faults of scenarios, their settings, scripts and config files together', async () => {
    const folder = await scenarioFolder({
      'scenario.yaml': 'name: s\nsteps:\n  - { name: a, request: { path: x } }\n',
      'settings.yaml': 'name: s\ngiven: { settings: { auth: loose } }\nsteps: [{ name: a, request: { path: /x } }]\n',
      'config.yaml': 'prot: 1\n',
      'broken.yaml': 'a: [\n',
    });
    await writeFile(join(folder, 'script.json'), '{"name": "s", "actions": {"A": {"type": "RESPOND", "nxt": "B"}}}');
    const { code, err } = await runProcess(['validate', folder]);
    expect(code).toBe(2);
    for (const told of [
      'scenario.yaml:3:27 "x" must begin with a slash, or be a whole address',
      'settings.yaml:2:22 auth is "loose"; it must be lax or strict',
      'config.yaml:1:1 there is no setting "prot"; did you mean port?',
      'broken.yaml:2:1',
      'script.json:1:52 "nxt" is not known here; did you mean next?',
      '5 faults.',
    ])
      expect(err).toContain(told);
  });

  test('a folder inside of node_modules is checked where it is named, and passed over where one above it is', async () => {
    const folder = await scenarioFolder({ 'config.yaml': 'port: 1\n' });
    const inside = join(folder, 'node_modules', 'some-package');
    await mkdir(inside, { recursive: true });
    await writeFile(join(inside, 'bad.yaml'), 'name: s\nsteps: []\n');
    expect((await run(['validate', inside])).err).toContain(`${inside}/bad.yaml:2:1 steps is empty`);
    expect((await run(['validate', join(folder, 'node_modules')])).err).toContain('bad.yaml:2:1');
    const { code, out } = await run(['validate', folder]);
    expect({ code, out }).toEqual({
      code: 0,
      out: 'All is well: 0 scenarios, 0 scripts, 0 bots, 1 config file and the contracts.\n',
    });
  });

  test('a bot that is not there is a fault of the config file that names it', async () => {
    const folder = await scenarioFolder({
      'config.yaml': 'port: 1\nvirtualAgents:\n  - name: Bookings\n    standIn: nowhere.yaml\n',
    });
    const { code, err } = await run(['validate', folder]);
    expect(code).toBe(2);
    expect(err).toContain(`${folder}/config.yaml:4:5 virtualAgents.0.standIn is "nowhere.yaml": there is no such file or folder`);
  });

  test('a path that is not there is a fault', async () => {
    const { code, err } = await run(['validate', 'nowhere']);
    expect({ code, err }).toEqual({ code: 2, err: 'nowhere:1:1 there is no such file or folder\n1 fault.\n' });
  });
});

describe('exec', () => {
  const ASK = `const { CXONE_EMULATOR_URL: url } = process.env;
    fetch(url + '/api/v2/users?attribute=a&value=b').then(({ status }) => { console.log(url, status, process.argv[1]); process.exitCode = 7; })`;

  test('gives the command the address, and passes its exit code on', async () => {
    const { code, out, err } = await runProcess(['exec', '--', process.execPath, '-e', ASK, '--', '--port']);
    expect({ code, err }).toEqual({ code: 7, err: '' });
    const [, url = ''] = /^(http:\/\/127\.0\.0\.1:\d+) 200 --port\n$/.exec(out) ?? [];
    await expect(fetch(url)).rejects.toThrow();
  });

  test('takes settings from flags and the environment, and prints traces where they are asked for', async () => {
    const { out, err } = await runProcess(['exec', '--auth', 'strict', process.execPath, '-e', ASK], '', {
      CXONE_EMULATOR_LOG_LEVEL: 'info',
      CXONE_EMULATOR_URL: 'http://other',
    });
    expect(out).toContain(' 401 ');
    expect(err).toContain('TOKEN_MISSING');
  });

  test.each([
    ['a command that there is not', ['exec', '--', 'no-such-command'], 127, 'there is no such command'],
    ['no command', ['exec'], 2, "missing required argument 'command'"],
    ['a bad setting', ['exec', '--port', 'x', '--', 'true'], 2, '--port: port must be a port'],
    ['a bad option', ['exec', '--prot', '1', '--', 'true'], 2, '--port'],
  ])('%s', async (_, args, code, told) => {
    const result = await run(args);
    expect(result.code).toBe(code);
    expect(result.err).toContain(told);
  });

  test('passes a signal on, and tells by which one the command ended', async () => {
    const child = startProcess(['exec', '--', process.execPath, '-e', "console.log('up'); setInterval(() => {}, 1000)"]);
    await once(child.stdout!, 'data');
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(143);
  });
});
