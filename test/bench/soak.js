/**
 * Sends a million requests of every kind (soak-mix.js) over fifty connections, and tells what became of memory.
 * It fails on a 5xx, an answer that was not expected, a crash, or memory that grew.
 */
import { CLI, pinLoad, residentMegabytes, start } from './server-process.js';
import { MIX } from './soak-mix.js';
import { Talker } from './talker.js';

const FULL = 1_000_000;
const REQUESTS = Number(process.argv[2] ?? FULL);
const CONNECTIONS = 50;
const WARM = REQUESTS / 10;
/** Memory breathes with the garbage collector: it is the mean of the samples of a tenth of the warm-up. */
const SAMPLE_EVERY = WARM / 100;
const SAMPLES = 10;
const MOST_GROWTH = 0.1;
/** Each connection plays one test suite after the other, each in a tenant of its own, so that tenants are dropped too. */
const REQUESTS_OF_A_TENANT = 60;

const total = MIX.reduce((sum, { weight }) => sum + weight, 0);
const counts = new Map();
const problems = new Map();
const memory = [];
let sent = 0;
let finished = 0;
let dead = false;

function count(map, name) {
  map.set(name, (map.get(name) ?? 0) + 1);
}

/** Draws from 0 to below n, the same in every run. */
function drawing(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function pick(draw) {
  let place = (draw(1e6) / 1e6) * total;
  return MIX.find(({ weight }) => (place -= weight) < 0) ?? MIX[0];
}

async function play(kind, caller, talker) {
  if (kind.leaves) {
    await talker.leave(kind.make(caller));
    return;
  }
  const answers = await talker.exchange(kind.make(caller), kind.answers);
  for (const { status, body } of answers) {
    if (![kind.status].flat().includes(status)) count(problems, `${kind.name}: ${String(status)} ${body.slice(0, 200)}`);
    if (kind.opens && status === 201) caller.conversationId = JSON.parse(body).conversationId;
  }
  if (kind.closes) await talker.closed();
  if (kind.forgets) caller.conversationId = undefined;
}

async function converse(address, number, pid) {
  const draw = drawing(number + 1);
  const talker = new Talker(address);
  const caller = { draw, tenant: '', conversationId: undefined };
  for (let own = 0; sent < REQUESTS && !dead; own += 1) {
    sent += 1;
    if (own % REQUESTS_OF_A_TENANT === 0) {
      caller.tenant = `soak-${String(number)}-${String(own / REQUESTS_OF_A_TENANT)}`;
      caller.conversationId = undefined;
    }
    const kind = caller.conversationId === undefined ? MIX[0] : pick(draw);
    count(counts, kind.name);
    try {
      await play(kind, caller, talker);
    } catch (error) {
      count(problems, `${kind.name}: ${error.message}`);
    }
    finished += 1;
    if (finished % SAMPLE_EVERY === 0) memory.push(residentMegabytes(pid));
    if (finished % WARM === 0) console.log(`${String(finished).padStart(8)} requests, ${memory.at(-1).toFixed(0)} MB`);
  }
  talker.close();
  return caller.tenant;
}

/** What the log of traces has of these tenants, and what it has dropped of them. */
async function tracesOf(url, tenants) {
  const sum = { kept: 0, dropped: 0 };
  for (const tenant of tenants) {
    const { total: kept, dropped } = await (await fetch(`${url}/t/${tenant}/_emulator/traces?control=true&limit=1`)).json();
    sum.kept += kept;
    sum.dropped += dropped;
  }
  return sum;
}

function meanMemory(upTo) {
  const samples = memory.slice(Math.max(0, upTo - SAMPLES), upTo);
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

pinLoad();
const { child, url } = await start(CLI, 'serve', '--port', '0', '--log-level', 'error');
child.once('exit', () => (dead = true));
const began = performance.now();
try {
  const { hostname: host, port } = new URL(url);
  const talks = Array.from({ length: CONNECTIONS }, (_, number) => converse({ host, port: Number(port) }, number, child.pid));
  const tenants = await Promise.all(talks);
  const seconds = (performance.now() - began) / 1000;
  if (dead) throw new Error('the emulator is no longer there');
  const warm = meanMemory(WARM / SAMPLE_EVERY);
  const end = meanMemory(memory.length);
  const growth = end / warm - 1;
  console.log([...counts].map(([name, number]) => `${name} ${String(number)}`).join(', '));
  console.log(`${String(finished)} requests in ${seconds.toFixed(0)} s, ${(finished / seconds).toFixed(0)}/s`);
  console.log(
    `memory: ${warm.toFixed(1)} MB at ${String(WARM)} requests, ${end.toFixed(1)} MB at the end: ${(growth * 100).toFixed(1)} %`,
  );
  console.log(`errors: ${problems.size === 0 ? 'none' : ''}`);
  for (const [problem, number] of problems) console.log(`  ${String(number)} × ${problem}`);
  const { kept, dropped } = await tracesOf(url, tenants);
  console.log(`traces of the last ${String(tenants.length)} tenants: ${String(kept)} kept, ${String(dropped)} dropped`);
  const missed = [
    ...(problems.size === 0 ? [] : ['not every answer was as expected']),
    ...(growth <= MOST_GROWTH ? [] : [`memory grew by more than ${String(MOST_GROWTH * 100)} %`]),
  ];
  for (const reason of missed) console.log(`MISSED: ${reason}`);
  if (REQUESTS < FULL) console.log(`Memory is judged by ${String(FULL)} requests: before, the logs are still filling.`);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  child.kill();
}
