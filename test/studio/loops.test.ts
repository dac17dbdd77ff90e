/** Scripts that would set each other going for ever are stopped, and say so. */
import { expect, test } from 'vitest';
import { causeOf } from '../../src/index.js';
import { emulator, open, send, tokens } from '../support/client.js';
import { scriptsFolder, webhook } from '../support/scripts.js';

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
