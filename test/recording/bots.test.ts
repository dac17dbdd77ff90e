/** A session in which bots spoke replays with the same bots, and shows nothing that is sent to them only. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { open, send } from '../support/client.js';
import { outcomeOf, recording } from '../support/recording.js';

const inScenarios = (path: string): string => fileURLToPath(new URL(`../../scenarios/${path}`, import.meta.url));

test('a conversation with a stand-in bot replays, with its file seen from the recording', async () => {
  const { url, finish } = await recording({
    scripts: inScenarios('bots/scripts'),
    virtualAgents: [{ name: 'Bookings', standIn: inScenarios('bots/bookings.yaml') }],
  });
  const { conversationId } = await open(url, { channel: 'webchat' });
  const path = `/_emulator/conversations/${conversationId as string}/messages`;
  for (const text of ['move my booking', 'AB1234', 'an agent, please']) {
    expect((await send(url, { path, body: { text } })).status).toBe(200);
  }

  const { text, file } = await finish();
  expect(await outcomeOf(file)).toBe('passed');
  expect(text).toContain('AB1234 is on');
  const standIn = /standIn: (\S+)/.exec(text)?.[1] ?? '';
  expect(standIn).toMatch(/^\.\.\//);
  expect(resolve(file, '..', standIn)).toBe(resolve(inScenarios('bots/bookings.yaml')));
});

test('what only the bot is sent has a name, and what the environment gives is still asked of it', async () => {
  process.env.RECORDED_BOT_KEY_TEST = 'env-bot-key-5511';
  onTestFinished(() => {
    delete process.env.RECORDED_BOT_KEY_TEST;
  });
  const { url, finish } = await recording({
    virtualAgents: [
      {
        name: 'Far',
        url: 'http://localhost:9/{{ env.RECORDED_BOT_KEY_TEST }}',
        protocol: 'cognigy-rest',
        headers: { 'X-Bot': 'literal-bot-value-7', Authorization: 'Bearer {{ env.RECORDED_BOT_KEY_TEST }}' },
        botConfig: { apiKey: 'config-key-9911', region: 'eu' },
        timeout: 3,
      },
    ],
  });
  await send(url, { body: { sessionId: 'x' } });
  const { text } = await finish();
  expect(text).not.toMatch(/env-bot-key-5511|literal-bot-value-7|config-key-9911/);
  for (const kept of [
    'url: http://localhost:9/{{ env.RECORDED_BOT_KEY_TEST }}',
    'protocol: cognigy-rest',
    'Authorization: Bearer {{ env.RECORDED_BOT_KEY_TEST }}',
    'X-Bot: RECORDED_X_BOT',
    'region: eu',
    'timeout: 3',
  ])
    expect(text).toContain(kept);
});
