/** A Cognigy flow at its own REST endpoint as the bot: what it is sent, and what its outputs become. */
import { expect, test } from 'vitest';
import { bot, story, talkScript, talkWith } from '../../support/bots.js';

const flow = { protocol: 'cognigy-rest' };

/** What the Exit Interaction node of Cognigy's CXone extension puts out. */
const exit = (action: string, intent: string, text = ''): object => ({
  text: null,
  data: { _cognigy: { _niceCXOne: { json: { text, uiComponent: {}, data: { Intent: intent, Params: 'p' }, action } } } },
  source: 'bot',
});

const answer = (...outputStack: object[]): object => ({ text: '', data: {}, outputStack, userId: 'u', sessionId: 's' });

test('text and data go to the flow; its session is not the id of the conversation', async () => {
  const bella = await bot(() => answer({ text: 'Hello', data: {}, traceId: 't', source: 'bot' }, { text: 'How can I help?' }));
  const talk = await talkWith(bella, { agent: flow, scripts: talkScript({}, { customPayload: { vip: true } }) });
  const { messages } = await talk.say('Hi there');
  expect(messages.map(({ text }: { text: string }) => text)).toEqual(['Hello', 'How can I help?']);
  const busNo = (await talk.emulator.state()).tenant?.busNo ?? 0;
  const session = `${String(busNo)}:${talk.contactId}`;
  expect(bella.asked.map(({ body }) => body)).toEqual(
    [
      { text: '', userInputType: 'AUTOMATED_TEXT' },
      { text: 'Hi there', userInputType: 'TEXT' },
    ].map(({ text, userInputType }) => ({
      userId: talk.contactId,
      sessionId: session,
      text,
      data: {
        ocpSessionId: session,
        contactId: talk.contactId,
        busNo,
        userInputType,
        mediaType: 'Chat',
        customPayload: { vip: true },
      },
    })),
  );
  expect(JSON.stringify(bella.asked[0]?.body)).not.toContain(talk.conversationId);
});

test.each([
  ['AGENT_TRANSFER', 'Escalate', 'StandardBotEscalation'],
  ['END_CONVERSATION', 'End', 'StandardBotEndConversation'],
])('an Exit Interaction node with %s gives the control back to the script', async (action, Intent, intent) => {
  const bella = await bot(() => answer({ text: 'One moment' }, exit(action, Intent, 'Bye')));
  const talk = await talkWith(bella, {
    agent: flow,
    scripts: talkScript({
      Agent: {
        type: 'REQAGENT',
        skillId: 4001,
        data: { wants: '{{ vars.customPayloadFromBot.scriptPayloads[1].Intent }}', intent: '{{ vars.intentInfo.intent }}' },
        next: 'Done',
      },
    }),
  });
  expect(story(talk.trace())).toEqual(['Greet → OnReturnControlToScript', 'Agent → Default', 'Done → end']);
  expect(await talk.now()).toMatchObject({ metadata: { wants: Intent, intent }, bot: { branchName: 'ReturnControlToScript' } });
  expect((await talk.messages()).map(({ text }) => text)).toEqual(['One moment', 'Bye']);
});

test('a rich output before the Exit Interaction node does not hide it', async () => {
  const rich = { text: null, data: { _cognigy: { _niceCXOne: { json: { text: 'Look', uiComponent: {}, data: {} } } } } };
  const talk = await talkWith(await bot(() => answer(rich, exit('AGENT_TRANSFER', 'Escalate'))), { agent: flow });
  expect(await talk.now()).toMatchObject({ state: 'queued', bot: { intent: 'StandardBotEscalation' } });
  expect((await talk.messages()).map(({ text }) => text)).toEqual(['Look']);
});

test.each(['_quickReplies', '_buttons', '_text'])(
  'the words of %s, whose output has no text of its own, are said',
  async (kind) => {
    const rich = { text: null, data: { type: 'x', _cognigy: { _default: { [kind]: { text: 'Pick one', quickReplies: [] } } } } };
    const talk = await talkWith(await bot(() => answer(rich, { text: 'Well?' })), { agent: flow });
    expect((await talk.messages()).map(({ text }) => text)).toEqual(['Pick one', 'Well?']);
  },
);

test.each(['constructor', '__proto__', ['AGENT_TRANSFER'], null])('the action %j is none of the node', async (action) => {
  const talk = await talkWith(await bot(() => answer({ text: 'Hm', data: { _cognigy: { _niceCXOne: { json: { action } } } } })), {
    agent: flow,
  });
  expect(await talk.now()).toMatchObject({ state: 'bot', bot: { branchName: 'PromptAndCollectNextResponse', intent: null } });
});

test('that the customer left is told in the data', async () => {
  const bella = await bot(() => answer());
  const talk = await talkWith(bella, { agent: flow });
  await talk.leave();
  expect(bella.asked[1]?.body).toMatchObject({ text: '', data: { userInputType: 'USER_ENDED_SESSION' } });
});

test('an output of its own form is no handover', async () => {
  const bella = await bot(() => answer({ text: 'Hello', data: { _cognigy: { _niceCXOne: { json: { action: 'SOMETHING' } } } } }));
  expect((await (await talkWith(bella, { agent: flow })).now()).bot).toMatchObject({
    branchName: 'PromptAndCollectNextResponse',
  });
});

test.each([
  [
    { text: null, data: { _cognigy: { _default: { _gallery: { items: [] } } } } },
    /says nothing\. .*Nothing is said of "\/outputStack\/0\/data\/_cognigy\/_default\/_gallery"/,
  ],
  [
    { text: null, data: { _cognigy: { _webchat: { message: { text: 'Which?' } } } } },
    /Nothing is said of "\/outputStack\/0\/data\/_cognigy\/_webchat"/,
  ],
  [
    { text: 'Bye', data: { _cognigy: { _niceCXOne: { json: { action: 'agent_transfer' } } } } },
    /The action "agent_transfer" at \/outputStack\/0\/.* returns no control: AGENT_TRANSFER or END_CONVERSATION does\.$/,
  ],
])('what nothing comes of is told in the trace: %j', async (output, told) => {
  const talk = await talkWith(await bot(() => answer(output)), { agent: flow });
  expect(talk.trace().entries[0]?.message).toMatch(told);
});

test('an output with words, or with data of its own, is told without a note', async () => {
  const talk = await talkWith(
    await bot(() =>
      answer({ text: 'Hello', data: { _cognigy: { _default: { _image: {} } } } }, { text: null, data: { own: 1 } }),
    ),
    { agent: flow },
  );
  expect(talk.trace().entries[0]?.message).not.toMatch(/Nothing is said/);
});
