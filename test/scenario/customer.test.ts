/** Steps of the customer in scenarios, and what is expected to be said: what they mean, and what is wrong with them. */
import { describe, expect, test } from 'vitest';
import { replayed, scenarioFolder } from '../support/replay.js';

const GIVEN = `given:
  scripts: bots/scripts
  virtualAgents: [{ name: Bookings, standIn: bots/bookings.yaml }]
`;

async function played(steps: string, given = GIVEN): Promise<{ code: number; out: string }> {
  const folder = await scenarioFolder({ 'one.yaml': `name: one\n${given}steps:\n${steps}` });
  const { code, out, err } = await replayed([folder], { reporter: 'pretty' });
  return { code, out: out + err };
}

describe('pass', () => {
  test.each([
    [
      'words, a list of them, messages, matchers',
      `
  - { name: a, customer: arrives, expect: { said: { $matches: ^Hello } } }
  - { name: b, customer: says I want to change my booking, expect: { said: [Which booking is it?] } }
  - { name: c, customer: { says: AB1234 }, expect: { said: [{ from: bot, name: Bookings }, { text: { $matches: else } }] } }`,
    ],
    [
      'nothing said',
      `
  - { name: a, customer: arrives }
  - { name: b, clock: { advance: 1s }, expect: { said: none } }`,
    ],
    [
      'a conversation of its own id, and the one that arrived last',
      `
  - { name: a, customer: { arrives: { userId: ada } }, capture: { first: '{{ body.conversationId }}' } }
  - { name: b, customer: arrives }
  - { name: c, customer: { says: move, conversationId: '{{ captured.first }}' }, expect: { said: none, conversation: { bot: { turns: 1 } } } }
  - { name: d, customer: leaves, expect: { conversation: { state: ended, userId: null } } }
  - { name: e, request: { path: '/_emulator/conversations/{{ captured.first }}' }, expect: { body: { state: bot, userId: ada, bot: { turns: 2 } } } }`,
    ],
    [
      'one of two customers who leaves',
      `
  - { name: a, customer: arrives, capture: { first: '{{ body.conversationId }}' } }
  - { name: b, customer: arrives }
  - { name: c, customer: { leaves: true, conversationId: '{{ captured.first }}' }, expect: { body: { conversation: { state: ended } } } }
  - { name: d, customer: says move, expect: { said: Which booking is it? } }`,
    ],
    [
      'templates in what the customer says',
      `
  - { name: a, customer: arrives, capture: { contact: '{{ body.contactId }}' } }
  - { name: b, customer: 'says I am {{ captured.contact }}', expect: { body: { settled: true } } }`,
    ],
    [
      'rounds',
      `
  - { name: a, customer: arrives }
  - name: b
    repeat: { times: 3, steps: [{ name: c, customer: 'says round {{ round }}', expect: { said: I did not understand that. } }] }`,
    ],
  ])('%s', async (_, steps) => {
    const { code, out } = await played(steps);
    expect(code, out).toBe(0);
  });

  test('the only conversation that is given', async () => {
    const id = '0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46';
    const { code, out } = await played(
      `
  - { name: a, customer: says move, expect: { said: Which booking is it? } }`,
      `${GIVEN}  conversations: [{ conversationId: ${id} }]\n`,
    );
    expect(code, out).toBe(0);
  });
});

describe('fail', () => {
  test.each([
    [
      'other words',
      '{ name: a, customer: arrives, expect: { said: Goodbye } }',
      1,
      /said.*\n.*expected {2}"Goodbye"\n.*received {2}"Hello!/,
    ],
    [
      'words where none came',
      '{ name: a, customer: arrives, expect: { said: [Hello, Hello] } }',
      1,
      /expected {2}a list of 2 items/,
    ],
    [
      'a customer who left already',
      '{ name: a, customer: arrives }\n  - { name: b, customer: leaves }\n  - { name: c, customer: says Hm }',
      1,
      /CONVERSATION_ENDED/,
    ],
    ['nobody there', '{ name: a, customer: says Hi }', 2, /no customer has arrived, nor is a conversation given with an id/],
    ['nobody there to listen to', '{ name: a, clock: { advance: 1s }, expect: { said: none } }', 2, /no customer has arrived/],
    ['another word', '{ name: a, customer: goes }', 2, /customer/],
    ['nothing to say', "{ name: a, customer: 'says ' }", 2, /customer/],
    ['two things at once', '{ name: a, customer: { arrives: {}, says: Hi } }', 2, /speaks or leaves in a step of their own/],
    [
      'words and leaving',
      '{ name: a, customer: arrives }\n  - { name: b, customer: { leaves: true, says: Hi } }',
      2,
      /: one of these/,
    ],
    ['an id alone', '{ name: a, customer: { conversationId: x } }', 2, /arrives, says something, or leaves/],
    [
      'a bot that is not there',
      '{ name: a, customer: arrives }',
      2,
      /nowhere\.yaml/,
      'given: { virtualAgents: [{ name: B, standIn: nowhere.yaml }] }\n',
    ],
    [
      'an agent without a bot',
      '{ name: a, customer: arrives }',
      2,
      /needs url or standIn/,
      'given: { virtualAgents: [{ name: B }] }\n',
    ],
    [
      'a setting',
      '{ name: a, customer: arrives }',
      2,
      /stands in given\.virtualAgents/,
      'given: { settings: { virtualAgents: [] } }\n',
    ],
  ])('%s', async (_, step, expected, told, given = GIVEN) => {
    const { code, out } = await played(`  - ${step}\n`, given);
    expect({ code, out }).toEqual({ code: expected, out: expect.stringMatching(told) as string });
  });
});
