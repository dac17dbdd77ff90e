/** A server in a process of its own, and what it takes of the machine. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const CLI = here('../../dist/cli.js');

const canPin = spawnSync('taskset', ['--version']).status === 0;

/** Leaves core 0 to the servers; without taskset nothing is pinned, and numbers are worth less. */
export function pinLoad() {
  if (canPin) spawnSync('taskset', ['-pc', '1', String(process.pid)]);
  else console.log('taskset is missing: nothing is pinned, and the numbers are worth less.');
}

/** Starts `node ...args` on core 0; answers the process and the address that its first line names. */
export async function start(...args) {
  const command = canPin ? ['taskset', '-c', '0', process.execPath, ...args] : [process.execPath, ...args];
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, url: /http:\S+/.exec(line)[0] };
}

/** What a process keeps in memory, in MB (10⁶ bytes). */
export function residentMegabytes(pid) {
  return (Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)]).stdout.toString()) * 1024) / 1e6;
}
