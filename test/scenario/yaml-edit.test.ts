/** A value is changed in the text of a YAML file, and everything else stays as it is written and as it is meant. */
import { describe, expect, test } from 'vitest';
import { type Change, withChange } from '../../src/scenario/update/edit.js';
import type { Item } from '../../src/scenario/update/list.js';

const value = (to: unknown): Change['to'] => ({ value: to });
const items = (...list: readonly Item[]): Change['to'] => ({ items: list, none: 'none' });

const ROWS: readonly (readonly [string, string, Change['path'], Change['to'], string])[] = [
  ['a text in single quotes', "a: 'b' # c\n", ['a'], value('it’s'), "a: 'it’s' # c\n"],
  ['a text in double quotes', 'a: "b"\n', ['a'], value('c: d'), 'a: "c: d"\n'],
  ['a text that would be a number', 'a: b\n', ['a'], value('5'), "a: '5'\n"],
  ['a number', 'a:   5   # c\n', ['a'], value(6), 'a:   6   # c\n'],
  ['nothing', 'a:\nb: 1\n', ['a'], value('x'), 'a: x\nb: 1\n'],
  ['a text in lines of its own', 'a: |\n  one\n  two\nb: 1\n', ['a'], value('x'), 'a: x\nb: 1\n'],
  ['a text with several lines', 'a: x\n', ['a'], value('one\ntwo'), 'a: "one\\ntwo"\n'],
  ['an object in lines of its own', 'a:\n  b: 1 # c\n  d: 2\ne: 3\n', ['a'], value('x'), 'a: x\ne: 3\n'],
  ['an object with a comment before it', 'a: # c\n  b: 1\ne: 3\n', ['a'], value('x'), 'a: # c\n    x\ne: 3\n'],
  ['a list without indentation', 'a:\n- 1\n- 2\ne: 3\n', ['a'], items(), 'a: none\ne: 3\n'],
  ['a value becomes an object', 'a: x\n', ['a'], value({ b: [1, 'c, d'], e: {} }), "a: { b: [ 1, 'c, d' ], e: {} }\n"],
  ['lines that end with CR LF', 'a: 1\r\nb: 2\r\n', ['b'], value(3), 'a: 1\r\nb: 3\r\n'],
  ['a byte order mark', '\uFEFFa: 1\n', ['a'], value(2), '\uFEFFa: 2\n'],
  ['JSON', '{"a": {"b": "c"}}', ['a', 'b'], value('d'), '{"a": {"b": "d"}}'],
  ['a place that the file names in one word', 'cause: CODE\n', ['cause', 'code'], value('OTHER'), 'cause: OTHER\n'],
  ['an item more', 'a: [x, y]\n', ['a'], items({ old: 0 }, { old: 1 }, { value: 'z' }), 'a: [x, y, z]\n'],
  ['an item between', 'a: [x, y]\n', ['a'], items({ old: 0 }, { value: 'z' }, { old: 1 }), 'a: [x, z, y]\n'],
  ['an item before', 'a: [ x, y ]\n', ['a'], items({ value: 'z' }, { old: 0 }, { old: 1 }), 'a: [ z, x, y ]\n'],
  ['an item less', 'a: [x, "y", z]\n', ['a'], items({ old: 1 }), 'a: ["y"]\n'],
  ['another item', "a: ['x', y]\n", ['a'], items({ value: 'z', instead: 0 }, { old: 1 }), "a: ['z', y]\n"],
  ['an item of an empty list', 'a: []\n', ['a'], items({ value: 1 }), 'a: [1]\n'],
  [
    'a list over several lines',
    'a: [\n  x, # first\n  y # second\n]\n',
    ['a'],
    items({ old: 0 }, { old: 1 }, { value: 'z' }),
    'a: [\n  x, # first\n  y,\n  z # second\n]\n',
  ],
  [
    'items in lines of their own',
    'a:\n  # before\n  - x # first\n  # between\n  - b: 1\n    c: 2\n  - z\nd: 1\n',
    ['a'],
    items({ value: 'new' }, { old: 1 }, { value: 'w', instead: 2 }, { value: { e: 1 } }),
    'a:\n  # before\n  - new\n  # between\n  - b: 1\n    c: 2\n  - w\n  - { e: 1 }\nd: 1\n',
  ],
  ['a file that does not end with a line', 'a:\n  - x', ['a'], items({ old: 0 }, { value: 'y' }), 'a:\n  - x\n  - y'],
  ['a list in a list', 'a:\n  - - x\n    - y\n', ['a', 0], items({ old: 1 }), 'a:\n  - [ y ]\n'],
  ['an alias', 'a: &x 1\nb: *x\n', ['b'], value(2), 'a: &x 1\nb: 2\n'],
  ['inside an alias', 'a: &x { c: 1, d: 2 }\nb: *x\n', ['b', 'c'], value(3), 'a: &x { c: 1, d: 2 }\nb: { c: 3, d: 2 }\n'],
  ['what an alias stands for', 'a: &x 1\nb: *x\nc: *x\n', ['a'], value(2), 'a: 2\nb: &x 1\nc: *x\n'],
  ['inside it', 'a: &x\n  c: 1 # d\nb: *x\n', ['a', 'c'], value(2), 'a:\n  c: 2 # d\nb: &x { c: 1 }\n'],
  ['an anchor that nothing uses', 'a: &x 1\n', ['a'], value(2), 'a: &x 2\n'],
  [
    'what a merge key brings',
    '%YAML 1.1\n---\na: &x { c: 1 }\nb: { <<: *x, d: 2 }\n',
    ['b', 'c'],
    value(3),
    '%YAML 1.1\n---\na: &x { c: 1 }\nb: { c: 3, d: 2 }\n',
  ],
];

describe('changed', () => {
  test.each(ROWS)('%s', (_, before, path, to, after) => {
    expect(withChange(before, { path, to })).toBe(after);
  });
});

test.each([
  ['a place that is not there', 'a: 1\n', ['b']],
  ['an anchor inside that is used elsewhere', 'a: { b: &x 1 }\nc: *x\n', ['a']],
])('not changed: %s', (_, text, path) => {
  expect(withChange(text, { path, to: value('new') })).toBeUndefined();
});
