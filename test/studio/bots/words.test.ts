/** No word of a customer is lost: an exchange that failed is tried again with it, each bot is greeted, a spawned script hears it. */
import { expect, test } from 'vitest';
import { arrive, bot, says, talkScript, talkWith } from '../../support/bots.js';
import { send, traceOf } from '../../support/client.js';
import { signalTo, withScripts } from '../../support/scripts.js';

const turnsOf = ({ asked }: { readonly asked: readonly { readonly body: any }[] }): string[] =>
  asked.map(({ body }) => [body.virtualAgentId, body.userInputType, body.userInput].join(' ').trim());

test.each([
  ['is not there', (): undefined => undefined, 503],
  ['reports an error', (): object => ({ branchName: 'Error' }), 200],
])('a bot that %s is asked the same again, the greeting too', async (_, failing, status) => {
  const bella = await bot((_asked, response) => {
    if (bella.asked.length % 2 === 0) return says('Well?');
    response.statusCode = status;
    return failing() ?? 'no';
  });
  const again = { type: 'SENDMESSAGE', message: 'One moment', next: 'Turn' };
  const talk = await talkWith(bella, { scripts: talkScript({ Sorry: again }) });
  expect((await talk.say('move my booking')).messages).toMatchObject([{ text: 'One moment' }, { text: 'Well?' }]);
  expect(turnsOf(bella)).toEqual([
    'Bella AUTOMATED_TEXT',
    'Bella AUTOMATED_TEXT',
    'Bella TEXT move my booking',
    'Bella TEXT move my booking',
  ]);
});

test('a signal that interrupts an exchange takes no word from the next one', async () => {
  const bella = await bot(({ body }) => {
    if (bella.asked.length !== 2) return says(`I heard ${String(body.userInput)}`);
    void signalTo(talk.emulator.url, talk.contactId, 'Escalate').then((message) => send(talk.emulator.url, message));
    return undefined;
  });
  const talk = await talkWith(bella, { scripts: talkScript({ Signal: { type: 'ONSIGNAL', next: 'Turn' } }) });
  expect((await talk.say('a person')).messages).toMatchObject([{ text: 'I heard a person' }]);
  expect(turnsOf(bella)).toEqual(['Bella AUTOMATED_TEXT', 'Bella TEXT a person', 'Bella TEXT a person']);
});

test('each bot of a script is greeted with AUTOMATED_TEXT', async () => {
  const both = await bot(({ body }) =>
    body.userInput === 'billing' ? { branchName: 'ReturnControlToScript' } : says(`This is ${String(body.virtualAgentId)}`),
  );
  const scripts = talkScript({
    Agent: {
      type: 'TEXTBOT EXCHANGE',
      virtualAgent: 'Carl',
      branches: { OnPromptAndCollectNextResponse: 'Done', Default: 'Done', OnError: 'Done' },
    },
  });
  const talk = await arrive(
    await withScripts(scripts, {
      virtualAgents: [
        { name: 'Bella', url: both.url },
        { name: 'Carl', url: both.url },
      ],
    }),
  );
  expect((await talk.say('billing')).messages).toMatchObject([{ name: 'Carl', text: 'This is Carl' }]);
  expect(turnsOf(both)).toEqual(['Bella AUTOMATED_TEXT', 'Bella TEXT billing', 'Carl AUTOMATED_TEXT']);
});

test('a spawned script that has asked hears the customer, though the one that spawned it has ended', async () => {
  const talk = await arrive(
    await withScripts({
      'main.yaml': {
        name: 'main',
        trigger: { conversation: {} },
        actions: { Spawn: { type: 'SPAWN', script: 'asks', next: 'Done' }, Done: { type: 'END' } },
      },
      'asks.yaml': {
        name: 'asks',
        actions: {
          Ask: { type: 'ASKCALLER', message: 'Your name?', next: 'Tell' },
          Tell: { type: 'SENDMESSAGE', message: 'Hello {{ vars.userInput }}', next: 'Done' },
          Done: { type: 'END' },
        },
      },
    }),
  );
  const answer = await send(talk.emulator.url, {
    path: `/_emulator/conversations/${talk.conversationId}/messages`,
    body: { text: 'Ada' },
  });
  expect(answer.body.messages).toMatchObject([{ from: 'script', text: 'Hello Ada' }]);
  expect((await traceOf(talk.emulator.url, answer)).entries.filter(({ level }) => level === 'warn')).toEqual([]);
});
