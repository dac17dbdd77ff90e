/** The gate before REST calls: so many at a time for each tenant, the rest in order. */
import { expect, test } from 'vitest';
import { gate } from '../../../src/studio/rest/concurrency-limit.js';

const { signal } = new AbortController();

/** Whether it is settled once all that can go on has gone on. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await new Promise(setImmediate);
  return settled;
}

test('lets 100 in at a time, and the rest in order as places become free', async () => {
  const door = gate();
  const inside = await Promise.all(Array.from({ length: 100 }, () => door.enter('a', signal)));
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const release = await door.enter('a', signal);
    order.push(number);
    return release;
  });
  expect(await isSettled(Promise.race(waiting))).toBe(false);
  inside[50]?.();
  await waiting[0];
  expect(order).toEqual([1]);
  inside[0]?.();
  inside[1]?.();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
});

test('a place is given back once, however often it is released', async () => {
  const door = gate(1);
  const release = await door.enter('a', signal);
  const second = door.enter('a', signal);
  const third = door.enter('a', signal);
  release();
  release();
  release();
  const next = await second;
  expect(await isSettled(third)).toBe(false);
  next();
  (await third)();
  release();
  const last = await door.enter('a', signal);
  expect(await isSettled(door.enter('a', signal))).toBe(false);
  last();
});

test('tenants do not wait for each other', async () => {
  const door = gate(1);
  await door.enter('a', signal);
  expect(await isSettled(door.enter('b', signal))).toBe(true);
  expect(await isSettled(door.enter('a', signal))).toBe(false);
});

test('who is aborted leaves the queue, and the next one has the place', async () => {
  const door = gate(1);
  const release = await door.enter('a', signal);
  const script = new AbortController();
  const left = [door.enter('a', script.signal), door.enter('a', script.signal)];
  const next = door.enter('a', signal);
  const reason = new Error('interrupted');
  script.abort(reason);
  for (const waiter of left) await expect(waiter).rejects.toBe(reason);
  expect(await isSettled(next)).toBe(false);
  release();
  (await next)();
  expect(await isSettled(door.enter('a', signal))).toBe(true);
});

test('who was aborted before takes no place', async () => {
  const door = gate(1);
  const reason = new Error('stopped');
  await expect(door.enter('a', AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(await isSettled(door.enter('a', signal))).toBe(true);
});

test('an abort after the place was taken changes nothing', async () => {
  const door = gate(1);
  const script = new AbortController();
  const first = await door.enter('a', signal);
  const second = door.enter('a', script.signal);
  first();
  const release = await second;
  script.abort();
  expect(await isSettled(door.enter('a', signal))).toBe(false);
  release();
});

test('a tenant without calls takes no memory', async () => {
  const subject = gate(1);
  const release = await subject.enter('a', signal);
  const second = subject.enter('a', signal);
  (await subject.enter('b', signal))();
  expect(subject.size).toBe(1);
  release();
  (await second)();
  expect(subject.size).toBe(0);
  await expect(subject.enter('c', AbortSignal.abort())).rejects.toThrow();
  expect(subject.size).toBe(0);
});
