/** Script files: every fault is told with its place, all of all files at once, and a bad file leaves the last good ones in force. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConfigFaults, createEmulator } from '../../src/index.js';
import { emulator, open, send } from '../support/client.js';
import { type Files, scriptsFolder, signalTo, webhook, writeScripts } from '../support/scripts.js';

/** What is said of the files, each with `file:line:column`. */
async function faultsOf(files: Files): Promise<string[]> {
  return faultsIn(await scriptsFolder(files));
}

async function faultsIn(folder: string): Promise<string[]> {
  const error: unknown = await createEmulator({ port: 0, scripts: folder }).then(
    (started) => started.close(),
    (problem: unknown) => problem,
  );
  return (
    (error as ConfigFaults | undefined)?.faults.map(({ where, message }) => `${where} ${message}`.replaceAll(`${folder}/`, '')) ??
    []
  );
}

/** One action on line 4, and an END. */
const action = (settings: string): string => `name: bot\nactions:\n  First:\n    ${settings}\n  Done:\n    type: END\n`;
const trigger = (text: string, name = 'bot'): string =>
  `name: ${name}\ntrigger:\n  ${text}\nactions:\n  First: { type: RESPOND }\n`;

describe('a fault in an action is told where it stands', () => {
  test.each([
    ['an unknown type, nearly a known one', 'type: ASIGN', '4:5 type is "ASIGN"; did you mean ASSIGN?'],
    ['a type in lower case', 'type: restproxy', '4:5 type is "restproxy"; did you mean RESTPROXY?'],
    ['an unknown type', 'type: PLAY', /^4:5 type is "PLAY"; it must be ASSIGN, SNIPPET, .*RESPOND or END$/],
    ['no type', 'next: Done', '3:3 First lacks type'],
    ['nothing', '', '3:3 First is empty; it must be an object'],
    [
      'an unknown setting',
      'type: WAIT\n    minutes: 3',
      '5:5 "minutes" is not known here; there are type, description, seconds, next, branches',
    ],
    [
      'an unknown setting, nearly a known one',
      'type: WAIT\n    secnds: 3',
      '5:5 "secnds" is not known here; did you mean seconds?',
    ],
    ['a setting that is missing', 'type: RESTAPI\n    next: Done', '3:3 First lacks url'],
    ['a setting of another type', 'type: RESTAPI\n    url: 12', '5:5 url is 12; it must be a text'],
    ['an empty text', "type: TRACE\n    message: ''", '5:5 message is empty'],
    [
      'a word for a number',
      'type: WAIT\n    seconds: soon',
      '5:5 seconds is "soon"; it must be a number from 0 to 86400, or a template that makes one: "{{ … }}"',
    ],
    [
      'a time-out that the platform does not know',
      "type: RESTAPI\n    url: 'http://localhost'\n    timeout: 1000",
      /^6:5 timeout is 1000; it must be a number from 0 to 90/,
    ],
    [
      'a header of the message itself',
      'type: RESPOND\n    headers: { Transfer-Encoding: chunked }',
      '5:16 Transfer-Encoding is set by the emulator itself: leave it out',
    ],
    [
      'a status out of range',
      'type: RESPOND\n    status: 99',
      '5:5 status is 99; it must be a whole number from 200 to 599, or a template that makes one: "{{ … }}"',
    ],
    ['a method in lower case', 'type: RESTAPI\n    url: x\n    method: post', '6:5 method is "post"; did you mean POST?'],
    [
      'a name that is none',
      "type: ASSIGN\n    set: { 'my var': 1 }",
      '5:12 "my var" cannot be a name here: Names have letters, digits and _, and begin with a letter or _.',
    ],
    ['nothing to set', 'type: ASSIGN\n    set: {}', '5:5 set is empty'],
    [
      'ten parameters',
      'type: SIGNAL\n    contactId: 1\n    parameters: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]',
      '6:5 parameters has more than 9 entries',
    ],
    ['a branch to nowhere, nearly an action', 'type: WAIT\n    next: Doen', '5:5 there is no action "Doen"; did you mean Done?'],
    [
      'a branch to nowhere',
      'type: WAIT\n    branches: { OnError: Elsewhere }',
      '5:17 there is no action "Elsewhere"; there are First, Done',
    ],
    [
      'a branch that the type does not have',
      'type: WAIT\n    branches: { OnTrue: Done }',
      '5:17 "OnTrue" is not known here; there are Default, OnError',
    ],
    [
      'next after the end',
      'type: END\n    next: Done',
      '5:5 "next" is not known here; there are type, description, conversation, result, branches',
    ],
    [
      'next, and Default',
      'type: WAIT\n    next: Done\n    branches: { Default: Done }',
      '5:5 next and branches.Default are the same branch: write one of them',
    ],
    [
      'two that hear signals',
      'type: ONSIGNAL\n    next: Done\n  Again:\n    type: ONSIGNAL',
      '6:3 a script has one ONSIGNAL only, and First is one',
    ],
    [
      'a branch to where signals come in',
      'type: WAIT\n    next: Heard\n  Heard:\n    type: ONSIGNAL',
      '5:5 "Heard" is an ONSIGNAL: no branch leads to it, a signal does',
    ],
    [
      'a template that is not closed',
      "type: TRACE\n    message: 'hello {{ context.x'",
      '5:5 the template "hello {{ context.x" does not parse: output "{{ context.x" not closed',
    ],
    [
      'a template inside lists',
      "type: ASSIGN\n    set: { a: [ok, { b: '{% if x %}' }] }",
      '5:22 the template "{% if x %}" does not parse: tag {% if x %} not closed',
    ],
    [
      'an alias that refers to itself',
      'type: ASSIGN\n    set: { a: &x { again: *x } }',
      /^5:\d+ \*x stands inside &x, so that the value would hold itself without end$/,
    ],
    ['a tag of another program', "type: ASSIGN\n    set: { a: !!js/function 'x' }", /^5:15 Unresolved tag/],
    [
      'a template without quotes',
      'type: ASSIGN\n    set: { a: {{ context.x }} }',
      '5:16 an object stands where a name should; a template such as {{ context.sessionId }} needs quotes around it',
    ],
    ['a template without quotes, in a block', 'type: TRACE\n    message: {{ context.x }}', /^5:15 .*needs quotes around it$/],
    [
      'an unknown filter',
      "type: ASSIGN\n    set: { a: '{{ context.x | upcse }}' }",
      '5:12 the template "{{ context.x | upcse }}" does not parse: undefined filter: upcse; did you mean upcase?',
    ],
    ['a tag that reads files', 'type: ASSIGN\n    set: { a: \'{% include "x" %}\' }', /^5:12 .*tag "include" not found$/],
    [
      '= in a condition',
      'type: IF\n    condition: context.x = 1',
      '5:5 the condition "context.x = 1" cannot be read: write == to compare',
    ],
    [
      '=== in a condition',
      'type: IF\n    condition: context.x === 1',
      '5:5 the condition "context.x === 1" cannot be read: write == and !=',
    ],
    [
      '&& in a condition',
      'type: IF\n    condition: context.x && context.y',
      '5:5 the condition "context.x && context.y" cannot be read: write and for &&, or for ||',
    ],
    [
      '! in a condition',
      "type: IF\n    condition: '!context.x'",
      '5:5 the condition "!context.x" cannot be read: write not for !',
    ],
    [
      'a word that is no operator',
      'type: IF\n    condition: context.x eq 1',
      '5:5 the condition "context.x eq 1" cannot be read: "eq" is no operator; there are ==, !=, >, <, >=, <=, contains, and, or, not',
    ],
    ['AND in a condition', 'type: IF\n    condition: context.x AND context.y', /"AND" is no operator/],
    [
      'half a condition',
      "type: IF\n    condition: '{{ context.x == }}'",
      '5:5 the condition "context.x ==" cannot be read: something must follow the last operator',
    ],
    ['true for a condition', 'type: IF\n    condition: true', '5:5 condition is true; it must be a text'],
    [
      'a condition deep inside',
      "type: SNIPPET\n    steps: [{ if: 'true', then: [{ if: a = 1, then: [] }] }]",
      '5:36 the condition "a = 1" cannot be read: write == to compare',
    ],
    ['then without if', 'type: SNIPPET\n    steps: [{ then: [] }]', '5:15 then cannot stand without if'],
    [
      'body and bodyText',
      'type: RESTAPI\n    url: x\n    body: {}\n    bodyText: x',
      '7:5 body and bodyText cannot stand together',
    ],
    [
      'body and bodyText of an answer',
      'type: RESPOND\n    body: {}\n    bodyText: x',
      '6:5 body and bodyText cannot stand together',
    ],
    [
      'an attribute whose name is no variable’s',
      'type: GETATTRIBUTE\n    name: external-id',
      '5:5 the attribute’s name is not that of a variable: say into which one with into',
    ],
    [
      'an owner that there is not',
      'type: GETATTRIBUTE\n    name: x\n    of: agent',
      '6:5 of is "agent"; it must be contact, user or conversation',
    ],
    [
      'a script that is not there, nearly one',
      'type: SPAWN\n    script: helpr',
      '5:5 there is no script "helpr"; did you mean helper?',
    ],
    ['a script that is not there', 'type: RUNSUB\n    script: nobody', '5:5 there is no script "nobody"; there are bot, helper'],
    ['the same name twice', 'type: END\n  First:\n    type: END', '5:3 Map keys must be unique'],
  ])('%s', async (_, settings, fault) => {
    const helper = 'name: helper\nactions: { Done: { type: END } }\n';
    const [first, ...others] = await faultsOf({ 'a.yaml': action(settings), 'b.yaml': helper });
    expect(first).toMatch(/^a\.yaml:/);
    if (typeof fault === 'string') expect(first).toBe(`a.yaml:${fault}`);
    else expect(first?.slice('a.yaml:'.length)).toMatch(fault);
    expect(others).toEqual([]);
  });
});

const PATH_RULE =
  'Paths begin with a slash and end without one, have letters, digits and . _ ~ - between slashes, no parameters, and lie outside /t/ and /_emulator; by convention below /webhooks/.';

describe('a fault in a trigger is told where it stands', () => {
  test.each([
    ['a slash at the end', 'webhook: { path: /webhooks/bot/ }', `3:14 "/webhooks/bot/" cannot be path: ${PATH_RULE}`],
    ['no slash before', 'webhook: { path: webhooks/bot }', `3:14 "webhooks/bot" cannot be path: ${PATH_RULE}`],
    ['a parameter', "webhook: { path: '/webhooks/{id}' }", `3:14 "/webhooks/{id}" cannot be path: ${PATH_RULE}`],
    ['a tenant’s path', 'webhook: { path: /t/alpha/bot }', `3:14 "/t/alpha/bot" cannot be path: ${PATH_RULE}`],
    ['the control API’s path', 'webhook: { path: /_emulator/bot }', `3:14 "/_emulator/bot" cannot be path: ${PATH_RULE}`],
    [
      'a path that an operation owns',
      'webhook: { path: /api/v2/conversations/webchat }',
      '3:14 POST /api/v2/conversations/webchat is handOverConversation of the emulator itself; choose another path, such as /webhooks/bot',
    ],
    [
      'a path that an operation owns, with another method',
      'webhook: { method: DELETE, path: /auth/token }',
      '3:30 DELETE /auth/token is a path of the emulator itself; choose another path, such as /webhooks/bot',
    ],
    ['no path', 'webhook: {}', '3:3 webhook lacks path'],
    [
      'two triggers',
      'webhook: { path: /webhooks/a }\n  handover: {}',
      '2:1 trigger has one entry only: webhook, conversation, handover or start',
    ],
    ['none', '{}', '2:1 trigger is empty; it must have webhook, conversation, handover or start'],
    ['an unknown one', 'webhoook: { path: /webhooks/a }', '3:3 "webhoook" is not known here; did you mean webhook?'],
    ['an unknown setting', 'handover: { chanel: webchat }', '3:15 "chanel" is not known here; did you mean channel?'],
    [
      'no JSON Schema',
      'webhook: { path: /webhooks/a, body: { properties: { a: string } } }',
      '3:33 the body is no JSON Schema that can be used: schema is invalid: data/properties/a must be object,boolean',
    ],
    [
      'a schema that leads nowhere',
      "webhook: { path: /webhooks/a, body: { $ref: '#/nope' } }",
      /^3:33 .*can't resolve reference #\/nope/,
    ],
    ['a schema with an id', 'webhook: { path: /webhooks/a, body: { $id: x } }', /^3:33 .*it must not have an \$id$/],
    [
      'the body of a GET',
      'webhook: { path: /webhooks/a, method: GET, body: {} }',
      '3:46 a GET has no body: what came in its query is request.query',
    ],
    [
      'a header that is none',
      "webhook: { path: /webhooks/a, headers: [x-ok, 'a b'] }",
      '3:49 "a b" cannot be entry 2 of headers: Names of headers have letters, digits and hyphens.',
    ],
    [
      'a media type that there is not',
      'webhook: { path: /webhooks/a, types: [xml] }',
      '3:41 entry 1 of types is "xml"; it must be json or form',
    ],
    [
      'a parameter that is no variable',
      "start: { parameters: ['my var'] }",
      /^3:25 "my var" cannot be entry 1 of parameters: Names have/,
    ],
    ['an id that is no text', 'start: { scriptId: 12 }', '3:12 scriptId is 12; it must be a text'],
  ])('%s', async (_, text, fault) => {
    const [first, ...others] = await faultsOf({ 'a.yaml': trigger(text) });
    if (typeof fault === 'string') expect(first).toBe(`a.yaml:${fault}`);
    else expect(first?.slice('a.yaml:'.length)).toMatch(fault);
    expect(others).toEqual([]);
  });
});

describe('a fault of a whole file is told', () => {
  const end = 'actions: { Done: { type: END } }\n';
  test.each([
    ['empty', '', '1:1 the file is empty'],
    ['nothing but a comment', '# later\n', '1:1 the file is empty; it must be an object'],
    ['a text', 'hello\n', '1:1 the file is "hello"; it must be an object'],
    ['a list', '- type: END\n', '1:1 the file is a list; it must be an object'],
    [
      'not YAML',
      'name: bot\nactions: [\n',
      '3:1 Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['tabs', 'name: bot\n\tactions: {}\n', '2:1 Tabs are not allowed as indentation'],
    [
      'two documents',
      `name: bot\n${end}---\nname: other\n${end}`,
      '3:1 a file has one document only: put what follows --- into a file of its own',
    ],
    ['no actions', 'name: bot\n', '1:1 the file lacks actions'],
    ['not one action', 'name: bot\nactions: {}\n', '2:1 actions is empty'],
    ['a list of actions', 'name: bot\nactions:\n  - type: END\n', '2:1 actions is a list; it must be an object'],
    ['a number for a name', `name: 12\n${end}`, '1:1 name is 12; it must be a text'],
    ['a name that is none', `name: a/b\n${end}`, /^1:1 "a\/b" cannot be name: Names have letters/],
    ['an unknown begin', `name: bot\nbegin: Doen\n${end}`, '2:1 there is no action "Doen"; did you mean Done?'],
    [
      'nothing but an ONSIGNAL',
      'name: bot\nactions: { Heard: { type: ONSIGNAL } }\n',
      '2:1 a script that only hears signals must wait for them: put a WAIT first',
    ],
    ['a variable __proto__', `name: bot\nvariables: { __proto__: 1 }\n${end}`, /^2:14 "__proto__" cannot be a name here/],
    ['two megabytes', `name: bot\n${end}# ${'x'.repeat(2_000_000)}\n`, '1:1 the file is too large for a script'],
  ])('%s', async (_, text, fault) => {
    const [first, ...others] = await faultsOf({ 'a.yaml': text });
    if (typeof fault === 'string') expect(first).toBe(`a.yaml:${fault}`);
    else expect(first?.slice('a.yaml:'.length)).toMatch(fault);
    expect(others).toEqual([]);
  });

  test('a file that cannot be read', async () => {
    const folder = await scriptsFolder({});
    await mkdir(join(folder, 'a.yaml'));
    expect(await faultsIn(folder)).toEqual(['a.yaml:1:1 the file cannot be read (EISDIR)']);
  });

  test('a folder that is not there', async () => {
    const folder = await scriptsFolder({});
    await rm(folder, { recursive: true });
    expect(await faultsIn(folder)).toEqual([`${folder}:1:1 the folder of scripts cannot be read (ENOENT)`]);
  });
});

describe('faults between files are told', () => {
  test.each([
    [
      'a name twice',
      'name: bot\nactions: { Done: { type: END } }\n',
      'name: bot\nactions: { Done: { type: END } }\n',
      '1:1 the name "bot" stands twice: a.yaml has it already',
    ],
    [
      'a webhook twice',
      trigger('webhook: { path: /webhooks/x }'),
      trigger('webhook: { path: /webhooks/x }', 'b'),
      '3:14 the webhook POST /webhooks/x stands twice: a.yaml has it already',
    ],
    [
      'any handover twice',
      trigger('handover: {}'),
      trigger('handover: {}', 'b'),
      '3:3 the trigger handover on any channel stands twice: a.yaml has it already',
    ],
    [
      'a channel twice',
      trigger('conversation: { channel: voice }'),
      trigger('conversation: { channel: voice }', 'b'),
      '3:3 the trigger conversation on the channel voice stands twice: a.yaml has it already',
    ],
    [
      'a script id twice',
      trigger("start: { scriptId: '7' }"),
      trigger("start: { scriptId: '7' }", 'b'),
      '3:12 the script id 7 stands twice: a.yaml has it already',
    ],
    [
      'a script path twice',
      trigger('start: { scriptPath: Bots }'),
      trigger('start: { scriptPath: bots }', 'b'),
      '3:3 the script path bots stands twice: a.yaml has it already',
    ],
  ])('%s', async (_, a, b, fault) => {
    expect(await faultsOf({ 'a.yaml': a, 'b.yaml': b })).toEqual([`b.yaml:${fault}`]);
  });

  test('one path with two methods is no fault', async () => {
    expect(
      await faultsOf({
        'a.yaml': trigger('webhook: { path: /webhooks/x }'),
        'b.yaml': trigger('webhook: { path: /webhooks/x, method: PUT }', 'b'),
      }),
    ).toEqual([]);
  });

  test('all faults of all files come at once', async () => {
    const faults = await faultsOf({
      'a.yaml': action(
        "type: IF\n    condition: a = 1\n    branches: { OnTrue: Dnoe, OnFalse: Done }\n  Second:\n    type: TRACE\n    message: '{{'",
      ),
      'b.yaml': 'nam: b\nactions: { A: { type: NOPE }, B: { type: WAIT, secnds: 1 } }\n',
      'c.json': '{"name": "c", "actions": {"A": {"type": "SPAWN", "script": "d"}}}',
      'readme.txt': 'no script',
      '.hidden.yaml': 'no script',
    });
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(' ')))).toEqual([
      'a.yaml:6:17',
      'a.yaml:5:5',
      'a.yaml:9:5',
      'b.yaml:1:1',
      'b.yaml:1:1',
      'b.yaml:2:17',
      'b.yaml:2:48',
      'c.json:1:50',
    ]);
  });
});

describe('the folder is read again', () => {
  const says = (name: string, text: string): Files => webhook(name, { First: { type: 'RESPOND', body: { says: text } } });
  const asked = async (url: string, name: string): Promise<unknown> => {
    const answer = await send(url, { path: `/webhooks/${name}`, body: {} });
    return answer.status === 200 ? answer.body.says : answer.headers['x-emulator-cause'];
  };

  test('a change, a new path and a removed one take effect', async () => {
    const folder = await scriptsFolder({ ...says('a', 'one'), ...says('b', 'two') });
    const started = await emulator({ scripts: folder });
    expect([await asked(started.url, 'a'), await asked(started.url, 'b'), await asked(started.url, 'c')]).toEqual([
      'one',
      'two',
      'WEBHOOK_UNKNOWN',
    ]);
    await writeScripts(folder, { ...says('a', 'three'), ...says('c', 'four') });
    await rm(join(folder, 'b.yaml'));
    await started.reload();
    expect([await asked(started.url, 'a'), await asked(started.url, 'b'), await asked(started.url, 'c')]).toEqual([
      'three',
      'WEBHOOK_UNKNOWN',
      'four',
    ]);
  });

  test.each([
    ['a slip', 'name: a\nactions: { First: { type: RESPNOD } }\n', /a\.yaml:2:21: type is "RESPNOD"; did you mean RESPOND\?/],
    ['a file that is being written', '', /a\.yaml:1:1: the file is empty/],
    ['a path that is the emulator’s', trigger('webhook: { path: /auth/token }'), /\/auth\/token/],
  ])('a bad one leaves the last good one in force: %s', async (_, text, fault) => {
    const folder = await scriptsFolder(says('a', 'one'));
    const started = await emulator({ scripts: folder });
    await writeScripts(folder, { 'a.yaml': text });
    await expect(started.reload()).rejects.toThrow(fault);
    expect(await asked(started.url, 'a')).toBe('one');
    await writeScripts(folder, says('a', 'two'));
    await started.reload();
    expect(await asked(started.url, 'a')).toBe('two');
  });

  test('a script that runs goes on as it began', async () => {
    const waits = (text: string): Files => ({
      'w.yaml': {
        name: 'w',
        trigger: { conversation: {} },
        actions: {
          Wait: { type: 'WAIT' },
          Heard: { type: 'ONSIGNAL', next: 'Note' },
          Note: { type: 'SETATTRIBUTE', set: { says: text }, next: 'End' },
          End: { type: 'END' },
        },
      },
    });
    const folder = await scriptsFolder(waits('before'));
    const started = await emulator({ scripts: folder });
    const { contactId } = await open(started.url);
    await writeScripts(folder, waits('after'));
    await started.reload();
    const other = await open(started.url, {});
    for (const contact of [contactId, other.contactId]) await send(started.url, await signalTo(started.url, contact));
    const says = async (contact: string): Promise<string> =>
      (await send(started.url, { path: `/api/v2/contacts/${contact}/attributes` })).body.says as string;
    expect([await says(contactId), await says(other.contactId)]).toEqual(['before', 'after']);
  });
});
