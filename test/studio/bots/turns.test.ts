/** TEXTBOT EXCHANGE, ASKCALLER and SENDMESSAGE: turn by turn with a bot outside, as its customer meets it. */
import { describe, expect, test } from 'vitest';
import { botContracts } from '../../../src/openapi/bot-contracts.js';
import { loadContract } from '../../../src/openapi/load-contract.js';
import { createValidators } from '../../../src/openapi/validators.js';
import { causeOf } from '../../../src/trace/trace.js';
import { arrive, bot, says, story, talkScript, talkWith } from '../../support/bots.js';
import { send, traceOf } from '../../support/client.js';
import { type Files, webhook, withScripts } from '../../support/scripts.js';

const { faultsInRequest } = botContracts(await loadContract('test'), createValidators());

const setClock = (url: string, setting: object): Promise<unknown> =>
  send(url, { method: 'PUT', path: '/_emulator/clock', body: setting });

describe('what the bot gets', () => {
  test('the beginning, then the customer’s words, with the state that it gave, by the published contract', async () => {
    const bella = await bot(({ body }) =>
      says('Hello', { botSessionState: { turn: body.executionInfo.requestId, deep: [null, 'x'] } }),
    );
    const talk = await talkWith(bella, { agent: { botConfig: { lang: 'de' } } });
    await talk.say('I want to change my booking');
    expect(bella.asked.map(({ body }) => body)).toMatchObject([
      { userInputType: 'AUTOMATED_TEXT', userInput: '', botSessionState: null },
      { userInputType: 'TEXT', userInput: 'I want to change my booking', botSessionState: { turn: 1, deep: [null, 'x'] } },
    ]);
    for (const { body } of bella.asked) expect(faultsInRequest(body)).toEqual([]);
    expect(bella.asked[1]?.body).toMatchObject({
      virtualAgentId: 'Bella',
      botConfig: { lang: 'de' },
      mediaType: 'Chat',
      executionInfo: {
        contactId: Number(talk.contactId),
        busNo: (await talk.emulator.state()).tenant?.busNo,
        requestId: 2,
        actionType: 'TEXTBOT EXCHANGE',
        scriptName: 'talk',
      },
    });
  });

  test('a contact id that no JavaScript number can say exactly', async () => {
    const bella = await bot(() => says('Hello'));
    const { emulator } = await talkWith(bella);
    await arrive(emulator, { contactId: '9007199254740993' });
    expect(bella.asked[1]?.text).toContain('"contactId":9007199254740993,');
  });

  test('headers and configuration from the environment, which no trace shows', async () => {
    process.env.BELLAS_TOKEN = 'bellas-secret-0815';
    const bella = await bot(() => says('Hello'));
    const talk = await talkWith(bella, {
      agent: {
        headers: { Authorization: 'Bearer {{ env.BELLAS_TOKEN }}', 'X-Key': 'plain-key-4711' },
        botConfig: { token: '{{env.BELLAS_TOKEN}}' },
      },
    });
    expect(bella.asked[0]?.headers).toMatchObject({ authorization: 'Bearer bellas-secret-0815', 'x-key': 'plain-key-4711' });
    expect(bella.asked[0]?.body.botConfig).toEqual({ token: 'bellas-secret-0815' });
    const shown = JSON.stringify(talk.trace());
    expect(shown).not.toContain('bellas-secret');
    expect(shown).not.toContain('plain-key-4711');
    expect(talk.trace().entries[0]?.calls?.[0]?.request.headers).toMatchObject({
      authorization: '[redacted]',
      'x-key': '[redacted]',
    });
  });

  test('the key in an address from the environment stands in no trace either, where the bot answers with its path', async () => {
    const bella = await bot(({ url }, response) => void response.writeHead(404).end(`Cannot POST ${url}`));
    process.env.BELLAS_ADDRESS = `${bella.url}/6f1c0a52d9e84b7f8a3d`;
    const talk = await talkWith({ url: '{{ env.BELLAS_ADDRESS }}' });
    expect(talk.trace().entries[0]?.received).toBe('404 Not Found: "Cannot POST /bot/[redacted]"');
    expect(JSON.stringify(talk.emulator.traces({ control: true }))).not.toContain('6f1c0a52d9e8');
  });

  test('input, type and payload as the script says', async () => {
    const bella = await bot(() => says('Hello'));
    const talk = await talkWith(bella, {
      scripts: talkScript(
        {},
        { userInput: '5', userInputType: 'DTMF_AS_TEXT', customPayload: { from: '{{ contact.contactId }}' } },
      ),
    });
    expect(bella.asked[0]?.body).toMatchObject({
      userInput: '5',
      userInputType: 'DTMF_AS_TEXT',
      customPayload: { from: talk.contactId },
    });
  });

  test('silence, after as long as the bot wants to wait', async () => {
    const waits = { nextPromptBehaviors: { silenceRules: { millisecondsToWaitForUserResponse: 30_000 } } };
    const bella = await bot(({ body }) =>
      body.userInputType === 'NO_INPUT' ? says('Are you still there?') : says('Hello', waits),
    );
    const talk = await talkWith(bella, { frozenAt: '2026-03-01T09:30:00Z' });
    await setClock(talk.emulator.url, { advance: '29s' });
    expect(bella.asked).toHaveLength(1);
    await setClock(talk.emulator.url, { advance: '1s' });
    expect(bella.asked[1]?.body).toMatchObject({ userInputType: 'NO_INPUT', userInput: '' });
    expect((await talk.messages()).map(({ text }) => text)).toEqual(['Hello', 'Are you still there?']);
    // It did not ask for a time again: the customer may think for as long as they like.
    await setClock(talk.emulator.url, { advance: '23h' });
    expect(bella.asked).toHaveLength(2);
  });

  test.each([0, -5])('no silence where it names %i ms, as a bot does that writes out every field', async (milliseconds) => {
    const waits = { nextPromptBehaviors: { silenceRules: { millisecondsToWaitForUserResponse: milliseconds } } };
    const bella = await bot(() => says('Hello', waits));
    const talk = await talkWith(bella, { frozenAt: '2026-03-01T09:30:00Z' });
    await setClock(talk.emulator.url, { advance: '23h' });
    expect(bella.asked).toHaveLength(1);
    await talk.say('I am still here');
    expect(bella.asked[1]?.body).toMatchObject({ userInputType: 'TEXT', userInput: 'I am still here' });
  });

  test('that the customer left, with the last state; the conversation is over', async () => {
    const bella = await bot(() => says('Hello', { botSessionState: 'mine' }));
    const talk = await talkWith(bella);
    const left = await talk.leave();
    expect(bella.asked[1]?.body).toMatchObject({
      userInputType: 'USER_ENDED_SESSION',
      botSessionState: 'mine',
      executionInfo: { requestId: 2 },
    });
    expect(faultsInRequest(bella.asked[1]?.body)).toEqual([]);
    expect(left).toMatchObject({ conversation: { state: 'ended' }, settled: true });
    expect(talk.trace()).toMatchObject({ outcome: 'accepted' });
    expect(talk.trace().entries.map(({ message }) => message)).toContain(
      'The bot Bella is told that the customer left (USER_ENDED_SESSION).',
    );
    expect(await talk.leave()).toMatchObject({ cause: { code: 'CONVERSATION_ENDED' } });
  });

  test('nothing after it has given up the word', async () => {
    const bella = await bot(() => ({ branchName: 'ReturnControlToScript' }));
    const talk = await talkWith(bella, { scripts: talkScript({ Agent: { type: 'WAIT' } }) });
    await talk.leave();
    expect(bella.asked).toHaveLength(1);
  });

  test('a customer who leaves while it thinks', async () => {
    let release = (): void => undefined;
    const bella = await bot(({ body }) => {
      if (body.userInputType === 'AUTOMATED_TEXT') return says('Hello');
      if (body.userInputType === 'TEXT') {
        release();
        return undefined;
      }
      return says('Bye');
    });
    const talk = await talkWith(bella);
    const thinking = new Promise<void>((resolve) => {
      release = resolve;
    });
    const said = talk.say('Hm');
    await thinking;
    await talk.leave();
    await said;
    expect(bella.asked.map(({ body }) => body.userInputType)).toEqual(['AUTOMATED_TEXT', 'TEXT', 'USER_ENDED_SESSION']);
  });
});

describe('the branch of its answer', () => {
  const answers = {
    botSessionState: 1,
    nextPromptSequence: { prompts: [{ transcript: 'Words' }, { transcript: '', textToSpeech: '<speak>More</speak>' }] },
  };

  test.each([
    ['PromptAndCollectNextResponse', {}, ['Greet → OnPromptAndCollectNextResponse'], 'bot'],
    ['UserInputTimeout', {}, ['Greet → OnPromptAndCollectNextResponse'], 'bot'],
    ['UserInputNotUnderstood', {}, ['Greet → OnPromptAndCollectNextResponse'], 'bot'],
    ['AudioInputUntranscribeable', {}, ['Greet → OnPromptAndCollectNextResponse'], 'bot'],
    ['ReturnControlToScript', {}, ['Greet → OnReturnControlToScript', 'Agent → Default', 'Done → end'], 'queued'],
    ['DTMFBreakout', {}, ['Greet → OnReturnControlToScript', 'Agent → Default', 'Done → end'], 'queued'],
    ['DoNotBegin', {}, ['Greet → Default', 'Nothing → Default', 'Agent → Default', 'Done → end'], 'queued'],
    ['EndContact', {}, ['Greet → end'], 'ended'],
    ['Error', {}, ['Greet → OnError', 'Sorry → Default', 'Agent → Default', 'Done → end'], 'queued'],
    [
      'Error',
      { errorDetails: { errorBehavior: 'ReturnControlToScriptThroughErrorBranch', systemErrorMessage: 'no backend' } },
      ['Greet → OnError', 'Sorry → Default', 'Agent → Default', 'Done → end'],
      'queued',
    ],
    [
      'Error',
      {
        errorDetails: {
          errorBehavior: 'EndContact',
          errorPromptSequence: { prompts: [{ transcript: 'Words' }, { transcript: '<speak>More</speak>' }] },
        },
      },
      ['Greet → end'],
      'ended',
    ],
  ])('%s with %j leads the script there', async (branchName, more, way, state) => {
    const bella = await bot(() => ({ branchName, ...answers, ...more }));
    const talk = await talkWith(bella);
    expect(story(talk.trace())).toEqual(way);
    expect(await talk.now()).toMatchObject({ state, bot: { virtualAgent: 'Bella', turns: 1, branchName } });
    const said = await talk.messages();
    expect(said.filter(({ from }) => from === 'bot').map(({ text, name }) => [text, name])).toEqual([
      ['Words', 'Bella'],
      ['<speak>More</speak>', 'Bella'],
    ]);
  });

  test.each([
    ['no backend', 'no backend.'],
    ['No backend.', 'No backend.'],
  ])('Error is told as the bot tells it (%s), and with errorDetails for the script', async (systemErrorMessage, sentence) => {
    const bella = await bot(() => ({ branchName: 'Error', errorDetails: { systemErrorMessage } }));
    const talk = await talkWith(bella, {
      scripts: talkScript({
        Sorry: { type: 'SENDMESSAGE', message: '{{ vars.errorDetails.systemErrorMessage }} / {{ vars._ERR }}', next: 'Agent' },
      }),
    });
    const said = (await talk.messages())[0]?.text;
    expect(said).toBe(`${systemErrorMessage} / The bot Bella reports an error of its own: ${sentence}`);
    expect(talk.trace().entries[0]).toMatchObject({ code: 'BOT_ERROR', level: 'warn', branch: 'OnError' });
  });

  test('one that is not connected goes to Default, and breaks the script off where there is none', async () => {
    const bella = await bot(() => ({ branchName: 'ReturnControlToScript' }));
    const exchange = (branches: object): object => ({ type: 'TEXTBOT EXCHANGE', virtualAgent: 'Bella', branches });
    const script = (branches: object): Files => ({
      'talk.yaml': { name: 'talk', trigger: { conversation: {} }, actions: { Greet: exchange(branches), Done: { type: 'END' } } },
    });
    expect(story((await talkWith(bella, { scripts: script({ Default: 'Done' }) })).trace())).toEqual([
      'Greet → Default',
      'Done → end',
    ]);
    const broken = await talkWith(bella, { scripts: script({ OnError: 'Done' }) });
    expect(causeOf(broken.trace())).toMatchObject({ code: 'SCRIPT_BRANCH_UNCONNECTED' });
    expect(causeOf(broken.trace())?.message).toMatch(
      /The branch OnReturnControlToScript of Greet \(.*talk\.yaml:\d+\) leads nowhere/,
    );
  });
});

describe('what the script gets', () => {
  test('branch, payload, intent, prompts and state as variables; what the bot left out is empty', async () => {
    const bella = await bot(() => ({
      branchName: 'ReturnControlToScript',
      customPayload: { scriptPayloads: [{}, { Intent: 'Escalate' }] },
      intentInfo: { intent: 'Billing', slots: { booking: 'AB1234' } },
    }));
    const values = {
      branch: '{{ vars.branchName }}',
      intent: '{{ vars.intentInfo.intent }}',
      context: '{{ vars.intentInfo.context }}',
      booking: '{{ vars.intentInfo.slots.booking }}',
      wants: '{{ vars.customPayloadFromBot.scriptPayloads[1].Intent }}',
      state: '{{ vars.botSessionState }}',
      prompts: '{{ vars.prompts }}',
      error: '{{ vars.errorDetails }}',
    };
    const talk = await talkWith(bella, {
      scripts: talkScript({ Agent: { type: 'REQAGENT', skillId: 4001, data: values, next: 'Done' } }),
    });
    expect(await talk.now()).toMatchObject({
      state: 'queued',
      skillId: 4001,
      metadata: {
        branch: 'ReturnControlToScript',
        intent: 'Billing',
        context: null,
        booking: 'AB1234',
        wants: 'Escalate',
        state: null,
        prompts: [],
        error: {},
      },
      bot: { intent: 'Billing', customPayload: { scriptPayloads: [{}, { Intent: 'Escalate' }] } },
    });
  });

  test('the words of the whole conversation, for the agent', async () => {
    const bella = await bot(({ body }) => (body.userInput === 'agent' ? { branchName: 'ReturnControlToScript' } : says('Hello')));
    const talk = await talkWith(bella, {
      scripts: talkScript({
        Agent: { type: 'REQAGENT', skillId: 4001, data: { transcript: '{{ conversation.messages }}' }, next: 'Done' },
      }),
    });
    await talk.say('agent');
    expect((await talk.now()).metadata.transcript).toMatchObject([
      { from: 'bot', text: 'Hello' },
      { from: 'customer', text: 'agent' },
    ]);
  });

  test('words that came while it did something else, one for each ASKCALLER', async () => {
    const talk = await arrive(
      await withScripts(
        {
          'two.yaml': {
            name: 'two',
            trigger: { conversation: {} },
            actions: {
              Rest: { type: 'WAIT', seconds: 60, next: 'First' },
              First: { type: 'ASKCALLER', into: 'first', message: 'Your name?', next: 'Second' },
              Second: { type: 'ASKCALLER', into: 'second', next: 'Tell' },
              Tell: { type: 'SENDMESSAGE', message: '{{ vars.first }} {{ vars.second }}', next: 'Done' },
              Done: { type: 'END' },
            },
          },
        },
        { frozenAt: '2026-03-01T09:30:00Z' },
      ),
    );
    expect((await talk.say('Ada')).messages).toEqual([]);
    await talk.say('Lovelace');
    await setClock(talk.emulator.url, { advance: '1m' });
    expect((await talk.messages()).map(({ from, text }) => `${from}: ${text}`)).toEqual([
      'customer: Ada',
      'customer: Lovelace',
      'script: Your name?',
      'script: Ada Lovelace',
    ]);
  });

  test('OnTimeout where a customer stays silent, which Default takes where it is not connected', async () => {
    const script = (branches: object): Files => ({
      'ask.yaml': {
        name: 'ask',
        trigger: { conversation: {} },
        actions: {
          Ask: { type: 'ASKCALLER', timeout: 20, branches },
          Gone: { type: 'SENDMESSAGE', message: 'gone [{{ vars.userInput }}]', next: 'Done' },
          Done: { type: 'END' },
        },
      },
    });
    for (const [branches, words] of [
      [{ Default: 'Done', OnTimeout: 'Gone' }, ['gone []']],
      [{ Default: 'Done' }, []],
    ] as const) {
      const talk = await arrive(await withScripts(script(branches), { frozenAt: '2026-03-01T09:30:00Z' }));
      await setClock(talk.emulator.url, { advance: '20s' });
      expect((await talk.messages()).map(({ text }) => text)).toEqual(words);
      expect(talk.trace().outcome).toBe('accepted');
    }
  });
});

describe('the customer', () => {
  test('is not heard where no script runs, and is told so', async () => {
    const talk = await arrive(await withScripts({}));
    const answer = await send(talk.emulator.url, {
      path: `/_emulator/conversations/${talk.conversationId}/messages`,
      body: { text: 'Hello?' },
    });
    expect(answer.status).toBe(200);
    expect((await traceOf(talk.emulator.url, answer)).entries.find(({ level }) => level === 'warn')).toMatchObject({
      code: 'CUSTOMER_UNHEARD',
      pointer: '/conversationId',
    });
  });

  test('waits for an agent, and speaks with one, without a warning', async () => {
    const bella = await bot(() => ({ branchName: 'ReturnControlToScript' }));
    const talk = await talkWith(bella);
    await talk.say('Anybody?');
    expect(talk.emulator.traces({ code: 'CUSTOMER_UNHEARD', control: true })).toEqual([]);
    expect((await talk.messages()).at(-1)).toMatchObject({ from: 'customer', text: 'Anybody?' });
  });

  test.each([
    [{}, 400, '/text'],
    [{ text: '' }, 400, '/text'],
    [{ text: 5 }, 400, '/text'],
    [{ text: 'x'.repeat(20_001) }, 400, '/text'],
    [{ text: 'a', more: 1 }, 400, '/more'],
  ])('says nothing of the form %j', async (body, status, pointer) => {
    const talk = await arrive(await withScripts({}));
    const answer = await send(talk.emulator.url, { path: `/_emulator/conversations/${talk.conversationId}/messages`, body });
    expect(answer.status).toBe(status);
    expect(answer.body.cause).toMatchObject({ code: 'CONTROL_INPUT_INVALID', pointer });
    expect(await talk.messages()).toEqual([]);
  });

  test('is asked for by number, and the newest five hundred messages are kept', async () => {
    const talk = await arrive(await withScripts({}));
    for (let number = 1; number <= 502; number += 1) await talk.say(String(number));
    const { body } = await send(talk.emulator.url, {
      path: `/_emulator/conversations/${talk.conversationId}/messages?after=500`,
    });
    expect(body).toMatchObject({ items: [{ number: 501, text: '501' }, { number: 502 }], total: 502 });
    expect(await talk.messages()).toHaveLength(500);
  });

  test('hostile words stay what they are', async () => {
    const bella = await bot(({ body }) => says(`You said ${body.userInput as string}`));
    const talk = await talkWith(bella);
    for (const words of [
      '{{ env.HOME }}',
      '"}],"branchName":"EndContact"',
      '<script>alert(1)</script>',
      'a\u0000b\u001b[31m',
      '𝒳 ‮',
      '__proto__',
    ])
      expect((await talk.say(words)).messages[0].text).toBe(`You said ${words}`);
  });
});

test('of what a script has not asked for yet, the newest 500 are kept, as of all that is said', async () => {
  const emulator = await withScripts(
    {
      'deaf.yaml': {
        name: 'deaf',
        trigger: { conversation: {} },
        actions: {
          Wait: { type: 'WAIT', seconds: 60, next: 'Ask' },
          Ask: { type: 'ASKCALLER', next: 'Say' },
          Say: { type: 'SENDMESSAGE', message: 'I heard {{ vars.userInput }}', next: 'Done' },
          Done: { type: 'END' },
        },
      },
    },
    { frozenAt: '2026-03-01T09:30:00Z' },
  );
  const talk = await arrive(emulator);
  for (let number = 1; number <= 501; number += 1) await talk.say(`word ${String(number)}`);
  await setClock(emulator.url, { advance: '1m' });
  expect((await talk.messages()).at(-1)?.text).toBe('I heard word 2');
});

test('a script without a conversation cannot speak, ask, or have a bot', async () => {
  for (const action of [
    { type: 'SENDMESSAGE', message: 'x' },
    { type: 'ASKCALLER' },
    { type: 'TEXTBOT EXCHANGE', virtualAgent: 'Bella' },
  ]) {
    const { url } = await withScripts(webhook('bot', { First: { ...action, next: 'Done' }, Done: { type: 'END' } }), {
      virtualAgents: [{ name: 'Bella', url: 'http://127.0.0.1:1/' }],
    });
    const answer = await send(url, { path: '/webhooks/bot', body: {} });
    expect(answer.headers['x-emulator-cause']).toBe('CONVERSATION_UNKNOWN');
  }
});

test('the customer in a test suite: says, looks, leaves', async () => {
  const bella = await bot(({ body }) => says(`You said ${body.userInput as string}`, { intentInfo: { intent: 'Echo' } }));
  const { emulator, conversationId } = await talkWith(bella);
  const { messages, conversation, settled } = await emulator.sayAsCustomer(conversationId, 'Hi');
  expect({ messages, settled }).toMatchObject({ messages: [{ from: 'bot', text: 'You said Hi', number: 3 }], settled: true });
  expect(conversation.bot).toMatchObject({ intent: 'Echo', turns: 2 });
  expect((await emulator.conversation(conversationId)).messages.map(({ text }) => text)).toEqual([
    'You said ',
    'Hi',
    'You said Hi',
  ]);
  expect((await emulator.leaveAsCustomer(conversationId)).conversation.state).toBe('ended');
  await expect(emulator.sayAsCustomer(conversationId, 'Hm')).rejects.toMatchObject({ code: 'CONVERSATION_ENDED' });
  await expect(emulator.conversation('abc')).rejects.toMatchObject({ code: 'CONVERSATION_ID_FORMAT' });
});

test('what was said goes with the state, from one emulator to another', async () => {
  const bella = await bot(() => says('Hello', { intentInfo: { intent: 'Greeting' } }));
  const talk = await talkWith(bella);
  await talk.say('Hi');
  const state = await talk.emulator.state();
  const other = await withScripts({});
  await other.importState(state);
  expect(await other.state()).toEqual({ ...state, tenant: (await other.state()).tenant });
});

test('a hundred conversations at once keep their states apart', async () => {
  const bella = await bot(({ body }) => {
    const { contactId } = body.executionInfo;
    const turns: number = body.botSessionState?.turns ?? 0;
    const mine = body.botSessionState === null || body.botSessionState.contactId === contactId;
    return says(`${String(mine)} ${String(turns)} ${body.userInput as string}`, {
      botSessionState: { contactId, turns: turns + 1 },
    });
  });
  const { emulator } = await talkWith(bella);
  const talks = await Promise.all(Array.from({ length: 100 }, () => arrive(emulator)));
  for (let turn = 1; turn <= 3; turn += 1) {
    const answers = await Promise.all(talks.map((talk, index) => talk.say(`${String(index)}/${String(turn)}`)));
    expect(answers.map(({ messages }) => messages[0].text)).toEqual(
      talks.map((_, index) => `true ${String(turn)} ${String(index)}/${String(turn)}`),
    );
  }
});
