/** Bots as they are found in public: written for what Virtual Agent Hub really sends and takes, not for its published contract. */
import { expect, test } from 'vitest';
import type { Trace, TraceEntry } from '../../../src/trace/trace.js';
import { arrive, bot, says, story, talkScript, talkWith } from '../../support/bots.js';
import { withScripts } from '../../support/scripts.js';

const faultIn = ({ entries }: Trace): TraceEntry | undefined => entries.find(({ code }) => code === 'BOT_RESPONSE_INVALID');

const observed = { agent: { contract: 'observed' } };

/** Numbers for names, null and empty texts for objects, members of another spelling, a number in quotes. */
const LOOSE = {
  branchName: 1,
  nextPromptSequence: {
    prompts: [{ transcript: 'Welcome', audioFilePath: '', mediaSpecificObject: '', PromptDefinition: { transcript: 'x' } }],
  },
  intentInfo: { Slots: {}, intent: 'Welcome', intentConfidence: '100' },
  nextPromptBehaviours: null,
  nextPromptBehaviors: null,
  customPayload: '',
  errorDetails: { errorBehaviour: 0, errorBehavior: 0, errorPromptSequence: null, systemErrorMessage: null },
  botSessionState: { sessionId: 'x', kept: null },
};

test('get numbers for the type of the input, and WELCOME as the first turn; their loose answers are understood', async () => {
  const bella = await bot(({ body }) => {
    switch (body.userInputType) {
      case 5:
        return body.userInput === 'WELCOME' ? LOOSE : {};
      case 1:
        return {
          ...LOOSE,
          branchName: 2,
          intentInfo: { intent: 'StandardBotEscalation' },
          customPayload: { Intent: 'Escalate' },
        };
      default:
        return {};
    }
  });
  const talk = await talkWith(bella, observed);
  expect((await talk.messages()).map(({ text }) => text)).toEqual(['Welcome']);
  await talk.say('an agent');
  expect(bella.asked.map(({ body }) => body.userInputType)).toEqual([5, 1]);
  expect(bella.asked[1]?.body.botSessionState).toEqual({ sessionId: 'x', kept: null });
  expect(await talk.now()).toMatchObject({
    state: 'queued',
    metadata: { branch: 'ReturnControlToScript', payload: { Intent: 'Escalate' } },
    bot: { branchName: 'ReturnControlToScript', intent: 'StandardBotEscalation' },
  });
});

test('are told what even a loose reader does not understand', async () => {
  const talk = await talkWith(await bot(() => ({ ...LOOSE, branchName: 9 })), observed);
  expect(story(talk.trace())[0]).toBe('Greet → OnError');
  expect(faultIn(talk.trace())).toMatchObject({ code: 'BOT_RESPONSE_INVALID', pointer: '/branchName', received: '9 (a number)' });
});

const MISSPELT = {
  branchName: 2,
  intentinfo: { intent: 'StandardBotEscalation' },
  CustomPayload: { Intent: 'Escalate' },
  other: { Intent: 'Escalate' },
};

test('are told which of their members nobody reads, where they nearly are ones that did not come', async () => {
  const talk = await talkWith(await bot(() => MISSPELT), observed);
  const { message } = talk.trace().entries.find(({ branch }) => branch === 'OnReturnControlToScript') ?? {};
  expect(message).toContain('Nothing is read of "/intentinfo". Rename "intentinfo" to "intentInfo".');
  expect(message).toContain('Nothing is read of "/CustomPayload". Rename "CustomPayload" to "customPayload".');
  expect(message).not.toContain('/other');
});

test.each([
  [
    'a name in other letters',
    { BranchName: 2, other: 1 },
    { pointer: '/branchName', received: 'an object with "BranchName", "other"', remedy: /^Rename "BranchName" to "branchName"/ },
  ],
  [
    'null for what must be there',
    { branchName: null },
    { pointer: '/branchName', received: 'null', remedy: /^Send DoNotBegin, / },
  ],
  [
    'a number of no name',
    { branchName: 1.5 },
    { pointer: '/branchName', received: '1.5 (a number)', remedy: /^Send DoNotBegin, / },
  ],
  [
    'a number without end in quotes',
    { ...LOOSE, intentInfo: { intentConfidence: '1'.repeat(400) } },
    { pointer: '/intentInfo/intentConfidence', received: /^"1+/, remedy: /as a number/ },
  ],
])('are told of %s as it came', async (_, answer, { pointer, received, remedy }) => {
  const talk = await talkWith(await bot(() => answer), observed);
  const cause = faultIn(talk.trace());
  expect(cause).toMatchObject({ pointer, message: expect.not.stringContaining('There is more') as unknown });
  expect(cause?.received).toMatch(received);
  expect(cause?.remedy).toMatch(remedy);
});

test('get no advice that fails next: a number for a name is not to be put into quotes', async () => {
  const talk = await talkWith(await bot(() => ({ branchName: 1 })));
  expect(faultIn(talk.trace())?.remedy).toMatch(/^Send DoNotBegin, PromptAndCollectNextResponse, /);
});

test.each([
  ['numbers for names', LOOSE, /contract: observed of the virtual agent takes it, and reads nothing of "\/intentInfo\/Slots"\.$/],
  ['a number for a name', { branchName: 1 }, /contract: observed of the virtual agent takes it\.$/],
  ['names in other letters', MISSPELT, /takes it, and reads nothing of "\/intentinfo" and "\/CustomPayload"\.$/],
  ['null for an object', says('Hello', { intentInfo: null }), /contract: observed of the virtual agent takes it\.$/],
  ['what nobody takes', says('Hello', { nextPromptSequence: 'Hello' }), /^(?!.*observed)/],
])('%s break the published contract, and the remedy says whether such bots run all the same', async (_, answer, remedy) => {
  const talk = await talkWith(await bot(() => answer));
  const cause = faultIn(talk.trace());
  expect(cause?.remedy).toMatch(remedy);
});

test.each([
  ['numbers', 5, 'published', 'observed'],
  ['names', 'AUTOMATED_TEXT', 'observed', 'published'],
])(
  'that compare the type of the input with %s, and get the other, are told which contract they want',
  async (_, first, wrong, right) => {
    const bella = await bot(({ body }) => (body.userInputType === first ? says('Hello') : {}));
    const lost = await talkWith(bella, { agent: { contract: wrong } });
    expect(faultIn(lost.trace())).toMatchObject({
      pointer: '/branchName',
      remedy: expect.stringMatching(new RegExp(`set contract: ${right} of the virtual agent\\.$`)) as unknown,
    });
    const found = await talkWith(bella, { agent: { contract: right } });
    expect((await found.messages()).map(({ text }) => text)).toEqual(['Hello']);
  },
);

test('a call is voip to them', async () => {
  const bella = await bot(() => LOOSE);
  const emulator = await withScripts(talkScript(), {
    virtualAgents: [{ name: 'Bella', url: bella.url, contract: 'observed' }],
  });
  await arrive(emulator, { channel: 'voice' });
  expect(bella.asked[0]?.body.mediaType).toBe('voip');
});

test('a stand-in understands numbers, too', async () => {
  const emulator = await withScripts(talkScript(), {
    virtualAgents: [{ name: 'Bella', standIn: 'scenarios/bots/bookings.yaml', contract: 'observed' }],
  });
  const talk = await arrive(emulator);
  await talk.say('move my booking');
  expect((await talk.messages()).map(({ text }) => text)).toContain('Which booking is it?');
});
