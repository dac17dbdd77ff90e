/** The virtual clock: a tenant's time stands, is set and moved on, and all that goes by it follows. */
import { describe, expect, test } from 'vitest';
import { CONTACT, CONVERSATION, CREDENTIALS, emulator, HANDOVER, open, send, tokens, traceOf } from '../support/client.js';
import { standingClock } from '../support/clock.js';
import { webhook, withScripts } from '../support/scripts.js';

const SUNDAY = '2026-03-01T09:30:00.000Z';

const setClock = (url: string, body: unknown): Promise<any> => send(url, { method: 'PUT', path: '/_emulator/clock', body });
const clockOf = async (url: string): Promise<any> => (await send(url, { path: '/_emulator/clock' })).body;

describe('the clock of a tenant', () => {
  test('goes with the machine’s until it is set, and again after a reset', async () => {
    const machine = standingClock();
    const { url } = await emulator({ clock: machine });
    expect(await clockOf(url)).toEqual({ now: SUNDAY, frozen: false, waiting: 0, nextAt: null });
    expect((await setClock(url, { now: '2030-01-01T00:00:00+01:00' })).body).toMatchObject({
      now: '2029-12-31T23:00:00.000Z',
      frozen: false,
      fired: 0,
    });
    machine.advance(5000);
    expect((await clockOf(url)).now).toBe('2029-12-31T23:00:05.000Z');
    await setClock(url, { frozen: true });
    machine.advance(5000);
    expect((await clockOf(url)).now).toBe('2029-12-31T23:00:05.000Z');
    await setClock(url, { frozen: false, advance: '1d2h3m4s5ms' });
    machine.advance(1000);
    expect((await clockOf(url)).now).toBe('2030-01-02T01:03:10.005Z');
    await send(url, { method: 'POST', path: '/_emulator/reset' });
    expect((await clockOf(url)).now).toBe('2026-03-01T09:30:11.000Z');
  });

  test('is its own, and what the other tenant does leaves it alone', async () => {
    const { url } = await emulator({ frozenAt: SUNDAY });
    await setClock(`${url}/t/alpha`, { now: '2031-05-05T05:05:05Z' });
    expect((await clockOf(`${url}/t/alpha`)).now).toBe('2031-05-05T05:05:05.000Z');
    expect((await clockOf(`${url}/t/beta`)).now).toBe(SUNDAY);
    const { createdAt } = await open(`${url}/t/alpha`);
    expect(createdAt).toBe('2031-05-05T05:05:05.000Z');
    const answer = await send(`${url}/t/beta`, { body: { sessionId: CONVERSATION } });
    expect((await traceOf(url, answer, '/t/beta')).startedAt).toBe(SUNDAY);
  });

  test.each([
    [{}, '', 'CONTROL_INPUT_INVALID'],
    [{ now: 'tomorrow' }, '/now', 'CONTROL_INPUT_INVALID'],
    [{ now: '2026-02-30T00:00:00Z' }, '/now', 'CONTROL_INPUT_INVALID'],
    [{ advance: '8 hours' }, '/advance', 'CONTROL_INPUT_INVALID'],
    [{ advance: '-8h' }, '/advance', 'CONTROL_INPUT_INVALID'],
    [{ advance: '999999999d' }, '/advance', 'CONTROL_INPUT_INVALID'],
    // What waits or goes on from there must have a year of four digits as well.
    [{ now: '9999-12-31T23:59:59Z' }, '/now', 'CONTROL_INPUT_INVALID'],
    [{ advance: '8h', now: SUNDAY }, '/advance', 'CONTROL_INPUT_INVALID'],
    [{ frozen: 'yes' }, '/frozen', 'CONTROL_INPUT_INVALID'],
    [{ freeze: true }, '/freeze', 'CONTROL_INPUT_INVALID'],
  ])('is not set by %j, and stays as it was', async (setting, pointer, code) => {
    const { url } = await emulator({ frozenAt: SUNDAY });
    const answer = await setClock(url, setting);
    expect(answer.status).toBe(400);
    expect(answer.body.cause).toMatchObject({ code, pointer });
    expect(await clockOf(url)).toEqual({ now: SUNDAY, frozen: true, waiting: 0, nextAt: null });
  });

  test('is not moved by a number, which would have no unit', async () => {
    const { url } = await emulator();
    expect((await setClock(url, { advance: 5 })).body.cause).toMatchObject({
      pointer: '/advance',
      remedy: 'Send advance as a string: a duration such as 8h, 1d12h, 90s or 250ms.',
    });
  });

  test('is asked for something', async () => {
    const { url } = await emulator();
    expect((await setClock(url, {})).body.cause).toMatchObject({
      expected: 'at least one of now, advance and frozen',
      received: '{} (an object)',
      remedy: 'Give the body a member: now, advance or frozen.',
    });
  });

  test('is a setting that must be a time that there is', async () => {
    await expect(emulator({ frozenAt: '2026-13-01T00:00:00Z' })).rejects.toThrow(/no time that there is/);
    await expect(emulator({ frozenAt: '9999-12-31T23:59:59-08:00' })).rejects.toThrow(/no time that there is/);
    await expect(emulator({ frozenAt: 'noon' })).rejects.toThrow(/a time such as/);
  });
});

describe('goes by the clock', () => {
  test('a token, in two tenants with different times', async () => {
    const { url } = await emulator({ auth: 'strict', tokenLifetime: 3600, frozenAt: SUNDAY });
    const [alpha, beta] = [`${url}/t/alpha`, `${url}/t/beta`];
    await setClock(beta, { advance: '90d' });
    const handOver = async (tenant: string, token: string): Promise<unknown> =>
      (
        await send(tenant, {
          path: HANDOVER,
          headers: { authorization: `Bearer ${token}` },
          body: { sessionId: CONVERSATION, skillId: 4001 },
        })
      ).headers['x-emulator-cause'];
    const [ofAlpha, ofBeta] = [await tokens(alpha), await tokens(beta)];
    for (const tenant of [alpha, beta]) await open(tenant);
    expect(await handOver(alpha, ofAlpha.access_token as string)).toBeUndefined();
    await setClock(alpha, { advance: '59m59s' });
    expect(await handOver(alpha, ofAlpha.access_token as string)).toBeUndefined();
    await setClock(alpha, { advance: '2s' });
    expect(await handOver(alpha, ofAlpha.access_token as string)).toBe('TOKEN_EXPIRED');
    expect(await handOver(beta, ofBeta.access_token as string)).toBeUndefined();
  });

  test('the hours of a skill', async () => {
    const started = await emulator({
      frozenAt: SUNDAY,
      hours: [{ profileId: 7, name: 'Office', timeZone: 'Europe/Berlin', days: { Monday: '09:00-17:00' } }],
      skills: [{ skillId: 4001, name: 'Support', agents: 1, hours: 7 }],
    });
    await open(started.url);
    const warnings = async (): Promise<unknown[]> => {
      const answer = await send(started.url, { body: { sessionId: CONVERSATION, skillId: 4001 } });
      return (await traceOf(started.url, answer)).entries.filter(({ level }) => level === 'warn').map(({ code }) => code);
    };
    expect(await warnings()).toContain('SKILL_UNSTAFFED');
    await started.setClock({ advance: '1d' });
    expect(await warnings()).not.toContain('SKILL_UNSTAFFED');
    await started.setClock({ now: '2026-03-02T16:00:00Z' });
    expect(await warnings()).toContain('SKILL_UNSTAFFED');
  });

  test('the queue: a day in it', async () => {
    const started = await emulator({ frozenAt: SUNDAY });
    await open(started.url);
    await send(started.url, { body: { sessionId: CONVERSATION, skillId: 4001 } });
    await started.setClock({ advance: '24h' });
    const ended = await send(started.url, { method: 'POST', path: `/_emulator/conversations/${CONVERSATION}/end` });
    expect(ended.body).toMatchObject({ queuedAt: SUNDAY, endedAt: '2026-03-02T09:30:00.000Z' });
  });
});

test('an agent comes although a timer of the machine calls a millisecond early', async () => {
  const machine = standingClock();
  const early = { ...machine, schedule: (wait: number, then: () => void) => machine.schedule!(Math.max(1, wait - 1), then) };
  const skills = [{ skillId: 4001, name: 'Support', agents: 1, answers: { after: 60 } }];
  const { url } = await emulator({ skills, clock: early });
  await open(url);
  await send(url, { body: { sessionId: CONVERSATION, metadata: { intent: 'billing' }, skillId: 4001 } });
  for (const passed of [59_999, 1]) machine.advance(passed);
  const path = `/_emulator/conversations/${CONVERSATION}`;
  await expect.poll(async () => (await send(url, { path })).body.state).toBe('agent');
});

/** Waits so many seconds each time, and notes when it went on. */
const waits = (name: string, seconds: number, more: object = {}): object => ({
  name,
  trigger: { start: {} },
  variables: { rounds: 0 },
  actions: {
    Wait: { type: 'WAIT', seconds, next: 'Note' },
    Note: { type: 'TRACE', message: `${name} at {{ contact.contactId }}`, next: 'Wait', ...more },
  },
});

describe('scripts that wait', () => {
  const minute = (seconds: number): object => ({
    name: 'waits',
    trigger: { conversation: {} },
    actions: {
      Wait: { type: 'WAIT', seconds, next: 'Set' },
      Set: { type: 'SETATTRIBUTE', set: { done: 'yes' }, next: 'End' },
      End: { type: 'END' },
    },
  });
  const attributes = async (url: string): Promise<unknown> =>
    (await send(url, { path: `/api/v2/contacts/${CONTACT}/attributes` })).body;

  test('go on when their time has come, and the answer has their effects', async () => {
    const started = await withScripts({ 'waits.yaml': minute(60) }, { frozenAt: SUNDAY });
    const { url } = started;
    await open(url, { contactId: CONTACT });
    expect(started.clock()).toEqual({ now: SUNDAY, frozen: true, waiting: 1, nextAt: '2026-03-01T09:31:00.000Z' });
    expect(await started.setClock({ advance: '59s' })).toMatchObject({ fired: 0, waiting: 1 });
    expect(await attributes(url)).toEqual({});
    expect(await started.setClock({ advance: '1s' })).toMatchObject({ fired: 1, waiting: 0 });
    expect(await attributes(url)).toEqual({ done: 'yes' });
    expect(started.traces({ script: 'waits' })[0]).toMatchObject({ outcome: 'accepted' });
  });

  test('are waited for with the scripts that they spawn', async () => {
    const spawned = {
      name: 'spawned',
      actions: { Set: { type: 'SETATTRIBUTE', set: { done: 'yes' }, of: 'conversation', next: 'End' }, End: { type: 'END' } },
    };
    const spawns = {
      name: 'spawns',
      trigger: { conversation: {} },
      actions: {
        Wait: { type: 'WAIT', seconds: 60, next: 'Spawn' },
        Spawn: { type: 'SPAWN', script: 'spawned', next: 'End' },
        End: { type: 'END' },
      },
    };
    const started = await withScripts({ 'spawns.yaml': spawns, 'spawned.yaml': spawned }, { frozenAt: SUNDAY });
    await open(started.url, { contactId: CONTACT });
    await started.setClock({ advance: '1m' });
    expect(started.traces({ script: 'spawned' })[0]?.outcome).toBe('accepted');
    expect(await attributes(started.url)).toEqual({ done: 'yes' });
  });

  test('have as long to wait as before where the clock is set back', async () => {
    const started = await withScripts({ 'waits.yaml': minute(60) }, { frozenAt: SUNDAY });
    await open(started.url, { contactId: CONTACT });
    await started.setClock({ now: '2020-01-01T00:00:00Z' });
    expect(started.clock().nextAt).toBe('2020-01-01T00:01:00.000Z');
  });

  test('wait on with the machine’s time once the clock goes again, and are forgotten at a reset', async () => {
    const machine = standingClock();
    const started = await withScripts({ 'waits.yaml': minute(60) }, { clock: machine });
    const { url } = started;
    await open(url, { contactId: CONTACT });
    await started.setClock({ frozen: true });
    expect(machine.waiting).toBe(0);
    machine.advance(3_600_000);
    await started.setClock({ advance: '30s', frozen: false });
    machine.advance(29_999);
    expect(await attributes(url)).toEqual({});
    machine.advance(1);
    await expect.poll(() => attributes(url)).toEqual({ done: 'yes' });
    await open(url, {});
    expect(started.clock().waiting).toBe(1);
    await started.reset();
    expect(machine.waiting).toBe(0);
    expect(started.clock().waiting).toBe(0);
  });

  test('go on in the order of their times, each at its own', async () => {
    const at = (name: string, seconds: number): object => ({
      name,
      trigger: { start: {} },
      actions: {
        Wait: { type: 'WAIT', seconds, next: 'Open' },
        Open: {
          type: 'RESTAPI',
          url: '{{ env.CXONE }}/_emulator/conversations',
          body: { channel: name },
          next: 'End',
        },
        End: { type: 'END' },
      },
    });
    const started = await withScripts(
      { 'late.yaml': at('late', 7200), 'early.yaml': at('early', 60), 'middle.yaml': at('middle', 3600) },
      { frozenAt: SUNDAY },
    );
    const { contactId } = await open(started.url);
    expect(contactId).toBeDefined();
    const { access_token: token } = await tokens(started.url);
    for (const script of ['late', 'early', 'middle'])
      await send(started.url, {
        method: 'POST',
        path: `/inContactAPI/services/v30.0/scripts/start?skillId=4001&scriptPath=${script}`,
        headers: { authorization: `Bearer ${token as string}` },
      });
    expect((await started.setClock({ advance: '1d' })).fired).toBe(3);
    const { body } = await send(started.url, { path: '/_emulator/conversations' });
    const opened = body.items
      .filter(({ channel }: { channel: string }) => ['late', 'early', 'middle'].includes(channel))
      .map(({ channel, createdAt }: { channel: string; createdAt: string }) => [channel, createdAt])
      .reverse();
    expect(opened).toEqual([
      ['early', '2026-03-01T09:31:00.000Z'],
      ['middle', '2026-03-01T10:30:00.000Z'],
      ['late', '2026-03-01T11:30:00.000Z'],
    ]);
  });

  test('over and over stop the clock on its way, which says so', async () => {
    const started = await withScripts(
      { 'often.yaml': { ...waits('often', 1), trigger: { conversation: {} } } },
      { frozenAt: SUNDAY },
    );
    await open(started.url);
    const answer = await setClock(started.url, { advance: '1d' });
    expect(answer.body.cause).toMatchObject({ code: 'CONTROL_INPUT_INVALID', pointer: '/advance' });
    expect(started.clock().now).toBe('2026-03-01T10:53:20.000Z');
    expect(await started.setClock({ advance: '1s' })).toMatchObject({ fired: 1 });
  });

  test('cannot move the clock themselves', async () => {
    const started = await withScripts(
      webhook('bot', {
        Move: {
          type: 'RESTPROXY',
          method: 'PUT',
          url: '{{ env.CXONE }}/_emulator/clock',
          contentType: 'application/json',
          body: { advance: '1h' },
          next: 'Answer',
          branches: { OnError: 'Answer' },
        },
        Answer: { type: 'RESPOND', body: { error: '{{ vars._ERR }}' } },
      }),
      { frozenAt: SUNDAY },
    );
    expect((await send(started.url, { path: '/webhooks/bot', body: {} })).body.error).toMatch(/400/);
    expect(started.clock().now).toBe(SUNDAY);
  });

  test('moves wait for each other', async () => {
    const started = await withScripts({ 'waits.yaml': minute(60) }, { frozenAt: SUNDAY });
    await open(started.url, { contactId: CONTACT });
    const [one, two] = await Promise.all([started.setClock({ advance: '30s' }), started.setClock({ advance: '30s' })]);
    expect([one.fired, two.fired]).toEqual([0, 1]);
    expect(started.clock().now).toBe('2026-03-01T09:31:00.000Z');
  });
});

test('the times of answers repeat with a seed and a clock that stands', async () => {
  const options = { seed: 'clock', frozenAt: SUNDAY, publicUrl: 'https://cxone.example.com' };
  const bodies = await Promise.all(
    [1, 2].map(async () => {
      const { url } = await emulator(options);
      const opened = await open(url, {});
      const token = (await send(url, { path: '/auth/token', ...CREDENTIALS })).body;
      return JSON.stringify([opened, token, (await send(url, { path: '/_emulator/state' })).body]);
    }),
  );
  expect(bodies[0]).toBe(bodies[1]);
});
