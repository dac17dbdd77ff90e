/** Why a text is not JSON: the place, what was expected there, and the usual slips by name. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countMembers, diagnoseJson, duplicateKeys, measureJson } from '../../src/openapi/json-syntax.js';
import { PROPERTY_RUNS } from '../support/runs.js';

describe('the usual slips are named', () => {
  test.each([
    ["{'a': 1}", 1, 2, /Single quotes/],
    ['\'{"a": 1}\'', 1, 1, /Windows cmd/],
    ['{"a": 1,}', 1, 9, /comma before the closing bracket/],
    ['[1, 2,]', 1, 7, /comma before the closing bracket/],
    ['{"a": 1, // why\n"b": 2}', 1, 10, /comment/],
    ['{"a": /* why */ 1}', 1, 7, /comment/],
    ['{a: 1}', 1, 2, /without quotes: write "a"/],
    ['{"a": {{context.a}}}', 1, 8, /template was sent/],
    ['{{context.body}}', 1, 2, /template was sent/],
    ['{"a": ${a}}', 1, 7, /template was sent/],
    ['{"a": undefined}', 1, 7, /knows only null/],
    ['{"a": None}', 1, 7, /knows only null/],
    ['{"a": NaN}', 1, 7, /cannot be computed/],
    ['{"a": -Infinity}', 1, 7, /cannot be computed/],
    ['{"a": True}', 1, 7, /lower case/],
    ['{"a": abc-123}', 1, 7, /without quotes/],
    ['{"a": }', 1, 7, /key without a value/],
    ['{"a"}', 1, 5, /key without a value/],
    ['{"a" = 1}', 1, 6, /":" between key and value/],
    ['{"a": 1 "b": 2}', 1, 9, /comma is missing/],
    ['{"a": "say "hi" to"}', 1, 13, /double quote inside a string/],
    ['{"a": "one\ntwo"}', 1, 11, /line break inside a string as \\n/],
    ['{"a": "C:\\Users"}', 1, 10, /Double the backslash/],
    ['{"a": 007}', 1, 7, /leading zeros/],
    ['{"a": +1}', 1, 7, /without \+/],
    ['{“a”: 1}', 1, 2, /Typographic quotes/],
    ['{"a": 1', 1, 8, /ends too early/],
    ['{"a": "b', 1, 9, /never closed/],
    ['{"a": [1}', 1, 9, /brackets do not match/],
    ['{"a": 1} {"b": 2}', 1, 10, /more after the JSON value/],
    ['a=1&b=2', 1, 1, /form data/],
    ['callback({"a":1})', 1, 1, /JSONP/],
    ['sessionId: abc', 1, 1, /YAML/],
    ['hello world', 1, 1, /plain text/],
    ['curl is a tool', 1, 1, /plain text/],
    ['undefined', 1, 1, /knows only null/],
    ['True', 1, 1, /lower case/],
    ['<a>1</a>', 1, 1, /XML/],
    ['%7B%22a%22%3A1%7D', 1, 1, /URL-encoded/],
    ['[object Object]', 1, 2, /serialise it/],
    ['{\n  "a": 1,\n  "b": tru\n}', 3, 8, /without quotes/],
  ])('%j', (text, line, column, remedy) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    const fault = diagnoseJson(text);
    expect(fault).toMatchObject({ line, column });
    expect(fault?.remedy).toMatch(remedy);
    expect(fault?.expected).toMatch(/./);
  });
});

test('it agrees with JSON.parse on every text', () => {
  const fragments = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-0.5e3',
      '01',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      '\\n',
      '\\u00e9',
      '\u007f',
      '\u0000',
      "'",
      '{{',
      'é',
      '\ud800',
    ),
    { maxLength: 14 },
  );
  const mutated = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', '\\', 'x')).map(([json, at, piece]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + piece + json.slice(place + 1);
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fragments.map((pieces) => pieces.join('')),
        fc.json(),
        mutated,
      ),
      (text) => {
        let sound = true;
        try {
          JSON.parse(text);
        } catch {
          sound = false;
        }
        expect(diagnoseJson(text) === undefined).toBe(sound);
      },
    ),
    PROPERTY_RUNS,
  );
});

test('members and depth of sound JSON are counted right, and keys that stand twice are found', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      expect(measureJson(text).members).toBe(countMembers(JSON.parse(text)));
      expect(duplicateKeys(text)).toEqual([]);
    }),
    PROPERTY_RUNS,
  );
  expect(measureJson('[{"a":[1,"[[["]}]')).toEqual({ depth: 3, members: 1 });
  expect(duplicateKeys('{"a":1,"b":[{"c":1,"\\u0063":2,"c":3}],"a/b":1,"a":2,"a/b":3}')).toEqual(['/b/0/c', '/a', '/a~1b']);
});

test('a text that nests a million deep is no danger', () => {
  const text = '['.repeat(1_000_000);
  expect(diagnoseJson(text)).toMatchObject({ line: 1, column: 1_000_001 });
  expect(measureJson(text + ']'.repeat(1_000_000)).depth).toBe(1_000_000);
});
