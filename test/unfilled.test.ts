/** Which values are told as unfilled, and which are left alone. */
import { describe, expect, test } from 'vitest';
import { unfilledValues } from '../src/contract/unfilled.js';
import { CONVERSATION } from './support/client.js';

describe('told', () => {
  test.each([
    ['{{context.intent}}', 'template'],
    [' {{ context.intent }} ', 'template'],
    ['${intent}', 'template'],
    ['{intent}', 'template'],
    ['undefined', 'word'],
    ['null', 'word'],
    [' NaN ', 'word'],
    ['[object Object]', 'word'],
    ['[object Promise]', 'word'],
  ])('%j', (text, kind) => {
    expect(unfilledValues({ a: [{ 'b/c': text }] })).toEqual([{ pointer: '/a/0/b~1c', text, kind }]);
  });
});

describe('left alone', () => {
  test.each([
    'None',
    'Null',
    'none',
    '',
    'undefined behaviour',
    'null and void',
    'Hello {{name}}, how are you?',
    '{"intent": "billing"}',
    `{${CONVERSATION}}`,
    `{${CONVERSATION.toUpperCase()}}`,
    null,
    7,
  ])('%j', (value) => {
    expect(unfilledValues({ value })).toEqual([]);
  });
});
