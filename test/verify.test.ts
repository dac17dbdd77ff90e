/** Verification: the requests that reached the platform, and whether they are those that a test expects. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EmulatorOptions } from '../src/index.js';
import {
  type Answer,
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
} from './support/client.js';
import { PROPERTY_RUNS } from './support/runs.js';
import { scriptsFolder, webhook } from './support/scripts.js';

const handover = (more: object = {}): Message => ({
  body: { sessionId: CONVERSATION, metadata: { intent: 'billing', tags: ['a', 'b'] }, skillId: 4001, ...more },
});
const signal = (p1: string): Message => ({
  method: 'POST',
  path: `/inContactAPI/services/v30.0/interactions/${CONTACT}/signal?p1=${p1}`,
});
const requests = async (url: string, query = '', tenant = ''): Promise<any> =>
  (await send(url, { path: `${tenant}/_emulator/requests${query}` })).body;
const verify = (url: string, question: unknown, tenant = ''): Promise<Answer> =>
  send(url, { path: `${tenant}/_emulator/verify`, body: question });

describe('GET /_emulator/requests', () => {
  test('lists what reached the platform, newest first, and not the control API', async () => {
    const { url } = await emulator();
    await open(url);
    await send(url, { path: `${HANDOVER}?a=1&a=2&__proto__=x`, ...handover() });
    await send(url, { body: { sessionId: 'abc-123' }, headers: { authorization: 'Bearer abc123456' } });
    expect(await requests(url)).toEqual({
      total: 2,
      dropped: 0,
      items: [
        expect.objectContaining({
          operationId: 'handOverConversation',
          method: 'POST',
          path: HANDOVER,
          transport: 'http',
          body: { sessionId: 'abc-123' },
          bodyComplete: true,
          status: 400,
          outcome: 'rejected',
          cause: expect.objectContaining({ code: 'CONVERSATION_ID_FORMAT', pointer: '/sessionId' }) as object,
          headers: expect.objectContaining({ authorization: '[redacted]' }) as object,
          conversationId: 'abc-123',
        }),
        expect.objectContaining({
          query: JSON.parse('{"a": ["1", "2"], "__proto__": "x"}') as object,
          status: 200,
          outcome: 'accepted',
          cause: null,
          conversationId: CONVERSATION,
        }),
      ],
    });
  });

  test.each([
    ['operationId=handOverConversation', 2],
    ['operationId=getSession', 1],
    ['method=get', 1],
    [`path=${HANDOVER}`, 2],
    ['conversationId=abc-123', 1],
    ['outcome=rejected', 1],
    ['transport=script', 0],
    ['transport=http&outcome=accepted', 2],
    ['contactId=1', 0],
  ])('?%s lists %d', async (query, total) => {
    const { url } = await emulator();
    await open(url);
    await send(url, handover());
    await send(url, { body: { sessionId: 'abc-123' } });
    await send(url, { path: `${HANDOVER}/${CONVERSATION}` });
    expect((await requests(url, `?${query}`)).total).toBe(total);
    expect((await requests(url, `?${query}&limit=1`)).items).toHaveLength(Math.min(total, 1));
  });

  test.each(['outcom=rejected', 'outcome=refused', 'limit=0', 'transport=ws'])('?%s is refused', async (query) => {
    const { url } = await emulator();
    expect(await send(url, { path: `/_emulator/requests?${query}` })).toMatchObject({
      status: 400,
      body: { cause: { code: 'CONTROL_INPUT_INVALID', in: 'query' } },
    });
  });

  test('a tenant sees its own, without its prefix; what is nobody’s is there as well', async () => {
    const { url } = await emulator();
    await send(url, { path: '/t/alpha/nothing/here?x=1' });
    expect(await requests(url)).toMatchObject({ total: 0 });
    expect(await requests(url, '', '/t/alpha')).toMatchObject({
      items: [{ path: '/nothing/here', query: { x: '1' }, operationId: null, status: 404, cause: { code: 'ROUTE_UNKNOWN' } }],
    });
    await send(url, { path: '/t/NO/nothing' });
    expect((await requests(url)).items[0]).toMatchObject({ path: '/t/NO/nothing', cause: { code: 'TENANT_NAME_INVALID' } });
  });

  test('form data is shown as fields, text as text, and nothing as null', async () => {
    const { url } = await emulator();
    const type = 'application/x-www-form-urlencoded';
    await send(url, { body: 'sessionId=abc&x=1&x=2', headers: { 'content-type': type } });
    await send(url, { body: "{'a'}" });
    await send(url, { path: HANDOVER, method: 'POST' });
    const { items } = await requests(url);
    expect(items.map(({ body }: any) => body)).toEqual([null, "{'a'}", { sessionId: 'abc', x: ['1', '2'] }]);
  });

  test('a script’s own calls are listed, and the run that no request started is not', async () => {
    const scripts = await scriptsFolder({
      ...webhook('hand-over', {
        Call: {
          type: 'RESTAPI',
          url: `{{ env.CXONE }}${HANDOVER}/${CONVERSATION}`,
          method: 'GET',
          next: 'Done',
          branches: { OnError: 'Done' },
        },
        Done: { type: 'RESPOND', status: 200, body: {} },
      }),
      'opened.yaml': { name: 'opened', trigger: { conversation: {} }, actions: { Done: { type: 'END' } } },
    });
    const { url } = await emulator({ scripts });
    await open(url);
    await send(url, { path: '/webhooks/hand-over', body: {} });
    const { items } = await requests(url);
    expect(items).toMatchObject([
      { transport: 'script', operationId: 'getSession', parent: items[1].traceId },
      { transport: 'http', operationId: 'webhook:hand-over', parent: null },
    ]);
    expect((await send(url, { path: '/_emulator/traces?script=opened' })).body.total).toBe(1);
    const inOrder = { requests: [{ operationId: 'webhook:hand-over' }, { operationId: 'getSession' }], order: true };
    expect((await verify(url, inOrder)).status).toBe(200);
  });

  test('a body over 8 KB says that it is not whole', async () => {
    const { url } = await emulator();
    await open(url);
    await send(url, handover({ metadata: { text: 'ü'.repeat(9000) } }));
    await send(url, handover({ metadata: { text: 'ü'.repeat(5000) } }));
    const { items } = await requests(url);
    expect(items.map(({ bodyComplete }: any) => bodyComplete)).toEqual([true, false]);
    expect(items[0].body.metadata.text).toHaveLength(5000);
    expect(items[1].body).toMatch(/^\{"sessionId"/);
  });
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
const is = (expected: object, more: object = {}): Readonly<Record<string, unknown>> => ({ requests: [expected], ...more });
const HANDED_OVER = { operationId: 'handOverConversation' };

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

describe('within', () => {
  /** Waits until the emulator has the question: its wait begins before anything else is answered. */
  const asked = async (url: string): Promise<void> => {
    await send(url, { path: '/_emulator/health' });
  };

  test('waits for what is still to come, and not longer', async () => {
    const { url } = await emulator();
    await open(url);
    const waiting = verify(url, is({ ...HANDED_OVER, count: 2 }, { within: 60_000 }));
    await send(url, handover());
    await send(url, handover());
    expect((await waiting).body).toMatchObject({ result: 'passed', matches: [{ count: 2 }] });
  });

  test('is over with a failure that nothing can mend', async () => {
    const { url } = await emulator();
    await open(url);
    const waiting = verify(url, is({ ...HANDED_OVER, count: 0 }, { within: 60_000 }));
    await asked(url);
    await send(url, handover());
    expect((await waiting).body.result).toBe('failed');
  });

  test('waits the whole time for what must not come', async () => {
    const { url } = await emulator();
    const before = performance.now();
    expect((await verify(url, is({ ...HANDED_OVER, count: 0 }, { within: 60 }))).body.result).toBe('passed');
    expect(performance.now() - before).toBeGreaterThan(55);
  });

  test('fails when the time is over', async () => {
    const { url } = await emulator();
    expect((await verify(url, is(HANDED_OVER, { within: 30 }))).body).toMatchObject({ result: 'failed' });
  });

  test('looks at its own tenant only', async () => {
    const { url } = await emulator();
    const waiting = verify(url, is({ path: '/nothing', outcome: 'any' }, { within: 60_000 }), '/t/alpha');
    await send(url, { path: '/nothing' });
    await send(url, { path: '/t/alpha/nothing' });
    expect((await waiting).body.matches).toMatchObject([{ count: 1 }]);
  });

  test('goes on after a reset, with what comes then alone', async () => {
    const { url } = await emulator();
    const look = { path: `${HANDOVER}/${CONVERSATION}` };
    await open(url);
    await send(url, handover());
    const question = { requests: [HANDED_OVER, { operationId: 'getSession' }], order: true, within: 60_000 };
    const waiting = verify(url, question);
    await asked(url);
    await send(url, { method: 'POST', path: '/_emulator/reset' });
    await open(url);
    await send(url, look);
    await asked(url);
    const second = await send(url, handover());
    await send(url, look);
    const traceIds = [second.headers['x-emulator-trace-id']];
    expect((await waiting).body).toMatchObject({ result: 'passed', matches: [{ count: 1, traceIds }, { count: 2 }] });
  });

  test('takes a script that has gone on as it is now', async () => {
    const scripts = await scriptsFolder(
      webhook('waits', {
        Answer: { type: 'RESPOND', status: 200, body: {}, next: 'Wait' },
        Wait: { type: 'WAIT', seconds: 0.05, next: 'End' },
        End: { type: 'END' },
      }),
    );
    const { url } = await emulator({ scripts });
    await send(url, { path: '/webhooks/waits', body: {} });
    const question = is({ operationId: 'webhook:waits', outcome: 'accepted', count: 1 }, { within: 60_000 });
    expect((await verify(url, question)).body.result).toBe('passed');
  });

  test('does not hold up the end, and says that it cannot tell', async () => {
    const started = await emulator();
    const waiting = verify(started.url, is(HANDED_OVER, { within: 60_000 }));
    const inProcess = started.verify({ requests: [HANDED_OVER], within: 60_000 }).catch((error: unknown) => error);
    await asked(started.url);
    const before = performance.now();
    await started.close();
    expect(performance.now() - before).toBeLessThan(800);
    expect(await inProcess).toMatchObject({ name: 'VerificationError', verdict: { result: 'inconclusive' } });
    expect((await waiting).body).toMatchObject({
      result: 'inconclusive',
      message: expect.stringMatching(/^The emulator was closed while it waited/) as string,
    });
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
