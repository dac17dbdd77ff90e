/** ASSIGN, SNIPPET, IF, CASE and TRACE, as a caller and a trace see them. */
import { describe, expect, test } from 'vitest';
import { send } from '../../support/client.js';
import { webhook, withScripts } from '../../support/scripts.js';
import { ok, ran, way } from '../../support/actions.js';

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
