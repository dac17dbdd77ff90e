/** How long it takes from `node dist/cli.js serve` to the first answer, and what the emulator then keeps in memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { CLI, residentMegabytes } from './server-process.js';
import { Talker } from './talker.js';

const IDLE = 2000;

/** In milliseconds, one run. */
export async function firstAnswer() {
  return withServer(async (answered) => answered);
}

/** In MB, two seconds after the first answer. */
export async function idleMemory() {
  return withServer(async (_, pid) => {
    await pause(IDLE);
    return residentMegabytes(pid);
  });
}

async function withServer(measure) {
  const began = performance.now();
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(createInterface(child.stdout), 'line');
    const { hostname: host, port } = new URL(/http:\S+/.exec(line)[0]);
    const talker = new Talker({ host, port: Number(port) });
    const [{ status }] = await talker.exchange(Buffer.from('GET /_emulator/health HTTP/1.1\r\nhost: localhost\r\n\r\n'));
    const answered = performance.now() - began;
    talker.close();
    if (status !== 200) throw new Error(`health answered ${String(status)}`);
    return await measure(answered, child.pid);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}
