/** The scenarios that ship: each passes as it is, and each one that is broken on purpose says where, why, and what to do. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayed, scenarioFolder, SCENARIOS } from '../support/replay.js';

/** By file: what is exchanged in it, for what, and how the runner tells it. */
const BROKEN: Readonly<Record<string, readonly [from: string | RegExp, to: string, told: readonly string[]]>> = {
  'bot-conversation.yaml': [
    'skill: billing',
    'skill: sales',
    ['→ the wish for a person', 'conversation /metadata/fromBot/skill', '- expected  "sales"', '+ received  "billing"'],
  ],
  'bot-fails.yaml': [
    'said: Sorry, something went wrong. An agent will help you.',
    'said: none',
    ['→ the bot answers 500', 'said', '- expected  an empty list', '+ received  a list of 1 item'],
  ],
  'cognigy-http-request-node.yaml': [
    'application/x-www-form-urlencoded',
    'application/json',
    [
      'status',
      '- expected  400',
      '+ received  200',
      '- expected  a cause',
      '+ received  none: it was accepted',
      'conversation /state',
    ],
  ],
  'clock-a-day.yaml': [
    'advance: 14h',
    'advance: 14m',
    ['→ fourteen hours later', 'body /now', '- expected  "2026-03-02T10:00:00.000Z"', '+ received  "2026-03-01T20:14:00.000Z"'],
  ],
  'fault-broken-answer.yaml': [
    'noAnswer: cut,',
    'noAnswer: reset,',
    ['→ half an answer', 'noAnswer', '- expected  reset', '+ received  cut: The answer of'],
  ],
  'fault-hanging.yaml': [
    'effect: hang, times: 1',
    'latency: 10, times: 1',
    ['→ no answer, and nothing was done', '- expected  timeout', '+ received  an answer with the status 200'],
  ],
  'fault-throttled.yaml': [
    'times: 3 }',
    'times: 2 }',
    ['→ a script is throttled too, and tells the bot', '- expected  502', '+ received  200'],
  ],
  'full-handover.yaml': [
    'clientSecret: bot-secret',
    'clientSecret: changed',
    ['→ it fetches one', '- expected  200', '+ received  401', 'cause      CREDENTIALS_INVALID', 'remedy'],
  ],
  'queue-without-agents.yaml': ['agents: 0', 'agents: 1', ['warnings', '- expected  SKILL_UNSTAFFED', '+ received  none']],
  'thread-external-id.yaml': [
    /name: the id that CXone generated is taken(\s+request:\s+path: \S+\s+body:\s+\{?\s*sessionId:) \*id/,
    'name: the id that CXone generated is taken$1 abc-456',
    [
      '- expected  200',
      '+ received  400',
      'cause      CONVERSATION_ID_FORMAT  body /sessionId',
      'remedy     This looks like the bot’s own session id',
    ],
  ],
  'thread-generated-id.yaml': [
    'CONVERSATION_UNKNOWN',
    'CONVERSATION_ENDED',
    ['cause /code', '- expected  "CONVERSATION_ENDED"', '+ received  "CONVERSATION_UNKNOWN"'],
  ],
  'thread-invalid-token.yaml': [
    'Bearer made-up',
    "'Bearer {{ token }}'",
    ['- expected  403', '+ received  200', '- expected  a cause'],
  ],
  'thread-lookup-by-external-id.yaml': [
    'externalSessionId: abc-123 } }',
    'externalSessionId: abc-999 } }',
    [
      '→ mapped to a variable, and looked up by the attribute',
      '+ received  404',
      'MapId → Lookup → IsOne → NotFound',
      'trace branches /IsOne',
      '- expected  "OnTrue"',
    ],
  ],
  'thread-no-content-type.yaml': [
    'headers: { Content-Type: null }',
    'headers: { Content-Type: application/json }',
    ['- expected  400', '+ received  200'],
  ],
  'thread-raw-body.yaml': [
    '/webhooks/handover-native-id',
    '/webhooks/wrong-raw-body',
    ['cause      TEMPLATE_RAW_BODY', 'trace actions', '- expected  Lookup → HandOver → Done', '+ received  HandOver', 'remedy'],
  ],
  'thread-required-field.yaml': [
    'session_id:',
    'sessionId:',
    ['cause /code', '- expected  "REQUIRED_FIELD_MISSING"', '+ received  "CONVERSATION_UNKNOWN"'],
  ],
  'thread-stored-attribute.yaml': [
    'path: /webhooks/store-external-id',
    'path: /webhooks/store-external-ids',
    [
      '→ the bot has it stored at its first turn',
      '- expected  204',
      '+ received  404',
      'cause      WEBHOOK_UNKNOWN',
      'store-external-id',
    ],
  ],
  'token-expiry.yaml': [
    'method: DELETE',
    'method: GET',
    ['→ its time is over', '- expected  204', '+ received  405', 'cause      METHOD_NOT_ALLOWED'],
  ],
  'voice-signal.yaml': [
    "contactId: '{{ captured.spawned }}', parameters: [Escalate, billing]",
    'contactId: *master, parameters: [Escalate, billing]',
    [
      '→ a signal to the spawned contact queues the call',
      'warnings',
      '- expected  none',
      '+ received  SIGNAL_UNHEARD',
      'conversation /state',
      'signals /1/contactId',
    ],
  ],
};

test('all of them pass', async () => {
  const { code, out } = await replayed([SCENARIOS]);
  const { scenarios, ...counts } = JSON.parse(out);
  const files = (await readdir(SCENARIOS)).filter((name) => name.endsWith('.yaml'));
  expect({ code, passed: counts.passed, failed: counts.failed }).toEqual({ code: 0, passed: files.length, failed: 0 });
  expect(scenarios.map(({ file }: { file: string }) => file.split('/').at(-1)).sort()).toEqual(Object.keys(BROKEN).sort());
});

describe('broken on purpose', () => {
  test.each(Object.entries(BROKEN))('%s', async (name, [from, to, told]) => {
    const text = await readFile(join(SCENARIOS, name), 'utf8');
    const broken = text.replace(from, to);
    expect(broken).not.toBe(text);
    const folder = await scenarioFolder({ [name]: broken });
    const { code, out } = await replayed([folder], { reporter: 'pretty' });
    expect(code, out).toBe(1);
    expect(out).toMatch(new RegExp(`${folder}/${name}:\\d+:\\d+`));
    for (const part of told) expect(out).toContain(part);
    expect(out).toMatch(/1 scenario: 0 passed, 1 failed/);
  });
});
