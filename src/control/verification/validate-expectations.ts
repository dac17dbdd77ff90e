/** What a schema cannot say of expectations: names that there are, counts that can be met, no two that are one. */
import { isDeepStrictEqual } from 'node:util';
import { CATALOGUE, type Rejection, reject } from '../../errors/catalogue.js';
import { describe, show } from '../../shared/format.js';
import { requireKnown } from '../known-name.js';
import { EXPECTED_PARTS, type ExpectedRequest } from './expectation.js';
import type { Expectations } from './evaluator.js';

/** The counts that an expectation may have, at most. */
const MOST = 10_000;

/** What can be a cause: no warning ever is. */
const REFUSALS = Object.entries(CATALOGUE).flatMap(([code, { kind }]) => (kind === 'refusal' ? [code] : []));

/** Throws CONTROL_INPUT_INVALID at the first fault. */
export function requireSound({ requests, order = false }: Expectations, operationIds: readonly string[]): void {
  requests.forEach((expected, index) => {
    const at = `/requests/${String(index)}`;
    for (const part of Object.keys(expected)) requireKnown(part, EXPECTED_PARTS, `${at}/${part}`, 'a part of an expectation');
    requireKnown(expected.operationId, operationIds, `${at}/operationId`, 'an operation of the platform');
    requireKnown(expected.cause, REFUSALS, `${at}/cause`, 'a code of the catalogue that refuses');
    requireKnown(expected.warning, Object.keys(CATALOGUE), `${at}/warning`, 'a code of the catalogue');
    requirePath(expected.path, `${at}/path`);
    for (const place of ['query', 'headers'] as const) {
      for (const [name, value] of Object.entries(expected[place] ?? {})) {
        if (typeof value !== 'string' && typeof value !== 'boolean')
          throw unsound(
            `${at}/${place}/${name}`,
            'a text, or true (any value) or false (none)',
            describe(value),
            `On the wire every value is a text: write ${JSON.stringify(String(value))}.`,
          );
      }
    }
    requireCount(expected.count, `${at}/count`);
    const twin = requests.slice(0, index).findIndex((other) => isDeepStrictEqual(other, expected));
    if (!order && twin !== -1)
      throw unsound(
        at,
        `another expectation than /requests/${String(twin)}`,
        'the same one',
        'One request would meet both: write it once, with "count": 2.',
      );
  });
}

function requirePath(path: string | undefined, pointer: string): void {
  if (path === undefined) return;
  if (!path.startsWith('/'))
    throw unsound(
      pointer,
      'a path from its first slash on',
      show(path),
      'Leave out scheme and host: /api/v2/conversations/webchat.',
    );
  if (path.includes('?'))
    throw unsound(pointer, 'a path without a query', show(path), 'Put what stands behind the question mark into "query".');
  if (path.startsWith('/t/'))
    throw unsound(
      pointer,
      'a path without the prefix of a tenant',
      show(path),
      'Leave out /t/…, and ask below it: POST /t/…/_emulator/verify.',
    );
  if (/^\/_emulator(?:\/|$)/.test(path))
    throw unsound(
      pointer,
      'a path of the platform',
      show(path),
      'Calls of this API are no requests to the platform: GET /_emulator/traces?control=true lists them.',
    );
}

function requireCount(count: ExpectedRequest['count'] | null, pointer: string): void {
  const expected = `a whole number up to ${String(MOST)}, or {atLeast, atMost}`;
  const remedy = 'Write "count": 2, "count": {"atLeast": 1} or "count": {"atLeast": 1, "atMost": 3}.';
  if (count === undefined || isCount(count)) return;
  if (typeof count !== 'object' || count === null || Array.isArray(count))
    throw unsound(pointer, expected, describe(count), remedy);
  const { atLeast, atMost, ...others } = count;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw unsound(`${pointer}/${other}`, expected, describe((others as Record<string, unknown>)[other]), remedy);
  for (const [name, bound] of Object.entries({ atLeast, atMost }))
    if (bound !== undefined && !isCount(bound))
      throw unsound(`${pointer}/${name}`, `a whole number up to ${String(MOST)}`, describe(bound), remedy);
  if (atLeast === undefined && atMost === undefined) throw unsound(pointer, expected, 'an empty object', remedy);
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost)
    throw unsound(`${pointer}/atLeast`, `at most ${String(atMost)}, which is atMost`, String(atLeast), 'Exchange the two.');
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST;
}

function unsound(pointer: string, expected: string, received: string, remedy: string): Rejection {
  return reject('CONTROL_INPUT_INVALID', {
    message: 'This expectation can be met by no request, or says too little.',
    in: 'body',
    pointer,
    expected,
    received,
    remedy,
  });
}
