/** Templates: values keep their type, what is missing is named, and nothing that comes in can break what goes out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rejection } from '../../src/errors/catalogue.js';
import { createTemplates } from '../../src/shared/templates.js';
import { send } from '../support/client.js';
import { PROPERTY_RUNS } from '../support/runs.js';
import { outside, webhook, withScripts } from '../support/scripts.js';

const templates = await createTemplates();
const scope = {
  context: {
    text: 'hello',
    number: 1.5,
    zero: 0,
    yes: true,
    none: null,
    empty: '',
    list: [1, 'two', { three: 3 }],
    plain: [1, 2],
    object: { deep: { er: 'x' } },
    'odd key': 'y',
    metadata: { intent: 'billing' },
  },
  request: { method: 'POST', headers: { 'x-known': 'z' } },
  vars: { count: 7, __httpstatuscode: 200 },
  conversation: {},
  contact: {},
  env: { CXONE: 'http://127.0.0.1:8400', NAME: 'value' },
};

function made(value: unknown): unknown {
  return templates.compile(value, (_, message) => {
    throw new Error(message);
  })(scope);
}

function problem(value: unknown): Rejection {
  try {
    made(value);
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
  throw new Error('it was made');
}

test.each<[unknown, unknown]>([
  // One whole expression keeps its type.
  ['{{ context.text }}', 'hello'],
  ['{{ context.number }}', 1.5],
  ['{{ context.zero }}', 0],
  ['{{ context.yes }}', true],
  ['{{ context.none }}', null],
  ['{{ context.empty }}', ''],
  ['{{ context.list }}', [1, 'two', { three: 3 }]],
  ['{{ context.object }}', { deep: { er: 'x' } }],
  ['{{ context.object.deep.er }}', 'x'],
  ['{{ context.list[1] }}', 'two'],
  ['{{ context["odd key"] }}', 'y'],
  ['  {{- context.number -}}  ', 1.5],
  ['{{ context.list.size }}', 3],
  ['{{ context.number | plus: 1 }}', 2.5],
  ['{{ context.text | upcase }}', 'HELLO'],
  ['{{ context.nothing | default: "none" }}', 'none'],
  ['{{ context.nothing.at.all | default: 3 }}', 3],
  ['{{ vars.count }}', 7],
  ['{{ vars.__httpstatuscode }}', 200],
  ['{{ env.NAME }}', 'value'],
  ['{{ request.headers["x-known"] }}', 'z'],
  ['{{ "}}" }}', '}}'],
  ['{{ nil }}', null],
  // In the midst of text it is text.
  ['{{ context.text }} {{ context.number }}', 'hello 1.5'],
  ['<{{ context.none }}>', '<>'],
  ['<{{ nil }}>', '<>'],
  ['<{{ context.yes }}>', '<true>'],
  ['<{{ context.plain }}>', '<12>'],
  ['<{{ context.object | json }}>', '<{"deep":{"er":"x"}}>'],
  ['{% if context.yes %}a{% else %}b{% endif %}', 'a'],
  ['{% for one in context.plain %}{{ one }};{% endfor %}', '1;2;'],
  ['{% raw %}{{ context.text }}{% endraw %}', '{{ context.text }}'],
  // No template at all.
  ['plain', 'plain'],
  ['{ context.text }', '{ context.text }'],
  [12, 12],
  [null, null],
  [true, true],
  // At any depth.
  [
    { a: ['{{ context.number }}', { b: '{{ context.list }}' }], c: { d: null, e: 'x {{ context.text }}' } },
    { a: [1.5, { b: [1, 'two', { three: 3 }] }], c: { d: null, e: 'x hello' } },
  ],
])('%j makes %j', (template, value) => {
  expect(made(template)).toEqual(value);
});

test('a template in the place of a name is no template', () => {
  expect(made({ '{{ context.text }}': 1 })).toEqual({ '{{ context.text }}': 1 });
});

describe('a variable that is missing is named, with what is there', () => {
  test.each([
    [
      '{{ context.sessionId }}',
      'body',
      '/sessionId',
      /^context with text, .*and more|^context with/,
      /The caller did not send it/,
    ],
    ['{{ context.txt }}', 'body', '/txt', /^context with/, /^Did you mean context\.text\?$/],
    ['{{ context.Number }}', 'body', '/Number', /^context with/, /^Did you mean context\.number\?$/],
    [
      '{{ context.metadata.intnet }}',
      'body',
      '/metadata/intnet',
      /^context\.metadata with intent$/,
      /^Did you mean context\.metadata\.intent\?$/,
    ],
    ['{{ context.metdata.intent }}', 'body', '/metdata', /^context with/, /^Did you mean context\.metadata\?$/],
    ['{{ context.text.length.x }}', 'body', '/text/length', /a string/, /./],
    ['{{ context["a/b~c"] }}', 'body', '/a~1b~0c', /^context with/, /./],
    ['{{ vars.conut }}', null, null, /^vars with count and __httpstatuscode$/, /^Did you mean vars\.count\?$/],
    ['{{ vars.response }}', null, null, /^vars with/, /No action on the way here set the variable response/],
    ['{{ env.SECRET }}', null, null, /^env with CXONE and NAME$/, /--script-env SECRET/],
    ['{{ conversation.skillId }}', null, null, /^conversation, which is empty$/, /webhook’s script runs on no contact/],
    ['{{ request.headers["x-other"] }}', 'header', '/x-other', /^request\.headers with x-known$/, /default/],
    [
      '{{ intent }}',
      null,
      null,
      /^templates with context, request, vars, conversation, contact and env only$/,
      /vars\.intent or context\.intent/,
    ],
    ['{{ count }}', null, null, /only$/, /^Write vars\.count\.$/],
    ['{{ contxt.text }}', null, null, /only$/, /^Did you mean context\?$/],
    ['{{ context.text | append: vars.nothing }}', null, null, /^vars with/, /nothing/],
    ['a {{ context.sessionId }} b', 'body', '/sessionId', /^context with/, /./],
    ['{{ context.constructor }}', 'body', '/constructor', /^context with/, /./],
    ['{{ context.__proto__ }}', 'body', '/__proto__', /^context with/, /./],
  ])('%s', (template, place, pointer, received, remedy) => {
    const { cause } = problem(template);
    expect(cause).toMatchObject({ code: 'TEMPLATE_VARIABLE_MISSING', in: place, pointer });
    expect(cause.received).toMatch(received);
    expect(cause.remedy).toMatch(remedy);
  });
});

test.each([
  ['an object in the midst of text', 'id: {{ context.object }}', /an object stands in the midst of text.*filter json/],
  ['an object in a list in the midst of text', 'id: {{ context.list }}', /an object stands in the midst of text/],
  ['a range without end', '{{ (1..1000000000) }}', /limit exceeded/],
  ['a loop without end', '{% for i in (1..1000000000) %}x{% endfor %}', /limit exceeded/],
])('what cannot be rendered is told: %s', (_, template, received) => {
  const { cause } = problem(template);
  expect(cause).toMatchObject({ code: 'TEMPLATE_INVALID', in: null, pointer: null });
  expect(cause.received).toMatch(received);
});

test.each<[string, boolean, string[]]>([
  ['context.yes', true, []],
  ['{{ context.yes }}', true, []],
  ['context.none', false, []],
  ['context.zero', true, []],
  ['context.empty', true, []],
  ['context.empty == ""', true, []],
  ['context.nothing', false, ['context.nothing']],
  ['context.nothing == nil', true, ['context.nothing']],
  ['context.metadata.intnet == "billing"', false, ['context.metadata.intnet']],
  ['context.metadata.intent == "billing"', true, []],
  ["context.metadata.intent != 'sales'", true, []],
  ['not context.yes', false, []],
  ['context.text contains "ell"', true, []],
  ['context.plain contains 2', true, []],
  ['context.number >= 1.5 and context.zero < 1', true, []],
  ['context.number > -1', true, []],
  ['context.yes and context.none', false, []],
  ['context.none or context.yes', true, []],
  ['context.list[0] == 1', true, []],
  ['context["odd key"] == "y"', true, []],
  ['context.text == "a = b && c"', false, []],
  ['(1..3) contains 2', true, []],
])('the condition %s is %s', (text, holds, missing) => {
  const faults: string[] = [];
  const condition = templates.condition(text, (message) => faults.push(message));
  expect(faults).toEqual([]);
  expect(condition(scope)).toEqual({ holds, missing });
});

/** JSON as anybody may send it: odd keys, quotes, templates, lone surrogates. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('{{ env.NAME }}', '{% raw %}', '"}', '\\', '\u2028\u0000', '__proto__', "'; --", '{{', '}}', '\ud800', '\r\n'),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    hostile,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(hostile, fc.constant('__proto__')), tie('value')), { maxLength: 3 })
      .map(
        (entries) =>
          JSON.parse(
            `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
          ) as unknown,
      ),
  ),
})).value;

test('whatever comes in, a template puts the very same value into a body, and no text can break out', () => {
  const template = templates.compile(
    { whole: '{{ context.value }}', inside: { list: ['{{ context.value }}', 'fixed'] }, mixed: '<{{ context.text }}>' },
    () => undefined,
  );
  fc.assert(
    fc.property(json, hostile, (value, text) => {
      const body: unknown = JSON.parse(JSON.stringify(template({ context: { value, text } })));
      const same: unknown = JSON.parse(JSON.stringify({ whole: value, inside: { list: [value, 'fixed'] }, mixed: `<${text}>` }));
      expect(JSON.stringify(body)).toBe(JSON.stringify(same));
    }),
    PROPERTY_RUNS,
  );
});

test('the same over HTTP: what a caller sends reaches the target as it was', async () => {
  const received: string[] = [];
  const target = await outside((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(Buffer.concat(chunks).toString());
      response.end('{}');
    });
  });
  const { url } = await withScripts(
    webhook('bot', {
      Call: {
        type: 'RESTAPI',
        url: target,
        body: { one: '{{ context.value }}', all: '{{ context }}', text: 'a {{ context.text }}' },
        next: 'Done',
      },
      Done: { type: 'RESPOND', body: { value: '{{ context.value }}' } },
    }),
    { scriptHosts: ['127.0.0.1'] },
  );
  const wellFormed = json.filter((value) => !/\\ud[89ab]/.test(JSON.stringify(value)));
  await fc.assert(
    fc.asyncProperty(wellFormed, async (value) => {
      const text = '"{{ env.CXONE }}\n\u2028"}';
      const answer = await send(url, {
        path: '/webhooks/bot',
        body: `{"value": ${JSON.stringify(value)}, "text": ${JSON.stringify(text)}}`,
      });
      const sent = JSON.stringify(value);
      expect(answer.text).toBe(`{"value":${sent}}`);
      expect(received.pop()).toBe(
        `{"one":${sent},"all":{"value":${sent},"text":${JSON.stringify(text)}},"text":${JSON.stringify(`a ${text}`)}}`,
      );
    }),
    { ...PROPERTY_RUNS, numRuns: Math.min(200, PROPERTY_RUNS.numRuns) },
  );
});
