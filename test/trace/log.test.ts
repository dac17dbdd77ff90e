/** The log of traces stays bounded, and a noisy tenant does not push out the others. */
import { expect, test } from 'vitest';
import { TraceLog } from '../../src/trace/log.js';
import type { Trace } from '../../src/trace/trace.js';

function trace(tenant: string, number: number, body = ''): Trace {
  return {
    traceId: `${tenant}-${String(number)}`,
    tenant,
    transport: 'http',
    startedAt: '2026-03-01T09:30:00.000Z',
    durationMs: 0,
    operationId: null,
    outcome: 'accepted',
    request: { method: 'GET', path: '/', headers: {}, body, bodyBytes: body.length, bodyComplete: true },
    response: null,
    conversationId: null,
    contactId: null,
    script: null,
    parent: null,
    entries: [],
  };
}

/** Adds as many traces, numbered from `from`, each with a body of `bytes`. */
function fill(log: TraceLog, tenant: string, count: number, { bytes = 0, from = 0 } = {}): void {
  for (let number = from; number < from + count; number += 1) log.add(trace(tenant, number, 'x'.repeat(bytes)), 'platform');
}

test('by count: the oldest of the fattest tenant go first, and are counted', () => {
  const log = new TraceLog(() => ({ count: 100, bytes: 1e9 }));
  fill(log, 'quiet', 5);
  fill(log, 'noisy', 5000);
  expect(log.list('quiet')).toMatchObject({ total: 5, dropped: 0 });
  const noisy = log.list('noisy');
  expect(noisy).toMatchObject({ total: 95, dropped: 4905 });
  expect(noisy.items.map(({ traceId }) => traceId)).toEqual(
    Array.from({ length: 95 }, (_, index) => `noisy-${String(4999 - index)}`),
  );
  expect(log.get('noisy', 'noisy-4904')).toBeUndefined();
  expect(log.get('noisy', 'noisy-4905')).toBeDefined();
});

test('of many small tenants the one that has been quiet for longest goes first, and the newest keeps its own', () => {
  const log = new TraceLog(() => ({ count: 100, bytes: 1e9 }));
  for (let tenant = 0; tenant < 500; tenant += 1) fill(log, `t${String(tenant)}`, 8);
  expect(log.list('t499')).toMatchObject({ total: 8, dropped: 0 });
  expect(log.list('t488')).toMatchObject({ total: 8, dropped: 0 });
  expect(log.list('t487')).toMatchObject({ total: 4, dropped: 4 });
  expect(log.list('t486')).toMatchObject({ total: 0, dropped: 8 });
  log.add(trace('t486', 8), 'platform');
  expect(log.list('t486')).toMatchObject({ total: 1, dropped: 8 });
  expect(log.list('t487')).toMatchObject({ total: 3, dropped: 5 });
});

test('bounds that shrink cost the noisy tenant, not the quiet one', () => {
  let count = 10_000;
  const log = new TraceLog(() => ({ count, bytes: 1e9 }));
  fill(log, 'quiet', 20);
  fill(log, 'loud', 900);
  count = 500;
  log.add(trace('third', 0), 'platform');
  expect(log.list('quiet').total).toBe(20);
  expect(log.list('loud').total).toBe(479);
});

test('by bytes', () => {
  const log = new TraceLog(() => ({ count: 1e9, bytes: 100_000 }));
  fill(log, 'a', 50, { bytes: 8192 });
  const { total, dropped } = log.list('a');
  expect(total + dropped).toBe(50);
  expect(total).toBeGreaterThan(5);
  expect(total).toBeLessThan(13);
});

test('a tenant with more than a tenth of the log loses its own first, even if others are idle', () => {
  const log = new TraceLog(() => ({ count: 1e9, bytes: 200_000 }));
  fill(log, 'quiet', 5);
  fill(log, 'noisy', 100, { bytes: 8192 });
  fill(log, 'late', 5);
  for (const tenant of ['quiet', 'late']) expect(log.list(tenant)).toMatchObject({ total: 5, dropped: 0 });
});

test('of several noisy tenants the one that has most goes first', () => {
  const log = new TraceLog(() => ({ count: 100, bytes: 1e9 }));
  fill(log, 'less', 30);
  fill(log, 'more', 500);
  expect(log.list('less').total).toBe(30);
});

test('the newest trace is kept, however small the bounds are', () => {
  const log = new TraceLog(() => ({ count: 10, bytes: 1 }));
  fill(log, 'a', 3);
  expect(log.list('a')).toMatchObject({ total: 1, dropped: 2, items: [{ traceId: 'a-2' }] });
});

test('what is cleared counts no longer, by number and by bytes', () => {
  const log = new TraceLog(() => ({ count: 50, bytes: 100_000 }));
  for (let round = 0; round < 20; round += 1) {
    fill(log, 'a', 10, { bytes: 5000 });
    log.clear('a');
  }
  fill(log, 'b', 10, { bytes: 5000 });
  expect(log.list('b')).toMatchObject({ total: 10, dropped: 0 });
  fill(log, 'c', 100);
  expect(log.list('c').total).toBeGreaterThan(30);
});

test('a tenant that is cleared starts anew', () => {
  const log = new TraceLog(() => ({ count: 10, bytes: 1e9 }));
  fill(log, 'a', 20);
  log.clear('a');
  expect(log.list('a')).toEqual({ items: [], total: 0, dropped: 0 });
  fill(log, 'b', 10);
  expect(log.list('b')).toMatchObject({ total: 10, dropped: 0 });
});

test('whether traces may be missing is never forgotten, and not said of every new tenant', () => {
  const log = new TraceLog(() => ({ count: 2, bytes: 1e9 }));
  const names = Array.from({ length: 20_000 }, (_, index) => `t${String(index)}`);
  for (const name of names) log.add(trace(name, 0), 'platform');
  const missing = names.map((name) => log.mayBeMissing(name));
  expect(missing.slice(0, -1002)).toEqual(Array(names.length - 1002).fill(Infinity));
  expect(missing.slice(-1002)).toEqual([...Array(1000).fill(1), 0, 0]);
  const others = names.map((name) => log.mayBeMissing(`other-${name}`)).filter((count) => count > 0);
  expect(others.length).toBeLessThan(50);
});

test('whoever looks over and over does not push out what is looked for', () => {
  const log = new TraceLog(() => ({ count: 100, bytes: 1e9 }));
  fill(log, 'a', 20);
  const [reader, readerOfAll] = [log.follow('a', {}), log.follow('a', { control: true })];
  log.add(trace('a', 20), 'platform');
  for (let number = 1000; number < 9000; number += 1) log.add(trace('a', number), 'control');
  expect(log.list('a')).toMatchObject({ total: 21, dropped: 7921 });
  expect(log.droppedOfPlatform('a')).toBe(0);
  expect(log.list('a', { control: true })).toMatchObject({ total: 100 });
  expect(log.get('a', 'a-8999')).toBeDefined();
  expect(reader.next()).toMatchObject({ traceId: 'a-20' });
  expect(reader.next()).toBeUndefined();
  const seen = Array.from({ length: 3 }, () => readerOfAll.next());
  expect(seen).toMatchObject(['missed', { traceId: 'a-20' }, { traceId: 'a-8921' }]);
  fill(log, 'a', 150, { from: 100 });
  expect(log.list('a', { limit: 1 })).toMatchObject({ total: 100, items: [{ traceId: 'a-249' }] });
  expect(log.list('a', { control: true }).total).toBe(100);
  expect(reader.next()).toBe('missed');
  expect(reader.next()).toMatchObject({ traceId: 'a-150' });
});
