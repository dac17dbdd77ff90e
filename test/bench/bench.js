/**
 * Measures what the README promises of speed and size, each against its limit.
 * The two servers of a ratio share one core and the load has another; rounds alternate, so that what disturbs one
 * disturbs both.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { load } from './load.js';
import { buildWithMoreOperations } from './more-operations.js';
import { productionInstall } from './package-size.js';
import { CLI, here, pinLoad, start } from './server-process.js';
import { firstAnswer, idleMemory } from './start-up.js';
import { Talker } from './talker.js';

const ROUNDS = 7;
const SECONDS = 2;
/** Two processes of one and the same program differ by several percent, from their start to their end. */
const PAIRS = 5;
const ROUNDS_OF_A_PAIR = 3;
const CONNECTIONS = 50;
const STARTS = 9;
const MORE_OPERATIONS = 60;
const FEW = 10;
const MANY = 100_000;
const CONVERSATION_ID = '0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46';
const PATH = '/api/v2/conversations/webchat';

const SERVE = ['serve', '--port', '0', '--log-level', 'error'];
const REFUSED = { status: 400, bodies: [JSON.stringify({ sessionId: 'abc-123', metadata: { intent: 'billing' } })] };

function handover(sessionId, intent = 'billing') {
  return JSON.stringify({ sessionId, metadata: { intent }, skillId: 4001 });
}

const VALID = { status: 200, bodies: [handover(CONVERSATION_ID), handover(CONVERSATION_ID, 'sales')] };

function throughput(url, { bodies, status, path = PATH }, seconds) {
  return load({ url, path, bodies, status, connections: CONNECTIONS, seconds });
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

let met = true;

function row(what, value, limit, holds) {
  met &&= holds;
  console.log(`${what.padEnd(46)} ${value.padStart(9)}   ${limit}${holds ? '' : '   MISSED'}`);
}

/** How many times the other's throughput the one has. `one` and `other`: {url, work}. */
async function ratio(one, other, rounds) {
  for (const { url, work } of [one, other]) await throughput(url, work, 1);
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    const rate = await throughput(one.url, one.work, SECONDS);
    ratios.push(rate / (await throughput(other.url, other.work, SECONDS)));
  }
  return median(ratios);
}

/** Runs servers as long as `measure` works with their addresses. */
async function withServers(commands, measure) {
  const servers = [];
  try {
    for (const command of commands) servers.push(await start(...command));
    return await measure(...servers.map(({ url }) => url));
  } finally {
    for (const { child } of servers) child.kill();
  }
}

/** Opens conversations; answers the ids of the first, the last and others between, a thousand at most. */
async function openConversations(url, count, conversation = {}) {
  const { hostname: host, port } = new URL(url);
  const talker = new Talker({ host, port: Number(port) });
  const body = JSON.stringify(conversation);
  const bytes = Buffer.from(
    `POST /_emulator/conversations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
  );
  const every = Math.ceil(count / 1000);
  const ids = [];
  for (let number = 0; number < count; number += 1) {
    const [answer] = await talker.exchange(bytes);
    if (answer.status !== 201) throw new Error(`could not open a conversation: ${answer.body}`);
    if (number % every === 0) ids.push(JSON.parse(answer.body).conversationId);
  }
  talker.close();
  return ids;
}

/** The change from the second server's throughput to the first one's, over several pairs of processes. */
async function change(commands, prepare) {
  const ratios = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    ratios.push(
      await withServers(commands, async (one, other) => {
        const works = await prepare(one, other);
        return ratio({ url: one, work: works[0] }, { url: other, work: works[1] }, ROUNDS_OF_A_PAIR);
      }),
    );
  }
  return median(ratios) - 1;
}

function percent(share) {
  return `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
}

pinLoad();

await withServers(
  [
    [CLI, ...SERVE],
    [here('baseline.js'), CONVERSATION_ID],
  ],
  async (emulator, express) => {
    await openConversations(emulator, 1, { conversationId: CONVERSATION_ID });
    for (const [name, work, floor] of [
      ['valid handover', VALID, 1.5],
      ['refused handover', REFUSED, 1.2],
    ]) {
      const times = await ratio({ url: emulator, work }, { url: express, work }, ROUNDS);
      row(`${name}, times a bare Express 5 app`, times.toFixed(2), `at least ${String(floor)}`, times >= floor);
    }
  },
);

const folder = buildWithMoreOperations(MORE_OPERATIONS);
try {
  const larger = await change(
    [
      [join(folder, 'dist/cli.js'), ...SERVE],
      [CLI, ...SERVE],
    ],
    async (...urls) => {
      for (const url of urls) await openConversations(url, 1, { conversationId: CONVERSATION_ID });
      return [VALID, VALID];
    },
  );
  row(`${String(MORE_OPERATIONS)} more operations change throughput by`, percent(larger), 'not 10 % down', larger > -0.1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const crowded = await change(
  [
    [CLI, ...SERVE],
    [CLI, ...SERVE],
  ],
  async (many, few) => {
    const work = async (url, count) => ({ status: 200, bodies: (await openConversations(url, count)).map((id) => handover(id)) });
    return [await work(many, MANY), await work(few, FEW)];
  },
);
row(`${String(MANY)} conversations instead of ${String(FEW)}, by`, percent(crowded), 'not 10 % down', crowded > -0.1);

const [own, beside] = await withServers([[CLI, ...SERVE, '--scripts', here('scripts')]], async (url) => {
  await openConversations(url, 1, { conversationId: CONVERSATION_ID });
  const milliseconds = async (path) => {
    const work = { status: 200, bodies: [handover(CONVERSATION_ID)], path };
    await throughput(url, work, 1);
    const rates = [];
    for (let round = 0; round < ROUNDS_OF_A_PAIR; round += 1) rates.push(await throughput(url, work, SECONDS));
    return 1000 / median(rates);
  };
  const direct = await milliseconds(PATH);
  return [await milliseconds('/webhooks/ten-actions'), (await milliseconds('/webhooks/one-call')) - direct];
});
row('a webhook whose script takes ten actions', `${own.toFixed(2)} ms`, 'within 1 ms', own <= 1);
row('a script with one call, beside the call itself', `${beside.toFixed(2)} ms`, 'within 1 ms', beside <= 1);

const starts = [];
for (let run = 0; run < STARTS; run += 1) starts.push(await firstAnswer());
row('first answer after the start', `${median(starts).toFixed(0)} ms`, 'within 400 ms', median(starts) <= 400);
const idle = await idleMemory();
row('memory, idle', `${idle.toFixed(0)} MB`, 'under 110 MB', idle < 110);
const { packages, megabytes } = productionInstall();
row('production install', `${megabytes.toFixed(1)} MB`, 'under 25 MB', megabytes < 25);
row('packages in it', String(packages), 'under 100', packages < 100);
process.exitCode = met ? 0 : 1;
