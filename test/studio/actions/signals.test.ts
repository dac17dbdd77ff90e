/** SIGNAL, ONSIGNAL and WAIT for a signal, as a caller and a trace see them. */
import { describe, expect, test } from 'vitest';
import { open, send, traceOf } from '../../support/client.js';
import { standingClock } from '../../support/clock.js';
import { signalTo, webhook, withScripts } from '../../support/scripts.js';
import { attributesOf, hangingHost, ok, onConversation, way } from '../../support/actions.js';

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
    const { url: target, isAsked, isClosed } = await hangingHost();
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
