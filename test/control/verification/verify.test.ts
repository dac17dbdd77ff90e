/** POST /_emulator/verify: whether the requests that came are those that a test expects. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EmulatorOptions } from '../../../src/index.js';
import {
  CONTACT,
  CONVERSATION,
  emulator,
  HANDOVER,
  type Message,
  open,
  OTHER_CONVERSATION,
  send,
  tokens,
  withToken,
} from '../../support/client.js';
import { PROPERTY_RUNS } from '../../support/runs.js';
import { HANDED_OVER, handover, is, verify } from '../../support/verification.js';

const signal = (p1: string): Message => ({
  method: 'POST',
  path: `/inContactAPI/services/v30.0/interactions/${CONTACT}/signal?p1=${p1}`,
});

interface Case {
  readonly name: string;
  readonly options?: EmulatorOptions;
  readonly given: readonly (Message | ((url: string) => Promise<Message>))[];
  readonly question: Readonly<Record<string, unknown>>;
  readonly result: 'passed' | 'failed' | 'inconclusive';
  readonly message: RegExp;
  readonly remedy?: RegExp;
  readonly nearest?: readonly object[] | null;
}

const long = handover({ metadata: { intent: 'sales', text: 'x'.repeat(9000) } });

const CASES: readonly Case[] = [
  {
    name: 'it came',
    given: [handover()],
    question: is(HANDED_OVER),
    result: 'passed',
    message: /^1 request is handOverConversation, as expected\.$/,
  },
  {
    name: 'all parts hold, of body, query and headers some',
    given: [{ path: `${HANDOVER}?source=bot&x=1`, ...handover(), headers: { 'X-Bot': 'one' } }],
    question: is({
      ...HANDED_OVER,
      method: 'post',
      path: HANDOVER,
      transport: 'http',
      conversationId: CONVERSATION,
      query: { source: 'bot', y: false },
      headers: { 'x-BOT': 'one', accept: true, authorization: false },
      body: { metadata: { intent: 'billing', tags: ['a', 'b'] } },
      status: 200,
      outcome: 'accepted',
      count: { atLeast: 1, atMost: 1 },
    }),
    result: 'passed',
    message: /as expected/,
  },
  {
    name: 'a refused attempt, where it is asked for',
    given: [{ body: { sessionId: 'abc-123' } }],
    question: is({ cause: 'CONVERSATION_ID_FORMAT' }),
    result: 'passed',
    message: /a request with cause CONVERSATION_ID_FORMAT/,
  },
  {
    name: 'a warning',
    given: [{ body: { sessionId: CONVERSATION } }],
    question: is({ warning: 'HANDOVER_UNROUTED' }),
    result: 'passed',
    message: /warning HANDOVER_UNROUTED/,
  },
  {
    name: 'a warning that is only worth knowing',
    given: [{ body: { sessionId: CONVERSATION, skillId: 4001 } }, { body: { sessionId: CONVERSATION, skillId: 4001 } }],
    question: is({ warning: 'HANDOVER_REPEATED', count: 1 }),
    result: 'passed',
    message: /warning HANDOVER_REPEATED/,
  },
  {
    name: 'no warning that is only worth knowing, and it came',
    given: [{ body: { sessionId: CONVERSATION, skillId: 4001 } }, { body: { sessionId: CONVERSATION, skillId: 4001 } }],
    question: is({ warning: 'HANDOVER_REPEATED', count: 0 }),
    result: 'failed',
    message: /1 of the 2 requests/,
  },
  {
    name: 'none, and none came',
    given: [],
    question: is({ ...HANDED_OVER, count: 0 }),
    result: 'passed',
    message: /^0 requests/,
  },
  {
    name: 'two in order, with others between',
    given: [handover(), { path: `${HANDOVER}/${CONVERSATION}` }, withToken(signal('Escalate'))],
    question: { requests: [HANDED_OVER, { operationId: 'signalContact', query: { p1: 'Escalate' } }], order: true },
    result: 'passed',
    message: /They came in this order/,
  },
  {
    name: 'nothing came at all',
    given: [],
    question: is(HANDED_OVER),
    result: 'failed',
    message: /^Expected at least 1 request that is handOverConversation; no request reached the tenant default\.$/,
    remedy: /those of another one are verified below its \/t\/… prefix/,
    nearest: null,
  },
  {
    name: 'another value',
    given: [handover({ metadata: { intent: 'sales' } }), { path: `${HANDOVER}/${CONVERSATION}` }],
    question: is({ ...HANDED_OVER, body: { metadata: { intent: 'billing' } } }),
    result: 'failed',
    message:
      /0 of the 2 requests.*The nearest is POST .*webchat, trace \S+: body \/metadata\/intent is "sales", not "billing"\.$/,
    nearest: [{ in: 'body', pointer: '/metadata/intent', expected: '"billing"', received: '"sales"' }],
  },
  {
    name: 'a member that is missing, a list of another length, a value of another type',
    given: [handover()],
    question: is({ ...HANDED_OVER, body: { metadata: { intent: { name: 'billing' }, tags: ['a'], phone: '1' } } }),
    result: 'failed',
    message: /phone is nothing, not "1"/,
    nearest: [
      { in: 'body', pointer: '/metadata/intent' },
      { in: 'body', pointer: '/metadata/tags', expected: '1 items', received: '2 items' },
      { in: 'body', pointer: '/metadata/phone', received: 'nothing' },
    ],
  },
  {
    name: 'it came, and was refused',
    given: [{ body: { sessionId: 'abc-123' } }],
    question: is(HANDED_OVER),
    result: 'failed',
    message: /\(CONVERSATION_ID_FORMAT\), trace \S+: outcome is rejected, not accepted/,
    remedy: /^It came and was refused: CONVERSATION_ID_FORMAT\. .*bot’s own session id/,
    nearest: [{ in: 'outcome', pointer: null }],
  },
  {
    name: 'none, and one was tried',
    given: [{ body: { sessionId: 'abc-123' } }],
    question: is({ ...HANDED_OVER, count: 0 }),
    result: 'failed',
    message: /^Expected no request that is handOverConversation; 1 of the 1 request .*: trace \S+\.$/,
    nearest: null,
  },
  {
    name: 'too many',
    given: [handover(), handover()],
    question: is({ ...HANDED_OVER, count: 1 }),
    result: 'failed',
    message: /^Expected exactly 1 request .*; 2 of the 2 requests .*: traces \S+ and \S+\.$/,
  },
  {
    name: 'too few',
    given: [handover()],
    question: is({ ...HANDED_OVER, count: { atLeast: 2, atMost: 3 } }),
    result: 'failed',
    message: /^Expected 2 to 3 requests that are handOverConversation; 1 of the 1 request/,
  },
  {
    name: 'the wrong order',
    given: [withToken(signal('Escalate')), handover()],
    question: { requests: [HANDED_OVER, { operationId: 'signalContact' }], order: true },
    result: 'failed',
    message: /2\. did not come after trace \S+ \(1\.\)\. It came before that, in trace \S+\.$/,
  },
  {
    name: 'one request for two steps',
    given: [handover()],
    question: { requests: [HANDED_OVER, HANDED_OVER], order: true },
    result: 'failed',
    message: /2\. did not come after trace \S+ \(1\.\)\.$/,
  },
  {
    name: 'a body that is no JSON',
    given: [{ body: "{'a': 1}" }],
    question: is({ ...HANDED_OVER, outcome: 'any', body: { a: 1 } }),
    result: 'failed',
    message: /body is "\{'a': 1\}", which is not JSON \(application\/json\)/,
  },
  {
    name: 'over 8 KB, where it is about the body',
    given: [long],
    question: is({ ...HANDED_OVER, body: { metadata: { intent: 'billing' } } }),
    result: 'inconclusive',
    message: /of 1 request it cannot be told.*8 KB/,
    nearest: [{ in: 'body', received: 'a body of which only the beginning was kept' }],
  },
  {
    name: 'over 8 KB, where it is about the rest',
    given: [long],
    question: is({ ...HANDED_OVER, conversationId: CONVERSATION }),
    result: 'passed',
    message: /as expected/,
  },
  {
    name: 'over 8 KB, where something else differs anyway',
    given: [long],
    question: is({ ...HANDED_OVER, conversationId: OTHER_CONVERSATION, body: { metadata: { intent: 'billing' } } }),
    result: 'failed',
    message: /conversationId is /,
  },
  {
    name: 'at most one, and one more that cannot be told',
    given: [handover({ metadata: { intent: 'billing' } }), long],
    question: is({ ...HANDED_OVER, body: { metadata: { intent: 'billing' } }, count: { atMost: 1 } }),
    result: 'inconclusive',
    message: /1 of the 2 requests/,
  },
  {
    name: 'a hidden header',
    given: [{ ...handover(), headers: { authorization: 'Bearer abc123456' } }],
    question: is({ ...HANDED_OVER, headers: { authorization: 'Bearer abc123456' } }),
    result: 'inconclusive',
    message: /traces hide secrets/,
    remedy: /true asks whether it came at all/,
  },
  {
    name: 'a hidden header that cannot have been this one',
    given: [{ ...handover(), headers: { 'x-passed-on': 'Bearer abc123456' } }],
    question: is({ ...HANDED_OVER, headers: { 'x-passed-on': 'Basic abc' } }),
    result: 'failed',
    message: /headers \/x-passed-on is "Bearer \[redacted\]", not "Basic abc"/,
  },
  {
    name: 'customer data that --redact hides',
    options: { redact: ['/metadata/phone'] },
    given: [handover({ metadata: { phone: 491701234 } })],
    question: is({ ...HANDED_OVER, body: { metadata: { phone: 491701234 } } }),
    result: 'inconclusive',
    message: /traces hide/,
  },
  {
    name: 'dropped traces, of which it may have been one',
    options: { maxTraces: 2 },
    given: [handover(), { path: '/nothing' }, { path: '/nothing' }, { path: '/nothing' }],
    question: is(HANDED_OVER),
    result: 'inconclusive',
    message: /the traces of 2 more were dropped/,
    remedy: /--max-traces/,
  },
  {
    name: 'dropped traces, and enough without them',
    options: { maxTraces: 2 },
    given: [{ path: '/nothing' }, { path: '/nothing' }, { path: '/nothing' }, handover()],
    question: is(HANDED_OVER),
    result: 'passed',
    message: /as expected/,
  },
  {
    name: 'dropped traces, where none must have come',
    options: { maxTraces: 2 },
    given: [{ path: '/nothing' }, { path: '/nothing' }, { path: '/nothing' }],
    question: is({ ...HANDED_OVER, count: 0 }),
    result: 'inconclusive',
    message: /dropped/,
  },
  {
    name: 'dropped traces, of an order',
    options: { maxTraces: 2 },
    given: [handover(), { path: `${HANDOVER}/${CONVERSATION}` }, { path: `${HANDOVER}/${CONVERSATION}` }],
    question: { requests: [{ ...HANDED_OVER, count: { atMost: 5 } }, { operationId: 'getSession' }], order: true },
    result: 'passed',
    message: /in this order/,
  },
];

describe('POST /_emulator/verify', () => {
  test.each(CASES)('$result: $name', async ({ options, given, question, result, message, remedy, nearest }) => {
    const { url } = await emulator(options);
    await open(url, { conversationId: CONVERSATION, contactId: CONTACT });
    for (const one of given) await send(url, typeof one === 'function' ? await one(url) : one);
    // A full log has dropped the calls of the control API first, so that the count is of the platform's.
    const answer = await verify(url, question);
    expect(answer.body.result).toBe(result);
    expect(answer.body.message).toMatch(message);
    expect(answer.status).toBe(result === 'passed' ? 200 : 409);
    expect(answer.headers['x-emulator-cause']).toBe(
      { passed: undefined, failed: 'VERIFICATION_FAILED', inconclusive: 'VERIFICATION_INCONCLUSIVE' }[result],
    );
    if (remedy !== undefined) expect(answer.body.cause.remedy).toMatch(remedy);
    if (nearest === null) expect(answer.body.nearest).toBeNull();
    else if (nearest !== undefined) expect(answer.body.nearest.differences).toMatchObject(nearest);
  });

  test.each([
    [{}, ''],
    [{ requests: [] }, '/requests', /an entry with operationId, method/],
    [is({}), '/requests/0', /a member: operationId, method/],
    [is({ operationId: 'handoverConversation' }), '/requests/0/operationId', /Did you mean handOverConversation\?/],
    [is({ operationId: 'reset' }), '/requests/0/operationId'],
    [is({ cause: 'CONVERSATION_ID_FORMT' }), '/requests/0/cause', /CONVERSATION_ID_FORMAT/],
    [is({ cause: 'HANDOVER_REPEATED', count: 0 }), '/requests/0/cause'],
    [is({ cause: 'X' }), '/requests/0/cause', /^There are ROUTE_UNKNOWN, .* and [0-9]+ more\.$/],
    [is({ warning: 'X' }), '/requests/0/warning'],
    [is({ path: 'http://x/api' }), '/requests/0/path', /scheme and host/],
    [is({ path: '/api?x=1' }), '/requests/0/path', /"query"/],
    [is({ path: '/t/alpha/api' }), '/requests/0/path', /POST \/t\/…\/_emulator\/verify/],
    [is({ path: '/_emulator/reset' }), '/requests/0/path', /control=true/],
    [is({ query: { p1: 1 } }), '/requests/0/query/p1', /write "1"/],
    [is({ headers: { a: null } }), '/requests/0/headers/a'],
    [is({ method: 'GET', count: -1 }), '/requests/0/count', /"count": 2/],
    [is({ method: 'GET', count: 1.5 }), '/requests/0/count'],
    [is({ method: 'GET', count: '1' }), '/requests/0/count'],
    [is({ method: 'GET', count: null }), '/requests/0/count'],
    [is({ method: 'GET', count: [] }), '/requests/0/count'],
    [is({ method: 'GET', count: {} }), '/requests/0/count'],
    [is({ method: 'GET', count: { least: 1 } }), '/requests/0/count/least'],
    [is({ method: 'GET', count: { atLeast: 1e9 } }), '/requests/0/count/atLeast'],
    [is({ method: 'GET', count: { atLeast: 3, atMost: 2 } }), '/requests/0/count/atLeast', /Exchange/],
    [is({ method: 'GET', bodi: 1 }), '/requests/0/bodi', /body/],
    [{ requests: [HANDED_OVER, HANDED_OVER] }, '/requests/1', /"count": 2/],
    [{ requests: Array(51).fill(HANDED_OVER) }, '/requests'],
    [is({ method: 'GET' }, { within: 60_001 }), '/within'],
    [is({ method: 'GET' }, { within: -1 }), '/within'],
    [is({ method: 'GET' }, { order: 'yes' }), '/order'],
  ])('%j is refused', async (question, pointer, remedy = /./) => {
    const { url } = await emulator();
    const { status, body } = await verify(url, question);
    expect(status).toBe(400);
    expect(body.cause.pointer.startsWith(pointer)).toBe(true);
    expect(body.cause).toMatchObject({
      code: 'CONTROL_INPUT_INVALID',
      in: 'body',
      remedy: expect.stringMatching(remedy) as string,
    });
  });

  test('is found in the trace of its call', async () => {
    const { url } = await emulator();
    const answer = await verify(url, is(HANDED_OVER));
    const trace = (await send(url, { path: `/_emulator/traces/${answer.headers['x-emulator-trace-id'] ?? ''}` })).body;
    expect(trace.outcome).toBe('rejected');
    expect(trace.entries.find(({ level }: any) => level === 'error')).toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  test('what was answered is there at once, however many came together', async () => {
    const { url } = await emulator();
    await open(url);
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await send(url, { path: `${HANDOVER}/${CONVERSATION}?n=${String(index)}` });
        expect((await verify(url, is({ query: { n: String(index) }, count: 1 }))).body.result).toBe('passed');
      }),
    );
    expect((await verify(url, is({ operationId: 'getSession', count: 40 }))).status).toBe(200);
  });

  test('any body that was sent matches itself, and never one with a member more', async () => {
    const { url } = await emulator();
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }), async (body) => {
        const text = JSON.stringify(body);
        // What traces hide or cut is told elsewhere.
        fc.pre(text.length < 4000);
        await send(url, { method: 'POST', path: '/_emulator/reset' });
        await send(url, { path: '/nothing', body: text });
        const same = await verify(url, is({ path: '/nothing', outcome: 'any', body: JSON.parse(text) as unknown }));
        expect(['passed', 'inconclusive']).toContain(same.body.result);
        const more = { ...(JSON.parse(text) as object), 'a member more': 1 };
        expect((await verify(url, is({ path: '/nothing', outcome: 'any', body: more }))).body.result).not.toBe('passed');
      }),
      { ...PROPERTY_RUNS, numRuns: Math.ceil(PROPERTY_RUNS.numRuns / 20) },
    );
  });
});

test('calls of the control API that were dropped make nothing inconclusive', async () => {
  const { url } = await emulator({ maxTraces: 5 });
  await tokens(url);
  await send(url, { method: 'POST', path: '/_emulator/reset' });
  for (let n = 0; n < 10; n += 1) await send(url, { path: '/_emulator/health' });
  expect((await verify(url, is({ ...HANDED_OVER, count: 0 }))).body.result).toBe('passed');
});

test('a tenant whose dropped traces nobody counts any more is never told for certain, until it is reset', async () => {
  const started = await emulator({ maxTraces: 2 });
  const { url } = started;
  for (const path of ['/t/first/nothing', ...Array.from({ length: 1005 }, (_, index) => `/t/t${String(index)}/nothing`)])
    await send(url, { path });
  const asked = async (name: string, count: unknown): Promise<any> =>
    (await send(url, { path: `/t/${name}/_emulator/verify`, body: is({ path: '/nothing', outcome: 'any', count }) })).body;
  for (const count of [0, 1, 5, { atLeast: 2 }]) {
    const { result, message } = await asked('first', count);
    expect({ count, result }).toEqual({ count, result: 'inconclusive' });
    expect(message).toContain('the traces of more were dropped, it is not known how many');
  }
  expect((await send(url, { path: '/t/first/_emulator/requests' })).body).toMatchObject({ total: 0, dropped: 1 });
  expect(started.tenant('first').droppedRequests()).toBe(Infinity);
  expect(await asked('of-its-own', 0)).toMatchObject({ result: 'passed' });
  await send(url, { method: 'POST', path: '/t/first/_emulator/reset' });
  expect(await asked('first', 0)).toMatchObject({ result: 'passed' });
  expect(await asked('first', 1)).toMatchObject({ result: 'failed' });
});
