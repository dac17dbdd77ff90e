/** The file of a stand-in bot: every fault is told with its place, all of them at once, and no text breaks the reader. */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileFaults } from '../../src/shared/file-errors.js';
import { botOf } from '../support/stand-in.js';
import { PROPERTY_RUNS } from '../support/runs.js';

function faultsOf(text: string): string[] {
  try {
    botOf(text);
  } catch (error) {
    if (error instanceof FileFaults)
      return error.faults.map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`);
    throw error;
  }
  return [];
}

/** One rule on line 3. */
const rule = (text: string): string => `name: b\nrules:\n  - ${text}\n`;

describe('a fault is told where it stands', () => {
  test.each<[string, string, string | RegExp]>([
    ['nothing', '', '1:1 the file is empty; it must be an object'],
    ['no rules', 'name: b\n', '1:1 the file lacks rules'],
    ['an empty list of rules', 'name: b\nrules: []\n', '2:1 rules is empty'],
    ['no name', 'rules: [{ on: any }]\n', '1:1 the file lacks name'],
    [
      'an unknown setting, nearly a known one',
      'name: b\nbegins: x\nrules: [{ on: any }]\n',
      '2:1 "begins" is not known here; did you mean begin?',
    ],
    ['a rule without an occasion', rule('say: Hello'), '3:5 a rule must say when it answers: with on, or with hears'],
    ['an unknown occasion', rule('on: begin'), /^3:5 on is "begin"; it must be start, text, silence, leave or any$/],
    [
      'an unknown branch',
      rule('{ on: any, branch: promptAndCollectNextResponse }'),
      '3:16 branch is "promptAndCollectNextResponse"; did you mean PromptAndCollectNextResponse?',
    ],
    [
      'a branch as Studio writes it',
      rule('{ on: any, branch: OnError }'),
      /^3:16 branch is "OnError"; it must be DoNotBegin, .* or UserInputNotUnderstood$/,
    ],
    [
      'a member that nobody knows',
      rule('{ on: any, xsay: Hello }'),
      '3:16 "xsay" is not known here; there are on, hears, in, say, then, branch, intent, confidence, payload, wait, error, fails',
    ],
    ['an empty prompt', rule("{ on: any, say: '' }"), '3:16 say is empty'],
    ['no prompts', rule('{ on: any, say: [] }'), '3:16 say is empty'],
    ['a prompt that is no text', rule('{ on: any, say: [ok, 3] }'), '3:26 entry 2 of say is 3; it must be a text'],
    ['say that is neither', rule('{ on: any, say: { a: 1 } }'), '3:16 say is an object; it must be a text or a list'],
    [
      'a pattern that is none',
      rule("hears: '('"),
      /^3:5 hears is no regular expression: Invalid regular expression: .*Unterminated group$/,
    ],
    [
      'a group given twice',
      rule("hears: '(?<a>x)(?<a>y)'"),
      /^3:5 hears is no regular expression: .*Duplicate capture group name$/,
    ],
    ['something to hear in silence', rule('{ on: silence, hears: x }'), '3:20 on: silence has no text that could be heard'],
    ['something to hear from who left', rule('{ on: leave, hears: x }'), '3:18 on: leave has no text that could be heard'],
    [
      'a state that nothing leads to',
      rule('{ on: any, in: bookng, then: booking }'),
      '3:16 no rule leads to the state "bookng", and the bot begins in "start"; did you mean booking?',
    ],
    [
      'one of several such states',
      `begin: hello\n${rule('{ on: any, in: [hello, start] }')}`,
      '4:28 no rule leads to the state "start", and the bot begins in "hello"; there are hello',
    ],
    [
      'a name of a state that is none',
      rule("{ on: any, then: ' x' }"),
      '3:16 " x" cannot be then: The state from now on, which is intentInfo.context, too. Names of states have letters, digits, spaces, _ . and -, at most 64.',
    ],
    [
      'a template that is not closed',
      rule("{ on: any, say: 'hello {{ input' }"),
      '3:16 the template "hello {{ input" does not parse: output "{{ input" not closed',
    ],
    [
      'a template over what is not there',
      rule("{ on: any, payload: { a: [1, '{{ context.x }}'] } }"),
      '3:34 templates here have slots, input, payload and botConfig, not "context"',
    ],
    [
      'a slot that no pattern has',
      rule("{ hears: '(?<booking>x)', say: ['{{ slots.bookng }}'] }"),
      '3:37 no pattern has a group (?<bookng>…) for slots.bookng; did you mean slots.booking?',
    ],
    [
      'a slot where there are none',
      rule("{ on: any, intent: '{{ slots.x }}' }"),
      '3:16 no pattern has a group (?<x>…) for slots.x; no pattern has a named group',
    ],
    ['an error without words', rule('{ on: any, error: { behavior: EndContact } }'), '3:16 error lacks message'],
    [
      'an error on another branch',
      rule('{ on: any, error: { message: x }, branch: EndContact }'),
      '3:39 an error has the branch Error, not EndContact: leave one of the two out',
    ],
    ['a failure of no kind', rule('{ on: any, fails: {} }'), '3:16 fails is empty; it must have status, body, hang or after'],
    ['a status that is none', rule('{ on: any, fails: { status: 99 } }'), /^3:25 status must be >= 200$/],
    [
      'a failure that says something',
      rule('{ on: any, fails: { status: 500 }, say: x }'),
      '3:40 say cannot stand with fails: the rule’s own answer is never sent (only after sends it)',
    ],
    [
      'hanging for a while',
      rule('{ on: any, fails: { hang: true, after: 1 } }'),
      '3:16 what hangs never answers: hang stands alone',
    ],
    ['hanging that is false', rule('{ on: any, fails: { hang: false } }'), '3:25 hang is false; it must be true'],
    ['a confidence in words', rule('{ on: any, confidence: high }'), '3:16 confidence is "high"; it must be a number'],
    ['a number that JSON does not know', rule('{ on: any, payload: { a: .nan } }'), '1:1 NaN is no number that JSON knows'],
    [
      'an alias that refers to itself',
      rule('{ on: any, payload: &p { again: *p } }'),
      /^3:\d+ \*p stands inside &p, so that the value would hold itself without end$/,
    ],
    ['two documents', 'name: b\nrules: [{ on: any }]\n---\nname: c\n', /^3:1 a file has one document only/],
    ['no YAML', 'name: [\n', /^2:1 /],
  ])('%s', (_, text, fault) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(1);
    if (typeof fault === 'string') expect(faults[0]).toBe(fault);
    else expect(faults[0]).toMatch(fault);
  });
});

test('all faults come at once', () => {
  const text = "name: b\nrules:\n  - { hears: '(' }\n  - { say: x }\n  - { on: any, in: nowhere, say: '{{ vars.x }}' }\n";
  expect(faultsOf(text)).toEqual([
    expect.stringMatching(/^3:7 hears is no regular expression/),
    '4:5 a rule must say when it answers: with on, or with hears',
    expect.stringMatching(/^5:16 no rule leads to the state "nowhere"/),
    expect.stringMatching(/^5:29 templates here have/),
  ]);
});

const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('start', '{{ input }}', '{{ slots.a', '(?<a>x)', '^(a+)+$', '__proto__', '*a', '&a'),
);
const value = fc.oneof(word, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(true, 500, null, { hang: true }, { message: 'x' }));
const anyRule = fc.dictionary(
  fc.constantFrom('on', 'hears', 'in', 'say', 'then', 'branch', 'intent', 'confidence', 'payload', 'wait', 'error', 'fails', 'x'),
  value,
);

test('whatever stands in a file, it is read, or its faults are told with places inside of it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc
          .record({ name: value, begin: value, rules: fc.oneof(fc.array(anyRule), value) }, { requiredKeys: [] })
          .map((file) => JSON.stringify(file, undefined, 1)),
        fc
          .array(fc.tuple(fc.constantFrom('name', 'rules', '  - on', '  - hears', '    say', '    in'), word), { maxLength: 8 })
          .map((lines) => lines.map(([key, text]) => `${key}: ${text}`).join('\n')),
      ),
      (text) => {
        try {
          expect(botOf(text).rules).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof FileFaults)) throw error;
          expect(error.faults.length).toBeGreaterThan(0);
          for (const { line, column, message } of error.faults) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length + 1);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(message).not.toMatch(/undefined|\[object/);
          }
        }
      },
    ),
    PROPERTY_RUNS,
  );
});

test('the published schema is that of the reader, and the sample names it', async () => {
  const { BOT_SCHEMA } = await import('../../src/stub-bot/bot-schema.js');
  expect(JSON.parse(await readFile('dist/bot.schema.json', 'utf8'))).toEqual(JSON.parse(JSON.stringify(BOT_SCHEMA)));
});
