/** Customer data that `redact` names stays out of traces, wherever it came in. */
import { expect, test } from 'vitest';
import { CONVERSATION, emulator, open, send, traceOf } from './support/client.js';

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
