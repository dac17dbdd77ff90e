/** What a scenario file says wrong is told at once, with line and column, and what was probably meant. */
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileFaults } from '../../src/index.js';
import { SCENARIO_SCHEMA } from '../../src/scenario/scenario-schema.js';
import { readScenarios } from '../../src/scenario/scenario-files.js';
import { readYaml } from '../../src/shared/yaml-file.js';
import { scenarioFolder } from '../support/replay.js';

async function faultsOf(text: string): Promise<string[]> {
  const folder = await scenarioFolder({ 's.yaml': text });
  try {
    await readScenarios([join(folder, 's.yaml')]);
    return [];
  } catch (error) {
    if (!(error instanceof FileFaults)) throw error;
    return error.faults.map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`);
  }
}

const HEAD = 'name: s\nsteps:\n';
const STEP = `${HEAD}  - name: a\n    request: { path: /x }\n`;

const ROWS: readonly (readonly [string, string, readonly string[]])[] = [
  ['an empty file', ' \n', ['1:1 the file is empty']],
  ['an empty fault', `${HEAD}  - { name: a, fault: {} }\n`, ['3:16 fault is empty; it must be an object, or none']],
  ['a fault that is none', `${HEAD}  - { name: a, fault: all }\n`, ['3:16 fault is "all"; it must be an object, or none']],
  ['no steps', 'name: s\n', ['1:1 the file lacks steps']],
  ['an empty list of steps', 'name: s\nsteps: []\n', ['2:1 steps is empty']],
  ['a Studio script', 'name: s\nactions: {}\n', ['1:1 this is a Studio script, no scenario: it has actions, and no steps']],
  [
    'an unknown key',
    'name: s\nstep: []\nsteps: [{name: a, request: {path: /x}}]\n',
    ['2:1 "step" is not known here; did you mean steps?'],
  ],
  [
    'a step of two kinds',
    `${STEP}    signal: { contactId: '1' }\n`,
    ['3:5 a step is one request, signal, customer, clock, fault, wait or repeat; "a" has request and signal'],
  ],
  [
    'a step of none',
    `${HEAD}  - name: a\n`,
    ['3:5 a step is one request, signal, customer, clock, fault, wait or repeat; "a" has none of them'],
  ],
  [
    'a slip in a step',
    `${HEAD}  - name: a\n    reqest: { path: /x }\n`,
    ['4:5 "reqest" is not known here; did you mean request?'],
  ],
  [
    'two bodies',
    `${HEAD}  - name: a\n    request: { path: /x, body: 1, bodyText: a }\n`,
    ['4:35 a request has one body; this one has body and bodyText'],
  ],
  [
    'a body that is not there',
    `${HEAD}  - name: a\n    request: { path: /x, bodyFile: b.json }\n`,
    ['4:26 there is no file "b.json" beside this one'],
  ],
  [
    'a path without a slash',
    `${HEAD}  - name: a\n    request: { path: x }\n`,
    ['4:16 "x" must begin with a slash, or be a whole address'],
  ],
  [
    'a tenant',
    `${HEAD}  - name: a\n    request: { path: /t/alpha/x }\n`,
    ['4:16 each scenario has a tenant of its own: write the path without /t/…'],
  ],
  [
    'an unknown code',
    `${STEP}    expect: { cause: CONVERSATION_ID_FROMAT }\n`,
    ['5:15 cause is "CONVERSATION_ID_FROMAT"; did you mean CONVERSATION_ID_FORMAT?'],
  ],
  [
    'an unknown code in an object',
    `${STEP}    expect: { cause: { code: TOKEN_MISING } }\n`,
    ['5:24 there is no code "TOKEN_MISING"; did you mean TOKEN_MISSING?'],
  ],
  [
    'an unknown warning',
    `${STEP}    expect: { warnings: [SIGNAL_UNHERD] }\n`,
    ['5:26 entry 1 of warnings is "SIGNAL_UNHERD"; did you mean SIGNAL_UNHEARD?'],
  ],
  ['a word for a list', `${STEP}    expect: { warnings: nothing }\n`, ['5:15 warnings is "nothing"; it must be none']],
  [
    'a matcher that there is not',
    `${STEP}    expect: { body: { a: $anny } }\n`,
    ['5:23 there is no matcher $anny; did you mean $any? The text itself is { $exactly: "$anny" }'],
  ],
  [
    'a template that does not parse',
    `${HEAD}  - name: a\n    request: { path: '/{{ captured.x | upcas }}' }\n`,
    ['4:16 the template "/{{ captured.x | upcas }}" does not parse: undefined filter: upcas; did you mean upcase?'],
  ],
  [
    'a name that there is not',
    `${HEAD}  - name: a\n    request: { path: '/{{ evn.X }}' }\n`,
    ['4:16 the template "/{{ evn.X }}" needs evn, which is not there; there are captured, env, base, tenant, token'],
  ],
  [
    'a name that nothing captured',
    `${STEP}    capture: { contactId: '{{ body.contactId }}' }\n  - name: b\n    request: { path: '/{{ captured.contactID }}' }\n`,
    ['7:16 no step before this one captures contactID; did you mean captured.contactId?'],
  ],
  [
    'a name that only a later step captures',
    `${HEAD}  - name: a\n    request: { path: '/{{ captured.x }}' }\n    capture: { x: '{{ status }}' }\n`,
    ['4:16 no step before this one captures x; nothing is'],
  ],
  [
    'a captured value without its family name',
    `${STEP}    capture: { x: '{{ status }}' }\n  - name: b\n    request: { path: '/{{ x }}' }\n`,
    ['7:16 the template "/{{ x }}" needs x, which is not there; did you mean captured.x?'],
  ],
  ['a capture that is no template', `${STEP}    capture: { x: body.id }\n`, ["5:16 write a template: '{{ body.id }}'"]],
  [
    'a round outside of a repeat',
    `${HEAD}  - name: a\n    request: { path: '/{{ round }}' }\n`,
    ['4:16 the template "/{{ round }}" needs round, which is not there; only the steps of a repeat have it'],
  ],
  [
    'a wait that looks at no answer',
    `${HEAD}  - name: a\n    wait: { until: { status: 200 } }\n`,
    ['4:22 there is no answer to look at: give the wait a request, or leave status out'],
  ],
  [
    'a wait with an expect',
    `${HEAD}  - name: a\n    wait: { until: { signals: none } }\n    expect: { status: 200 }\n`,
    ['5:5 what a wait expects stands in its until'],
  ],
  ['a wait for nothing', `${HEAD}  - name: a\n    wait: { until: {} }\n`, ['4:13 until says nothing to wait for']],
  [
    'a conversation that could be any',
    `${STEP}    expect: { conversation: { state: bot } }\n`,
    ['5:15 say which: conversationId is missing, and no customer has arrived, nor is a conversation given with an id'],
  ],
  [
    'a customer who does what there is not',
    `${HEAD}  - { name: a, customer: arives }\n`,
    ['3:16 "arives" cannot be customer: It is arrives, leaves, or says and what the customer says: says hello.'],
  ],
  [
    'a folder that is not there',
    `name: s\ngiven: { scripts: nowhere }\nsteps: [{name: a, request: {path: /x}}]\n`,
    ['2:10 there is no folder "nowhere" beside this file'],
  ],
  [
    'settings of another place',
    `name: s\ngiven: { settings: { port: 1, scripts: x } }\nsteps: [{name: a, request: {path: /x}}]\n`,
    ['2:22 port is no setting of a scenario', '2:31 scripts is no setting: it stands in given.scripts'],
  ],
  [
    'a misspelt setting',
    `name: s\ngiven: { settings: { auht: strict } }\nsteps: [{name: a, request: {path: /x}}]\n`,
    ['2:22 "auht" is not known here; did you mean auth?'],
  ],
  [
    'a bad value of a setting',
    `name: s\ngiven: { settings: { auth: loose, revealErrors: 1 } }\nsteps: [{name: a, request: {path: /x}}]\n`,
    ['2:35 revealErrors is 1; it must be true or false', '2:22 auth is "loose"; it must be lax or strict'],
  ],
  ['a number where a text should be', `${HEAD}  - name: a\n    request: { path: 5 }\n`, ['4:16 path is 5; it must be a text']],
  [
    'an unquoted template, once',
    `${HEAD}  - { name: a, request: { path: /x/{{ base }}/end } }\n  - nothing: else\n`,
    [
      "3:36 this is no YAML: Unexpected flow-map-start at node end; a template needs quotes around its whole value: '…{{ captured.id }}…'",
    ],
  ],
  [
    'steps that hold themselves',
    'name: s\nsteps: &s\n  - name: a\n    repeat: { times: 2, steps: *s }\n',
    ['4:32 this is no YAML: *s stands inside &s, so that the value would hold itself without end'],
  ],
  [
    'an alias of what comes only later',
    'name: s\nsteps:\n  - name: a\n    request: *later\n  - name: b\n    request: &later { path: /x }\n',
    ['4:14 this is no YAML: *later stands for nothing: no &later stands before it'],
  ],
  [
    'a list that is deeper than anything reads',
    `${HEAD}  - name: a\n    request: { path: /x, body: ${'['.repeat(300)}${']'.repeat(300)} }\n`,
    ['4:228 this is no YAML: lists and objects are more than 200 deep in each other here'],
  ],
];

describe('a fault is told with its place', () => {
  test.each(ROWS)('%s', async (_, text, faults) => {
    expect(await faultsOf(text)).toEqual(faults);
  });
});

test('all faults of all files are told together', async () => {
  const folder = await scenarioFolder({
    'a.yaml': `${HEAD}  - name: a\n    request: { path: x }\n    expect: { body: { a: $anny, b: { $typ: 1 } } }\n`,
    'b.yaml': 'name: b\n',
  });
  const files = ['a.yaml', 'b.yaml', 'c.yaml'].map((name) => join(folder, name));
  const told = await readScenarios(files).catch((error: unknown) => (error as Error).message);
  expect(told).toBe(
    [
      `${folder}/a.yaml:4:16 "x" must begin with a slash, or be a whole address`,
      `${folder}/a.yaml:5:23 there is no matcher $anny; did you mean $any? The text itself is { $exactly: "$anny" }`,
      `${folder}/a.yaml:5:38 there is no matcher $typ; did you mean $type?`,
      `${folder}/b.yaml:1:1 the file lacks steps`,
      `${folder}/c.yaml:1:1 there is no such file or folder`,
    ].join('\n'),
  );
});

test('a file of gigabytes is refused before it is read', async () => {
  const file = join(await scenarioFolder({ 's.yaml': '' }), 's.yaml');
  await truncate(file, 3 * 1024 ** 3);
  await expect(readScenarios([file])).rejects.toThrow(`${file}:1:1 the file is larger than 4 MB`);
});

test('a name that is given again inside what it named before is no loop', () => {
  expect(readYaml('again.yaml', 'a: &x { b: &x 1, c: *x }\n').value).toEqual({ a: { b: 1, c: 1 } });
});

test('a file whose depth is too much for the parser itself is told in words, too', () => {
  expect(() => readYaml('deep.yaml', `a: ${'['.repeat(9000)}${']'.repeat(9000)}\n`)).toThrow(
    /^deep\.yaml:1:\d+ lists and objects are more than 200 deep in each other here/,
  );
});

test('the place of each of very many steps is found without looking at all the others', () => {
  const count = 50_000;
  const { fault } = readYaml('many.yaml', `steps:\n${'  - 1\n'.repeat(count)}`);
  const lines = Array.from({ length: count }, (_, index) => fault(['steps', index], '').line);
  expect(lines).toEqual(Array.from({ length: count }, (_, index) => index + 2));
});

test('a later round may use what an earlier one captured', async () => {
  const text = `${HEAD}  - name: r
    repeat:
      times: 2
      steps:
        - { name: a, request: { path: '/{{ captured.x | default: "x" }}/{{ round }}' } }
        - { name: b, request: { path: /x }, capture: { x: '{{ status }}' } }
  - { name: c, request: { path: '/{{ captured.x }}' } }
`;
  expect(await faultsOf(text)).toEqual([]);
});

test('the published schema lists the settings of a scenario, for editors to complete', () => {
  const { given } = SCENARIO_SCHEMA.properties as Record<string, { properties: Record<string, { properties: object }> }>;
  const listed = given?.properties.settings?.properties ?? {};
  expect(listed).toMatchObject({
    auth: { enum: ['lax', 'strict'], description: expect.stringContaining('lax or strict') },
    tokenLifetime: { description: expect.stringContaining('seconds from 1') },
  });
  expect(Object.keys(listed)).not.toContain('scripts');
});

test('the published schema is the one that checks', async () => {
  const published = JSON.parse(await readFile(new URL('../../dist/scenario.schema.json', import.meta.url), 'utf8')) as unknown;
  expect(published).toEqual(JSON.parse(JSON.stringify(SCENARIO_SCHEMA)));
});
