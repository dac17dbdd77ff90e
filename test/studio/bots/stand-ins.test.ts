/** A stand-in bot inside the emulator: it answers as it would over HTTP, and what it has to tell stands in the script's trace. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arrive, talkScript, type Talk } from '../../support/bots.js';
import { send } from '../../support/client.js';
import { type Files, scriptsFolder, webhook, withScripts } from '../../support/scripts.js';

/** A customer who arrives where these rules play the bot. */
async function talkWithRules(rules: readonly object[], scripts: Files = talkScript()): Promise<Talk> {
  const folder = await scriptsFolder({ 'bella.yaml': { name: 'Bella', rules } });
  const virtualAgents = [{ name: 'Bella', standIn: join(folder, 'bella.yaml') }];
  return arrive(await withScripts(scripts, { virtualAgents }));
}

const words = ({ messages }: any): string[] => messages.map(({ text }: { text: string }) => text);

test('a request that is explained leaves the sessions of a stand-in as they are', async () => {
  const turn = { type: 'TEXTBOT EXCHANGE', virtualAgent: 'Bella' };
  const talk = await talkWithRules(
    [
      { on: 'start', say: 'Hello' },
      { on: 'text', say: 'You said {{ input }}' },
    ],
    {
      ...talkScript(),
      'late.yaml': {
        name: 'late',
        trigger: { handover: {} },
        actions: {
          Again: { ...turn, next: 'Done', branches: { OnPromptAndCollectNextResponse: 'Done' } },
          Done: { type: 'END' },
        },
      },
      ...webhook('over', {
        Hand: {
          type: 'RESTAPI',
          url: '{{ env.CXONE }}/api/v2/conversations/webchat',
          method: 'POST',
          body: { sessionId: '{{ context.sessionId }}', skillId: 4001 },
          next: 'Answer',
        },
        Answer: { type: 'RESPOND', body: { state: '{{ vars.response.state }}' } },
      }),
    },
  );
  expect(words(await talk.say('one'))).toEqual(['You said one']);
  const request = { path: '/webhooks/over', body: { sessionId: talk.conversationId } };
  const explained = await send(talk.emulator.url, { path: '/_emulator/explain', body: request });
  expect(explained.body.body).toEqual({ state: 'queued' });
  expect(words(await talk.say('two'))).toEqual(['You said two']);
});

test('an answer over 32 KB is as much too large as over HTTP', async () => {
  const talk = await talkWithRules([
    { on: 'start', say: 'Hello' },
    { on: 'text', say: '{{ input }}' },
  ]);
  await talk.say('x'.repeat(17_000));
  expect(talk.trace().entries.filter(({ level }) => level === 'warn')).toMatchObject([
    { code: 'BOT_RESPONSE_INVALID', message: 'The answer of the bot Bella is over 32 KB.' },
  ]);
});

test('a pattern that takes for ever is passed over, and the trace says so', async () => {
  const talk = await talkWithRules([
    { on: 'start', say: 'Hello' },
    { hears: '^(a+)+$', say: 'slow' },
    { on: 'text', say: 'quick' },
  ]);
  expect(words(await talk.say(`${'a'.repeat(60)}!`))).toEqual(['quick']);
  expect(talk.trace().entries.at(-2)?.message).toMatch(
    /It comes to PromptAndCollectNextResponse\. The pattern "\^\(a\+\)\+\$" of line \d+ takes too long on this text: the rule is passed over\.$/,
  );
});
