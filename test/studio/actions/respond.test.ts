/** WAIT for a time, RESPOND and END, as a caller and a trace see them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { causeOf, type Trace } from '../../../src/index.js';
import { CONVERSATION, open, send } from '../../support/client.js';
import { standingClock } from '../../support/clock.js';
import { scriptsFolder, webhook, withScripts } from '../../support/scripts.js';
import { causeIn, ok, onConversation, ran, traceFor, way } from '../../support/actions.js';

describe('WAIT', () => {
  const waiting = {
    Wait: { type: 'WAIT', seconds: 30, next: 'Note' },
    Note: { type: 'SETATTRIBUTE', of: 'conversation', id: CONVERSATION, set: { done: true }, next: 'End' },
    End: { type: 'END' },
  };

  test('a webhook is answered at once; the trace is running, and accepted when the time is over', async () => {
    const clock = standingClock();
    const { url, started, answer, trace } = await ran(waiting, {}, { clock, given: (at) => open(at) });
    expect(answer).toMatchObject({ status: 200, body: {} });
    expect(trace).toMatchObject({ outcome: 'running', script: 'bot', response: { status: 200 } });
    expect(trace.entries.map(({ message }) => message)).toContain(
      'Wait waits for 30 s. The caller is answered 200 with {} meanwhile.',
    );
    const traceId = trace.traceId;
    clock.advance(29_000);
    expect(clock.waiting).toBe(1);
    clock.advance(1000);
    await expect.poll(() => traceFor(started, 'bot')?.outcome).toBe('accepted');
    const late = started.traces({ script: 'bot' });
    expect(late).toHaveLength(1);
    expect(late[0]?.traceId).toBe(traceId);
    expect(way(late[0]!)).toEqual(['Wait (WAIT) → Default', 'Note (SETATTRIBUTE) → Default', 'End (END) → null']);
    expect((await send(url, { path: `/_emulator/conversations/${CONVERSATION}` })).status).toBe(200);
  });

  test('the trace is told twice in the stream and in the file', async () => {
    const clock = standingClock();
    const traceFile = join(await scriptsFolder({}), 'traces.ndjson');
    const started = await withScripts(webhook('bot', waiting), { clock, traceFile });
    await open(started.url);
    const told: [string, string][] = [];
    started.onTrace(({ traceId, outcome, script }) => {
      if (script === 'bot') told.push([traceId, outcome]);
    });
    const stream = await fetch(`${started.url}/_emulator/traces/stream?script=bot`);
    const answer = await send(started.url, { path: '/webhooks/bot', body: {} });
    const id = answer.headers['x-emulator-trace-id'] ?? '';
    clock.advance(30_000);
    const expected = [
      [id, 'running'],
      [id, 'accepted'],
    ];
    await expect.poll(() => told).toEqual(expected);
    const lines = (await readFile(traceFile, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Trace);
    expect(lines.filter(({ script }) => script === 'bot').map(({ traceId, outcome }) => [traceId, outcome])).toEqual(expected);

    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const events = (): string[] =>
      [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => (JSON.parse(data) as Trace).outcome);
    while (events().length < 2) text += new TextDecoder().decode((await reader.read()).value);
    expect(events()).toEqual(['running', 'accepted']);
    await reader.cancel();
  });

  test.each([['-1'], ['soon'], [''], [{}], [90_000]])('refuses %j as a time', async (seconds) => {
    const { answer } = await ran(
      { Wait: { type: 'WAIT', seconds: '{{ context.seconds }}', next: 'Done' }, Done: ok },
      { seconds },
    );
    expect(answer.headers['x-emulator-cause']).toBe('SCRIPT_VALUE_INVALID');
  });
});

describe('RESPOND and END', () => {
  test.each([
    [{ status: 201, body: { a: [1, null] } }, 201, '{"a":[1,null]}', 'application/json; charset=utf-8'],
    [{}, 200, '{}', 'application/json; charset=utf-8'],
    [{ body: null }, 200, 'null', 'application/json; charset=utf-8'],
    [{ body: '{{ context.name }}' }, 200, '"Ada"', 'application/json; charset=utf-8'],
    [{ status: '{{ context.status }}' }, 202, '{}', 'application/json; charset=utf-8'],
    [{ bodyText: '"Hello {{ context.name }}"' }, 200, '"Hello Ada"', 'text/plain; charset=utf-8'],
    [{ bodyText: '"<a/>"', headers: { 'Content-Type': 'application/xml' } }, 200, '"<a/>"', 'application/xml'],
    [{ status: 204 }, 204, '', undefined],
    [{ status: 304 }, 304, '', undefined],
  ])('answers with %j', async (settings, status, text, type) => {
    const { answer } = await ran({ Answer: { type: 'RESPOND', ...settings } }, { name: 'Ada', status: 202 });
    expect(answer).toMatchObject({ status, text });
    expect(answer.headers).not.toHaveProperty('x-emulator-cause');
    expect(answer.headers['content-type']).toBe(type);
  });

  test('answers with headers', async () => {
    const { answer } = await ran(
      { Answer: { type: 'RESPOND', headers: { 'X-Name': '{{ context.name }}', 'X-Number': 3 } } },
      { name: 'Ada' },
    );
    expect(answer.headers).toMatchObject({ 'x-name': 'Ada', 'x-number': '3' });
  });

  test.each([
    ['a line break', 'Ada\r\nX-Evil: 1'],
    ['a line separator', 'Ada\u2028'],
    ['a letter beyond ASCII', 'Zoë'],
    ['8193 characters', 'A'.repeat(8193)],
  ])('a header with %s, which would break the head of the answer, breaks the script off', async (_, name) => {
    const { answer, started } = await ran({ Answer: { type: 'RESPOND', headers: { 'X-Name': '{{ context.name }}' } } }, { name });
    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty('x-evil');
    expect(causeOf(traceFor(started, 'bot'))).toMatchObject({
      code: 'SCRIPT_VALUE_INVALID',
      message: 'headers.X-Name is not what the action takes.',
    });
  });

  test('the first answer counts, and the script goes on after it', async () => {
    const { answer, started } = await ran({
      One: { type: 'RESPOND', body: 1, next: 'Two' },
      Two: { type: 'RESPOND', body: 2, next: 'End' },
      End: { type: 'END' },
    });
    expect(answer.body).toBe(1);
    const trace = traceFor(started, 'bot')!;
    expect(trace.outcome).toBe('accepted');
    expect(trace.entries.find(({ action }) => action === 'Two (RESPOND)')?.message).toBe(
      'Nobody waits for an answer (any more).',
    );
  });

  test('a script that breaks off after its answer has failed, and the answer stays', async () => {
    const { answer, started } = await ran({
      Answer: { type: 'RESPOND', next: 'Use' },
      Use: { type: 'ASSIGN', set: { x: '{{ vars.nothing }}' }, next: 'End' },
      End: { type: 'END' },
    });
    expect(answer.status).toBe(200);
    const trace = traceFor(started, 'bot')!;
    expect(trace.outcome).toBe('failed');
    expect(causeIn(trace)?.code).toBe('TEMPLATE_VARIABLE_MISSING');
  });

  test('END ends the conversation where it says so', async () => {
    const { url } = await withScripts(onConversation('bot', { End: { type: 'END', conversation: 'end' } }));
    await open(url);
    expect((await send(url, { path: `/_emulator/conversations/${CONVERSATION}` })).body.state).toBe('ended');
  });

  test('a webhook’s script that ends without an answer is answered 200 {}', async () => {
    const { answer } = await ran({ End: { type: 'END' } });
    expect(answer).toMatchObject({ status: 200, body: {} });
  });
});
