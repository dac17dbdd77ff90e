/** The fixture and the matchers of `cxone-emulator/vitest`: what they let pass, and the words of their failures. */
import request from 'supertest';
import { describe } from 'vitest';
import { createTest, expect, test } from '../../src/testing/vitest.js';

const HANDOVER = '/api/v2/conversations/webchat';

interface Sender {
  readonly url: string;
  readonly authorization: string;
}

const post = ({ url, authorization }: Sender, path: string, body: unknown): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const failureOf = (check: () => void): string => {
  try {
    check();
  } catch (error) {
    return (error as Error).message.replace(/[0-9a-f]{8}-[0-9]+/g, 'TRACE');
  }
  return 'no failure';
};

describe('each test has a tenant of its own', () => {
  const names = new Set<string>();
  for (const round of [1, 2])
    test(`round ${String(round)} begins with nothing`, async ({ cxone }) => {
      expect(cxone.name).toMatch(/^round-\d-begins-with-nothing-\d+$/);
      names.add(cxone.name);
      expect(names.size).toBe(round);
      expect((await cxone.state()).conversations).toEqual([]);
      expect(cxone).not.toHaveReceivedRequest({ method: 'POST' });
      await cxone.openConversation();
      await post(cxone, HANDOVER, {});
    });
});

test('only its own token is taken', async ({ cxone, emulator }) => {
  const body = { sessionId: (await cxone.openConversation()).conversationId, skillId: 4001 };
  expect(await post(cxone, HANDOVER, body)).toBeAccepted();
  expect(await post({ ...cxone, authorization: '', url: cxone.url }, HANDOVER, body)).toBeRejectedWith('TOKEN_INVALID');
  expect(await post({ url: emulator.url, authorization: cxone.authorization }, HANDOVER, body)).toBeRejectedWith(
    'TENANT_MISMATCH',
  );
});

const forgetful = createTest({ maxTraces: 1 });
const lax = createTest({ auth: 'lax' });
lax('an emulator of other settings', async ({ cxone }) => {
  expect(await post({ url: cxone.url, authorization: 'Bearer abc123456' }, HANDOVER, {})).toHaveWarning('TOKEN_NOT_CHECKED');
});

describe('on an answer', () => {
  test('of fetch, of supertest, a trace and a request alike', async ({ cxone }) => {
    const answer = await post(cxone, HANDOVER, { sessionId: 'abc-123' });
    expect(answer).toBeRejectedWith('CONVERSATION_ID_FORMAT', { pointer: '/sessionId' });
    expect(cxone.traces()[0]).toBeRejectedWith('CONVERSATION_ID_FORMAT');
    expect(cxone.requests()[0]).toBeRejectedWith('CONVERSATION_ID_FORMAT');
    const other = await request(cxone.url).post(HANDOVER).set('authorization', cxone.authorization).send({});
    expect(other).toBeRejectedWith('REQUIRED_FIELD_MISSING');
    expect(other).not.toBeAccepted();
    expect(other).not.toBeRejectedWith('REQUIRED_FIELD_MISSING', { pointer: '/metadata' });
    const { conversationId } = await cxone.openConversation();
    const accepted = await post(cxone, HANDOVER, { sessionId: conversationId });
    expect(accepted).toBeAccepted();
    expect(accepted).toHaveWarning();
    expect(accepted).toHaveWarning('HANDOVER_UNROUTED');
    expect(accepted).not.toHaveWarning('SKILL_UNSTAFFED');
  });

  test('has a note of the code that is asked for, but no warning', async ({ cxone }) => {
    const { conversationId } = await cxone.openConversation();
    await post(cxone, HANDOVER, { sessionId: conversationId, skillId: 4001 });
    const repeated = await post(cxone, HANDOVER, { sessionId: conversationId, skillId: 4001 });
    expect(repeated).toHaveWarning('HANDOVER_REPEATED');
    expect(repeated).not.toHaveWarning();
  });

  test('of a code that there is not is never satisfied, not even by its absence', async ({ cxone }) => {
    const refused = await post(cxone, HANDOVER, { sessionId: 'abc-123' });
    expect(
      failureOf(() => {
        expect(refused).not.toHaveWarning('HANDOVER_REPEATD' as never);
      }),
    ).toBe('"HANDOVER_REPEATD" is no code of the catalogue. Did you mean HANDOVER_REPEATED?');
    expect(
      failureOf(() => {
        expect(refused).not.toBeRejectedWith('NOTHING' as never);
      }),
    ).toBe('"NOTHING" is no code of the catalogue.');
  });

  test('a failure says what was refused, and what to do', async ({ cxone }) => {
    const refused = await post(cxone, HANDOVER, { sessionid: 'abc-123' });
    const told = [
      `POST /t/${cxone.name}/api/v2/conversations/webchat was answered 400 (trace TRACE).`,
      '  where     body /sessionId',
      '  expected  sessionId, a string',
      '  received  an object with "sessionid"',
      '  remedy    Rename "sessionid" to "sessionId". Names are case-sensitive, and every letter counts.',
    ].join('\n');
    expect(
      failureOf(() => {
        expect(refused).toBeAccepted();
      }),
    ).toBe(`Expected it to be accepted, but it was rejected with REQUIRED_FIELD_MISSING.\n${told}`);
    expect(
      failureOf(() => {
        expect(refused).toBeRejectedWith('CONVERSATION_ID_FORMAT');
      }),
    ).toBe(`Expected it to be rejected with CONVERSATION_ID_FORMAT, but it was rejected with REQUIRED_FIELD_MISSING.\n${told}`);
    expect(
      failureOf(() => {
        expect(refused).not.toBeRejectedWith('REQUIRED_FIELD_MISSING');
      }),
    ).toBe(`Expected it not to be rejected with REQUIRED_FIELD_MISSING, but it was.\n${told}`);
    const { conversationId } = await cxone.openConversation();
    const accepted = await post(cxone, HANDOVER, { sessionId: conversationId });
    expect(
      failureOf(() => {
        expect(accepted).toBeRejectedWith('CONVERSATION_ID_FORMAT');
      }),
    ).toMatch(
      /^Expected it to be rejected with CONVERSATION_ID_FORMAT, but it was accepted\.\nPOST .* was answered 200 \(trace TRACE\)\.\n {2}warning {3}HANDOVER_UNROUTED .*skillId/,
    );
    expect(
      failureOf(() => {
        expect(accepted).toHaveWarning('SKILL_UNSTAFFED');
      }),
    ).toMatch(/^Expected it to have the warning SKILL_UNSTAFFED\.\n.*\n {2}warning {3}HANDOVER_UNROUTED/);
    expect(
      failureOf(() => {
        expect(refused).toHaveWarning();
      }),
    ).toMatch(/It has no warnings\.$/);
  });

  test('what is none is said to be none', ({ cxone }) => {
    expect(
      failureOf(() => {
        expect(post(cxone, HANDOVER, {})).toBeAccepted();
      }),
    ).toMatch(/Is an await missing\?/);
    expect(
      failureOf(() => {
        expect(400).toBeAccepted();
      }),
    ).toMatch(/takes an answer, a trace or a request, not 400/);
    expect(
      failureOf(() => {
        expect(new Response('', { status: 200 })).toBeAccepted();
      }),
    ).toMatch(/This answer \(200\) has no X-Emulator-Trace-Id: no emulator of this test run has its trace/);
    const elsewhere = new Response('', {
      status: 400,
      headers: { 'x-emulator-trace-id': '00000000-1', 'x-emulator-cause': 'BODY_EMPTY' },
    });
    expect(elsewhere).toBeRejectedWith('BODY_EMPTY');
    expect(
      failureOf(() => {
        expect(elsewhere).toBeAccepted();
      }),
    ).toMatch(/Why stands in GET \/_emulator\/traces\/TRACE of its emulator/);
    expect(
      failureOf(() => {
        expect(cxone.url).toHaveReceivedSignal();
      }),
    ).toMatch(/takes a tenant or an emulator/);
  });
});

describe('on a tenant', () => {
  const signal = (cxone: Sender, contactId: string, query: string, body?: unknown): Promise<Response> =>
    post(cxone, `/inContactAPI/services/v30.0/interactions/${contactId}/signal?${query}`, body ?? {});

  test('signals, in whichever form they came', async ({ cxone }) => {
    const { contactId } = await cxone.openConversation();
    expect(cxone).not.toHaveReceivedSignal();
    await signal(cxone, contactId, 'p1=Escalate&p2=billing');
    await signal(cxone, contactId, 'p1=End', { p2: 'done' });
    expect(cxone).toHaveReceivedSignal();
    expect(cxone).toHaveReceivedSignal({ contactId, p1: 'Escalate', p2: 'billing' }, 1);
    expect(cxone).toHaveReceivedSignal({ p2: 'done' });
    expect(cxone).toHaveReceivedSignal({}, { atLeast: 2, atMost: 2 });
    expect(cxone).not.toHaveReceivedSignal({ p1: 'Escalate' }, 2);
  });

  test('a failure shows those that came, and why one was refused', async ({ cxone }) => {
    expect(
      failureOf(() => {
        expect(cxone).toHaveReceivedSignal({ p1: 'Escalate' });
      }),
    ).toMatch(/^Expected at least 1 signal: p1=Escalate; 0 came\.\nNo signal came at all\. A signal is POST/);
    const { contactId } = await cxone.openConversation();
    await signal(cxone, contactId, 'p1=End');
    await signal(cxone, '463999999999', 'p1=Escalate');
    expect(
      failureOf(() => {
        expect(cxone).toHaveReceivedSignal({ contactId, p1: 'Escalate' }, 1);
      }).split('\n'),
    ).toEqual([
      `Expected exactly 1 signal: contactId ${contactId} p1=Escalate; 0 came.`,
      'Signals that came, newest first:',
      expect.stringMatching(/^ {2}contactId 463999999999 p1=Escalate, refused with CONTACT_UNKNOWN: /),
      `  contactId ${contactId} p1=End`,
    ]);
    expect(
      failureOf(() => {
        expect(cxone).not.toHaveReceivedSignal({ p1: 'End' });
      }),
    ).toMatch(/^Expected no such signal: p1=End; 1 came/);
  });

  test('handovers and requests', async ({ cxone }) => {
    const { conversationId } = await cxone.openConversation();
    await post(cxone, HANDOVER, { sessionId: conversationId, metadata: { intent: 'sales', language: 'en' }, skillId: 4001 });
    expect(cxone).toHaveReceivedHandover({ conversationId, metadata: { intent: 'sales' } }, 1);
    expect(cxone).toHaveReceivedRequest({ operationId: 'handOverConversation', query: { x: false } });
    expect(cxone).not.toHaveReceivedRequest({ operationId: 'postTranscript' });
    expect(
      failureOf(() => {
        expect(cxone).toHaveReceivedHandover({ metadata: { intent: 'billing' } });
      }),
    ).toMatch(
      /^Expected at least 1 request .*: body \/metadata\/intent is "sales", not "billing"\.\nGET \/_emulator\/requests lists/,
    );
    expect(
      failureOf(() => {
        expect(cxone).not.toHaveReceivedHandover();
      }),
    ).toMatch(/but it came: trace TRACE\.$/);
    expect(
      failureOf(() => {
        expect(cxone).toHaveReceivedRequest({ operationId: 'handoverConversation' });
      }),
    ).toMatch(/Did you mean handOverConversation\?/);
  });

  test('a misspelt part is told: without it a check would always hold', async ({ cxone }) => {
    await cxone.openConversation();
    const misspelt: readonly (readonly [() => void, RegExp])[] = [
      [
        () => {
          expect(cxone).not.toHaveReceivedHandover({ conversationid: 'x' } as never);
        },
        /Did you mean conversationId\?/,
      ],
      [
        () => {
          expect(cxone).not.toHaveReceivedHandover({ intent: 'x' } as never);
        },
        /There are conversationId and metadata\./,
      ],
      [
        () => {
          expect(cxone).not.toHaveReceivedSignal({ p10: 'x' } as never);
        },
        /"p10" is no part of a signal/,
      ],
      [
        () => {
          expect(cxone).not.toHaveReceivedRequest({ operationID: 'x' } as never);
        },
        /Did you mean operationId\?/,
      ],
      [
        () => {
          cxone.check({ cuont: 0 } as never);
        },
        /Did you mean count\?/,
      ],
    ];
    for (const [check, message] of misspelt) expect(failureOf(check)).toMatch(message);
  });

  forgetful('what was dropped is not taken for what never came', async ({ cxone }) => {
    await post(cxone, HANDOVER, {});
    await post(cxone, HANDOVER, {});
    expect(
      failureOf(() => {
        expect(cxone).toHaveReceivedSignal();
      }),
    ).toMatch(/It cannot be told: .* were dropped/);
    expect(
      failureOf(() => {
        expect(cxone).not.toHaveReceivedHandover();
      }),
    ).toMatch(/It cannot be told\. .*dropped/);
  });
});
