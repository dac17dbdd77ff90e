/** Which values are told as lost, and which are left alone. */
import { describe, expect, test } from 'vitest';
import { lostValues } from '../../src/openapi/lost-values.js';
import { CONVERSATION } from '../support/client.js';

describe('told', () => {
  test.each([
    ['{{context.intent}}', 'template'],
    [' {{ context.intent }} ', 'template'],
    ['${intent}', 'template'],
    ['{intent}', 'template'],
    ['{global:intent}', 'template'],
    ['undefined', 'word'],
    ['null', 'word'],
    [' NaN ', 'word'],
    ['[object Object]', 'word'],
    ['[object Promise]', 'word'],
    ['MÃ¼ller', 'garbled'],
    ['Iâ€™d like to â€“ please', 'garbled'],
    ['ÃŸ and Ã\u009F', 'garbled'],
    ['Å»aba, IaÈ™i, Ä°stanbul', 'garbled'],
    ['Å’uvre', 'garbled'],
    ['Ð´Ð° Ñ…Ð¾Ñ€Ð¾ÑˆÐ¾', 'garbled'],
    ['ðŸ˜€', 'garbled'],
    ['M\uFFFDller', 'garbled'],
    [Number('12345678901234567890'), 'rounded'],
    [Number('-9007199254740993'), 'rounded'],
  ])('%j', (value, kind) => {
    expect(lostValues({ a: [{ 'b/c': value }] })).toEqual([{ pointer: '/a/0/b~1c', value, kind }]);
  });
});

describe('left alone', () => {
  test.each([
    'None',
    'SMØ…',
    'Müller, São Paulo, SÃO, 20 °C, Â, naïve – “quoted” €',
    'Das macht Spaß…',
    'NESTLÉ® und NESCAFÉ™',
    'BEYONCÉ’S “OLÉ”',
    'FERMÉ… JÄ – HYVÄ…',
    '日本語 Ã¼',
    'Ã¼ and ü',
    '\u{1F600}',
    '{at 10:30}',
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
    9007199254740991,
    -0.1,
    1e300,
  ])('%j', (value) => {
    expect(lostValues({ value })).toEqual([]);
  });
});
