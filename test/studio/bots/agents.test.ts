/** Simulated agents, on a clock that the test moves: who accepts whom and when, what they say, and how long they stay. */
import { describe, expect, test } from 'vitest';
import { opensAt, isOpen } from '../../../src/cxone/model/hours.js';
import type { Emulator, EmulatorOptions } from '../../../src/index.js';
import { arrive, bot, type Talk, talkWith } from '../../support/bots.js';
import { type Answer, emulator, open, send } from '../../support/client.js';

const START = '2026-03-02T09:30:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(START) + seconds * 1000).toISOString();

const SUPPORT = { skillId: 4001, name: 'Support', agents: 1, answers: { after: 20, says: ['Hello, this is Support.'] } };

function contactCentre(options: EmulatorOptions = {}): Promise<Emulator> {
  return emulator({ frozenAt: START, skills: [SUPPORT], ...options });
}

/** Moves the clock on; answers how many that waited went on. */
async function pass({ url }: Emulator, advance: string): Promise<number> {
  const { status, body } = await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance } });
  expect(status).toBe(200);
  return body.fired as number;
}

function control({ url }: Emulator, method: string, path: string, body?: object): Promise<Answer> {
  return send(url, { method, path: `/_emulator/${path}`, body });
}

const queue = (place: Emulator, conversation: object = {}): Promise<Talk> =>
  arrive(place, { state: 'queued', skillId: 4001, ...conversation });

async function statesOf(talks: readonly Talk[]): Promise<string[]> {
  return Promise.all(talks.map(async (talk) => (await talk.now()).state as string));
}

describe('an agent accepts after the time, and says the lines', () => {
  test('after a handover with a skill', async () => {
    const place = await contactCentre();
    const talk = await arrive(place);
    await send(place.url, { body: { sessionId: talk.conversationId, skillId: 4001 } });
    await pass(place, '19999ms');
    expect(await talk.now()).toMatchObject({ state: 'queued', queuedAt: START });
    await pass(place, '1ms');
    expect(await talk.now()).toMatchObject({
      state: 'agent',
      agent: { agentId: null, name: 'Support agent', since: after(20) },
    });
    expect(await talk.messages()).toEqual([
      { number: 1, from: 'agent', name: 'Support agent', text: 'Hello, this is Support.', at: after(20) },
    ]);
    const again = await send(place.url, { body: { sessionId: talk.conversationId, skillId: 4001 } });
    expect([again.status, again.headers['x-emulator-cause']]).toEqual([409, 'CONVERSATION_STATE']);
  });

  test('after a script’s REQAGENT', async () => {
    const bella = await bot(() => ({ branchName: 'ReturnControlToScript' }));
    const talk = await talkWith(bella, { frozenAt: START, skills: [SUPPORT] });
    expect((await talk.now()).state).toBe('queued');
    await pass(talk.emulator, '20s');
    expect((await talk.now()).state).toBe('agent');
    const { messages } = await talk.say('Is anybody there?');
    expect(messages).toEqual([]);
    expect((await talk.messages()).map(({ from, text }) => [from, text])).toEqual([
      ['agent', 'Hello, this is Support.'],
      ['customer', 'Is anybody there?'],
    ]);
  });

  test('for a conversation that is opened as queued, and for one that the config file has', async () => {
    const waiting = { conversationId: '0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46', state: 'queued', skillId: 4001 } as const;
    const place = await contactCentre({ skills: [{ ...SUPPORT, agents: 2 }], conversations: [waiting] });
    const talk = await queue(place);
    await pass(place, '20s');
    const { body } = await control(place, 'GET', 'conversations?state=agent');
    expect(body.items.map(({ conversationId }: { conversationId: string }) => conversationId)).toEqual([
      talk.conversationId,
      waiting.conversationId,
    ]);
  });

  test('at once where there is nothing to wait for, though the clock stands', async () => {
    const place = await contactCentre({ skills: [{ ...SUPPORT, answers: { after: 0, says: ['Hi', 'How can I help?'] } }] });
    const talk = await queue(place);
    expect((await talk.now()).state).toBe('agent');
    expect((await talk.messages()).map(({ text }) => text)).toEqual(['Hi', 'How can I help?']);
  });

  test('in each tenant by its own clock', async () => {
    const place = await contactCentre();
    const body = { state: 'queued', skillId: 4001 };
    const { body: elsewhere } = await send(place.url, { path: '/t/alpha/_emulator/conversations', body });
    const here = await queue(place);
    await pass(place, '1h');
    const { body: there } = await send(place.url, {
      path: `/t/alpha/_emulator/conversations/${elsewhere.conversationId as string}`,
    });
    expect([(await here.now()).state, there.state]).toEqual(['agent', 'queued']);
  });
});

describe('an agent ends', () => {
  test('after the time, each in a row, however far the clock is moved', async () => {
    const place = await contactCentre({ skills: [{ ...SUPPORT, answers: { after: 20, says: ['Hi'], ends: 60 } }] });
    const [first, second, third] = [await queue(place), await queue(place), await queue(place)];
    await pass(place, '10m');
    expect(await first.now()).toMatchObject({ state: 'ended', agent: { since: after(20) }, endedAt: after(80) });
    expect(await second.now()).toMatchObject({ state: 'ended', agent: { since: after(80) }, endedAt: after(140) });
    expect(await third.now()).toMatchObject({ state: 'ended', agent: { since: after(140) }, endedAt: after(200) });
    expect(await third.messages()).toMatchObject([{ at: after(140) }]);
  });

  test('never, where nothing is said of it', async () => {
    const place = await contactCentre();
    const talk = await queue(place);
    await pass(place, '30d');
    expect((await talk.now()).state).toBe('agent');
  });

  test('not a second time: who is over before stays as it ended', async () => {
    const place = await contactCentre({ skills: [{ ...SUPPORT, answers: { after: 0, ends: 60 } }] });
    const talk = await queue(place);
    await pass(place, '10s');
    await talk.leave();
    await pass(place, '10m');
    expect(await talk.now()).toMatchObject({ state: 'ended', endedAt: after(10) });
  });
});

describe('who accepts', () => {
  const ANNA = { agentId: 7, name: 'Anna', state: 'Available', skills: [4001, 4002] } as const;

  test('those with a name first, and nobody who is busy, away, or without the skill', async () => {
    const place = await contactCentre({
      skills: [SUPPORT, { skillId: 4002, name: 'Sales', agents: 0 }],
      agents: [
        { agentId: 5, name: 'Bert', state: 'Working', skills: [4001] },
        { agentId: 6, name: 'Cleo', state: 'Available', skills: [4002] },
        ANNA,
      ],
    });
    const talks = [await queue(place), await queue(place), await queue(place)];
    await pass(place, '20s');
    expect(await Promise.all(talks.map(async (talk) => (await talk.now()).agent?.name as string | undefined))).toEqual([
      'Anna',
      'Support agent',
      undefined,
    ]);
    await control(place, 'PATCH', 'agents/5', { state: 'Available' });
    expect(await talks[2]?.now()).toMatchObject({ state: 'agent', agent: { agentId: 5, name: 'Bert' } });
  });

  test('one who has two skills takes who has waited longest, of either', async () => {
    const place = await contactCentre({
      skills: [
        { ...SUPPORT, agents: 0 },
        { skillId: 4002, name: 'Sales', agents: 0, answers: { after: 5 } },
      ],
      agents: [ANNA],
    });
    const first = await queue(place);
    await pass(place, '30s');
    const support = await queue(place);
    await pass(place, '1s');
    const sales = await queue(place, { skillId: 4002 });
    await pass(place, '30s');
    expect(await statesOf([first, support, sales])).toEqual(['agent', 'queued', 'queued']);
    await first.leave();
    expect(await statesOf([support, sales])).toEqual(['agent', 'queued']);
    await support.leave();
    expect(await sales.now()).toMatchObject({ state: 'agent', agent: { agentId: 7 } });
  });
});

describe('the next one is served when an agent is free', () => {
  test.each<readonly [string, object, (talk: Talk) => Promise<unknown>]>([
    ['the customer leaves', {}, (talk) => talk.leave()],
    ['the conversation is ended', {}, (talk) => control(talk.emulator, 'POST', `conversations/${talk.conversationId}/end`)],
    ['the agent ends', { ends: 60 }, (talk) => pass(talk.emulator, '60s')],
    ['there is one more', {}, (talk) => control(talk.emulator, 'PATCH', 'skills/4001', { agents: 2 })],
    ['one with a name comes', {}, (talk) => control(talk.emulator, 'PATCH', 'agents/9', { name: 'Dora', skills: [4001] })],
  ])('because %s', async (_, more, free) => {
    const place = await contactCentre({ skills: [{ ...SUPPORT, answers: { after: 20, ...more } }] });
    const [first, second, third] = [await queue(place), await queue(place), await queue(place)];
    await pass(place, '20s');
    expect(await statesOf([first, second, third])).toEqual(['agent', 'queued', 'queued']);
    await free(first);
    expect(await statesOf([second, third])).toEqual(['agent', 'queued']);
  });

  test('also where the conversation before was opened with an agent', async () => {
    const place = await contactCentre();
    const { conversationId } = await open(place.url, { state: 'agent', skillId: 4001 });
    const next = await queue(place);
    await pass(place, '1m');
    expect((await next.now()).state).toBe('queued');
    await control(place, 'POST', `conversations/${String(conversationId)}/end`);
    expect((await next.now()).state).toBe('agent');
  });

  test('but nobody who has not waited long enough', async () => {
    const place = await contactCentre();
    const first = await queue(place);
    await pass(place, '20s');
    const second = await queue(place);
    await first.leave();
    expect((await second.now()).state).toBe('queued');
    await pass(place, '20s');
    expect((await second.now()).state).toBe('agent');
  });

  test('a hundred at once, two agents: in the order of their arrival, two at a time', async () => {
    const place = await contactCentre({ skills: [{ ...SUPPORT, agents: 2, answers: { after: 20, ends: 60 } }] });
    const talks: Talk[] = [];
    for (let count = 0; count < 100; count += 1) talks.push(await queue(place));
    await pass(place, '20s');
    expect((await statesOf(talks)).filter((state) => state === 'agent')).toHaveLength(2);
    await pass(place, '1h');
    const views = await Promise.all(talks.map((talk) => talk.now()));
    expect(views.map(({ state, agent }) => [state, agent.since])).toEqual(
      talks.map((_, index) => ['ended', after(20 + Math.floor(index / 2) * 60)]),
    );
  });
});

describe('nobody accepts', () => {
  test('where nothing is said of it, until something is', async () => {
    const place = await emulator({ frozenAt: START });
    const talk = await queue(place);
    await pass(place, '1h');
    expect((await talk.now()).state).toBe('queued');
    await control(place, 'PATCH', 'skills/4001', { answers: { after: 20, says: ['Sorry for the wait.'] } });
    expect(await talk.now()).toMatchObject({ state: 'agent', agent: { since: after(3600) } });
  });

  test('once null ends it', async () => {
    const place = await contactCentre();
    const talk = await queue(place);
    const { body } = await control(place, 'PATCH', 'skills/4001', { answers: null });
    expect(body).toEqual({ skillId: 4001, name: 'Support', agents: 1 });
    await pass(place, '1h');
    expect((await talk.now()).state).toBe('queued');
  });

  test('outside of the hours; the skill opens, and who waits is served', async () => {
    const place = await contactCentre({
      skills: [{ ...SUPPORT, hours: 1 }],
      hours: [
        { profileId: 1, name: 'Office', timeZone: 'Europe/Berlin', days: { Monday: '08:00-09:00', Tuesday: '08:00-18:00' } },
      ],
    });
    const talk = await queue(place);
    await pass(place, '12h');
    expect((await talk.now()).state).toBe('queued');
    await pass(place, '12h');
    expect(await talk.now()).toMatchObject({ state: 'agent', agent: { since: '2026-03-03T07:00:00.000Z' } });
  });

  test('of a skill that never opens, until its hours are others', async () => {
    const place = await contactCentre({
      skills: [{ ...SUPPORT, hours: 1 }],
      hours: [{ profileId: 1, name: 'Never', timeZone: 'UTC', days: {} }],
    });
    const talk = await queue(place);
    await pass(place, '30d');
    expect((await talk.now()).state).toBe('queued');
    await control(place, 'PUT', 'hours/1', { name: 'Always', days: dayByDay('00:00-24:00') });
    expect((await talk.now()).state).toBe('agent');
  });

  test('of who has left meanwhile', async () => {
    const place = await contactCentre();
    const talk = await queue(place);
    await talk.leave();
    await pass(place, '1h');
    expect(await talk.messages()).toEqual([]);
  });
});

describe('another state in between', () => {
  test('a reset: nothing happens later', async () => {
    const place = await contactCentre({ skills: [{ ...SUPPORT, agents: 2, answers: { after: 20, ends: 60 } }] });
    const conversationId = '0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46';
    await queue(place);
    await pass(place, '20s');
    await queue(place);
    await control(place, 'POST', 'reset');
    const { body: clock } = await control(place, 'GET', 'clock');
    expect(clock).toMatchObject({ now: START, waiting: 0 });
    await open(place.url, { conversationId, state: 'agent', skillId: 4001 });
    expect(await pass(place, '1h')).toBe(0);
    expect((await control(place, 'GET', `conversations/${conversationId}`)).body.state).toBe('agent');
  });

  test('the library’s reset: who waits from the start is served again', async () => {
    const place = await contactCentre({ conversations: [{ state: 'queued', skillId: 4001 }] });
    const accepted = async (): Promise<number> => (await control(place, 'GET', 'conversations?state=agent')).body.total as number;
    await pass(place, '20s');
    expect(await accepted()).toBe(1);
    await place.reset();
    expect(await accepted()).toBe(0);
    await pass(place, '20s');
    expect(await accepted()).toBe(1);
  });

  test('an import goes on where the export stood: who waits has the rest to wait, who has an agent has the rest of the time', async () => {
    const skills = [{ ...SUPPORT, answers: { after: 20, ends: 60 } }];
    const first = await contactCentre({ skills });
    const [served, waiting] = [await queue(first), await queue(first, { channel: 'sms' })];
    await pass(first, '30s');
    const state = await first.state();

    const other = await contactCentre({ skills: [] });
    await pass(other, '30s');
    await other.importState(state);
    const now = async ({ conversationId }: Talk): Promise<any> =>
      (await control(other, 'GET', `conversations/${conversationId}`)).body;
    expect((await now(served)).state).toBe('agent');
    await pass(other, '1h');
    expect(await now(served)).toMatchObject({ state: 'ended', endedAt: after(80) });
    expect(await now(waiting)).toMatchObject({ state: 'ended', agent: { since: after(80) }, endedAt: after(140) });
  });

  test('an import of what is to come: the time begins', async () => {
    const first = await contactCentre();
    await pass(first, '1d');
    const talk = await queue(first);
    const other = await contactCentre();
    await other.importState(await first.state());
    const now = async (): Promise<any> => (await control(other, 'GET', `conversations/${talk.conversationId}`)).body;
    expect((await now()).state).toBe('queued');
    await pass(other, '20s');
    expect((await now()).state).toBe('agent');
  });

  test('what was to come before an import does not', async () => {
    const place = await contactCentre({ skills: [{ ...SUPPORT, answers: { after: 20, ends: 60 } }] });
    const talk = await queue(place);
    const state = await place.state();
    await pass(place, '20s');
    await place.setClock({ now: START });
    await place.importState(state);
    await pass(place, '79s');
    expect((await talk.now()).state).toBe('agent');
    await pass(place, '1s');
    expect(await talk.now()).toMatchObject({ state: 'ended', endedAt: after(80) });
  });

  test('a clock that is set back: who waits has as long to wait as before', async () => {
    const place = await contactCentre();
    const talk = await queue(place);
    await pass(place, '5s');
    await place.setClock({ now: '2020-01-01T00:00:00Z' });
    await pass(place, '14s');
    expect((await talk.now()).state).toBe('queued');
    await pass(place, '1s');
    expect((await talk.now()).state).toBe('agent');
  });
});

function dayByDay(span: string): Record<string, string> {
  return Object.fromEntries(
    ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map((day) => [day, span]),
  );
}

test.each([
  ['UTC', { Monday: '09:00-17:00' }, '2026-03-02T17:00:00Z', '2026-03-09T09:00:00.000Z'],
  ['UTC', { Monday: '09:00-12:00, 13:00-17:00' }, '2026-03-02T12:30:45Z', '2026-03-02T13:00:00.000Z'],
  ['Asia/Kathmandu', dayByDay('09:00-17:00'), '2026-03-02T12:00:00Z', '2026-03-03T03:15:00.000Z'],
  // The night in which clocks go forward, and the one in which they go back.
  ['Europe/Berlin', { Sunday: '09:00-17:00' }, '2026-03-28T12:00:00Z', '2026-03-29T07:00:00.000Z'],
  ['Europe/Berlin', { Sunday: '09:00-17:00' }, '2026-10-24T12:00:00Z', '2026-10-25T08:00:00.000Z'],
  ['Europe/Berlin', { Sunday: '02:15-02:45' }, '2026-03-28T12:00:00Z', '2026-04-05T00:15:00.000Z'],
  ['UTC', { Monday: 'closed' }, '2026-03-02T12:00:00Z', undefined],
])('%s with %j, closed at %s, opens at %s', (timeZone, days, now, opening) => {
  const profile = { profileId: 1, name: 'x', timeZone, days };
  const at = opensAt(profile, Date.parse(now));
  expect(at === undefined ? undefined : new Date(at).toISOString()).toBe(opening);
  if (at === undefined) return;
  expect([isOpen(profile, at - 60_000), isOpen(profile, at)]).toEqual([false, true]);
});
