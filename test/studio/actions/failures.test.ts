/** Actions that fail, and scripts that are stopped. */
import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../../src/index.js';
import { CONVERSATION, open, send, traceOf } from '../../support/client.js';
import { type Files, webhook, withScripts } from '../../support/scripts.js';
import { attributesOf, causeIn, hangingHost, ok, onConversation, ran, traceFor } from '../../support/actions.js';

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
    const { url, ...events } = await hangingHost();
    return { started: await withScripts(script(url), { scriptHosts: ['127.0.0.1'] }), ...events };
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
