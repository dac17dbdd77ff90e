/** Whatever is sent, the emulator answers JSON with a trace, never a 5xx, and a refused request leaves no mark. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEmulator } from '../../src/index.js';
import { CONTACT, CONVERSATION, HANDOVER, open, send, tokens } from '../support/client.js';
import { PROPERTY_RUNS } from '../support/runs.js';

async function tokenForEver(): Promise<string> {
  const started = await createEmulator({ port: 0, tokenLifetime: 31_536_000 });
  const { access_token: token } = await tokens(started.url);
  await started.close();
  return `Bearer ${token as string}`;
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    '{{x}}',
    'undefined',
    CONVERSATION,
    CONVERSATION.toUpperCase(),
    CONTACT,
    '100000000000',
    '__proto__',
    'constructor',
    '\u202e',
    '1e999',
  ),
);

const path = fc.oneof(
  { weight: 4, arbitrary: fc.constant(HANDOVER) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '/t/alpha', '/t/BAD', '/t/'),
        fc.constantFrom(
          '/api/v2/conversations/webchat/$',
          '/api/v2/contacts/$/attributes',
          '/api/v2/users/$/attributes',
          '/_emulator/conversations/$',
          '/_emulator/conversations/$/end',
          '/_emulator/traces/$',
          '/webhooks/$',
          '/$',
          '/api/v2/contacts?attribute=$&value=$',
          '/api/v2/conversations?value=$',
          '/_emulator/traces?limit=$',
          '/_emulator/explain',
          '/_emulator/state',
          '/_emulator/skills/$',
          '/_emulator/hours/$',
          '/_emulator/signals?contactId=$',
          '/auth/token',
          '/.well-known/cxone-configuration?tenantId=$',
          '/inContactAPI/services/v30.0/interactions/$/signal?p1=$&p10=$',
          '/incontactapi/services/$/skills/$/activity?fields=$',
          '/inContactAPI/services/v30.0/scripts/start?skillId=$&scriptPath=$',
          '/aai/tms/transcripts/post',
          '/eai-real-time-insight/v4/direct-query',
        ),
        text,
      )
      .map(([prefix, template, value]) => prefix + template.replaceAll('$', encodeURIComponent(value.toWellFormed()))),
  },
  { weight: 1, arbitrary: fc.webPath() },
  { weight: 1, arbitrary: fc.stringMatching(/^\/[!-~]{0,40}$/) },
);

/** Good in every emulator without a key of its own, at any time. */
const TOKEN = await tokenForEver();

const headers = fc.record(
  {
    accept: fc.constantFrom('*/*', 'text/html', '', 'application/json;q=0'),
    'content-type': fc.oneof(
      { weight: 5, arbitrary: fc.constant('application/json') },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'application/x-www-form-urlencoded',
          'text/plain',
          'application/json; charset=latin1',
          ';',
          'a/b+json',
          'multipart/form-data',
        ),
      },
      { weight: 1, arbitrary: fc.stringMatching(/^[!-~]{0,30}$/) },
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'deflate', 'identity', 'zstd'),
    authorization: fc.constantFrom('Bearer x', 'Basic eA==', 'Basic eDp5', 'x', TOKEN, TOKEN),
  },
  { requiredKeys: [] },
);

const handover = fc.record(
  {
    sessionId: fc.oneof(fc.constant(CONVERSATION), text, fc.jsonValue()),
    metadata: fc.jsonValue(),
    skillId: fc.oneof(fc.constant(4001), fc.jsonValue()),
    sessionID: text,
  },
  { requiredKeys: [] },
);

/** As the families of the platform take it, or nearly. */
const platform = fc.oneof(
  fc.record({ p1: text, p2: fc.jsonValue(), p12: text }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
  fc
    .record(
      {
        grant_type: fc.oneof(fc.constantFrom('password', 'client_credentials', 'refresh_token'), text),
        username: text,
        password: text,
        refresh_token: text,
      },
      { requiredKeys: [] },
    )
    .map((value) => new URLSearchParams(value).toString()),
  fc
    .record({
      meta: fc.record({ busNumber: text, contactNumber: text }),
      query: fc.record({ text }),
      config: fc.constant({ awsBedrock: { awsBedrockKbId: 'x' } }),
    })
    .map((value) => JSON.stringify(value)),
  fc
    .record(
      {
        name: text,
        agents: fc.integer(),
        hours: fc.integer(),
        timeZone: text,
        days: fc.dictionary(fc.constantFrom('Monday', 'Tuesday'), fc.oneof(text, fc.constantFrom('09:00-17:00', '17:00-09:00'))),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);

const body = fc.oneof(
  { weight: 3, arbitrary: platform },
  { weight: 5, arbitrary: handover.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.json() },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
);

const message = fc.record(
  { method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'), path, headers, body },
  { requiredKeys: ['path'] },
);

test('no 5xx, no crash, every answer JSON with a trace', { timeout: 900_000 }, async () => {
  const bugs: unknown[] = [];
  const started = await createEmulator({ port: 0, onBug: (error) => bugs.push(error) });
  await open(started.url, { conversationId: CONVERSATION, contactId: CONTACT });
  const state = async (): Promise<string> => (await send(started.url, { path: '/_emulator/state' })).text;
  try {
    await fc.assert(
      fc.asyncProperty(message, async (sent) => {
        const before = await state();
        const answer = await send(started.url, sent);
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers['x-emulator-trace-id']).toMatch(/^[0-9a-f]{8}-\d+$/);
        // The client normalises the path before it sends it: a backslash becomes a slash.
        const tenant = /^\/t\/([a-z0-9-]{1,64})(?:\/|$)/.exec(new URL(started.url + sent.path).pathname)?.[1] ?? 'default';
        expect(started.traces({ tenant, control: true, limit: 2 }).map(({ traceId }) => traceId)).toContain(
          answer.headers['x-emulator-trace-id'],
        );
        if (answer.status !== 204) expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
        if (answer.status >= 400) {
          expect(answer.headers['x-emulator-cause']).toMatch(/^[A-Z][A-Z0-9_]+$/);
          expect(await state()).toBe(before);
        }
      }),
      PROPERTY_RUNS,
    );
    expect(bugs).toEqual([]);
  } finally {
    await started.close();
  }
});
