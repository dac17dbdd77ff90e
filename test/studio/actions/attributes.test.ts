/** GETATTRIBUTE and SETATTRIBUTE, as a caller and a trace see them. */
import { describe, expect, test } from 'vitest';
import { CONVERSATION, open, OTHER_CONVERSATION, send } from '../../support/client.js';
import { withScripts } from '../../support/scripts.js';
import { attributesOf, causeIn, ok, onConversation, ran } from '../../support/actions.js';

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
