/** The sample scripts of a voice bot and its backchannel. */
import { describe, expect, test } from 'vitest';
import { type Trace, warningsOf } from '../../../src/index.js';
import { open } from '../../support/client.js';
import { CognigyClient } from '../../support/cognigy.js';
import { KEYS, ladderOf, look, PLACES, runOf } from '../../support/samples.js';

describe.each(PLACES)('a voice bot’s backchannel, %s', (_, find) => {
  /** A call with the script on its master contact, and the contact that it spawned. */
  async function call(): Promise<{
    base: string;
    cognigy: CognigyClient;
    opened: any;
    spawned: string;
    now: () => Promise<any>;
  }> {
    const { base } = await find();
    const opened = await open(base, { channel: 'voice' });
    const now = (): Promise<any> => look(base, `conversations/${opened.conversationId as string}`);
    const spawned = (await now()).attributes.spawnedContactId as string;
    return { base, cognigy: new CognigyClient({ environmentUrl: base, ...KEYS }), opened, spawned, now };
  }

  const signalled = async (base: string): Promise<Trace> =>
    (await look(base, 'traces?limit=20')).items.find((trace: Trace) => trace.operationId === 'signalContact') as Trace;

  test.each(['mixed', 'query', 'json'] as const)('Escalate queues the call before the signal’s answer: %s', async (form) => {
    const { base, cognigy, opened, spawned, now } = await call();
    expect(opened).toMatchObject({ state: 'bot', masterContactId: opened.contactId });
    expect((await cognigy.signal(spawned, ['Escalate', 'billing', 'invoice 17'], form)).status).toBe(202);
    expect(await now()).toMatchObject({
      contactId: opened.contactId,
      state: 'queued',
      skillId: 4001,
      metadata: { intent: 'billing', details: 'invoice 17' },
    });

    const signal = await signalled(base);
    expect(warningsOf(signal)).toEqual([]);
    expect(signal.entries.map(({ message }) => message)).toContain(
      `Contact ${spawned} is signalled with p1, p2 and p3; the script voice-backchannel hears it.`,
    );
    const main = await runOf(base, 'voice-main');
    expect(main).toMatchObject({ outcome: 'running', contactId: opened.contactId });
    expect(ladderOf(main)).toEqual(['Backchannel (SPAWN) → Default', 'Tell (SETATTRIBUTE) → Default']);
    expect(main.entries.at(-1)?.message).toBe('Talk waits until a signal comes.');
    const backchannel = await runOf(base, 'voice-backchannel');
    expect(backchannel).toMatchObject({ outcome: 'accepted', contactId: spawned, parent: main.traceId });
    expect(ladderOf(backchannel)).toEqual([
      'Listen (WAIT) → over',
      'Heard (ONSIGNAL) → Default',
      'WhatIsIt (CASE) → Escalate',
      'Escalate (REQAGENT) → Default',
      'Done (END) → over',
    ]);
    const heard = backchannel.entries.find(({ action }) => action === 'Heard (ONSIGNAL)');
    expect(heard?.variables).toEqual({ SP1: 'Escalate', SP2: 'billing', SP3: 'invoice 17' });
  });

  test('End ends the call, and with it the script of the master contact', async () => {
    const { base, cognigy, spawned, now } = await call();
    expect((await cognigy.signal(spawned, ['End'], 'mixed')).status).toBe(202);
    expect((await now()).state).toBe('ended');
    const backchannel = await runOf(base, 'voice-backchannel');
    expect(backchannel.outcome).toBe('accepted');
    expect(ladderOf(backchannel).slice(-2)).toEqual(['WhatIsIt (CASE) → End', 'HangUp (END) → over']);
    const main = await runOf(base, 'voice-main');
    expect(main.outcome).toBe('accepted');
    expect(ladderOf(main).at(-1)).toBe('Talk (WAIT) → over');
    expect(main.entries.at(-1)?.message).toBe('The script was stopped: its conversation ended.');
  });

  test('anything else is noted, and the script listens on', async () => {
    const { base, cognigy, spawned, now } = await call();
    expect((await cognigy.signal(spawned, ['Hold'], 'query')).status).toBe(202);
    expect((await now()).state).toBe('bot');
    const waiting = await runOf(base, 'voice-backchannel');
    expect(waiting.outcome).toBe('running');
    expect(waiting.entries.map(({ message }) => message)).toContain('The bot signals Hold, which means nothing here.');
    expect((await cognigy.signal(spawned, ['Escalate'], 'query')).status).toBe(202);
    expect((await now()).state).toBe('queued');
  });

  test('a signal to the master contact is unheard, and the remedy names the spawned one', async () => {
    const { base, cognigy, opened, spawned, now } = await call();
    expect((await cognigy.signal(opened.contactId as string, ['Escalate'], 'json')).status).toBe(202);
    expect((await now()).state).toBe('bot');
    const [warning, ...others] = warningsOf(await signalled(base));
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      code: 'SIGNAL_UNHEARD',
      received: `${opened.contactId as string}, a master contact on which the script voice-main runs, which has no ONSIGNAL`,
      remedy: `A signal goes to the contact of the spawned script, not to its master: send it to ${spawned}.`,
    });
  });

  test.each(['Escalate', 'End'])('a signal after %s comes too late', async (first) => {
    const { base, cognigy, opened, spawned } = await call();
    await cognigy.signal(spawned, [first], 'mixed');
    expect(warningsOf(await signalled(base))).toEqual([]);
    expect((await cognigy.signal(spawned, ['Escalate'], 'mixed')).status).toBe(202);
    expect(warningsOf(await signalled(base))).toMatchObject([
      {
        code: 'SIGNAL_UNHEARD',
        received: `${spawned}, a spawned contact of ${opened.contactId as string} on which no script runs`,
        remedy: expect.stringContaining('A signal is heard only while the script runs that has the ONSIGNAL.') as string,
      },
    ]);
  });
});
