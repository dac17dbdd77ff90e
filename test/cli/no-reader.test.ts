/** What a command prints does not arrive: whoever read it is gone, as behind a pipe to `head`, or the disk is full. */
import { once } from 'node:events';
import { spawnSync } from 'node:child_process';
import { existsSync, openSync, closeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startProcess } from '../support/cli.js';
import { send } from '../support/client.js';

test.each([
  ['an emulator', ['--port', '0', '--config', 'scenarios/config/bots.yaml'], 404],
  ['a stand-in bot', ['bot', '--port', '0', '--script', 'scenarios/bots/bookings.yaml'], 400],
])('%s goes on answering', async (_, args, status) => {
  const child = startProcess(args);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await expect.poll(() => /listens on (\S+)/.exec(printed), { timeout: 20_000 }).not.toBeNull();
  const [, url = ''] = /listens on (\S+)/.exec(printed) ?? [];
  child.stdout?.destroy();
  await once(child.stdout ?? child, 'close');
  for (let number = 0; number < 5; number += 1) expect((await send(url, { path: '/api/nowhere', body: {} })).status).toBe(status);
  expect(child.exitCode).toBeNull();
});

test('a demo ends well', async () => {
  const child = startProcess(['demo']);
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  child.stdout?.once('data', () => child.stdout?.destroy());
  const [code] = (await once(child, 'exit')) as [number | null];
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
});

const FULL = '/dev/full';

test.skipIf(!existsSync(FULL))('a report that a full disk does not take is no success', () => {
  const full = openSync(FULL, 'w');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['dist/cli.js', 'replay', 'scenarios/thread-raw-body.yaml', '--reporter', 'json'],
    { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
  );
  closeSync(full);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('could not be written: ENOSPC') as string });
});
