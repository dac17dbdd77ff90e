/** Each action of a script, as a caller and a trace see it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { causeOf, type Emulator, type EmulatorOptions, type Trace, type TraceEntry } from '../../src/index.js';
import { type Answer, CONVERSATION, open, OTHER_CONVERSATION, send, traceOf } from '../support/client.js';
import { standingClock } from '../support/clock.js';
import { type Files, outside, scriptsFolder, signalTo, webhook, withScripts } from '../support/scripts.js';

interface Ran {
  readonly started: Emulator;
  readonly url: string;
  readonly answer: Answer;
  readonly trace: Trace;
}

const ok = { type: 'RESPOND', body: { ok: true } };

/** Calls the script `bot`, which has these actions. */
async function ran(
  actions: object,
  body: unknown = {},
  { given, more = {}, ...options }: EmulatorOptions & { given?: (url: string) => Promise<unknown>; more?: Files } = {},
): Promise<Ran> {
  const started = await withScripts({ ...webhook('bot', actions), ...more }, options);
  const { url } = started;
  await given?.(url);
  const answer = await send(url, { path: '/webhooks/bot', body });
  return { started, url, answer, trace: await traceOf(url, answer) };
}

function causeIn({ entries }: Trace): TraceEntry | undefined {
  return entries.find(({ level }) => level === 'error');
}

/** The actions that fired, each with its branch. */
function way({ entries }: Trace): string[] {
  return entries.flatMap(({ action, branch }) => (action === undefined ? [] : [`${action} → ${String(branch)}`]));
}

/** A script on every new conversation. */
function onConversation(name: string, actions: object, more: object = {}): Files {
  return { [`${name}.yaml`]: { name, trigger: { conversation: {} }, actions, ...more } };
}

async function attributesOf(url: string, contactId: string): Promise<unknown> {
  return (await send(url, { path: `/api/v2/contacts/${contactId}/attributes` })).body;
}

const traceFor = (started: Emulator, script: string): Trace | undefined => started.traces({ script })[0];

describe('ASSIGN, SNIPPET, IF and CASE', () => {
  test('variables keep their types, and one may be made of those before it', async () => {
    const { answer, trace } = await ran(
      {
        Begin: { type: 'ASSIGN', set: { start: 'a' }, next: 'Set' },
        Set: {
          type: 'ASSIGN',
          set: { id: '{{ context.id }}', both: '{{ vars.id }}-{{ vars.start }}', list: [1, '{{ context.id }}'] },
          next: 'Answer',
        },
        Answer: { type: 'RESPOND', body: { id: '{{ vars.id }}', both: '{{ vars.both }}', list: '{{ vars.list }}' } },
      },
      { id: 12 },
    );
    expect(answer.body).toEqual({ id: 12, both: '12-a', list: [1, 12] });
    expect(trace.entries.find(({ action }) => action === 'Set (ASSIGN)')).toMatchObject({
      branch: 'Default',
      variables: { id: 12, both: '12-a', list: [1, 12] },
    });
  });

  test('the variables of the script are there from the beginning', async () => {
    const started = await withScripts(
      webhook(
        'bot',
        { Answer: { type: 'RESPOND', body: '{{ vars.greeting }}' } },
        { variables: { greeting: 'Hello {{ context.name }}' } },
      ),
    );
    expect((await send(started.url, { path: '/webhooks/bot', body: { name: 'Ada' } })).body).toBe('Hello Ada');
  });

  test.each([
    [{ a: 1, b: 1 }, 'both'],
    [{ a: 1, b: 2 }, 'first'],
    [{ a: 2 }, 'none'],
    [{}, 'none'],
  ])('a SNIPPET goes through conditions inside conditions: %j', async (body, is) => {
    const steps = [
      { set: { is: 'unset' } },
      {
        if: 'context.a == 1',
        then: [{ set: { is: 'first' } }, { if: 'context.b == 1', then: [{ set: { is: 'both' } }] }],
        else: [{ set: { is: 'none' } }],
      },
    ];
    const { answer } = await ran(
      { Steps: { type: 'SNIPPET', steps, next: 'Answer' }, Answer: { type: 'RESPOND', body: { is: '{{ vars.is }}' } } },
      body,
    );
    expect(answer.body).toEqual({ is });
  });

  test.each([
    [{ intent: 'billing' }, 'OnTrue', 'context.intent == "billing" is true.'],
    [{ intent: 'sales' }, 'OnFalse', 'context.intent == "billing" is false.'],
    [{}, 'OnFalse', 'context.intent == "billing" is false. context.intent is not there.'],
  ])('IF takes a branch, and says what is not there: %j', async (body, branch, message) => {
    const { answer, trace } = await ran(
      {
        If: { type: 'IF', condition: 'context.intent == "billing"', branches: { OnTrue: 'Yes', OnFalse: 'No' } },
        Yes: { type: 'RESPOND', body: 'OnTrue' },
        No: { type: 'RESPOND', body: 'OnFalse' },
      },
      body,
    );
    expect(answer.body).toBe(branch);
    expect(trace.entries.find(({ action }) => action === 'If (IF)')).toMatchObject({ branch, message, level: 'info' });
  });

  test.each([
    ['billing', 'Billing'],
    [2, 'Two'],
    [true, 'Yes'],
    ['sales', 'Others'],
    ['', 'Others'],
    [null, 'Others'],
    ['OnError', 'Others'],
    ['Default', 'Others'],
    ['__proto__', 'Others'],
  ])('CASE takes the branch of the value %j', async (value, says) => {
    const { answer } = await ran(
      {
        Case: {
          type: 'CASE',
          value: '{{ context.value }}',
          branches: { billing: 'Billing', 2: 'Two', true: 'Yes', Default: 'Others' },
        },
        ...Object.fromEntries(['Billing', 'Two', 'Yes', 'Others'].map((name) => [name, { type: 'RESPOND', body: name }])),
      },
      { value },
    );
    expect(answer.body).toBe(says);
  });

  test('TRACE puts a line of the user’s into the trace', async () => {
    const { trace } = await ran(
      { Note: { type: 'TRACE', message: 'intent is {{ context.intent }}', next: 'Done' }, Done: ok },
      { intent: 'billing' },
    );
    expect(trace.entries.map(({ message }) => message)).toContain('intent is billing');
    expect(way(trace)).toEqual(['Note (TRACE) → Default', 'Done (RESPOND) → null']);
  });
});

describe('GETATTRIBUTE and SETATTRIBUTE', () => {
  const CONTACT_ID = '463012345678';
  const given = (url: string): Promise<unknown> =>
    open(url, { conversationId: CONVERSATION, contactId: CONTACT_ID, userId: 'ada', attributes: { externalId: 'abc' } });

  test.each([
    ['contact', CONTACT_ID],
    ['conversation', CONVERSATION],
  ])('of a %s by id', async (of, id) => {
    const { answer, url, trace } = await ran(
      {
        Get: { type: 'GETATTRIBUTE', of, id: '{{ context.id }}', name: 'externalId', next: 'Nothing' },
        Nothing: { type: 'GETATTRIBUTE', of, id: '{{ context.id }}', name: 'not-set', into: 'nothing', next: 'Set' },
        Set: {
          type: 'SETATTRIBUTE',
          of,
          id: '{{ context.id }}',
          set: { externalId: null, count: '{{ context.count }}' },
          next: 'Answer',
        },
        Answer: { type: 'RESPOND', body: { got: '{{ vars.externalId }}', nothing: '{{ vars.nothing }}' } },
      },
      { id, count: 3 },
      { given },
    );
    expect(answer.body).toEqual({ got: 'abc', nothing: '' });
    expect(await attributesOf(url, CONTACT_ID)).toEqual({ count: '3' });
    expect(trace.entries.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        `"externalId" of the ${of} ${id} is "abc".`,
        `"not-set" of the ${of} ${id} is not set.`,
        `"externalId" and "count" of the ${of} ${id} are stored.`,
      ]),
    );
  });

  test('of a user by id', async () => {
    const { answer, url } = await ran(
      {
        Set: { type: 'SETATTRIBUTE', of: 'user', id: 'ada', set: { tier: 'gold' }, next: 'Get' },
        Get: { type: 'GETATTRIBUTE', of: 'user', id: 'ada', name: 'tier', next: 'Answer' },
        Answer: { type: 'RESPOND', body: '{{ vars.tier }}' },
      },
      {},
      { given },
    );
    expect(answer.body).toBe('gold');
    expect((await send(url, { path: '/api/v2/users/ada/attributes' })).body).toEqual({ tier: 'gold' });
  });

  test('of the contact, the user and the conversation that the script runs on', async () => {
    const { url } = await withScripts(
      onConversation('bot', {
        Get: { type: 'GETATTRIBUTE', name: 'externalId', next: 'User' },
        User: { type: 'SETATTRIBUTE', of: 'user', set: { from: '{{ vars.externalId }}' }, next: 'Conversation' },
        Conversation: {
          type: 'SETATTRIBUTE',
          of: 'conversation',
          set: { from: '{{ conversation.conversationId }} {{ contact.contactId }}' },
          next: 'End',
        },
        End: { type: 'END' },
      }),
    );
    await given(url);
    expect(await attributesOf(url, CONTACT_ID)).toEqual({ externalId: 'abc', from: `${CONVERSATION} ${CONTACT_ID}` });
    expect((await send(url, { path: '/api/v2/users/ada/attributes' })).body).toEqual({ from: 'abc' });
  });

  test.each([
    ['contact', 'CONTACT_UNKNOWN', '463099999999'],
    ['user', 'USER_UNKNOWN', 'nobody'],
    ['conversation', 'CONVERSATION_UNKNOWN', OTHER_CONVERSATION],
    ['contact', 'CONTACT_UNKNOWN', undefined],
    ['user', 'USER_UNKNOWN', undefined],
    ['conversation', 'CONVERSATION_UNKNOWN', undefined],
  ])('of a %s that there is not: %s', async (of, code, id) => {
    const { answer, trace } = await ran({
      Get: { type: 'GETATTRIBUTE', of, ...(id === undefined ? {} : { id }), name: 'x', next: 'Done' },
      Done: ok,
    });
    expect(answer.headers['x-emulator-cause']).toBe(code);
    expect(causeIn(trace)).toMatchObject({
      code,
      action: 'Get (GETATTRIBUTE)',
      branch: null,
      received: id === undefined ? 'nothing' : JSON.stringify(id),
    });
    expect(causeIn(trace)?.remedy).toMatch(id === undefined ? /webhook’s script runs on no contact/ : /id of the bot’s own/);
  });

  test('an attribute with a secret’s name is not shown', async () => {
    const { trace } = await ran(
      { Get: { type: 'GETATTRIBUTE', id: CONTACT_ID, name: 'password', next: 'Done' }, Done: ok },
      {},
      { given: (url) => open(url, { contactId: CONTACT_ID, attributes: { password: 'hunter2hunter2' } }) },
    );
    expect(JSON.stringify(trace)).not.toContain('hunter2');
  });
});

describe('REQAGENT', () => {
  const queue = {
    Queue: {
      type: 'REQAGENT',
      skillId: 4001,
      conversation: '{{ context.sessionId }}',
      data: { intent: '{{ context.intent }}' },
      next: 'Done',
    },
    Done: ok,
  };
  const body = { sessionId: CONVERSATION, intent: 'billing' };

  test('queues the conversation, with data for the agent', async () => {
    const { answer, url, trace } = await ran(queue, body, { given: (at) => open(at) });
    expect(answer.body).toEqual({ ok: true });
    expect((await send(url, { path: `/_emulator/conversations/${CONVERSATION}` })).body).toMatchObject({
      state: 'queued',
      skillId: 4001,
      metadata: { intent: 'billing' },
    });
    expect(trace).toMatchObject({ conversationId: CONVERSATION, outcome: 'accepted' });
    expect(trace.entries.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test.each([
    ['an agent has it', { state: 'agent' }, 4001, 'CONVERSATION_STATE'],
    ['it is over', { state: 'ended' }, 4001, 'CONVERSATION_ENDED'],
    ['the skill is not there', {}, 9999, 'SKILL_UNKNOWN'],
  ])('is refused where %s', async (_, state, skillId, code) => {
    const { answer, trace, url } = await ran({ ...queue, Queue: { ...queue.Queue, skillId } }, body, {
      given: (at) => open(at, { conversationId: CONVERSATION, ...state }),
    });
    expect(answer.headers['x-emulator-cause']).toBe(code);
    expect(causeIn(trace)).toMatchObject({ code, in: null, pointer: null, action: 'Queue (REQAGENT)' });
    expect((await send(url, { path: `/_emulator/conversations/${CONVERSATION}` })).body).toMatchObject({
      state: 'bot',
      ...state,
    });
  });

  test('is queued again where it was, and the last data wins', async () => {
    const { url } = await ran(queue, body, {
      given: async (at) => {
        await open(at);
        await send(at, { body: { sessionId: CONVERSATION, metadata: { intent: 'sales' }, skillId: 4001 } });
      },
    });
    expect((await send(url, { path: '/_emulator/state' })).body.conversations).toMatchObject([
      { handover: { metadata: { intent: 'billing' }, skillId: 4001 } },
    ]);
  });

  test('warns where nobody staffs the skill', async () => {
    const { answer, trace } = await ran(queue, body, {
      given: (at) => open(at),
      skills: [{ skillId: 4001, name: 'Support', agents: 0 }],
    });
    expect(answer.status).toBe(200);
    expect(trace.entries.find(({ code }) => code === 'SKILL_UNSTAFFED')).toMatchObject({ level: 'warn', in: null });
  });
});

describe('signals', () => {
  /** Keeps what it hears as the attribute `heard`, and goes on waiting. */
  const listener = onConversation('listener', {
    Start: { type: 'ASSIGN', set: { heard: '' }, next: 'Wait' },
    Wait: { type: 'WAIT' },
    Heard: { type: 'ONSIGNAL', next: 'Keep' },
    Keep: { type: 'ASSIGN', set: { heard: '{{ vars.heard }}[{{ vars.SP1 }},{{ vars.SP2 }}]' }, next: 'Store' },
    Store: { type: 'SETATTRIBUTE', set: { heard: '{{ vars.heard }}' }, next: 'Wait' },
  });

  test('one from the ACD is heard before it is answered, with its parameters', async () => {
    const { url } = await withScripts(listener);
    const { contactId } = await open(url);
    const answer = await send(url, await signalTo(url, contactId, 'Escalate', 'billing'));
    expect(answer.status).toBe(202);
    expect(await attributesOf(url, contactId)).toEqual({ heard: '[Escalate,billing]' });
    expect((await traceOf(url, answer)).entries.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('several in a row are all heard, in order; parameters of an earlier one do not stay', async () => {
    const { url } = await withScripts(listener);
    const { contactId } = await open(url);
    await send(url, await signalTo(url, contactId, 'a', 'x'));
    await send(url, await signalTo(url, contactId, 'b'));
    await send(url, await signalTo(url, contactId, 'c', 'y'));
    expect(await attributesOf(url, contactId)).toEqual({ heard: '[a,x][b,][c,y]' });
  });

  test('many at once are all heard', async () => {
    const { url } = await withScripts(listener);
    const { contactId } = await open(url);
    const messages = await Promise.all(Array.from({ length: 30 }, (_, index) => signalTo(url, contactId, String(index))));
    await Promise.all(messages.map((message) => send(url, message)));
    const { heard } = (await attributesOf(url, contactId)) as { heard: string };
    expect(
      heard
        .match(/\d+/g)
        ?.map(Number)
        .sort((one, other) => one - other),
    ).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  test('one from another script is heard, with a list of parameters', async () => {
    const { url } = await withScripts({
      ...listener,
      ...webhook('bot', {
        Signal: { type: 'SIGNAL', contactId: '{{ context.contactId }}', parameters: ['{{ context.what }}', 2], next: 'Done' },
        Done: ok,
      }),
    });
    const { contactId } = await open(url);
    const answer = await send(url, { path: '/webhooks/bot', body: { contactId, what: 'End' } });
    expect(answer.status).toBe(200);
    expect(await attributesOf(url, contactId)).toEqual({ heard: '[End,2]' });
    const [told] = (await traceOf(url, answer)).entries.filter(({ action }) => action === 'Signal (SIGNAL)');
    expect(told?.message).toBe(`Contact ${String(contactId)} is signalled with "End" and "2"; listener hears it.`);
  });

  test('one that nobody hears is a warning, and one to nobody fails', async () => {
    const { url } = await withScripts(
      webhook('bot', { Signal: { type: 'SIGNAL', contactId: '{{ context.contactId }}', next: 'Done' }, Done: ok }),
    );
    const { contactId } = await open(url);
    const unheard = await traceOf(url, await send(url, { path: '/webhooks/bot', body: { contactId } }));
    expect(unheard.entries.find(({ code }) => code === 'SIGNAL_UNHEARD')).toMatchObject({ level: 'warn' });
    const unknown = await send(url, { path: '/webhooks/bot', body: { contactId: '463099999999' } });
    expect(unknown.headers['x-emulator-cause']).toBe('CONTACT_UNKNOWN');
  });

  test('one interrupts a WAIT, whose time is then of no account', async () => {
    const clock = standingClock();
    const { url } = await withScripts(
      onConversation('bot', {
        Wait: { type: 'WAIT', seconds: 60, next: 'Late' },
        Late: { type: 'SETATTRIBUTE', set: { late: true }, next: 'End' },
        Heard: { type: 'ONSIGNAL', next: 'Note' },
        Note: { type: 'SETATTRIBUTE', set: { heard: '{{ vars.SP1 }}' }, next: 'End' },
        End: { type: 'END' },
      }),
      { clock },
    );
    const { contactId } = await open(url);
    expect(clock.waiting).toBe(1);
    await send(url, await signalTo(url, contactId, 'now'));
    expect(clock.waiting).toBe(0);
    clock.advance(61_000);
    expect(await attributesOf(url, contactId)).toEqual({ heard: 'now' });
  });

  test('one interrupts a call that hangs, and its connection is closed', async () => {
    let asked: () => void = () => undefined;
    let closed: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const target = await outside((request) => {
      request.on('close', closed);
      asked();
    });
    const { url, ...started } = await withScripts(
      onConversation('bot', {
        Call: { type: 'RESTAPI', url: target, next: 'End' },
        Heard: { type: 'ONSIGNAL', next: 'Note' },
        Note: { type: 'SETATTRIBUTE', set: { heard: '{{ vars.SP1 }}' }, next: 'End' },
        End: { type: 'END' },
      }),
      { scriptHosts: ['127.0.0.1'] },
    );
    const { contactId } = await open(url);
    await isAsked;
    await send(url, await signalTo(url, contactId, 'now'));
    await isClosed;
    expect(await attributesOf(url, contactId)).toEqual({ heard: 'now' });
    expect(way(started.traces({ script: 'bot' })[0]!)).toEqual([
      'Call (RESTAPI) → undefined',
      'Heard (ONSIGNAL) → Default',
      'Note (SETATTRIBUTE) → Default',
      'End (END) → null',
    ]);
  });
});

describe('SPAWN and RUNSUB', () => {
  test('a spawned script runs on a contact of its own, with the same master, and begins with its variables', async () => {
    const { url, ...started } = await withScripts({
      ...onConversation('main', {
        Spawn: { type: 'SPAWN', script: 'helper', variables: { given: '{{ contact.contactId }}' }, next: 'Note' },
        Note: { type: 'SETATTRIBUTE', set: { spawned: '{{ vars.spawnedContactId }}' }, next: 'End' },
        End: { type: 'END' },
      }),
      'helper.yaml': {
        name: 'helper',
        variables: { given: 'nothing', own: 'mine' },
        actions: {
          Note: {
            type: 'SETATTRIBUTE',
            set: { given: '{{ vars.given }}', own: '{{ vars.own }}', master: '{{ contact.masterContactId }}' },
            next: 'Wait',
          },
          Wait: { type: 'WAIT' },
        },
      },
    });
    const { contactId, conversationId } = await open(url);
    const { spawned } = (await attributesOf(url, contactId)) as { spawned: string };
    expect(spawned).not.toBe(contactId);
    expect(await attributesOf(url, spawned)).toEqual({ given: contactId, own: 'mine', master: contactId });
    const [helper] = started.traces({ script: 'helper' });
    const [main] = started.traces({ script: 'main' });
    expect(helper).toMatchObject({ outcome: 'running', contactId: spawned, conversationId, parent: main?.traceId });
    expect(main).toMatchObject({ outcome: 'accepted', contactId });
  });

  test('a webhook’s script has no contact to spawn from', async () => {
    const { answer } = await ran({ Spawn: { type: 'SPAWN', script: 'bot', next: 'Done' }, Done: ok });
    expect(answer.headers['x-emulator-cause']).toBe('CONTACT_UNKNOWN');
  });

  test('RUNSUB gives a result, has variables of its own, and is told in the same trace', async () => {
    const { answer, trace } = await ran(
      {
        Set: { type: 'ASSIGN', set: { x: 'ours' }, next: 'Sub' },
        Sub: { type: 'RUNSUB', script: 'sub', variables: { number: '{{ context.number }}' }, into: 'sum', next: 'Answer' },
        Answer: { type: 'RESPOND', body: { sum: '{{ vars.sum }}', x: '{{ vars.x }}' } },
      },
      { number: 2 },
      {
        more: {
          'sub.yaml': {
            name: 'sub',
            actions: {
              Set: { type: 'ASSIGN', set: { x: 'theirs' }, next: 'End' },
              End: { type: 'END', result: { n: '{{ vars.number | plus: 1 }}', x: '{{ vars.x }}' } },
            },
          },
        },
      },
    );
    expect(answer.body).toEqual({ sum: { n: 3, x: 'theirs' }, x: 'ours' });
    expect(way(trace)).toEqual([
      'Set (ASSIGN) → Default',
      'sub/Set (ASSIGN) → Default',
      'sub/End (END) → null',
      'Sub (RUNSUB) → Default',
      'Answer (RESPOND) → null',
    ]);
  });

  test('the caller’s variables are none of a RUNSUB’s, and what fails inside breaks off the whole', async () => {
    const { answer, trace } = await ran(
      {
        Set: { type: 'ASSIGN', set: { x: 1 }, next: 'Sub' },
        Sub: { type: 'RUNSUB', script: 'sub', branches: { Default: 'Done', OnError: 'Failed' } },
        Done: ok,
        Failed: { type: 'RESPOND', status: 500 },
      },
      {},
      {
        more: {
          'sub.yaml': {
            name: 'sub',
            actions: { Use: { type: 'ASSIGN', set: { y: '{{ vars.x }}' }, next: 'End' }, End: { type: 'END' } },
          },
        },
      },
    );
    expect(answer.headers['x-emulator-cause']).toBe('TEMPLATE_VARIABLE_MISSING');
    expect(causeIn(trace)?.action).toBe('sub/Use (ASSIGN)');
  });

  test('a signal that comes while a RUNSUB waits is heard by the script around it', async () => {
    const { url } = await withScripts({
      ...onConversation('main', {
        Sub: { type: 'RUNSUB', script: 'sub', next: 'End' },
        Heard: { type: 'ONSIGNAL', next: 'Note' },
        Note: { type: 'SETATTRIBUTE', set: { heard: '{{ vars.SP1 }}' }, next: 'End' },
        End: { type: 'END' },
      }),
      'sub.yaml': { name: 'sub', actions: { Wait: { type: 'WAIT', next: 'End' }, End: { type: 'END' } } },
    });
    const { contactId } = await open(url);
    await send(url, await signalTo(url, contactId, 'up'));
    expect(await attributesOf(url, contactId)).toEqual({ heard: 'up' });
  });
});

describe('WAIT', () => {
  const waiting = {
    Wait: { type: 'WAIT', seconds: 30, next: 'Note' },
    Note: { type: 'SETATTRIBUTE', of: 'conversation', id: CONVERSATION, set: { done: true }, next: 'End' },
    End: { type: 'END' },
  };

  test('a webhook is answered at once; the trace is running, and accepted when the time is over', async () => {
    const clock = standingClock();
    const { url, started, answer, trace } = await ran(waiting, {}, { clock, given: (at) => open(at) });
    expect(answer).toMatchObject({ status: 200, body: {} });
    expect(trace).toMatchObject({ outcome: 'running', script: 'bot', response: { status: 200 } });
    expect(trace.entries.map(({ message }) => message)).toContain(
      'Wait waits for 30 s. The caller is answered 200 with {} meanwhile.',
    );
    const traceId = trace.traceId;
    clock.advance(29_000);
    expect(clock.waiting).toBe(1);
    clock.advance(1000);
    await expect.poll(() => traceFor(started, 'bot')?.outcome).toBe('accepted');
    const late = started.traces({ script: 'bot' });
    expect(late).toHaveLength(1);
    expect(late[0]?.traceId).toBe(traceId);
    expect(way(late[0]!)).toEqual(['Wait (WAIT) → Default', 'Note (SETATTRIBUTE) → Default', 'End (END) → null']);
    expect((await send(url, { path: `/_emulator/conversations/${CONVERSATION}` })).status).toBe(200);
  });

  test('the trace is told twice in the stream and in the file', async () => {
    const clock = standingClock();
    const traceFile = join(await scriptsFolder({}), 'traces.ndjson');
    const started = await withScripts(webhook('bot', waiting), { clock, traceFile });
    await open(started.url);
    const told: [string, string][] = [];
    started.onTrace(({ traceId, outcome, script }) => {
      if (script === 'bot') told.push([traceId, outcome]);
    });
    const stream = await fetch(`${started.url}/_emulator/traces/stream?script=bot`);
    const answer = await send(started.url, { path: '/webhooks/bot', body: {} });
    const id = answer.headers['x-emulator-trace-id'] ?? '';
    clock.advance(30_000);
    const expected = [
      [id, 'running'],
      [id, 'accepted'],
    ];
    await expect.poll(() => told).toEqual(expected);
    const lines = (await readFile(traceFile, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Trace);
    expect(lines.filter(({ script }) => script === 'bot').map(({ traceId, outcome }) => [traceId, outcome])).toEqual(expected);

    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const events = (): string[] =>
      [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => (JSON.parse(data) as Trace).outcome);
    while (events().length < 2) text += new TextDecoder().decode((await reader.read()).value);
    expect(events()).toEqual(['running', 'accepted']);
    await reader.cancel();
  });

  test.each([['-1'], ['soon'], [''], [{}], [90_000]])('refuses %j as a time', async (seconds) => {
    const { answer } = await ran(
      { Wait: { type: 'WAIT', seconds: '{{ context.seconds }}', next: 'Done' }, Done: ok },
      { seconds },
    );
    expect(answer.headers['x-emulator-cause']).toBe('SCRIPT_VALUE_INVALID');
  });
});

describe('RESPOND and END', () => {
  test.each([
    [{ status: 201, body: { a: [1, null] } }, 201, '{"a":[1,null]}', 'application/json; charset=utf-8'],
    [{}, 200, '{}', 'application/json; charset=utf-8'],
    [{ body: null }, 200, 'null', 'application/json; charset=utf-8'],
    [{ body: '{{ context.name }}' }, 200, '"Ada"', 'application/json; charset=utf-8'],
    [{ status: '{{ context.status }}' }, 202, '{}', 'application/json; charset=utf-8'],
    [{ bodyText: '"Hello {{ context.name }}"' }, 200, '"Hello Ada"', 'text/plain; charset=utf-8'],
    [{ bodyText: '"<a/>"', headers: { 'Content-Type': 'application/xml' } }, 200, '"<a/>"', 'application/xml'],
    [{ status: 204 }, 204, '', undefined],
    [{ status: 304 }, 304, '', undefined],
  ])('answers with %j', async (settings, status, text, type) => {
    const { answer } = await ran({ Answer: { type: 'RESPOND', ...settings } }, { name: 'Ada', status: 202 });
    expect(answer).toMatchObject({ status, text });
    expect(answer.headers).not.toHaveProperty('x-emulator-cause');
    expect(answer.headers['content-type']).toBe(type);
  });

  test('answers with headers', async () => {
    const { answer } = await ran(
      { Answer: { type: 'RESPOND', headers: { 'X-Name': '{{ context.name }}', 'X-Number': 3 } } },
      { name: 'Ada' },
    );
    expect(answer.headers).toMatchObject({ 'x-name': 'Ada', 'x-number': '3' });
  });

  test.each([
    ['a line break', 'Ada\r\nX-Evil: 1'],
    ['a line separator', 'Ada\u2028'],
    ['a letter beyond ASCII', 'Zoë'],
    ['8193 characters', 'A'.repeat(8193)],
  ])('a header with %s, which would break the head of the answer, breaks the script off', async (_, name) => {
    const { answer, started } = await ran({ Answer: { type: 'RESPOND', headers: { 'X-Name': '{{ context.name }}' } } }, { name });
    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty('x-evil');
    expect(causeOf(traceFor(started, 'bot'))).toMatchObject({
      code: 'SCRIPT_VALUE_INVALID',
      message: 'headers.X-Name is not what the action takes.',
    });
  });

  test('the first answer counts, and the script goes on after it', async () => {
    const { answer, started } = await ran({
      One: { type: 'RESPOND', body: 1, next: 'Two' },
      Two: { type: 'RESPOND', body: 2, next: 'End' },
      End: { type: 'END' },
    });
    expect(answer.body).toBe(1);
    const trace = traceFor(started, 'bot')!;
    expect(trace.outcome).toBe('accepted');
    expect(trace.entries.find(({ action }) => action === 'Two (RESPOND)')?.message).toBe(
      'Nobody waits for an answer (any more).',
    );
  });

  test('a script that breaks off after its answer has failed, and the answer stays', async () => {
    const { answer, started } = await ran({
      Answer: { type: 'RESPOND', next: 'Use' },
      Use: { type: 'ASSIGN', set: { x: '{{ vars.nothing }}' }, next: 'End' },
      End: { type: 'END' },
    });
    expect(answer.status).toBe(200);
    const trace = traceFor(started, 'bot')!;
    expect(trace.outcome).toBe('failed');
    expect(causeIn(trace)?.code).toBe('TEMPLATE_VARIABLE_MISSING');
  });

  test('END ends the conversation where it says so', async () => {
    const { url } = await withScripts(onConversation('bot', { End: { type: 'END', conversation: 'end' } }));
    await open(url);
    expect((await send(url, { path: `/_emulator/conversations/${CONVERSATION}` })).body.state).toBe('ended');
  });

  test('a webhook’s script that ends without an answer is answered 200 {}', async () => {
    const { answer } = await ran({ End: { type: 'END' } });
    expect(answer).toMatchObject({ status: 200, body: {} });
  });
});

describe('what fails', () => {
  test('leads to OnError, with what failed in _ERR, and is a warning where that is taken care of', async () => {
    const { answer, trace } = await ran({
      Call: {
        type: 'RESTAPI',
        url: '{{ env.CXONE }}/api/v2/conversations/webchat/nope',
        branches: { Default: 'Done', OnError: 'Failed' },
      },
      Done: ok,
      Failed: {
        type: 'RESPOND',
        body: {
          error: '{{ vars._ERR }}',
          status: '{{ vars.__httpstatuscode }}',
          description: '{{ vars.__httpstatusdescription }}',
        },
      },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      error: expect.stringMatching(/^GET http.* was answered 400 Bad Request\.$/) as string,
      status: 400,
      description: 'Bad Request',
    });
    expect(trace.outcome).toBe('accepted');
    expect(trace.entries.find(({ action }) => action === 'Call (RESTAPI)')).toMatchObject({
      level: 'warn',
      code: 'REST_CALL_FAILED',
      branch: 'OnError',
    });
    expect(causeIn(trace)).toBeUndefined();
  });

  test('is the cause where the script answers with an error because of it', async () => {
    const { answer, trace } = await ran({
      Call: { type: 'RESTPROXY', url: 'http://crm.example.com/', branches: { Default: 'Done', OnError: 'Failed' } },
      Done: ok,
      Failed: { type: 'RESPOND', status: 502, body: { status: '{{ vars.StatusCode }}', text: '{{ vars.StatusDescription }}' } },
    });
    expect(answer).toMatchObject({
      status: 502,
      headers: { 'x-emulator-cause': 'REST_HOST_REFUSED' },
      body: { status: -1, text: 'Scripts may not call crm.example.com.' },
    });
    expect(causeIn(trace)).toMatchObject({ code: 'REST_HOST_REFUSED', branch: 'OnError' });
    expect(trace.outcome).toBe('rejected');
  });

  test('RESTAPI has no status where there was no valid response', async () => {
    const { answer } = await ran(
      {
        Before: { type: 'RESTAPI', url: '{{ env.CXONE }}/webhooks/other', method: 'POST', body: {}, next: 'Call' },
        Call: { type: 'RESTAPI', url: 'http://crm.example.com/', branches: { Default: 'Done', OnError: 'Failed' } },
        Done: ok,
        Failed: {
          type: 'RESPOND',
          body: { status: '{{ vars.__httpstatuscode | default: "none" }}', response: '{{ vars.response }}' },
        },
      },
      {},
      { more: webhook('other', { Done: ok }) },
    );
    expect(answer.body).toEqual({ status: 'none', response: '' });
  });

  test('leaves what was written before', async () => {
    const { url, answer } = await ran(
      {
        Set: { type: 'SETATTRIBUTE', of: 'conversation', id: CONVERSATION, set: { kept: 'yes' }, next: 'Fail' },
        Fail: { type: 'ASSIGN', set: { x: '{{ context.nothing }}' }, next: 'Done' },
        Done: ok,
      },
      {},
      { given: (at) => open(at, { conversationId: CONVERSATION, contactId: '463012345678' }) },
    );
    expect(answer.status).toBe(400);
    expect(await attributesOf(url, '463012345678')).toEqual({ kept: 'yes' });
  });
});

describe('a script that is stopped', () => {
  const hanging = async (
    script: (target: string) => Files,
  ): Promise<{ started: Emulator; isAsked: Promise<void>; isClosed: Promise<void> }> => {
    let asked: () => void = () => undefined;
    let closed: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const target = await outside((request) => {
      request.on('close', closed);
      asked();
    });
    return { started: await withScripts(script(target), { scriptHosts: ['127.0.0.1'] }), isAsked, isClosed };
  };
  const calling = (target: string): Files =>
    webhook('bot', { Call: { type: 'RESTAPI', url: target, timeout: 60, next: 'Done' }, Done: ok });

  test.each<[string, (started: Emulator) => Promise<unknown>]>([
    ['over HTTP', ({ url }) => send(url, { method: 'POST', path: '/_emulator/reset' })],
    ['by the library', (started) => started.reset()],
  ])('by a reset %s tells its caller, and its call is over', async (_, reset) => {
    const { started, isAsked, isClosed } = await hanging(calling);
    const answering = send(started.url, { path: '/webhooks/bot', body: {} });
    await isAsked;
    await reset(started);
    const answer = await answering;
    await isClosed;
    expect(answer).toMatchObject({ status: 400, headers: { 'x-emulator-cause': 'SCRIPT_STOPPED' } });
    expect(causeIn(await traceOf(started.url, answer))?.received).toMatch(/reset/);
  });

  test('by a close closes its connections', async () => {
    const { started, isAsked, isClosed } = await hanging(calling);
    const answering = send(started.url, { path: '/webhooks/bot', body: {} }).catch(() => undefined);
    await isAsked;
    await started.close();
    await isClosed;
    await answering;
  });

  test('by the end of its conversation says so in its trace', async () => {
    const started = await withScripts(onConversation('bot', { Wait: { type: 'WAIT' } }));
    await open(started.url);
    expect(traceFor(started, 'bot')?.outcome).toBe('running');
    await send(started.url, { method: 'POST', path: `/_emulator/conversations/${CONVERSATION}/end` });
    await expect.poll(() => traceFor(started, 'bot')?.outcome).toBe('accepted');
    expect(traceFor(started, 'bot')?.entries.map(({ message }) => message)).toContain(
      'The script was stopped: its conversation ended.',
    );
  });

  test('the oldest, where more than allowed run', async () => {
    const started = await withScripts(onConversation('bot', { Wait: { type: 'WAIT' } }), { maxRuns: 2 });
    const contacts: string[] = [];
    for (let number = 0; number < 3; number += 1) contacts.push((await open(started.url, {})).contactId as string);
    const outcomes = (): unknown[] => contacts.map((contactId) => started.traces({ contactId, script: 'bot' })[0]?.outcome);
    await expect.poll(outcomes).toEqual(['accepted', 'running', 'running']);
  });

  test('takes 1,000 actions, and no more', async () => {
    const loop = (limit: number): object => ({
      Count: { type: 'ASSIGN', set: { n: '{{ vars.n | default: 0 | plus: 1 }}' }, next: 'Enough' },
      Enough: { type: 'IF', condition: `vars.n >= ${String(limit)}`, branches: { OnTrue: 'Answer', OnFalse: 'Count' } },
      Answer: { type: 'RESPOND', body: '{{ vars.n }}' },
    });
    expect((await ran(loop(499))).answer.body).toBe(499);
    expect((await ran(loop(500))).answer.headers['x-emulator-cause']).toBe('SCRIPT_STEP_LIMIT');
  });
});
