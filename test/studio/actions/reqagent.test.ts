/** REQAGENT, as a caller and a trace see it. */
import { describe, expect, test } from 'vitest';
import { CONVERSATION, open, send } from '../../support/client.js';
import { causeIn, ok, ran } from '../../support/actions.js';

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
