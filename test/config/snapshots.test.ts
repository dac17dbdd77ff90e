/** The state of all tenants in a file: what --import takes and --export-on-exit gives, whole or not at all. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.js';
import { CONTACT, CONVERSATION, emulator, open, OTHER_CONVERSATION, send, tokens } from '../support/client.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'state-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** Something of each kind that a tenant holds. */
async function fill(url: string): Promise<void> {
  await open(url, { conversationId: CONVERSATION, contactId: CONTACT, userId: 'ada', attributes: { externalSessionId: 'abc' } });
  await send(url, { body: { sessionId: CONVERSATION, metadata: { intent: 'billing' }, skillId: 4001 } });
  await send(url, { method: 'PATCH', path: '/_emulator/agents/71', body: { name: 'Ada', skills: [4001] } });
  await send(url, { method: 'PUT', path: '/_emulator/hours/2', body: { name: 'Office', days: { Monday: '09:00-17:00' } } });
  await send(url, { method: 'DELETE', path: '/_emulator/tokens' });
  const authorization = `Bearer ${(await tokens(url)).access_token as string}`;
  const path = `/inContactAPI/services/v30.0/interactions/${CONTACT}/signal?p1=Escalate`;
  for (let n = 0; n < 3; n += 1) await send(url, { method: 'POST', path, headers: { authorization } });
}

const stateOf = async (url: string): Promise<string> => (await send(url, { path: '/_emulator/state' })).text;

test('the state of every tenant that was written to comes back, but for traces', async () => {
  const file = join(folder(), 'state.json');
  const first = await createEmulator({ port: 0, exportOnExit: file });
  await fill(first.url);
  await fill(`${first.url}/t/alpha`);
  await send(`${first.url}/t/only-read`, { path: '/_emulator/conversations' });
  const [before, alphaBefore] = [await stateOf(first.url), await stateOf(`${first.url}/t/alpha`)];
  await first.close();

  const { version, tenants } = JSON.parse(readFileSync(file, 'utf8')) as { version: number; tenants: object };
  expect(version).toBe(1);
  expect(Object.keys(tenants)).toEqual(['alpha', 'default']);

  const again = await emulator({ import: file });
  expect(await stateOf(again.url)).toBe(before);
  expect(await stateOf(`${again.url}/t/alpha`)).toBe(alphaBefore);
  expect(again.traces()).toEqual([]);
  expect((await send(again.url, { path: '/api/v2/conversations?attribute=externalSessionId&value=abc' })).body.total).toBe(1);
  await again.reset();
  expect((await again.state()).conversations).toEqual([]);
});

test('what was dropped stays counted, over a file and over PUT state', async () => {
  const file = join(folder(), 'state.json');
  const first = await createEmulator({ port: 0, exportOnExit: file, maxConversations: 2 });
  for (let n = 0; n < 4; n += 1) await open(first.url, {});
  const state = await first.state();
  expect(state.dropped).toEqual({ conversations: 2, signals: 0, transcripts: 0 });
  await first.close();
  const again = await emulator({ import: file, maxConversations: 2 });
  expect(await again.state()).toEqual(state);
  await again.reset();
  await again.tenant('alpha').importState(state);
  expect((await again.tenant('alpha').state()).dropped).toEqual(state.dropped);
});

test('what GET state gave of one tenant is taken, for the tenant that it names', async () => {
  const first = await emulator();
  await fill(`${first.url}/t/alpha`);
  const state = await stateOf(`${first.url}/t/alpha`);
  const file = join(folder(), 'alpha.json');
  writeFileSync(file, state);
  const again = await emulator({ import: file });
  expect(await stateOf(`${again.url}/t/alpha`)).toBe(state);
  expect((await again.state()).conversations).toEqual([]);
});

test('a file that is both begins empty where it is not there yet, and goes on from there', async () => {
  const file = join(folder(), 'state.json');
  for (const [run, id] of [CONVERSATION, OTHER_CONVERSATION].entries()) {
    const started = await createEmulator({ port: 0, import: file, exportOnExit: file });
    expect((await started.state()).conversations).toHaveLength(run);
    await open(started.url, { conversationId: id });
    await started.close();
  }
  expect(readFileSync(file, 'utf8')).toContain(OTHER_CONVERSATION);
});

describe('what cannot be imported is refused with its place', () => {
  const sound = async (): Promise<any> => {
    const started = await emulator();
    await fill(started.url);
    return { version: 1, tenants: { default: JSON.parse(await stateOf(started.url)) as unknown } };
  };

  test.each([
    ['nothing there', () => undefined, /^import: the state cannot be read: ENOENT/],
    ['no JSON', () => '{"version": 1,\n "tenants": {,}}', /^FILE:2:14: expected /],
    ['no object', () => '[]', /^FILE:1:1: the file must hold \{version, tenants\}, not a list/],
    ['another version', (file: any) => ({ ...file, version: 2 }), /^FILE:2:3: \/version version must be 1, not 2/],
    ['a member more', (file: any) => ({ ...file, x: 1 }), /"x" is not known/],
    ['no tenants', () => ({ version: 1, tenants: [] }), /tenants must be an object of states by tenant, not a list/],
    ['a name that is none', (file: any) => ({ version: 1, tenants: { Alpha: file.tenants.default } }), /1 to 64 of a-z/],
    ['a missing list', () => ({ version: 1, tenants: { default: { version: 1 } } }), /\/tenants\/default must have required/],
    [
      'a state that does not hold together',
      (file: any) => {
        file.tenants.default.conversations[0].contactId = '5';
        return file;
      },
      /^FILE:\d\d+:\d+: \/tenants\/default\/conversations\/0\/contactId expected a contact of this state, not "5"/,
    ],
    [
      'more than there is room for',
      (file: any) => {
        file.tenants.alpha = structuredClone(file.tenants.default);
        return file;
      },
      /there is no room for it all/,
    ],
  ])('%s', async (_, change, message) => {
    const file = join(folder(), 'state.json');
    const changed: unknown = change(await sound());
    const text = typeof changed === 'string' ? changed : JSON.stringify(changed, undefined, 2);
    if (changed !== undefined) writeFileSync(file, text);
    const starting = createEmulator({ port: 0, import: file, maxConversations: 1 });
    await expect(starting).rejects.toMatchObject({ name: 'ConfigFaults' });
    const told = await starting.catch((error: unknown) => (error as Error).message.replaceAll(file, 'FILE'));
    expect(told).toMatch(message);
  });

  test.each([
    ['a folder that is not there', (path: string) => join(path, 'none', 'state.json'), /ENOENT/],
    ['a folder', (path: string) => path, /is no regular file/],
  ])('%s cannot be exported to', async (_, place, message) => {
    const starting = createEmulator({ port: 0, exportOnExit: place(folder()) });
    await expect(starting).rejects.toThrow(/^exportOnExit: the state cannot be exported/);
    await expect(starting).rejects.toThrow(message);
  });
});

describe('the file that was there stays until the new one is whole', () => {
  const closing = async (started: Emulator): Promise<string> =>
    started.close().then(
      () => 'closed',
      (error: unknown) => (error as Error).message,
    );

  test('where the writing breaks off', async () => {
    const path = folder();
    const file = join(path, 'state.json');
    writeFileSync(file, 'before');
    const started = await createEmulator({ port: 0, exportOnExit: file });
    await open(started.url);
    // A value that no JSON can hold stops it in the middle.
    const state = await started.state();
    (state.conversations[0] as any).toJSON = () => {
      throw new Error('the disk is full');
    };
    expect(await closing(started)).toMatch(/the disk is full. What stood there before stands there still$/);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(path)).toEqual(['state.json']);
    await expect(send(started.url, { path: '/_emulator/health' })).rejects.toThrow(/ECONNREFUSED/);
  });

  test('where the folder has gone meanwhile', async () => {
    const path = folder();
    const started = await createEmulator({ port: 0, exportOnExit: join(path, 'state.json') });
    rmSync(path, { recursive: true });
    expect(await closing(started)).toMatch(/could not be exported .*ENOENT/);
  });

  test('a link to it stays one', async () => {
    const path = folder();
    writeFileSync(join(path, 'real.json'), '');
    symlinkSync('real.json', join(path, 'state.json'));
    const started = await createEmulator({ port: 0, exportOnExit: join(path, 'state.json') });
    await started.close();
    expect(lstatSync(join(path, 'state.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(join(path, 'real.json'), 'utf8'))).toEqual({ version: 1, tenants: {} });
    expect(readdirSync(path).sort()).toEqual(['real.json', 'state.json']);
  });
});

describe('the command line', () => {
  async function serve(...flags: string[]): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, ['dist/cli.js', 'serve', '--port', '0', '--log-level', 'error', ...flags], {
      cwd: ROOT,
      env: { PATH: process.env.PATH },
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { child, url: /http:\S+/.exec(line)?.[0] ?? '' };
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('%s exports, and the next start goes on from there', async (signal) => {
    const file = join(folder(), 'state.json');
    const { child, url } = await serve('--import', file, '--export-on-exit', file);
    await open(url);
    const before = await stateOf(url);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    const again = await emulator({ import: file });
    expect(await stateOf(again.url)).toBe(before);
  });

  test('kill -9 leaves the file as it was', async () => {
    const path = folder();
    const file = join(path, 'state.json');
    writeFileSync(file, 'before');
    const { child, url } = await serve('--export-on-exit', file);
    await open(url);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(path)).toEqual(['state.json']);
  });
});
