/** A stand-in bot over HTTP: each kind of rule, how it breaks, and what it does not let pass of what Studio sends. */
import { createConnection } from 'node:net';
import { describe, expect, test } from 'vitest';
import { bookings, botOf, contracts, said, Script, served } from '../support/stand-in.js';
import { type Answer, send } from '../support/client.js';

const turn = { userInputType: 'AUTOMATED_TEXT', executionInfo: { contactId: 463012345678, busNo: 4597359 } };

/** The answer as it stands: status, type and text. */
async function posted(url: string, body: object): Promise<[number, string | null, string]> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [answer.status, answer.headers.get('content-type'), await answer.text()];
}

/** A bot with these rules, and a contact that has begun. */
async function begun(rules: string, more: object = {}): Promise<{ script: Script; answer: Answer }> {
  const { url } = await served(`name: b\nrules:\n${rules.replace(/^/gm, '  ')}`);
  const script = new Script(url);
  return { script, answer: await script.begin(more) };
}

describe('the sample plays a conversation', () => {
  test('from the greeting to an agent, with the booking that it heard', async () => {
    const { url, turns } = await bookings();
    const script = new Script(url);
    expect(said(await script.begin())).toEqual(['Hello! I can move a booking, or find a person for you.']);
    const which = await script.say('Please MOVE my booking');
    expect(which.body).toMatchObject({
      branchName: 'PromptAndCollectNextResponse',
      intentInfo: { intent: 'ChangeBooking', context: 'booking', lastUserUtterance: 'Please MOVE my booking' },
      nextPromptBehaviors: { silenceRules: { millisecondsToWaitForUserResponse: 20_000 } },
    });
    expect(said(await script.say('the one on Friday'))).toEqual(['A booking has two letters and four digits, such as AB1234.']);
    expect(said(await script.say('ab1234'))).toEqual(['AB1234 is on Friday.', 'Anything else?']);
    // Only in the state booking is that a booking.
    expect((await script.say('ab1234')).body.branchName).toBe('UserInputNotUnderstood');
    expect((await script.turn('NO_INPUT')).body).toMatchObject({ branchName: 'UserInputTimeout' });
    expect((await script.say('a person, please')).body).toMatchObject({
      branchName: 'ReturnControlToScript',
      intentInfo: { intent: 'StandardBotEscalation', intentConfidence: 0.97, slots: { booking: 'ab1234' } },
      customPayload: { skill: 'billing', booking: 'ab1234' },
    });
    expect(turns).toHaveLength(7);
    expect(turns[0]).toEqual({
      session: '4597359:463012345678',
      inputType: 'AUTOMATED_TEXT',
      input: '',
      line: 4,
      branch: 'PromptAndCollectNextResponse',
      said: ['Hello! I can move a booking, or find a person for you.'],
      findings: [],
      notes: [],
    });
  });

  test('each of its answers is as the contract has it', async () => {
    const { url } = await bookings();
    const script = new Script(url);
    const answers = [await script.begin()];
    for (const text of ['agent', 'bye', 'move', 'XY0001', 'error', '?']) answers.push(await script.say(text));
    for (const { status, body, headers } of answers) {
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(contracts.faultsInAnswer('exchange', body)).toEqual([]);
    }
  });

  test('and breaks when it is told to', async () => {
    const { url, turns } = await bookings();
    const script = new Script(url);
    await script.begin();
    expect(await script.say('break')).toMatchObject({ status: 500, text: '' });
    const page = await posted(url, { ...turn, userInputType: 'TEXT', userInput: 'page', botSessionState: script.state });
    expect(page).toEqual([200, 'text/html; charset=utf-8', '<html><body>Bad Gateway</body></html>']);
    expect((await script.say('error')).body).toMatchObject({
      branchName: 'Error',
      errorDetails: {
        errorBehavior: 'ReturnControlToScriptThroughErrorBranch',
        systemErrorMessage: 'the booking system is down',
        errorPromptSequence: { prompts: [{ transcript: 'I cannot look at bookings now.' }] },
      },
    });
    expect(turns.map(({ line }) => line)).toEqual([4, 38, 40, 47]);
  });
});

describe('a rule', () => {
  test('answers on what is said, pressed, not said, left, or anything', async () => {
    const { script } = await begun(
      "- { on: start, say: begin }\n- { hears: '^1$', say: one }\n- { on: text, say: text }\n- { on: silence, say: silence }\n- { on: leave, say: leave }\n- { on: any, say: any }",
    );
    const talk = async (type: string, input?: string): Promise<string[]> => said(await script.turn(type, input));
    expect(await talk('DTMF_AS_TEXT', '1')).toEqual(['one']);
    expect(await talk('TEXT', '11')).toEqual(['text']);
    expect(await talk('TEXT')).toEqual(['text']);
    expect(await talk('NO_INPUT')).toEqual(['silence']);
    expect(await talk('BASE64_ENCODED_G711_ULAW_WAV_FILE')).toEqual(['any']);
    expect((await script.turn('USER_ENDED_SESSION')).body).toMatchObject({ branchName: 'EndContact' });
  });

  test('where none fits, nothing is said, and the branch tells what it was', async () => {
    const { script, answer } = await begun("- { hears: '^x$', say: x }");
    const branches = [answer.body.branchName];
    for (const type of ['TEXT', 'NO_INPUT', 'USER_INPUT_ARCHIVED_AS_SPECIFIED', 'USER_ENDED_SESSION'])
      branches.push((await script.turn(type, 'y')).body.branchName);
    expect(branches).toEqual([
      'PromptAndCollectNextResponse',
      'UserInputNotUnderstood',
      'UserInputTimeout',
      'AudioInputUntranscribeable',
      'EndContact',
    ]);
    expect(answer.body.nextPromptSequence).toBeUndefined();
  });

  test('hears without regard to capitals, beyond ASCII, and keeps what its groups found', async () => {
    const { script } = await begun(
      "- { hears: '^ich hei[sß]e (?<name>\\p{L}+)( (?<last>\\p{L}+))?$', say: '{{ slots.name }}!' }\n- { on: any, say: '{{ slots | json }}' }",
    );
    expect(said(await script.say('ICH HEIẞE Ødegård'))).toEqual(['Ødegård!']);
    expect(said(await script.say('and?'))).toEqual(['{"name":"Ødegård"}']);
    expect(said(await script.say('ich heisse'))).toEqual(['{"name":"Ødegård"}']);
  });

  test('has templates over what was said, what the script added, and what the bot was registered with', async () => {
    const rules =
      "- on: any\n  say: ['{{ input }} in {{ botConfig.language }}', '{{ payload.count }}', '{{ payload }}']\n  payload: { nested: { count: '{{ payload.count }}', both: ['{{ input }}'] } }\n  intent: 'About {{ payload.topic }}'";
    const payload = { count: 3, topic: 'bills' };
    const { answer } = await begun(rules, { userInput: 'Hi', botConfig: { language: 'de' }, customPayload: payload });
    expect(said(answer)).toEqual(['Hi in de', '3', JSON.stringify(payload)]);
    expect(answer.body).toMatchObject({
      customPayload: { nested: { count: 3, both: ['Hi'] } },
      intentInfo: { intent: 'About bills' },
    });
  });

  test('whose template lacks a value breaks, and says which', async () => {
    const { answer } = await begun("- { on: any, say: 'Hello {{ payload.name }}' }", { customPayload: { nam: 'Ann' } });
    expect(answer).toMatchObject({
      status: 500,
      body: {
        code: 'TEMPLATE_VARIABLE_MISSING',
        expected: 'a value for payload.name',
        remedy: 'Give the template a value for that case: {{ payload.name | default: "" }}.',
      },
    });
  });

  test('whose pattern takes for ever is passed over, and told', async () => {
    const { url, turns } = await served("name: b\nrules:\n  - { hears: '^(a+)+$', say: slow }\n  - { on: any, say: quick }\n");
    const script = new Script(url);
    await script.begin();
    expect(said(await script.say(`${'a'.repeat(60)}!`))).toEqual(['quick']);
    expect(turns.at(-1)).toMatchObject({
      line: 4,
      notes: ['The pattern "^(a+)+$" of line 3 takes too long on this text: the rule is passed over.'],
    });
    expect(said(await script.say('aaa'))).toEqual(['slow']);
  });

  test('may begin elsewhere, and lead through several states', async () => {
    const { url } = await served(
      'name: b\nbegin: hello\nrules:\n  - { in: hello, on: any, say: one, then: näxt one }\n  - { in: [näxt one, last], on: any, say: two, then: last, branch: DTMFBreakout }\n',
    );
    const script = new Script(url);
    const answers = [await script.begin(), await script.say('x'), await script.say('x')];
    expect(answers.map((answer) => [said(answer)[0], answer.body.branchName, answer.body.intentInfo.context])).toEqual([
      ['one', 'PromptAndCollectNextResponse', 'näxt one'],
      ['two', 'DTMFBreakout', 'last'],
      ['two', 'DTMFBreakout', 'last'],
    ]);
  });
});

describe('a failure', () => {
  test('with a body of its own, and a status', async () => {
    const { url } = await served(`name: b\nrules: [{ on: any, fails: { status: 503, body: '{"branchName": ' } }]\n`);
    expect(await posted(url, turn)).toEqual([503, 'application/json; charset=utf-8', '{"branchName": ']);
  });

  test('that comes late is the ordinary answer; whoever did not wait for it may ask again', async () => {
    const { url } = await served(
      'name: b\nrules:\n  - { hears: late, say: sorry, fails: { after: 0.02 } }\n  - { on: any, say: quick }\n',
    );
    const script = new Script(url);
    await script.begin();
    const before = script.state;
    expect(said(await script.say('late'))).toEqual(['sorry']);
    const after = script.state;
    script.state = before;
    expect((await script.say('late')).status).toBe(200);
    expect(after).toMatchObject({ turn: 2 });
    expect(botOf('name: b\nrules: [{ on: any, fails: { after: 3 } }]').answer(JSON.stringify(turn))).toMatchObject({
      status: 200,
      afterMs: 3000,
    });
  });

  test('that hangs never answers, and does not keep the bot from ending', async () => {
    const { url, turns, close } = await served('name: b\nrules: [{ on: any, fails: { hang: true } }]\n');
    const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) });
    let answered = '';
    socket.on('data', (chunk: Buffer) => (answered += chunk.toString()));
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    const body = JSON.stringify(turn);
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
    );
    await expect.poll(() => turns.length).toBe(1);
    await close();
    await ended;
    expect(answered).toBe('');
  });

  test('changes nothing: the turn may be sent again', async () => {
    const { url } = await bookings();
    const script = new Script(url);
    await script.begin();
    await script.say('move');
    await script.say('break');
    expect(said(await script.say('AB1234'))).toEqual(['AB1234 is on Friday.', 'Anything else?']);
  });
});

describe('what Studio sends is checked', () => {
  const refusal = (answer: Answer): unknown => ({ status: answer.status, code: answer.body.code, pointer: answer.body.pointer });

  test('a first turn of another type', async () => {
    const script = new Script((await bookings()).url);
    const answer = await script.say('Hello');
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: {
        code: 'BOT_TURN_INVALID',
        message: 'The first turn of this contact is TEXT.',
        pointer: '/userInputType',
        expected: 'AUTOMATED_TEXT as the first turn, without a botSessionState',
        received: '"TEXT"',
      },
    });
    expect(answer.body.remedy).toMatch(/^Studio begins with AUTOMATED_TEXT.*the script must keep it/);
  });

  test('a first turn that brings a state', async () => {
    const answer = await new Script((await bookings()).url).begin({ botSessionState: {} });
    expect(refusal(answer)).toEqual({ status: 400, code: 'BOT_TURN_INVALID', pointer: '/botSessionState' });
    expect(answer.body.remedy).toMatch(/without a botSessionState or with null/);
  });

  test.each<[string, (state: any) => unknown, string, RegExp]>([
    ['none', () => null, '/botSessionState', /A snippet that sets it to nothing must stand before the loop/],
    ['a slot changed', (state) => ({ ...state, slots: { booking: 'x' } }), '/botSessionState/slots', /send it unchanged/],
    ['a member more', (state) => ({ ...state, 'a/b': 1 }), '/botSessionState/a~1b', /send it unchanged/],
    ['a member less', ({ slots: _, ...state }) => state, '/botSessionState/slots', /send it unchanged/],
    ['encoded twice', (state) => JSON.stringify(state), '/botSessionState', /send the object itself, not its JSON in a text/],
    [
      'that of the turn before',
      (state) => ({ ...state, turn: 1, state: 'start' }),
      '/botSessionState',
      /Keep the botSessionState of the last answer/,
    ],
  ])('a later turn that brings another state: %s', async (_, change, pointer, remedy) => {
    const { url, turns } = await bookings();
    const script = new Script(url);
    await script.begin();
    await script.say('move');
    const answer = await script.say('AB1234', { botSessionState: change(script.state) });
    expect(refusal(answer)).toEqual({ status: 400, code: 'BOT_TURN_INVALID', pointer });
    expect(answer.body.remedy).toMatch(remedy);
    expect(turns.at(-1)).toMatchObject({ inputType: 'TEXT', findings: [{ code: 'BOT_TURN_INVALID', pointer }] });
    // It was told, and nothing else: the right one is taken still.
    expect((await script.say('AB1234')).status).toBe(200);
  });

  test('the state of another contact', async () => {
    const { url } = await bookings();
    const [one, other] = [new Script(url, 1), new Script(url, 2)];
    await one.begin();
    const answer = await other.begin({ botSessionState: one.state });
    expect(answer.body).toMatchObject({ code: 'BOT_TURN_INVALID', received: 'the state of "4597359:1"' });
    expect(answer.body.remedy).toMatch(/Each contact has a state of its own/);
  });

  test('a session may begin anew, and after the customer has left it must', async () => {
    const { url } = await bookings();
    const script = new Script(url);
    await script.begin();
    await script.say('move');
    expect((await script.begin({ botSessionState: null })).body.botSessionState).toMatchObject({ turn: 1, state: 'start' });
    await script.turn('USER_ENDED_SESSION');
    script.state = null;
    expect((await script.say('Hello')).status).toBe(400);
    expect((await script.begin()).status).toBe(200);
  });

  test('what is not known any more is taken as it says: after a restart, and of one session too many', async () => {
    const first = await bookings();
    const script = new Script(first.url);
    await script.begin();
    await script.say('move');
    const second = await bookings();
    const answer = await new Script(second.url).say('AB1234', { botSessionState: script.state });
    expect(said(answer)[0]).toBe('AB1234 is on Friday.');

    const bot = botOf('name: b\nrules: [{ on: any }]');
    const exchange = (contactId: number, more: object): number =>
      bot.answer(JSON.stringify({ ...turn, executionInfo: { contactId, busNo: 1 }, ...more })).status;
    for (let contactId = 0; contactId <= 1000; contactId += 1) expect(exchange(contactId, {})).toBe(200);
    const late = { userInputType: 'TEXT', botSessionState: { session: '1:0', turn: 9, state: 'start', slots: {} } };
    expect(exchange(0, late)).toBe(200);
    expect(exchange(1000, { ...late, botSessionState: { ...late.botSessionState, session: '1:1000' } })).toBe(400);
  });

  test('a member in other letters is told as it came, also beside a number for the type of the input', () => {
    const body = { userInputType: 5, executioninfo: turn.executionInfo };
    const answer = botOf('name: b\nrules: [{ on: any }]').answer(JSON.stringify(body));
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'REQUIRED_FIELD_MISSING',
      remedy: expect.stringMatching(/^Rename "executioninfo" to "executionInfo"/) as unknown,
    });
  });

  test('a member that nobody reads is told beside a number for the type of the input, whatever becomes of the turn', () => {
    const bot = botOf('name: b\nrules: [{ on: any }]');
    const notes = (more: object): readonly string[] =>
      bot.answer(JSON.stringify({ ...turn, userInputType: 5, other: 1, ...more })).turn.notes;
    expect(notes({ userinput: 'WELCOME' })).toEqual(['Nothing is read of "/userinput". Rename "userinput" to "userInput".']);
    expect(notes({ userInputType: 1, userInput: 'Hello', botsessionstate: {} })).toEqual([
      'Nothing is read of "/botsessionstate". Rename "botsessionstate" to "botSessionState".',
    ]);
  });

  test.each<[string, object, number, string, string | null]>([
    ['another property', { body: { ...turn, sessionId: 'x' } }, 400, 'SCHEMA_MISMATCH', '/sessionId'],
    ['no contact', { body: { userInputType: 'AUTOMATED_TEXT' } }, 400, 'REQUIRED_FIELD_MISSING', '/executionInfo'],
    ['a list', { body: [turn] }, 400, 'SCHEMA_MISMATCH', ''],
    ['no JSON', { body: "{'userInputType': 1}" }, 400, 'BODY_NOT_JSON', ''],
    ['no body', { method: 'POST', headers: { 'content-type': 'application/json' } }, 400, 'BODY_EMPTY', ''],
    ['bytes that are not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'BODY_NOT_UTF8', ''],
    ['no content type', { headers: { 'content-type': undefined }, body: turn }, 400, 'CONTENT_TYPE_MISSING', '/content-type'],
    [
      'form data',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' },
      415,
      'CONTENT_TYPE_UNSUPPORTED',
      '/content-type',
    ],
    [
      'another charset',
      { headers: { 'content-type': 'application/json; charset=latin1' }, body: turn },
      415,
      'CHARSET_UNSUPPORTED',
      '/content-type',
    ],
    [
      'a compressed body',
      { headers: { 'content-encoding': 'gzip' }, body: turn },
      415,
      'CONTENT_ENCODING_UNSUPPORTED',
      '/content-encoding',
    ],
    ['a GET', {}, 405, 'METHOD_NOT_ALLOWED', null],
    ['a PUT', { method: 'PUT', body: turn }, 405, 'METHOD_NOT_ALLOWED', null],
    ['far too much', { body: `{"userInput": "${'x'.repeat(1024 ** 2)}"}` }, 413, 'BODY_TOO_LARGE', ''],
    ['far too deep', { body: '['.repeat(100_000) + ']'.repeat(100_000) }, 400, 'SCHEMA_MISMATCH', ''],
    [
      'a state that is too deep',
      { body: { ...turn, botSessionState: JSON.parse('['.repeat(70) + ']'.repeat(70)) as unknown } },
      400,
      'SCHEMA_MISMATCH',
      '',
    ],
  ])('%s', async (_, message, status, code, pointer) => {
    const { url, turns } = await bookings();
    const answer = await send(url, { path: '/', ...message });
    expect(refusal(answer)).toEqual({ status, code, pointer });
    expect(Object.keys(answer.body)).toEqual(['code', 'message', 'pointer', 'expected', 'received', 'remedy']);
    if (status === 405) expect(answer.headers.allow).toBe('POST');
    expect(turns.at(-1)).toMatchObject({ findings: [{ code, pointer }, ...turns.at(-1)!.findings.slice(1)] });
    expect((await new Script(url).begin()).status).toBe(200);
  });

  test('hostile input goes through as text', async () => {
    const { url } = await served(
      "name: b\nrules:\n  - { on: start }\n  - { hears: '(?<__proto__>.+)(?<all>)', say: ['{{ input }}', '{{ slots.all }}'], payload: { '__proto__': '{{ input }}' } }\n  - { on: any, say: rest }\n",
    );
    for (const text of [
      '{{ slots }}',
      '<script>alert(1)</script>',
      '\u001b[31m\u202e',
      '__proto__',
      '"}],"branchName":"Error',
      '\ud83d',
    ]) {
      const script = new Script(url);
      await script.begin({ customPayload: JSON.parse('{"__proto__": {"polluted": 1}}') as object });
      const answer = await script.say(text);
      expect(said(answer)).toEqual([text, '']);
      expect(answer.body.branchName).toBe('PromptAndCollectNextResponse');
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('a caller that leaves in the middle of its body is nobody’s turn', async () => {
    const { url, turns } = await bookings();
    const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) });
    await new Promise<void>((resolve) => {
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"user', () => {
        resolve();
      });
    });
    socket.destroy();
    expect((await new Script(url).begin()).status).toBe(200);
    expect(turns).toHaveLength(1);
  });
});

test('a hundred sessions at once are kept apart', async () => {
  const { url } = await bookings();
  const contacts = Array.from({ length: 100 }, (_, number) => ({
    script: new Script(url, 463000000000 + number),
    booking: `AB${String(1000 + number)}`,
  }));
  const all = <T>(work: (contact: (typeof contacts)[number]) => Promise<T>): Promise<T[]> => Promise.all(contacts.map(work));
  await all(({ script }) => script.begin());
  await all(({ script }) => script.say('move'));
  const told = await all(({ script, booking }) => script.say(booking));
  expect(told.map((answer) => said(answer)[0])).toEqual(contacts.map(({ booking }) => `${booking} is on Friday.`));
  const handed = await all(({ script }) => script.say('agent'));
  expect(handed.map(({ body }) => body.customPayload.booking as string)).toEqual(contacts.map(({ booking }) => booking));
});
