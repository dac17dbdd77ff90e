/** The pure parts of the viewer: what the address says, JSON laid out and searched, commands and steps to copy, the way of a conversation. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Trace } from '../../src/index.js';
import {
  filterCount,
  fragmentOf,
  NOTHING_SHOWN,
  platformUrl,
  shownIn,
  tenantAddress,
  tenantOf,
} from '../../src/viewer/address.js';
import { isReset, mayChange } from '../../src/viewer/control-call.js';
import { curlOf } from '../../src/viewer/curl.js';
import { laidOut, locate } from '../../src/viewer/json-text.js';
import { scenarioStepOf } from '../../src/viewer/scenario-step.js';
import { holds } from '../../src/viewer/search.js';
import { wayOf } from '../../src/viewer/timeline.js';
import { TraceCache } from '../../src/viewer/trace-cache.js';

const TRACE: Trace = {
  traceId: '5f2c81d0-1',
  tenant: 'default',
  transport: 'http',
  startedAt: '2026-03-01T09:31:12.000Z',
  durationMs: 0.8,
  operationId: 'handOverConversation',
  outcome: 'accepted',
  request: {
    method: 'POST',
    path: '/api/v2/conversations/webchat',
    headers: { accept: 'application/json', 'content-type': 'application/json', host: 'x', 'content-length': '2' },
    body: '{}',
    bodyBytes: 2,
    bodyComplete: true,
  },
  response: { status: 200, headers: {}, body: '{}' },
  conversationId: null,
  contactId: null,
  script: null,
  parent: null,
  entries: [],
};

function traceWith(request: Partial<Trace['request']>, more: Partial<Trace> = {}): Trace {
  return { ...TRACE, ...more, request: { ...TRACE.request, ...request } };
}

describe('the address', () => {
  test.each([
    ['', NOTHING_SHOWN],
    ['#trace=5f2c-1', { ...NOTHING_SHOWN, trace: '5f2c-1' }],
    ['#view=conversations', { ...NOTHING_SHOWN, view: 'conversations' }],
    ['#conversation=a%26b', { ...NOTHING_SHOWN, view: 'conversation', conversation: 'a&b' }],
    [
      '#outcome=rejected&code=X&q=two+words&nonsense=1&contactId=',
      { ...NOTHING_SHOWN, filters: { outcome: 'rejected', code: 'X' }, text: 'two words' },
    ],
  ] as const)('%s', (fragment, shown) => {
    expect(shownIn(fragment)).toEqual(shown);
    expect(shownIn(fragmentOf(shown))).toEqual(shown);
  });

  test('counts its filters, the search among them', () => {
    expect(filterCount(shownIn('#outcome=rejected&q=x'))).toBe(2);
  });

  test.each([
    ['/_emulator/', 'default', '/_emulator/'],
    ['/_emulator/', 'alpha', '/t/alpha/_emulator/'],
    ['/t/alpha/_emulator/', 'beta', '/t/beta/_emulator/'],
    ['/t/alpha/_emulator/', 'default', '/_emulator/'],
    ['/behind/t/alpha/_emulator/', 'beta', '/behind/t/beta/_emulator/'],
  ])('from %s the page of %s is %s', (path, tenant, address) => {
    expect(tenantAddress(path, tenant)).toBe(address);
    expect(tenantOf(address)).toBe(tenant);
  });

  test('tells where the platform is', () => {
    expect(platformUrl({ origin: 'http://x:1', pathname: '/t/alpha/_emulator/' })).toBe('http://x:1/t/alpha');
  });
});

describe('JSON laid out', () => {
  test.each([
    ['{"a":1,"b":[1,2],"c":{},"d":[]}', '{\n  "a": 1,\n  "b": [\n    1,\n    2\n  ],\n  "c": {},\n  "d": []\n}'],
    // Neither digits nor double keys nor escapes are lost.
    [
      '{"n":12345678901234567890,"n":1.50,"s":"\\u00e4 { } , : \\" "}',
      '{\n  "n": 12345678901234567890,\n  "n": 1.50,\n  "s": "\\u00e4 { } , : \\" "\n}',
    ],
    ['"text"', undefined],
    ['{"cut": "in the mid', undefined],
    ['a=1&b=2', undefined],
    ['['.repeat(60) + ']'.repeat(60), undefined],
  ])('%s', (text, wanted) => {
    expect(laidOut(text)).toBe(wanted);
  });
});

describe('the place of a JSON Pointer', () => {
  const text = '{"a": {"b": [10, {"c/d": "x"}]}, "sessionID": {"z": 1}, "e": "cut';
  test.each([
    ['/a/b/0', '10', undefined],
    ['/a/b/1/c~1d', '"x"', undefined],
    ['/a/b', '[10, {"c/d": "x"}]', undefined],
    ['/a', '{"b": [10, {"c/d": "x"}]}', undefined],
    ['/e', '"cut', undefined],
    // What is missing is looked for under nearly the same name, then in the object that lacks it.
    ['/sessionId', '"sessionID": {"z": 1}', 'sessionId'],
    ['/a/x', '{"b": [10, {"c/d": "x"}]}', 'x'],
    ['/nothing', text, 'nothing'],
  ])('%s', (pointer, stretch, missing) => {
    const place = locate(text, pointer);
    expect({ stretch: text.slice(place?.start, place?.end), missing: place?.missing }).toEqual({ stretch, missing });
  });

  test('is that of the last one, where a key stands twice', () => {
    expect(locate('{"id": "first", "id": "second", "x": 1}', '/id')).toEqual({ start: 22, end: 30 });
  });

  test('is nowhere in what is no JSON, and found in a value that was cut', () => {
    expect(locate('sessionId=abc', '/sessionId')).toBeUndefined();
    expect(locate(']', '/a')).toBeUndefined();
    expect(locate('{"a": [1, 2', '/a')).toEqual({ start: 6, end: 11 });
    expect(locate('['.repeat(8192), '/0/0')).toEqual({ start: 2, end: 8192 });
  });
});

describe('as curl', () => {
  const lines = (trace: Trace): string => (curlOf(trace, 'http://h:1') ?? '').replaceAll(' \\\n  ', ' ');
  test.each<readonly [string, Trace, string]>([
    [
      'a body in quotes',
      traceWith({ body: `{"it's": "$HOME"}` }),
      `curl -i 'http://h:1/api/v2/conversations/webchat' -H 'accept: application/json' -H 'content-type: application/json' --data-raw '{"it'\\''s": "$HOME"}'`,
    ],
    [
      'no header more than came',
      traceWith({ headers: {}, path: '/t/a/x', method: 'PATCH' }),
      `curl -i -X 'PATCH' 'http://h:1/t/a/x' -H 'accept:' -H 'content-type:' --data-raw '{}'`,
    ],
    [
      'what means something to curl, and a token that is not known',
      traceWith({
        method: 'GET',
        path: '/a/../b?x[]={1}',
        body: null,
        headers: { accept: '*/*', authorization: '[redacted]', 'x-empty': '' },
      }),
      `curl -i --globoff --path-as-is 'http://h:1/a/../b?x[]={1}' -H 'accept: */*' -H 'authorization: '"Bearer $TOKEN" -H 'x-empty;'`,
    ],
    [
      'what a terminal would take for a key when it is pasted',
      traceWith({
        body: `{"a'\\": "\u0003\ntouch x\n\u001b[201~\u009b\u202e"}`,
        headers: { accept: 'a', 'content-type': '\u0015b' },
      }),
      `curl -i 'http://h:1/api/v2/conversations/webchat' -H 'accept: a' -H $'content-type: \\u0015b' --data-raw $'{"a\\'\\\\": "\\u0003\ntouch x\n\\u001b[201~\\u009b\\u202e"}'`,
    ],
    [
      'what no shell can hold',
      traceWith({ body: 'a\0b', headers: { accept: 'a', 'content-type': 'b' } }),
      `# No shell can hand on null characters: the body ends at the first.\ncurl -i 'http://h:1/api/v2/conversations/webchat' -H 'accept: a' -H 'content-type: b' --data-raw $'a\\u0000b'`,
    ],
    [
      'a body that was cut',
      traceWith({ bodyComplete: false, headers: { accept: '*/*', 'content-type': 'text/plain' } }),
      `# The trace has only the beginning of the body.\ncurl -i 'http://h:1/api/v2/conversations/webchat' -H 'accept: */*' -H 'content-type: text/plain' --data-raw '{}'`,
    ],
  ])('%s', (_, trace, wanted) => {
    expect(lines(trace)).toBe(wanted);
  });

  test('a run of a script is no request', () => {
    expect(curlOf(traceWith({ method: 'SCRIPT', path: '/voice' }), '')).toBeUndefined();
    expect(scenarioStepOf(traceWith({ method: 'SCRIPT', path: '/voice' }))).toBeUndefined();
  });

  test('as a step of a scenario shows whatever steers as an escape, and sends the same', () => {
    const steering = '\u0000\u0085\u007f\u202e\u2028\u{e0041}\ud800';
    for (const body of [JSON.stringify({ a: steering }), `${steering} no JSON`]) {
      const headers = { accept: '*/*', 'content-type': 'application/json', 'x-a': '\u009b' };
      const step = scenarioStepOf(traceWith({ body, headers, path: '/a?b=\u0085' })) ?? '';
      expect(step).not.toMatch(/[^\P{C}\n]|\u2028/u);
      const { request } = (parse(step) as [{ request: { body?: unknown; bodyText?: string } }])[0];
      expect(request).toMatchObject({ path: '/a?b=\u0085', headers: { 'x-a': '\u009b' } });
      expect(request.bodyText ?? request.body).toEqual(request.bodyText === undefined ? { a: steering } : body);
    }
  });

  test('a header from the wire runs nothing in a shell, neither by its value nor by its name', () => {
    const hostile = traceWith({
      headers: {
        authorization: '[redacted]$(touch /x)',
        accept: "';touch /x;'",
        'content-type': '`x`',
        'x-`id`$home!-token': '[redacted]',
      },
    });
    expect(lines(hostile)).toContain(`-H 'authorization: '"Bearer $TOKEN"`);
    expect(lines(hostile)).toContain(`-H 'accept: '\\'';touch /x;'\\'''`);
    expect(lines(hostile)).toContain("-H 'content-type: `x`'");
    expect(lines(hostile)).toContain(`-H 'x-\`id\`$home!-token: '"$SECRET"`);
  });
});

test.each<readonly [string, string, Partial<Trace>, boolean, boolean]>([
  ['GET', '/_emulator/clock', {}, false, false],
  ['GET', '/t/alpha/_emulator/conversations/c', { tenant: 'alpha' }, false, false],
  ['PUT', '/t/alpha/_emulator/clock', { tenant: 'alpha' }, true, false],
  ['POST', '/_emulator/reset', { operationId: 'reset' }, true, true],
  ['POST', '/_emulator/reset', { operationId: 'reset', outcome: 'rejected' }, true, false],
  ['GET', '/api/v2/conversations', {}, true, false],
  ['SCRIPT', '/webchat', {}, true, false],
])('%s %s %j may change the tenant: %j, is a reset: %j', (method, path, more, changes, resets) => {
  const trace = traceWith({ method, path }, more);
  expect([mayChange(trace), isReset(trace)]).toEqual([changes, resets]);
});

test('a search looks for each of its words', () => {
  const trace = traceWith({ body: '{"intent":"Billing"}' });
  expect(holds(trace, 'billing POST')).toBe(true);
  expect(holds(trace, 'billing GET')).toBe(false);
});

const ENTRY = { at: 0, stage: 'route', level: 'info', code: null, message: 'x' } as const;

describe('the trace cache', () => {
  test('keeps the newest, by their numbers, and no more than it may: the clock may have been set back', () => {
    const cache = new TraceCache();
    for (let number = 1; number <= 2500; number += 1)
      cache.add({ ...TRACE, traceId: `a-${String(number)}`, startedAt: new Date(1e12 - number).toISOString() });
    expect(cache.entries.length).toBeLessThanOrEqual(1000);
    expect(cache.entries.slice(0, 3).map(({ trace }) => trace.traceId)).toEqual(['a-2500', 'a-2499', 'a-2498']);
    restart(cache);
    for (let number = 0; number < 60; number += 1) cache.add({ ...TRACE, traceId: `big-${String(number)}` }, 1_000_000);
    expect(cache.entries.length).toBeLessThan(30);
    expect(cache.entries[0]?.trace.traceId).toBe('big-59');
  });

  test('replaces a trace that has gone on, and not by an older state of it', () => {
    const cache = new TraceCache();
    cache.add({ ...TRACE, outcome: 'running' });
    expect(cache.add({ ...TRACE, entries: [ENTRY] })).toBe(false);
    expect(cache.add({ ...TRACE, outcome: 'running' })).toBe(false);
    expect(cache.entries).toEqual([{ trace: { ...TRACE, entries: [ENTRY] }, start: 0 }]);
  });

  test('replaces a trace from before a restart that has the same id, and removes traces of this start only', () => {
    const cache = new TraceCache();
    cache.add({ ...TRACE, entries: [ENTRY] });
    restart(cache);
    expect(cache.remove(TRACE.traceId)).toBe(false);
    expect(cache.add(TRACE)).toBe(true);
    expect(cache.entries).toEqual([{ trace: TRACE, start: 1 }]);
    expect(cache.remove(TRACE.traceId)).toBe(true);
    expect(cache.entries).toEqual([]);
  });
});

function restart(cache: TraceCache): void {
  cache.startedAt('2026-03-01T09:30:00.000Z');
  expect(cache.startedAt('2026-03-01T09:40:00.000Z')).toBe(true);
}

test('the way of a conversation is in the order of time', () => {
  const moments = wayOf({
    conversation: {
      conversationId: 'c',
      contactId: '5',
      masterContactId: '5',
      channel: 'webchat',
      state: 'ended',
      skillId: 4001,
      userId: null,
      metadata: {},
      attributes: {},
      createdAt: '2026-03-01T09:30:00.000Z',
      queuedAt: '2026-03-01T09:31:12.000Z',
      endedAt: '2026-03-01T09:40:00.000Z',
      agent: { name: 'Carla', since: '2026-03-01T09:32:00.000Z' },
    },
    traces: [TRACE],
    unread: 0,
    messages: {
      items: [
        { number: 3, from: 'customer', text: 'a person', at: '2026-03-01T09:31:12.000Z' },
        { number: 4, from: 'agent', name: 'Carla', text: 'Hello', at: '2026-03-01T09:32:00.000Z' },
      ],
      total: 4,
    },
    signals: [{ contactId: '5', parameters: { p1: 'Escalate' }, receivedAt: '2026-03-01T09:31:00.000Z' }],
    transcripts: [
      {
        contactId: '5',
        receivedAt: '2026-03-01T09:35:00.000Z',
        content: {
          selfServiceSessionDetails: {
            transcripts: [
              { participantId: 'Patron', messageBody: 'Hello', utcDateTime: '2026-03-01T09:30:30.000' },
              null,
              { messageBody: 7 },
            ],
          },
        },
      },
    ],
  });
  expect(moments.map(({ at, title, text }) => `${at.slice(11, 19)} ${title}: ${text}`)).toEqual([
    '09:30:00 opened: on webchat, with the bot',
    '09:30:30 Patron: Hello',
    '09:31:00 signal to 5: p1=Escalate',
    '09:31:12 2 messages before: of which the emulator keeps no more',
    '09:31:12 POST /api/v2/conversations/webchat: 200 accepted',
    '09:31:12 Customer: a person',
    '09:31:12 queued: for skill 4001',
    '09:32:00 with an agent: Carla',
    '09:32:00 Carla: Hello',
    '09:35:00 : 7',
    '09:35:00 transcript: of 3 messages, for contact 5',
    '09:40:00 ended: ',
  ]);
});
