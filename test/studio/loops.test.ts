/** Scripts that would set each other going for ever are stopped, and say so. */
import { expect, test } from 'vitest';
import { causeOf } from '../../src/index.js';
import { emulator, open, send, tokens } from '../support/client.js';
import { standingClock } from '../support/clock.js';
import { outside, scriptsFolder, signalTo, webhook } from '../support/scripts.js';

const OWN_WEBHOOK = `
name: own-webhook
trigger: { webhook: { path: /webhooks/own } }
actions:
  Again: { type: RESTAPI, url: '{{ env.CXONE }}/webhooks/own', method: POST, body: {}, next: Done }
  Done: { type: END }
`;
const SPAWNS_ITSELF = `
name: spawns-itself
trigger: { conversation: {} }
actions:
  Again: { type: SPAWN, script: spawns-itself, next: Done }
  Done: { type: END }
`;
const HANDS_OVER_AGAIN = `
name: hands-over-again
trigger: { handover: {} }
actions:
  Again:
    type: RESTPROXY
    url: '{{ env.CXONE }}/api/v2/conversations/webchat'
    contentType: application/json
    body: { sessionId: '{{ context.sessionId }}', metadata: { n: '{{ context.metadata.n }}x' } }
    next: Done
  Done: { type: END }
`;

test.each([
  ['a webhook that calls itself', OWN_WEBHOOK, 'own-webhook'],
  ['a script that spawns itself', SPAWNS_ITSELF, 'spawns-itself'],
  ['a handover that its own script repeats', HANDS_OVER_AGAIN, 'hands-over-again'],
])('%s', async (_, text, script) => {
  const running = await emulator({ scripts: await scriptsFolder({ 'loop.yaml': text }) });
  const { conversationId } = await open(running.url, {});
  await send(running.url, { body: { sessionId: conversationId, metadata: { n: 'x' } } });
  await send(running.url, { path: '/webhooks/own', body: {} });
  const stopped = running.traces({ script, code: 'SCRIPT_STEP_LIMIT' });
  expect(stopped).toHaveLength(1);
  expect(causeOf(stopped[0])).toMatchObject({
    code: 'SCRIPT_STEP_LIMIT',
    expected: 'at most 20 scripts, each set going by the one before',
  });
  expect(running.traces({ script }).filter(({ outcome }) => outcome === 'running')).toEqual([]);
});

test('every caller in a chain of webhooks is told what it ends at', async () => {
  const running = await emulator({ scripts: await scriptsFolder({ 'loop.yaml': OWN_WEBHOOK }) });
  const answer = await send(running.url, { path: '/webhooks/own', body: {} });
  expect(answer.headers['x-emulator-cause']).toBe('REST_CALL_FAILED');
  const callers = running.traces({ script: 'own-webhook', code: 'REST_CALL_FAILED' });
  expect(callers).toHaveLength(20);
  for (const caller of callers)
    expect(causeOf(caller)?.received).toBe('400 Bad Request for SCRIPT_STEP_LIMIT: own-webhook sets itself going over and over.');
});

test('a script that sets two of its own going is stopped before their number has doubled twenty times', async () => {
  const running = await emulator({
    scripts: await scriptsFolder({
      'twice.yaml': {
        name: 'twice',
        trigger: { conversation: {} },
        actions: {
          One: { type: 'SPAWN', script: 'twice', next: 'Two' },
          Two: { type: 'SPAWN', script: 'twice', next: 'Done' },
          Done: { type: 'END' },
        },
      },
    }),
  });
  await open(running.url, {});
  const runs = running.traces({ script: 'twice' });
  expect(runs.length).toBeLessThan(2100);
  expect(runs.some((run) => causeOf(run)?.code === 'SCRIPT_STEP_LIMIT')).toBe(true);
  expect(runs.filter(({ outcome }) => outcome === 'running')).toEqual([]);
});

test('a script that waits before it sets two of its own going is stopped before their number has doubled twenty times', async () => {
  const clock = standingClock();
  const opens = (next: string): object => ({
    type: 'RESTAPI',
    url: '{{ env.CXONE }}/_emulator/conversations',
    body: {},
    branches: { Default: next, OnError: next },
  });
  const running = await emulator({
    clock,
    scripts: await scriptsFolder({
      'waits.yaml': {
        name: 'waits',
        trigger: { conversation: {} },
        actions: {
          Rest: { type: 'WAIT', seconds: 60, next: 'One' },
          One: opens('Two'),
          Two: opens('Done'),
          Done: { type: 'END' },
        },
      },
    }),
  });
  await open(running.url, {});
  while (clock.waiting > 0) {
    clock.advance(60_000);
    const going = (): number => running.traces({ script: 'waits', outcome: 'running', limit: 10_000 }).length;
    await expect.poll(() => going() - clock.waiting, { timeout: 20_000 }).toBe(0);
  }
  const runs = running.traces({ script: 'waits', limit: 10_000 });
  const stopped = runs.find((run) => causeOf(run) !== undefined);
  expect(causeOf(stopped)).toMatchObject({ code: 'SCRIPT_STEP_LIMIT', expected: expect.stringContaining('at most 500 scripts') });
  expect(runs.length).toBeLessThan(2100);
});

test('others are answered while a script goes round and round', async () => {
  let loops: () => void = () => undefined;
  const looping = new Promise<void>((resolve) => (loops = resolve));
  const target = await outside((_, response) => {
    response.end('{}', loops);
  });
  const running = await emulator({
    maxScriptSteps: 50_000,
    scriptHosts: ['127.0.0.1'],
    scripts: await scriptsFolder(
      webhook('round', {
        Tell: { type: 'RESTAPI', url: target, next: 'Again' },
        Again: { type: 'IF', condition: 'vars.none == 1', branches: { OnTrue: 'Again', OnFalse: 'Again' } },
      }),
    ),
  });
  let over = false;
  const answered = send(running.url, { path: '/webhooks/round', body: {} }).then((answer) => {
    over = true;
    return answer;
  });
  await looping;
  for (let number = 0; number < 5; number += 1) await send(running.url, { path: '/_emulator/health' });
  expect(over).toBe(false);
  expect((await answered).headers['x-emulator-cause']).toBe('SCRIPT_STEP_LIMIT');
});

test('a script that has its own webhook explained, twice each time, is stopped', async () => {
  const explains = (next: string): object => ({
    type: 'RESTAPI',
    url: '{{ env.CXONE }}/_emulator/explain',
    body: { path: '/webhooks/mirror', body: {} },
    branches: { Default: next, OnError: next },
  });
  const running = await emulator({
    scripts: await scriptsFolder(
      webhook('mirror', {
        One: explains('Two'),
        Two: explains('Done'),
        Done: { type: 'RESPOND', body: { seen: '{{ vars.response }}' } },
      }),
    ),
  });
  const answer = await send(running.url, { path: '/webhooks/mirror', body: {} });
  expect(answer.status).toBe(200);
  const explained = await send(running.url, { path: '/_emulator/explain', body: { path: '/webhooks/mirror', body: {} } });
  expect(explained.body).toMatchObject({ status: 200, trace: { outcome: 'accepted', parent: null } });
});

test('a script that hears signals from outside goes on for as long as they come', async () => {
  const running = await emulator({
    maxScriptSteps: 20,
    scripts: await scriptsFolder({
      'listener.yaml': `
name: listener
trigger: { conversation: {} }
actions:
  Listen: { type: WAIT, next: Listen }
  Heard: { type: ONSIGNAL, next: Listen }
`,
    }),
  });
  const { contactId } = await open(running.url, {});
  const token = ((await tokens(running.url)) as { access_token: string }).access_token;
  for (let number = 0; number < 30; number += 1) {
    const signalled = await send(running.url, {
      method: 'POST',
      path: `/inContactAPI/services/v30.0/interactions/${String(contactId)}/signal?p1=${String(number)}`,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(signalled.status).toBe(202);
  }
  const [run] = running.traces({ script: 'listener' });
  expect(run?.outcome).toBe('running');
  expect(run?.entries.filter(({ action }) => action === 'Heard (ONSIGNAL)')).toHaveLength(30);
});

test('a variable that doubles itself is refused before it takes the emulator down', async () => {
  const running = await emulator({
    scripts: await scriptsFolder({
      ...webhook(
        'objects',
        { A: { type: 'ASSIGN', set: { l: { x: '{{ vars.l }}', y: '{{ vars.l }}' } }, next: 'A' } },
        { variables: { l: 'x' } },
      ),
      ...webhook(
        'texts',
        { A: { type: 'ASSIGN', set: { l: '{{ vars.l }}{{ vars.l }}' }, next: 'A' } },
        { variables: { l: 'x' } },
      ),
    }),
  });
  for (const script of ['objects', 'texts']) {
    const answer = await send(running.url, { path: `/webhooks/${script}`, body: {} });
    expect(answer.status).toBe(400);
    expect(causeOf(running.traces({ script })[0])).toMatchObject({
      code: 'SCRIPT_VALUE_INVALID',
      message: 'The value for the variable l is too large.',
    });
  }
});

test('a variable that puts itself into itself is refused before it nests without end', async () => {
  const running = await emulator({
    scripts: await scriptsFolder(
      webhook('nests', { A: { type: 'ASSIGN', set: { l: ['{{ vars.l }}'] }, next: 'A' } }, { variables: { l: 'x' } }),
    ),
  });
  const answer = await send(running.url, { path: '/webhooks/nests', body: {} });
  expect(answer.headers['x-emulator-cause']).toBe('SCRIPT_VALUE_INVALID');
  expect(causeOf(running.traces({ script: 'nests' })[0])?.message).toBe('The value for the variable l nests too deep.');
});

test('the trace of a script that runs for long keeps its beginning and its end', async () => {
  const running = await emulator({
    maxScriptSteps: 3000,
    scripts: await scriptsFolder(
      webhook(
        'count',
        {
          More: { type: 'ASSIGN', set: { n: '{{ vars.n | plus: 1 }}' }, next: 'Enough' },
          Enough: { type: 'IF', condition: 'vars.n >= 700', branches: { OnTrue: 'Done', OnFalse: 'More' } },
          Done: { type: 'RESPOND', body: { n: '{{ vars.n }}' } },
        },
        { variables: { n: 0 } },
      ),
    ),
  });
  expect((await send(running.url, { path: '/webhooks/count', body: {} })).body).toEqual({ n: 700 });
  const entries = running.traces({ script: 'count' })[0]?.entries ?? [];
  expect(entries.length).toBeLessThan(1010);
  expect(entries.filter(({ message }) => message.endsWith('entries were left out here.'))).toHaveLength(1);
  expect(entries.some(({ variables }) => variables?.n === 1)).toBe(true);
  expect(entries.some(({ variables }) => variables?.n === 700)).toBe(true);
});

test('a script that goes round with short waits is stopped', async () => {
  const clock = standingClock();
  const running = await emulator({
    clock,
    maxScriptSteps: 20,
    scripts: await scriptsFolder({
      'hurry.yaml': {
        name: 'hurry',
        trigger: { conversation: {} },
        actions: { Rest: { type: 'WAIT', seconds: 0.9, next: 'Rest' } },
      },
    }),
  });
  await open(running.url, {});
  for (let round = 0; round < 20; round += 1) {
    await expect.poll(() => clock.waiting).toBe(1);
    clock.advance(900);
  }
  await expect.poll(() => running.traces({ script: 'hurry' })[0]?.outcome).toBe('failed');
  expect(causeOf(running.traces({ script: 'hurry' })[0])?.code).toBe('SCRIPT_STEP_LIMIT');
});

test('a script that waits over and over takes no other trace’s place in the log', async () => {
  const clock = standingClock();
  const running = await emulator({
    clock,
    maxTraces: 50,
    scripts: await scriptsFolder({
      'poll.yaml': {
        name: 'poll',
        trigger: { conversation: {} },
        actions: { Rest: { type: 'WAIT', seconds: 5, next: 'Look' }, Look: { type: 'TRACE', message: 'looks', next: 'Rest' } },
      },
    }),
  });
  for (let number = 0; number < 10; number += 1)
    await send(running.url, { path: `/api/v2/conversations/webchat/${String(number)}` });
  await open(running.url, {});
  for (let round = 0; round < 1200; round += 1) {
    clock.advance(5000);
    while (clock.waiting === 0) await new Promise(setImmediate);
  }
  expect(running.traces({ outcome: 'rejected' })).toHaveLength(10);
  expect(running.traces({ script: 'poll' })).toMatchObject([{ outcome: 'running' }]);
});

test('a signal that comes while the script ends that would hear it leaves the one alone that runs on', async () => {
  const running = await emulator({
    scripts: await scriptsFolder({
      'main.yaml': {
        name: 'main',
        trigger: { conversation: {} },
        actions: {
          Part: { type: 'RUNSUB', script: 'part', next: 'Rest' },
          Rest: { type: 'WAIT', next: 'Done' },
          Done: { type: 'END' },
        },
      },
      'part.yaml': {
        name: 'part',
        actions: {
          Tell: { type: 'SIGNAL', contactId: '{{ contact.contactId }}', parameters: ['last'], next: 'Done' },
          Heard: { type: 'ONSIGNAL', next: 'Tell' },
          Done: { type: 'END' },
        },
      },
    }),
  });
  await open(running.url, {});
  const [run] = running.traces({ script: 'main' });
  expect(run?.entries.filter(({ level }) => level === 'error').map(({ code }) => code)).not.toContain('SCRIPT_STOPPED');
});

test('the end of one conversation stops its own scripts only, and the newest script on a contact hears', async () => {
  const running = await emulator({
    scripts: await scriptsFolder({
      'first.yaml': {
        name: 'first',
        trigger: { conversation: {} },
        actions: { Rest: { type: 'WAIT', next: 'Rest' }, Heard: { type: 'ONSIGNAL', next: 'Rest' } },
      },
      'second.yaml': {
        name: 'second',
        trigger: { handover: {} },
        actions: { Rest: { type: 'WAIT', next: 'Rest' }, Heard: { type: 'ONSIGNAL', next: 'Rest' } },
      },
    }),
  });
  const one = await open(running.url, {});
  const other = await open(running.url, {});
  await send(running.url, { body: { sessionId: one.conversationId } });
  await send(running.url, await signalTo(running.url, one.contactId, 'x'));
  const heard = (script: string): number =>
    running
      .traces({ script, contactId: one.contactId })
      .flatMap(({ entries }) => entries)
      .filter(({ action }) => action === 'Heard (ONSIGNAL)').length;
  expect([heard('first'), heard('second')]).toEqual([0, 1]);
  await send(running.url, { method: 'POST', path: `/_emulator/conversations/${String(one.conversationId)}/end` });
  const outcomes = (contactId: string): unknown[] =>
    running
      .traces({ contactId })
      .filter(({ script }) => script !== null)
      .map(({ outcome }) => outcome);
  expect(outcomes(one.contactId)).toEqual(['accepted', 'accepted']);
  expect(outcomes(other.contactId)).toEqual(['running']);
});

test('explain runs a script to where it rests, and takes an answer that is no JSON', async () => {
  const running = await emulator({
    scripts: await scriptsFolder(
      webhook('text', {
        Answer: { type: 'RESPOND', bodyText: 'hello', next: 'After' },
        After: { type: 'TRACE', message: 'afterwards', next: 'Done' },
        Done: { type: 'END' },
      }),
    ),
  });
  const explained = await send(running.url, { path: '/_emulator/explain', body: { path: '/webhooks/text', body: {} } });
  expect(explained.body).toMatchObject({ status: 200, body: 'hello', trace: { outcome: 'accepted' } });
  expect(JSON.stringify(explained.body)).toContain('afterwards');
});
