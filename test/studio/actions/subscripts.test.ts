/** SPAWN and RUNSUB, as a caller and a trace see them. */
import { describe, expect, test } from 'vitest';
import { open, send } from '../../support/client.js';
import { signalTo, withScripts } from '../../support/scripts.js';
import { attributesOf, causeIn, ok, onConversation, ran, way } from '../../support/actions.js';

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
