/** Customer data that `redact` names stays out of traces, wherever it came in. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createReporter } from '../../src/cli/output/reporter.js';
import { createRedactor } from '../../src/trace/redact-paths.js';
import { CONVERSATION, emulator, open, send, traceOf } from '../support/client.js';
import { PROPERTY_RUNS } from '../support/runs.js';
import { scriptsFolder } from '../support/scripts.js';

const PHONE = '+49 170 1234567';

async function traced(redact: string[], message: Parameters<typeof send>[1]): Promise<string> {
  const { url } = await emulator({ redact });
  await open(url);
  return JSON.stringify(await traceOf(url, await send(url, message)));
}

test.each([
  [
    'in a body and its echo',
    ['/metadata/phone'],
    { body: { sessionId: CONVERSATION, metadata: { phone: PHONE, intent: 'billing' } } },
  ],
  ['in a list', ['/metadata/*/phone'], { body: { sessionId: CONVERSATION, metadata: { people: [], other: { phone: PHONE } } } }],
  ['in whatever stands below', ['/metadata/who'], { body: { sessionId: CONVERSATION, metadata: { who: { phones: [PHONE] } } } }],
  [
    'in a body that is cut',
    ['/metadata/phone'],
    { body: { sessionId: CONVERSATION, metadata: { phone: PHONE, long: 'x'.repeat(9000) } } },
  ],
  ['in a body that is no JSON', ['/metadata/phone'], { body: `{"sessionId": 'x', "phone": "${PHONE}", }` }],
  [
    'in form data',
    ['/phone'],
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `phone=${encodeURIComponent(PHONE)}&x=1` },
  ],
  [
    'in nested form data',
    ['/metadata/phone'],
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `metadata[phone]=${encodeURIComponent(PHONE)}` },
  ],
  [
    'in nested form data, encoded',
    ['/metadata/phone'],
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `metadata%5Bphone%5D=${encodeURIComponent(PHONE)}`,
    },
  ],
  [
    'in UTF-16',
    ['/metadata/phone'],
    { body: Buffer.from(JSON.stringify({ sessionId: CONVERSATION, metadata: { phone: PHONE } }), 'utf16le') },
  ],
  ['under an escaped name in broken JSON', ['/metadata/phone'], { body: `{"metadata": {"ph\\u006fne": "${PHONE}"}, }` }],
  [
    'in JSON that was encoded twice',
    ['/metadata/phone'],
    { body: { sessionId: CONVERSATION, metadata: JSON.stringify({ phone: PHONE }) } },
  ],
  ['in a list at the root', ['/metadata/phone'], { body: [{ metadata: { phone: PHONE } }] }],
  [
    'in what the control API explains',
    ['/metadata/phone'],
    { path: '/_emulator/explain', body: { body: { sessionId: CONVERSATION, metadata: { phone: PHONE } } } },
  ],
  ['in a body that is far too deep', ['/phone'], { body: `${'['.repeat(5000)}{"phone":"${PHONE}"}` }],
  ['in the query', ['/value'], { path: `/api/v2/contacts?attribute=phone&value=${encodeURIComponent(PHONE)}` }],
  ['in the path', ['/userId'], { path: `/api/v2/users/${encodeURIComponent(PHONE)}/attributes` }],
  ['in a header', ['/x-customer'], { headers: { 'x-customer': PHONE }, body: { sessionId: 'abc-123' } }],
  ['in a refused value', ['/sessionId'], { body: { sessionId: PHONE } }],
  ['in a refused value of another type', ['/metadata'], { body: { sessionId: CONVERSATION, metadata: PHONE } }],
])('%s', async (_, redact, message) => {
  const trace = await traced(redact, message);
  expect(trace).toContain('[redacted]');
  expect(trace).not.toContain(PHONE);
  expect(trace).not.toContain(encodeURIComponent(PHONE));
  expect(trace).not.toContain('1234567');
});

test.each([
  ['with quotes and line breaks', ['/sessionId'], { body: { sessionId: 'Jane "J"\nDoe' } }, /Jane|Doe/],
  [
    'with quotes, where a lookup repeats it',
    ['/value'],
    { path: `/api/v2/contacts?attribute=name&value=${encodeURIComponent('Jane "J" Doe')}` },
    /Jane|Doe/,
  ],
  ['longer than what is shown of it', ['/sessionId'], { body: { sessionId: `Jane${' Doe'.repeat(100)}` } }, /Jane|Doe/],
  ['longer, in a lookup', ['/value'], { path: `/api/v2/contacts?attribute=name&value=Jane${'+Doe'.repeat(100)}` }, /Jane|Doe/],
  ['of two letters in the path', ['/userId'], { path: '/api/v2/users/Jo/attributes' }, /users\/Jo/],
  [
    'that is neither a text nor a number',
    ['/metadata'],
    { body: { sessionId: CONVERSATION, metadata: true } },
    /"received":"true/,
  ],
])('a value %s', async (_, redact, message, leak) => {
  const trace = await traced(redact, message);
  expect(trace).toContain('[redacted]');
  expect(trace).not.toMatch(leak);
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const PLAIN = { 'content-type': 'text/plain' };
const LONG = 'x'.repeat(9000);

test.each([
  ['under a header in other letters', ['/X-Phone'], { headers: { 'X-Phone': PHONE }, path: '/nix' }],
  ['below a name, in broken JSON', ['/cust/*'], { body: `{"cust":{"q":"${PHONE}"},}` }],
  ['in a list, in broken JSON', ['/cust/0'], { body: `{"cust":["${PHONE}"],}` }],
  ['below a name, in a long body that nobody reads', ['/cust/*'], { path: '/nix', body: { cust: { q: PHONE }, LONG } }],
  ['below a name, in a long body of another type', ['/cust/*'], { headers: PLAIN, body: { cust: { q: PHONE }, LONG } }],
  ['below a name, in form data', ['/metadata/*'], { headers: FORM, body: `metadata[q]=${encodeURIComponent(PHONE)}` }],
  ['further below, in form data', ['/metadata/phone'], { headers: FORM, body: `a=1&metadata[phone][n][0]=${PHONE}&b=2` }],
  ['that is not encoded, in form data', ['/phone'], { headers: FORM, body: `phone=${PHONE}, O'Brien ${PHONE}&b=2` }],
  ['of a form in a form', ['/phone'], { headers: FORM, body: `a=${encodeURIComponent(`phone=${encodeURIComponent(PHONE)}`)}` }],
  ['in a list of broken JSON', ['/metadata/phone'], { body: `{"metadata":{"phone":["a","${PHONE}"]},}` }],
  ['in a list of a long body', ['/metadata/phone'], { path: '/nix', body: { metadata: { phone: ['a', PHONE] }, LONG } }],
  [
    'in a list of a long body of another type',
    ['/metadata/phone'],
    { headers: PLAIN, body: { metadata: { phone: ['a', PHONE] }, LONG } },
  ],
  ['in an object of broken JSON', ['/metadata/phone'], { path: '/nix', body: `{"phone": {"n": "${PHONE}"}, }` }],
  ['with a raw quote before it', ['/metadata/phone'], { body: `{"phone": "the "new" ${PHONE}", "x": 1}` }],
  ['with an escape that is a quote', ['/metadata/phone'], { body: `{"phone": "\\u0022${PHONE}", }` }],
  ['without quotes', ['/metadata/phone'], { body: `{phone: ${PHONE}, x: 1}` }],
  ['that the refusal quotes cut', ['/metadata/phone'], { body: `{"phone": '${PHONE} ${LONG}'}` }],
  [
    'that the control API quotes cut',
    ['/metadata/phone'],
    { path: '/_emulator/conversations', body: `{"phone": '${PHONE} ${LONG}'}` },
  ],
  [
    'that the refusal shows cut',
    ['/skillId/*'],
    { body: { sessionId: CONVERSATION, skillId: { a: `${'x'.repeat(65)}1234567${LONG}` } } },
  ],
  [
    'in a multipart form',
    ['/phone'],
    {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\nContent-Disposition: form-data; name="phone"\r\n\r\nTel\r\n-- ${PHONE}\r\n--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--`,
    },
  ],
  [
    'in XML',
    ['/cust/phone'],
    {
      headers: { 'content-type': 'application/xml' },
      body: `<a><c:phone t="1"><phone>1</phone><phonebook/>${PHONE}</c:phone></a>`,
    },
  ],
  ['of an attribute', ['/phone'], { path: `/api/v2/conversations?attribute=phone&value=${encodeURIComponent(PHONE)}` }],
  ['of any attribute', ['/attributes/*'], { path: `/api/v2/conversations?value=${encodeURIComponent(PHONE)}&attribute=phone` }],
  [
    'of an attribute that is only explained',
    ['/attributes/phone'],
    {
      path: '/_emulator/explain',
      body: { method: 'GET', path: `/api/v2/conversations?attribute=phone&value=${encodeURIComponent(PHONE)}` },
    },
  ],
  [
    'in form data that is only explained',
    ['/phone'],
    { path: '/_emulator/explain', body: { headers: FORM, body: `x=1&phone=${encodeURIComponent(PHONE)}` } },
  ],
  ['in a query, by its last name', ['/metadata/phone'], { path: `/nix?phone=${encodeURIComponent(PHONE)}` }],
])('a value %s reaches neither trace nor terminal nor trace file', async (_, redact, message) => {
  const folder = await mkdtemp(join(tmpdir(), 'traces-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const traceFile = join(folder, 'traces.ndjson');
  const started = await emulator({ redact, traceFile });
  const printed: string[] = [];
  started.onTrace(
    createReporter({ level: () => 'trace', colors: false, url: () => 'http://x', print: (text) => printed.push(text) }),
  );
  const trace = await traceOf(started.url, await send(started.url, message));
  for (const text of [JSON.stringify(trace), printed.join('\n'), await readFile(traceFile, 'utf8')]) {
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/1234567/);
  }
});

test('what stands beside a hidden value stays, whatever the form of the body', () => {
  const hide = (pointer: string, text: string): string => createRedactor([pointer])?.body(text, new Set()) ?? '';
  expect(hide('/m/phone', '{"phone": ["a", "b"], "x": 1,}')).toBe('{"phone": "[redacted]", "x": 1,}');
  expect(hide('/m/phone', "{phone: Doe, Jane, x: 'O\'Brien'}")).toBe("{phone: [redacted], x: 'O\'Brien'}");
  expect(hide('/m/*', 'a=1&m[q]=x y&b=2')).toBe('a=1&m[q]=[redacted]&b=2');
  expect(hide('/phone', '<a><phone>1</phone><b>2</b></a>')).toBe('<a><phone>[redacted]</phone><b>2</b></a>');
  expect(hide('/name', '--b\nContent-Disposition: form-data; name="name"\n\n1\n2\n--b--')).toBe(
    '--b\nContent-Disposition: form-data; name="[redacted]"\n\n[redacted]\n--b--',
  );
  expect(hide('/phone', '{"phones": [1], "b": 2,}')).toBe('{"phones": [1], "b": 2,}');
  expect(hide('/*', 'a=1')).toBe('[redacted]');
  // The first of two equal keys is in no parsed value.
  expect(hide('/m/*', '{"m":{"q":"a"},"m":{}}')).toBe('{"m":{}}');
});

test('a value under a name that is hidden survives in no form of text', () => {
  const secret = 'S3CR3T';
  const value = fc
    .tuple(fc.string(), fc.string(), fc.constantFrom('text', 'list', 'object', 'deep'))
    .map(([before, after, shape]) => {
      const text = before + secret + after;
      return { text, list: ['a', text], object: { n: text }, deep: { a: [{ b: [1, text] }], c: null } }[shape];
    });
  const flat = (name: string, held: unknown): [string, string][] =>
    typeof held === 'object' && held !== null
      ? Object.entries(held).flatMap(([key, member]) => flat(`${name}[${key}]`, member))
      : [[name, String(held)]];
  const forms: ((held: unknown, indent: number, around: string) => string)[] = [
    (held, indent, around) => JSON.stringify({ around, m: { phone: held }, after: around }, null, indent),
    (held, indent, around) => JSON.stringify({ around, m: { phone: held }, after: around }, null, indent).replace(/\}$/, ',}'),
    (held, indent) => JSON.stringify({ m: { phone: held } }, null, indent).slice(0, -2),
    (held, indent, around) => `{"x": ${JSON.stringify(JSON.stringify({ around, phone: held }, null, indent))},}`,
    (held, _, around) => new URLSearchParams([['a', around], ...flat('m[phone]', held), ['b', around]]).toString(),
    (held, _, around) => new URLSearchParams({ a: around, data: JSON.stringify({ m: { phone: held } }) }).toString(),
    (held, indent) => `<m><x>1</x><phone>${JSON.stringify(held, null, indent).replace(/[<&]/g, ' ')}</phone></m>`,
    (held, indent, around) =>
      `--bound\r\nContent-Disposition: form-data; name="a"\r\n\r\n${around}\r\n--bound\r\nContent-Disposition: form-data; name="m[phone]"\r\nContent-Type: text/plain\r\n\r\n${JSON.stringify(held, null, indent)}\r\n--bound--\r\n`,
  ];
  const redactor = createRedactor(['/m/phone']);
  fc.assert(
    fc.property(value, fc.constantFrom(...forms), fc.nat(4), fc.string(), (held, form, indent, around) => {
      const hidden = redactor?.body(form(held, indent, around), new Set());
      expect(hidden).not.toContain(secret);
      expect(hidden).toContain('[redacted]');
    }),
    PROPERTY_RUNS,
  );
});

test('nothing else is hidden, and the answer on the wire is whole', async () => {
  const { url } = await emulator({ redact: ['/metadata/phone'] });
  await open(url);
  const answer = await send(url, { body: { sessionId: CONVERSATION, metadata: { phone: PHONE, intent: 'billing' } } });
  expect(answer.body.metadata.phone).toBe(PHONE);
  const { request } = await traceOf(url, answer);
  expect(JSON.parse(request.body ?? '')).toEqual({
    sessionId: CONVERSATION,
    metadata: { phone: '[redacted]', intent: 'billing' },
  });
});

test('what is no pointer is refused', async () => {
  await expect(emulator({ redact: ['metadata.phone'] })).rejects.toThrow(
    /redact\.0 must be one of JSON Pointers such as .*, not "metadata\.phone"/,
  );
});

test('in the variables and the calls of a script', async () => {
  const running = await emulator({
    redact: ['/metadata/phone'],
    scripts: await scriptsFolder({
      'call.yaml': `
name: call
trigger: { webhook: { path: /webhooks/call } }
actions:
  Keep: { type: ASSIGN, set: { number: '{{ context.metadata.phone }}', phone: 'of nobody' }, next: Say }
  Say: { type: TRACE, message: 'calls {{ vars.number }}', next: Send }
  Send:
    type: RESTAPI
    url: '{{ env.CXONE }}/api/v2/contacts?attribute=number&value={{ vars.number | url_encode }}'
    method: POST
    headers: { X-Number: '{{ vars.number }}' }
    body: { about: '{{ vars.number }}' }
    branches: { OnError: Answer }
  Answer: { type: RESPOND, body: { called: '{{ vars.number }}' } }
`,
    }),
  });
  const answer = await send(running.url, { path: '/webhooks/call', body: { metadata: { phone: PHONE } } });
  expect(answer.body).toEqual({ called: PHONE });
  const script = JSON.stringify(running.traces({ script: 'call' }));
  expect(script).toContain('"number":"[redacted]"');
  expect(script).toContain('"phone":"[redacted]"');
  for (const form of [PHONE, encodeURIComponent(PHONE), 'of nobody']) expect(script).not.toContain(form);
});

test('of an attribute that a script reads, whatever it calls it then', async () => {
  const running = await emulator({
    redact: ['/phone', '/attributes/street'],
    scripts: await scriptsFolder({
      'read.yaml': {
        name: 'read',
        trigger: { conversation: { channel: 'voice' } },
        actions: {
          Read: { type: 'GETATTRIBUTE', name: 'phone', into: 'number', next: 'User' },
          User: { type: 'GETATTRIBUTE', of: 'user', name: 'street', into: 'where', next: 'Word' },
          Word: { type: 'GETATTRIBUTE', name: 'accessToken', into: 'word', next: 'Keep' },
          Keep: {
            type: 'ASSIGN',
            set: { twice: 'to {{ contact.attributes.phone }}', open: '{{ contact.attributes.tier }}' },
            next: 'Gone',
          },
          Gone: { type: 'SETATTRIBUTE', set: { phone: null }, next: 'Say' },
          Say: { type: 'TRACE', message: 'dials {{ vars.number }}, {{ vars.where }}, {{ vars.word }}', next: 'Done' },
          Done: { type: 'END' },
        },
      },
    }),
  });
  const user = { userId: 'u-1', attributes: {} };
  await open(running.url, user);
  await send(running.url, { method: 'PATCH', path: '/api/v2/users/u-1/attributes', body: { street: 'Elm Street 5' } });
  await open(running.url, {
    userId: 'u-1',
    channel: 'voice',
    attributes: { phone: PHONE, accessToken: 'xyz-98-76', tier: 'gold' },
  });
  const [run] = running.traces({ script: 'read' });
  expect(run?.outcome).toBe('accepted');
  const trace = JSON.stringify(run);
  expect(trace).toContain('dials [redacted], [redacted], [redacted]');
  expect(trace).toContain('"open":"gold"');
  for (const form of [PHONE, 'Elm Street', 'xyz-98-76']) expect(trace).not.toContain(form);
});
