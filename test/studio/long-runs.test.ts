/** A script that waits for longer than its token is good for. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CognigyClient } from '../support/cognigy.js';
import { CONTACT, emulator, open, send } from '../support/client.js';

const LISTENER = `
name: listener
trigger: { conversation: {} }
actions:
  Listen: { type: WAIT, next: Listen }
  Heard: { type: ONSIGNAL, next: Look }
  Look:
    type: RESTAPI
    url: '{{ env.CXONE }}/api/v2/conversations/webchat/{{ conversation.conversationId }}'
    headers: { Authorization: 'Bearer {{ env.TOKEN }}' }
    next: Listen
`;

test('it calls with a fresh one after each wait', async () => {
  const scripts = await mkdtemp(join(tmpdir(), 'long-runs-'));
  onTestFinished(() => rm(scripts, { recursive: true }));
  await writeFile(join(scripts, 'listener.yaml'), LISTENER);
  let now = Date.parse('2026-03-01T09:30:00.000Z');
  const clock = { now: () => now, monotonic: () => 0 };
  const { url } = await emulator({ scripts, clock, auth: 'strict', tokenLifetime: 600 });
  await open(url, { contactId: CONTACT });
  const bot = { accessKeyId: 'key', accessKeySecret: 'secret', clientId: 'client', clientSecret: 'secret' };
  for (let times = 0; times < 3; times += 1) {
    now += 601_000;
    await new CognigyClient({ environmentUrl: url, ...bot }).signal(CONTACT, ['Look'], 'query');
  }
  const { body } = await send(url, { path: '/_emulator/traces?script=listener' });
  const looks = body.items[0].entries.filter(({ action }: { action?: string }) => action === 'Look (RESTAPI)');
  expect(looks.map(({ branch }: { branch: string }) => branch)).toEqual(['Default', 'Default', 'Default']);
});
