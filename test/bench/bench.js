/**
 * Measures the emulator's throughput as a multiple of a bare Express 5 app's (baseline.js), tracing on.
 * Both servers run on one pinned core, the load on another; rounds alternate, so that what disturbs one disturbs both.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { load } from './load.js';

const ROUNDS = 7;
const SECONDS = 2;
const CONNECTIONS = 50;
const CONVERSATION_ID = '0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46';
const PATH = '/api/v2/conversations/webchat';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const canPin = spawnSync('taskset', ['--version']).status === 0;
if (canPin) spawnSync('taskset', ['-pc', '1', String(process.pid)]);
else console.log('taskset is missing: nothing is pinned, and the numbers are worth less.');

async function start(...args) {
  const command = canPin ? ['taskset', '-c', '0', process.execPath, ...args] : [process.execPath, ...args];
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, url: /http:\S+/.exec(line)[0] };
}

function handover(intent) {
  return JSON.stringify({ sessionId: CONVERSATION_ID, metadata: { intent }, skillId: 4001 });
}

const LOADS = [
  { name: 'valid handover', floor: 1.5, status: 200, bodies: [handover('billing'), handover('sales')] },
  {
    name: 'refused handover',
    floor: 1.2,
    status: 400,
    bodies: [JSON.stringify({ sessionId: 'abc-123', metadata: { intent: 'billing' } })],
  },
];

function throughput(url, { bodies, status }, seconds) {
  return load({ url, path: PATH, bodies, status, connections: CONNECTIONS, seconds });
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

const emulator = await start(here('../../dist/cli.js'), 'serve', '--port', '0', '--log-level', 'error');
const baseline = await start(here('baseline.js'), CONVERSATION_ID);
let met = true;
try {
  await fetch(`${emulator.url}/_emulator/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId: CONVERSATION_ID }),
  });
  for (const work of LOADS) {
    await throughput(emulator.url, work, 1);
    await throughput(baseline.url, work, 1);
    const rates = { emulator: [], baseline: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.emulator.push(await throughput(emulator.url, work, SECONDS));
      rates.baseline.push(await throughput(baseline.url, work, SECONDS));
    }
    const ratio = median(rates.emulator.map((rate, round) => rate / rates.baseline[round]));
    met &&= ratio >= work.floor;
    console.log(
      `${work.name.padEnd(18)} emulator ${median(rates.emulator).toFixed(0)}/s, bare Express ${median(rates.baseline).toFixed(0)}/s: ` +
        `${ratio.toFixed(2)} × (at least ${String(work.floor)})`,
    );
  }
} finally {
  emulator.child.kill();
  baseline.child.kill();
}
process.exitCode = met ? 0 : 1;
