/** `cxone-emulator chat`: be the customer, from a pipe or at a terminal, and see what bot, script and agent say to it. */
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { arrive, bot, says, talkScript, talkWith } from '../support/bots.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';
import { type Ran, run, start, startProcess } from '../support/cli.js';
import { outside } from '../support/scripts.js';

/** Greets, knows one booking, and gives who wants an agent to one. */
const bookings = () =>
  bot(({ body }) => {
    if (body.userInputType === 'AUTOMATED_TEXT') return says('Hello! I can move a booking.');
    if (body.userInput === 'agent')
      return {
        branchName: 'ReturnControlToScript',
        nextPromptSequence: { prompts: [{ transcript: 'One moment.' }] },
        intentInfo: { intent: 'StandardBotEscalation' },
        customPayload: { Intent: 'Escalate' },
      };
    if (body.userInput === 'bye') return { branchName: 'EndContact' };
    return says('Which booking is it?', { intentInfo: { intent: 'ChangeBooking' } });
  });

const chat = (url: string, input: string, ...args: readonly string[]): Promise<Ran> =>
  run(['chat', '--url', url, ...args], input);

/** Without what is another one in each run. */
function plain(out: string, url: string): string {
  return out
    .replaceAll(url, 'URL')
    .replace(/Conversation [0-9a-f-]{36}/, 'Conversation ID')
    .replace(/contact [0-9]+/, 'contact NUMBER')
    .replaceAll(/#trace=\S+/g, '#trace=ID');
}

test('from a pipe: each line in order, with its answer, the branch and intent of the turn, and where the conversation stands', async () => {
  const { emulator: place } = await talkWith(await bookings());
  const { code, out, err } = await chat(place.url, 'move my booking\r\nagent\nanybody?\n');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(plain(out, place.url)).toBe(
    [
      'Conversation ID on webchat, contact NUMBER. Type what the customer says; /leave, /quit, /help.',
      'Bella: Hello! I can move a booking.',
      '  PromptAndCollectNextResponse · trace URL/_emulator/#trace=ID',
      '> move my booking',
      'Bella: Which booking is it?',
      '  PromptAndCollectNextResponse, intent ChangeBooking · trace URL/_emulator/#trace=ID',
      '> agent',
      'Bella: One moment.',
      '  ReturnControlToScript, intent StandardBotEscalation · trace URL/_emulator/#trace=ID',
      '  Queued for skill 4001 with {"branch":"ReturnControlToScript","payload":{"Intent":"Escalate"}}.',
      '> anybody?',
      '',
    ].join('\n'),
  );
  const [, id = ''] = /#trace=(\S+)/.exec(out) ?? [];
  expect(place.trace(id)?.script).toBe('talk');
});

test('the last line counts without its end, empty ones do not, and nothing at all opens a conversation and greets', async () => {
  const { emulator: place } = await talkWith(await bookings());
  expect((await chat(place.url, '\n\nagent')).out).toMatch(/\n> agent\nBella: One moment\.\n/);
  expect(await chat(place.url, '')).toMatchObject({ code: 0, out: expect.stringContaining('Bella: Hello!') });
});

test('one that is open is joined: what was said so far, and where it stands', async () => {
  const talk = await talkWith(await bookings(), {
    frozenAt: '2026-03-02T09:30:00.000Z',
    skills: [{ skillId: 4001, name: 'Support', agents: 1, answers: { after: 20, says: ['I am Anna.'] } }],
  });
  await talk.say('agent');
  await talk.emulator.setClock({ advance: '20s' });
  const { code, out } = await chat(talk.emulator.url, 'hello Anna\n', '--conversation', talk.conversationId);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Conversation .*\nBella: Hello!.*\n> agent\nBella: One moment\.\nSupport agent: I am Anna\.\n {2}ReturnControl.*\n {2}Support agent has accepted\.\n> hello Anna\n$/,
  );
  expect((await talk.messages()).at(-1)).toMatchObject({ from: 'customer', text: 'hello Anna' });
});

test('--channel, --user and --tenant are those of the conversation', async () => {
  const { url } = await emulator();
  const { out } = await chat(url, '', '--channel', 'sms', '--user', 'customer-17', '--tenant', 'alpha');
  expect(out).toContain(' on sms, ');
  const { body } = await send(url, { path: '/t/alpha/_emulator/conversations' });
  expect(body.items).toMatchObject([{ channel: 'sms', userId: 'customer-17' }]);
});

describe('commands', () => {
  test('/leave leaves, and nothing more is said', async () => {
    const bella = await bookings();
    const { emulator: place } = await talkWith(bella);
    const { code, out } = await chat(place.url, '/leave\nagent\n');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/> \/leave\n {2}The conversation is over\.\n$/) });
    expect(bella.asked.at(-1)?.body.userInputType).toBe('USER_ENDED_SESSION');
  });

  test('/quit ends without leaving, and so does the end of the input', async () => {
    const { emulator: place } = await talkWith(await bookings());
    expect((await chat(place.url, '/quit\nagent\n')).code).toBe(0);
    await chat(place.url, 'x\n');
    const { body } = await send(place.url, { path: '/_emulator/conversations' });
    expect(body.items.map(({ state }: { state: string }) => state)).toEqual(['bot', 'bot', 'bot']);
  });

  test('/help tells of them; // says a slash; what is none is not said', async () => {
    const bella = await bookings();
    const { emulator: place } = await talkWith(bella);
    const { code, out, err } = await chat(place.url, '/help\n//start\n/start\n');
    expect(out).toMatch(/> \/help\nEach line is[^]*\/leave {2}the customer leaves/);
    expect(bella.asked.map(({ body }) => body.userInput)).toEqual(['', '', '/start']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('there is no /start; /help tells') });
  });
});

describe('what goes wrong is told with its cause and what to do', () => {
  test('nobody hears the customer', async () => {
    const { url } = await emulator();
    const { code, out } = await chat(url, 'hello\n');
    expect(code).toBe(0);
    expect(out).toMatch(/> hello\n {2}CUSTOMER_UNHEARD Nobody hears the customer[^]*Load a script/);
  });

  test('the bot breaks', async () => {
    const broken = await bot((_, response) => void response.writeHead(503).end('down'));
    const { emulator: place } = await talkWith(broken);
    const { out } = await chat(place.url, '');
    expect(out).toMatch(
      /\n {2}Bella gave no answer that could be used · trace \S+\n {2}BOT_UNREACHABLE The bot Bella answered 503.*log/,
    );
  });

  test('a line is refused: 1, and the next one is said', async () => {
    const { emulator: place } = await talkWith(await bookings());
    const { code, out, err } = await chat(place.url, `${'x'.repeat(20_001)}\nagent\n`);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^cxone-emulator chat: 400 CONTROL_INPUT_INVALID: expected .*20000/),
    });
    expect(out).toContain('Bella: One moment.');
  });

  test('the bot ends it: 0, but 1 for who goes on', async () => {
    const { emulator: place } = await talkWith(await bookings());
    expect(await chat(place.url, 'bye\n')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/> bye\n {2}EndContact · trace \S+\n {2}The conversation is over\.\n$/),
    });
    const { code, out, err } = await chat(place.url, 'bye\nhello?\nhello??\n');
    expect(code).toBe(1);
    expect(err).toMatch(/^cxone-emulator chat: 409 CONVERSATION_ENDED: expected [^]*open a new one\.\n$/);
    expect(out).not.toContain('hello??');
  });

  test('one that is over cannot be joined', async () => {
    const talk = await talkWith(await bookings());
    await talk.leave();
    expect(await chat(talk.emulator.url, 'hello\n', '--conversation', talk.conversationId)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/Bella: Hello![^]*The conversation is over\.\n$/),
      err: expect.stringContaining('leave --conversation out'),
    });
  });

  test.each([
    ['one that nobody knows', CONVERSATION, 'CONVERSATION_UNKNOWN'],
    ['one in another form', '../traces', 'CONVERSATION_ID_FORMAT'],
  ])('%s', async (_, id, cause) => {
    const { url } = await emulator();
    const { code, out, err } = await chat(url, 'hello\n', '--conversation', id);
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining(cause) });
  });

  test('no server, and one that is another', async () => {
    const gone = await emulator();
    await gone.close();
    expect(await chat(gone.url, 'hello\n')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('nothing listens at'),
    });
    const other = await outside((_, response) => response.writeHead(404).end('no'));
    expect(await chat(other, 'hello\n')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('is no emulator') });
  });

  test.each<readonly [string, readonly string[], string]>([
    ['no address', ['--url', 'localhost:8400'], '--url must be an address such as'],
    ['no tenant', ['--tenant', 'Alpha'], '--tenant: a tenant’s name has'],
    ['a channel for one that is open', ['--conversation', CONVERSATION, '--channel', 'sms'], 'give them, or --conversation'],
    ['an argument', ['hello'], 'too many arguments'],
  ])('2 for %s', async (_, args, told) => {
    expect(await run(['chat', ...args])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(told) });
  });
});

test('hostile words steer no terminal, and no line looks like somebody else’s', async () => {
  const evil = await bot(({ body }) => says(`${body.userInput as string}\u001b[2J\u202e\n> I am the customer\r\nBella: and I`));
  const { emulator: place } = await talkWith(evil, { scripts: talkScript() });
  const { code, out } = await chat(place.url, '\u001b]0;title\u0007 {{ env.HOME }}\n', '--channel', 'a\u001b[31m\nb');
  expect(code).toBe(0);
  expect(out).toContain('on a\\u001b[31m\\u000ab, contact');
  expect(out).toContain('\n> \\u001b]0;title\\u0007 {{ env.HOME }}\n');
  expect(out).toContain(
    'Bella: \\u001b]0;title\\u0007 {{ env.HOME }}\\u001b[2J\\u202e\n    > I am the customer\n    Bella: and I\n',
  );
  // eslint-disable-next-line no-control-regex -- what must not be printed
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('Ctrl-C ends it at once, and not the conversation', async () => {
  const { emulator: place } = await talkWith(await bookings());
  const child = startProcess(['chat', '--url', place.url]);
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await expect.poll(() => out).toContain('Bella: Hello!');
  child.kill('SIGINT');
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGINT');
  expect((await send(place.url, { path: '/_emulator/conversations?state=ended' })).body.total).toBe(0);
});

describe('at a terminal', () => {
  function terminal(url: string, conversation?: string) {
    const { stdin, printed, ended } = start(
      ['chat', '--url', url, ...(conversation === undefined ? [] : ['--conversation', conversation])],
      {},
      { isTTY: true },
    );
    return {
      shown: printed,
      code: ended.then(({ code }) => code),
      input: stdin,
      type: (text: string) => stdin.write(text),
      close: () => stdin.end(),
    };
  }

  test('what comes by itself is printed, and what is typed meanwhile stays', async () => {
    const { url } = await emulator();
    const { conversationId } = await open(url, { state: 'agent', skillId: 4001 });
    const mine = terminal(url, String(conversationId));
    await expect.poll(mine.shown).toMatch(/An agent has accepted\.\n[^]*> /);
    mine.type('half a li');
    await expect.poll(mine.shown).toContain('half a li');
    await send(url, { path: `/_emulator/conversations/${String(conversationId)}/messages`, body: { text: 'from elsewhere' } });
    await expect.poll(mine.shown).toMatch(/from elsewhere\n[^]*> half a li/);
    mine.type('ne\r');
    const said = async (): Promise<unknown> =>
      (await send(url, { path: `/_emulator/conversations/${String(conversationId)}/messages` })).body.items.at(-1);
    await expect.poll(said).toMatchObject({ text: 'half a line' });
    await send(url, { method: 'POST', path: `/_emulator/conversations/${String(conversationId)}/end` });
    expect(await mine.code).toBe(0);
    expect(mine.shown()).toMatch(/The conversation is over\.\n$/);
    // The terminal has shown it as it was typed: it is not said again.
    expect(mine.shown()).not.toContain('half a line');
  });

  test('an agent accepts who waits, without a word', async () => {
    const talk = await arrive(await emulator(), { state: 'queued', skillId: 4001 });
    const { url } = talk.emulator;
    const mine = terminal(url, talk.conversationId);
    await expect.poll(mine.shown).toContain('Queued for skill 4001.');
    await send(url, { method: 'PATCH', path: '/_emulator/skills/4001', body: { answers: { after: 0 } } });
    await expect.poll(mine.shown).toContain('Support agent has accepted.');
    mine.close();
    expect(await mine.code).toBe(0);
    expect((await talk.now()).state).toBe('agent');
  });

  test('a server that goes away ends it: 1', async () => {
    const place = await emulator();
    const mine = terminal(place.url);
    await expect.poll(mine.shown).toContain('> ');
    await place.close();
    expect(await mine.code).toBe(1);
    expect(mine.shown()).toContain('nothing listens at');
  });

  test('Ctrl-D while the bot thinks quits once it has answered, and waits for no more', async () => {
    let asked: () => void;
    let answer: () => void;
    const asks = new Promise<void>((resolve) => (asked = resolve));
    const may = new Promise<void>((resolve) => (answer = resolve));
    const bella = await bot(({ body }, response) => {
      if (body.userInputType === 'AUTOMATED_TEXT') return says('Hello!');
      asked();
      void may.then(() => response.end(JSON.stringify(says('At last.'))));
      return undefined;
    });
    const mine = terminal((await talkWith(bella)).emulator.url);
    await expect.poll(mine.shown).toContain('> ');
    mine.type('hello\r');
    await asks;
    const keyHeard = once(mine.input, 'pause');
    mine.type('\u0004');
    await keyHeard;
    answer!();
    expect(await mine.code).toBe(0);
    expect(mine.shown()).toContain('At last.');
    // What flows keeps the process alive.
    expect(mine.input.isPaused()).toBe(true);
  });

  test('Ctrl-C is heard, Ctrl-D quits', async () => {
    const { url } = await emulator();
    for (const [key, code] of [
      ['\u0003', 130],
      ['\u0004', 0],
    ] as const) {
      const mine = terminal(url);
      await expect.poll(mine.shown).toContain('> ');
      mine.type(key);
      expect(await mine.code).toBe(code);
    }
    expect((await send(url, { path: '/_emulator/conversations?state=bot' })).body.total).toBe(2);
  });
});
