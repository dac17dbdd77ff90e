/** The circuit breaker of REST calls: when it opens, for how long, and what it counts. */
import { expect, test } from 'vitest';
import { BREAKER, breaker, type Breaker, circuitOpen } from '../../../src/studio/rest/circuit-breaker.js';

/** So many calls, spread evenly from one time to another, every so-manieth of which fails. */
function record(subject: Breaker, calls: number, from: number, to: number, everyFails: number): void {
  for (let index = 0; index < calls; index += 1)
    subject.record('a', index % everyFails === 0, from + Math.floor(((to - from) * index) / calls));
}

const START = 1_700_000_000_000;

test.each([
  ['opens at 100 calls a second over 30 s, half of them failed', 3000, 2, 29_000, true],
  ['opens where all of them failed', 3000, 1, 29_000, true],
  ['opens where all of them came within a second', 3000, 2, 900, true],
  ['stays closed with one call too few', 2999, 1, 29_000, false],
  ['stays closed where a third failed', 3000, 3, 29_000, false],
])('%s', (_, calls, everyFails, within, opens) => {
  const subject = breaker();
  record(subject, calls, START, START + within, everyFails);
  expect(subject.open('a', START + within) > 0).toBe(opens);
  expect(subject.open('b', START + within)).toBe(0);
});

/** Four calls within 2 s, half of them failed. */
const SMALL = { requestsPerSecond: 2, failures: 0.5, window: 2000, pause: 5000 };

test('is open for the pause to the millisecond, then begins with an empty window', () => {
  const subject = breaker(SMALL);
  for (const failed of [false, true, false, true]) subject.record('a', failed, START);
  expect(subject.open('a', START)).toBe(5000);
  expect(subject.open('a', START + 4999)).toBe(1);
  subject.record('a', true, START + 4999);
  expect(subject.open('a', START + 5000)).toBe(0);
  for (let call = 0; call < 3; call += 1) subject.record('a', true, START + 5000);
  expect(subject.open('a', START + 5000)).toBe(0);
  subject.record('a', true, START + 5000);
  expect(subject.open('a', START + 5000)).toBe(5000);
});

test.each([
  [1999, 5000],
  [2000, 0],
])('calls that ended %i ms ago leave it open for %i ms', (age, left) => {
  const subject = breaker(SMALL);
  for (let call = 0; call < 3; call += 1) subject.record('a', true, START);
  subject.record('a', true, START + age);
  expect(subject.open('a', START + age)).toBe(left);
});

test('the share counts when the rate is reached, and a sound call can be the one that reaches it', () => {
  const subject = breaker(SMALL);
  subject.record('a', true, START);
  subject.record('a', true, START);
  subject.record('a', false, START);
  expect(subject.open('a', START)).toBe(0);
  subject.record('a', false, START);
  expect(subject.open('a', START)).toBe(5000);
});

test('a clock that is set back makes no pause longer, and what was counted keeps its age', () => {
  const subject = breaker(SMALL);
  for (let call = 0; call < 3; call += 1) subject.record('a', true, START + 1000);
  subject.record('a', true, START - 1_000_000);
  expect(subject.open('a', START - 1_000_000)).toBe(5000);
  expect(subject.open('a', START - 2_000_000)).toBe(5000);
  expect(subject.open('a', START - 2_000_000 + 5000)).toBe(0);
  for (let call = 0; call < 3; call += 1) subject.record('a', true, START - 3_000_000);
  subject.record('a', true, START - 3_000_000 + 2000);
  expect(subject.open('a', START - 3_000_000 + 2000)).toBe(0);
});

test('a clock that jumps ahead ends pause and window', () => {
  const subject = breaker(SMALL);
  for (let call = 0; call < 4; call += 1) subject.record('a', true, START);
  expect(subject.open('a', START + 1e9)).toBe(0);
  for (let call = 0; call < 3; call += 1) subject.record('a', true, START + 2e9);
  expect(subject.open('a', START + 2e9)).toBe(0);
});

test('a thousand tenants are remembered, and the one that called longest ago goes first', () => {
  const subject = breaker(SMALL);
  for (const tenant of ['idle', 'open']) for (let call = 0; call < 4; call += 1) subject.record(tenant, true, START);
  subject.record('idle', true, START);
  for (let tenant = 0; tenant < 998; tenant += 1) subject.record(`t${String(tenant)}`, true, START + 1000);
  subject.record('open', true, START + 1000);
  subject.record('last', true, START + 1000);
  expect(subject.size).toBe(1000);
  expect(subject.open('open', START + 1000)).toBe(4000);
  expect(subject.open('idle', START + 1000)).toBe(0);
});

test('each tenant has a time of its own', () => {
  const subject = breaker(SMALL);
  for (let call = 0; call < 4; call += 1) subject.record('a', true, START);
  for (let call = 0; call < 4; call += 1) subject.record('b', true, START - 1e9);
  expect(subject.open('a', START + 4999)).toBe(1);
  expect(subject.open('b', START - 1e9 + 1000)).toBe(4000);
});

test('says in words what is open and for how long', () => {
  expect(BREAKER).toEqual({ requestsPerSecond: 100, failures: 0.5, window: 30_000, pause: 30_000 });
  expect(circuitOpen(12_345)).toMatchObject({
    expected: 'fewer than 100 calls a second over 30 s, or fewer than 50 % of them failed',
    received: 'a call during the pause of 30 s, of which 13 s are left',
  });
});
