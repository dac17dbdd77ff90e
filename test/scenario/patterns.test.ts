/** Expectations: a part is enough, matchers are few, data is never taken for one, and what does not match is told where. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, type Difference } from '../../src/scenario/patterns.js';
import { createTemplates } from '../../src/shared/templates.js';
import { PROPERTY_RUNS } from '../support/runs.js';

const templates = await createTemplates();

function faultsIn(expected: unknown): string[] {
  const faults: string[] = [];
  compilePattern(expected, {
    template: (_, value) => templates.compile(value, () => undefined),
    fault: (path, message) => faults.push(`${path.join('.')}: ${message}`),
  });
  return faults;
}

function differences(expected: unknown, actual: unknown, scope = {}): Difference[] {
  const pattern = compilePattern(expected, {
    template: (_, value) => templates.compile(value, () => undefined),
    fault: (path, message) => {
      throw new Error(`${path.join('.')}: ${message}`);
    },
  });
  return pattern(scope)(actual, ['body']);
}

const MATCHING: readonly (readonly [string, unknown, unknown])[] = [
  ['a part of an object', { a: 1 }, { a: 1, b: 2 }],
  ['a part, deep down', { a: [{ b: 'x' }] }, { a: [{ b: 'x', c: 1 }] }],
  ['$any', { a: '$any' }, { a: null }],
  ['$absent', { a: '$absent' }, {}],
  ['$type string', { $type: 'string' }, ''],
  ['$type integer', { $type: 'integer' }, 5],
  ['$type array', { $type: 'array' }, []],
  ['$type null', { $type: 'null' }, null],
  ['$matches, anywhere in the text', { $matches: 'b+' }, 'abbc'],
  ['$length of a list', { $length: 2 }, [1, 2]],
  ['$length of a text', { $length: 3 }, 'abc'],
  ['two matchers, both of which hold', { $type: 'string', $length: 3 }, 'abc'],
  ['$contains in a text', { $contains: 'bc' }, 'abcd'],
  ['$contains in a list, by a part', { $contains: { a: 1 } }, [{ a: 2 }, { a: 1, b: 1 }]],
  ['$oneOf', { $oneOf: [200, { $type: 'string' }] }, 'x'],
  ['$exactly an object', { $exactly: { a: [1] } }, { a: [1] }],
  ['$exactly what looks like a matcher', { $exactly: '$any' }, '$any'],
  ['an amount of money, which is no matcher', '$5', '$5'],
  ['an empty object, which any is', {}, { a: 1 }],
];

const DIFFERING: readonly (readonly [string, unknown, unknown, string, string, string])[] = [
  ['another text', { state: 'queued' }, { state: 'bot' }, 'body /state', '"queued"', '"bot"'],
  ['another type that looks the same', { id: 4001 }, { id: '4001' }, 'body /id', '4001 (a number)', '"4001" (a string)'],
  ['a missing member', { a: { b: 1 } }, { a: {} }, 'body /a/b', '1 (a number)', 'nothing'],
  [
    'a missing member with a near one',
    { sessionId: 'x' },
    { sessionID: 'x' },
    'body /sessionId',
    '"x" (a string)',
    'nothing; there is sessionID',
  ],
  ['a list of another length', [1], [1, 2], 'body', 'a list of 1 item', 'a list of 2 items: [1,2]'],
  ['no list', [], {}, 'body', 'an empty list', '{} (an object)'],
  ['no object', { a: 1 }, 'text', 'body', 'an object with a', '"text" (a string)'],
  ['$any of nothing', { a: '$any' }, {}, 'body /a', 'anything', 'nothing'],
  ['$absent of something', { a: '$absent' }, { a: null }, 'body /a', 'nothing', 'null'],
  ['$type', { $type: 'integer' }, 1.5, 'body', 'of type integer', '1.5 (a number)'],
  ['$matches', { $matches: '^b' }, 'ab', 'body', 'a text that matches ^b', '"ab" (a string)'],
  ['$matches of a number', { $matches: '1' }, 1, 'body', 'a text that matches 1', '1 (a number)'],
  ['$length', { $length: 1 }, 'ab', 'body', 'of length 1', '2: "ab"'],
  ['$contains', { $contains: 'x' }, 'ab', 'body', 'something that contains "x"', '"ab" (a string)'],
  ['$oneOf', { $oneOf: [200, 202] }, 400, 'body', '200 or 202', '400'],
  ['$exactly with more members', { $exactly: { a: 1 } }, { a: 1, 'b/c': 2 }, 'body /b~1c', 'nothing', '2 (a number)'],
  ['a prototype, which is no member', { constructor: '$any' }, {}, 'body /constructor', 'anything', 'nothing'],
];

describe('what matches', () => {
  test.each(MATCHING)('%s', (_, expected, actual) => {
    expect(differences(expected, actual)).toEqual([]);
  });
});

describe('what differs is told with its place', () => {
  test.each(DIFFERING)('%s', (_, expected, actual, where, wanted, received) => {
    expect(differences(expected, actual)).toEqual([expect.objectContaining({ where, expected: wanted, received })]);
  });

  test('long texts are shown where they part', () => {
    const [found] = differences(`${'a'.repeat(200)}b`, `${'a'.repeat(200)}c`);
    expect(found).toMatchObject({ expected: '…"aaaaaaaaaaaaaaaaaaaab"', received: '…"aaaaaaaaaaaaaaaaaaaac"' });
  });
});

describe('what cannot be a matcher is refused', () => {
  test.each([
    [{ a: '$anny' }, 'a: there is no matcher $anny; did you mean $any? The text itself is { $exactly: "$anny" }'],
    ['$matches', ": $matches needs a value: write { $matches: '^[0-9]+$' }"],
    [{ $typ: 'string' }, '$typ: there is no matcher $typ; did you mean $type?'],
    [{ $any: true }, "$any: $any stands alone, as a text: write '$any'"],
    [{ $type: 'strng' }, '$type: $type is "strng"; did you mean string?'],
    [{ $matches: '(' }, '$matches: $matches is "(", which is no regular expression'],
    [{ $length: -1 }, '$length: $length is -1; it must be a whole number from 0 on'],
    [{ $oneOf: 5 }, '$oneOf: $oneOf is 5; it must be a list of what is taken'],
    [
      { $type: 'string', a: 1 },
      'a: "a" stands beside a matcher, which says all there is to say about a value: write one or the other',
    ],
  ])('%j', (expected, fault) => {
    expect(faultsIn(expected)).toEqual([fault]);
  });
});

test('what a template makes is data, even where it looks like a matcher', () => {
  const scope = { captured: { word: '$any', row: { $type: 'string' } } };
  expect(differences('{{ captured.word }}', '$any', scope)).toEqual([]);
  expect(differences('{{ captured.word }}', 'else', scope)).toHaveLength(1);
  expect(differences('{{ captured.row }}', { $type: 'string', more: 1 }, scope)).toEqual([]);
  expect(differences('{{ captured.row }}', 'a text', scope)).toHaveLength(1);
});

const data = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('$', 'S').replaceAll('{{', '').replaceAll('{%', '')) as unknown);

test('any data is what it is, and exactly so', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(differences(value, value)).toEqual([]);
      expect(differences({ $exactly: value }, structuredClone(value))).toEqual([]);
    }),
    PROPERTY_RUNS,
  );
});

test('an object matches whatever has been added to it, but not exactly', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), data), data, (row, more) => {
      const larger = { ...row, OTHER: more };
      expect(differences(row, larger)).toEqual([]);
      expect(differences({ $exactly: row }, larger).length).toBeGreaterThan(0);
      expect(differences(larger, row).length).toBeGreaterThan(0);
    }),
    PROPERTY_RUNS,
  );
});
