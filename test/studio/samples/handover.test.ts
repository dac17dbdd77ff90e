/** The sample scripts that hand over, and those that go wrong: each does what its comment says. */
import { describe, expect, test } from 'vitest';
import { causeOf, type Trace, warningsOf } from '../../../src/index.js';
import { CONVERSATION, open, OTHER_CONVERSATION, send, traceOf } from '../../support/client.js';
import { CognigyClient } from '../../support/cognigy.js';
import {
  BILLING,
  EXTERNAL,
  hook,
  inShort,
  KEYS,
  ladderOf,
  look,
  ownCallsOf,
  place,
  PLACES,
  runOf,
  WITH_ATTRIBUTE,
} from '../../support/samples.js';

interface Row {
  readonly script: string;
  /** What makes the difference. */
  readonly when: string;
  readonly opened?: object;
  readonly sessionId: string;
  readonly intent?: string;
  readonly answer: { readonly status: number; readonly body: unknown };
  /** Of the conversation afterwards. */
  readonly state: 'bot' | 'queued';
  readonly cause?: { readonly code: string; readonly received: string; readonly remedy: string };
  readonly warnings?: readonly string[];
  readonly ladder: readonly string[];
  readonly own: readonly string[];
}

const BARE = { status: 400, body: { errorCode: 'BadRequest', message: 'Bad Request' } };

const refusedCall = (call: string): any => expect.stringMatching(new RegExp(`^${call} was answered 400 Bad Request\\.$`));

const anyTrace = expect.any(String) as string;

const ROWS: readonly Row[] = [
  {
    script: 'wrong-raw-body',
    when: 'with the right id',
    sessionId: CONVERSATION,
    answer: BARE,
    state: 'bot',
    cause: {
      code: 'TEMPLATE_RAW_BODY',
      received: 'refused for CONVERSATION_ID_FORMAT',
      remedy: 'body: {"sessionId":"{{ context.sessionId }}","metadata":{"intent":"{{ context.metadata.intent }}"}',
    },
    ladder: ['HandOver (RESTPROXY) → over'],
    own: ['handOverConversation CONVERSATION_ID_FORMAT'],
  },
  {
    script: 'wrong-no-content-type',
    when: 'with the right id',
    sessionId: CONVERSATION,
    answer: {
      status: 502,
      body: { error: refusedCall('POST .*/api/v2/conversations/webchat'), status: 400, traceId: anyTrace },
    },
    state: 'bot',
    cause: {
      code: 'REST_CALL_FAILED',
      received: '400 Bad Request for CONTENT_TYPE_FORM',
      remedy: 'In a Studio script, set ContentType to application/json: GetRESTProxy() sends form data by default.',
    },
    ladder: ['HandOver (RESTPROXY) → OnError', 'Refused (RESPOND) → over'],
    own: ['handOverConversation CONTENT_TYPE_FORM'],
  },
  {
    script: 'wrong-external-id',
    when: 'with the bot’s own id, although it is stored',
    opened: WITH_ATTRIBUTE,
    sessionId: EXTERNAL,
    answer: BARE,
    state: 'bot',
    cause: {
      code: 'REST_CALL_FAILED',
      received: '400 Bad Request for CONVERSATION_ID_FORMAT',
      remedy: `/api/v2/conversations?attribute=externalSessionId&value=${EXTERNAL}`,
    },
    ladder: ['Lookup (RESTAPI) → over'],
    own: ['getSession CONVERSATION_ID_FORMAT'],
  },
  {
    script: 'wrong-external-id',
    when: 'with the id that CXone generated',
    sessionId: CONVERSATION,
    answer: { status: 200, body: { state: 'queued' } },
    state: 'queued',
    ladder: ['Lookup (RESTAPI) → Default', 'HandOver (REQAGENT) → Default', 'Done (RESPOND) → over'],
    own: ['getSession'],
  },
  {
    script: 'wrong-attribute-too-late',
    when: 'while nothing has stored the id',
    sessionId: EXTERNAL,
    answer: BARE,
    state: 'bot',
    cause: {
      code: 'TEMPLATE_VARIABLE_MISSING',
      received: 'vars.found.items, which is empty',
      remedy: 'The list vars.found.items is empty: what was looked up was not found.',
    },
    ladder: ['Lookup (RESTAPI) → Default', 'HandOver (REQAGENT) → over'],
    own: ['findConversations ATTRIBUTE_NO_MATCH'],
  },
  {
    script: 'wrong-attribute-too-late',
    when: 'where somebody else has stored it in time',
    opened: WITH_ATTRIBUTE,
    sessionId: EXTERNAL,
    answer: { status: 200, body: { state: 'queued' } },
    state: 'queued',
    ladder: [
      'Lookup (RESTAPI) → Default',
      'HandOver (REQAGENT) → Default',
      'Store (SETATTRIBUTE) → Default',
      'Done (RESPOND) → over',
    ],
    own: ['findConversations'],
  },
  {
    script: 'handover-native-id',
    when: 'with the id that CXone generated',
    sessionId: CONVERSATION,
    answer: { status: 200, body: { conversationId: CONVERSATION, state: 'queued' } },
    state: 'queued',
    ladder: ['Lookup (RESTAPI) → Default', 'HandOver (RESTPROXY) → Default', 'Done (RESPOND) → over'],
    own: ['getSession', 'handOverConversation'],
  },
  {
    script: 'handover-native-id',
    when: 'with an id of nobody',
    sessionId: OTHER_CONVERSATION,
    answer: {
      status: 404,
      body: {
        error: expect.stringMatching(`/webchat/${OTHER_CONVERSATION} was answered 404 Not Found.$`) as string,
        traceId: anyTrace,
      },
    },
    state: 'bot',
    cause: {
      code: 'REST_CALL_FAILED',
      received: '404 Not Found for CONVERSATION_UNKNOWN',
      remedy: 'has the emulator’s own side',
    },
    ladder: ['Lookup (RESTAPI) → OnError', 'NotFound (RESPOND) → over'],
    own: ['getSession CONVERSATION_UNKNOWN'],
  },
  {
    script: 'handover-native-id',
    when: 'where the conversation is over',
    opened: { conversationId: CONVERSATION, state: 'ended' },
    sessionId: CONVERSATION,
    answer: {
      status: 502,
      body: {
        error: expect.stringMatching('/webchat was answered 409 Conflict.$') as string,
        traceId: anyTrace,
      },
    },
    state: 'bot',
    cause: {
      code: 'REST_CALL_FAILED',
      received: '409 Conflict for CONVERSATION_ENDED',
      remedy: 'has the emulator’s own side',
    },
    ladder: ['Lookup (RESTAPI) → Default', 'HandOver (RESTPROXY) → OnError', 'Refused (RESPOND) → over'],
    own: ['getSession', 'handOverConversation CONVERSATION_ENDED'],
  },
  {
    script: 'handover-mapped-variable',
    when: 'with the bot’s own id, with white space around it',
    opened: WITH_ATTRIBUTE,
    sessionId: ` ${EXTERNAL}\n`,
    answer: { status: 200, body: { conversationId: CONVERSATION, state: 'queued' } },
    state: 'queued',
    ladder: [
      'MapId (ASSIGN) → Default',
      'Lookup (RESTAPI) → Default',
      'IsOne (IF) → OnTrue',
      'MapConversation (ASSIGN) → Default',
      'HandOver (RESTPROXY) → Default',
      'Done (RESPOND) → over',
    ],
    own: ['findConversations', 'handOverConversation'],
  },
  {
    script: 'handover-mapped-variable',
    when: 'where nothing has stored the id',
    sessionId: EXTERNAL,
    answer: { status: 404, body: { error: `0 conversations have ${EXTERNAL} as externalSessionId` } },
    state: 'bot',
    cause: { code: 'SCRIPT_REFUSED', received: 'a RESPOND with 404', remedy: 'The actions before it' },
    ladder: ['MapId (ASSIGN) → Default', 'Lookup (RESTAPI) → Default', 'IsOne (IF) → OnFalse', 'NotFound (RESPOND) → over'],
    own: ['findConversations ATTRIBUTE_NO_MATCH'],
  },
  {
    script: 'handover-stored-attribute',
    when: 'where nothing has stored the id',
    sessionId: EXTERNAL,
    answer: { status: 404, body: { error: `store ${EXTERNAL} first, with store-external-id` } },
    state: 'bot',
    cause: { code: 'SCRIPT_REFUSED', received: 'a RESPOND with 404', remedy: 'The actions before it' },
    ladder: ['Lookup (RESTAPI) → Default', 'HowMany (CASE) → 0', 'NotFound (RESPOND) → over'],
    own: ['findConversations ATTRIBUTE_NO_MATCH'],
  },
  {
    script: 'handover-by-intent',
    when: 'with an intent for agents',
    opened: WITH_ATTRIBUTE,
    sessionId: EXTERNAL,
    answer: { status: 200, body: { state: 'queued' } },
    state: 'queued',
    ladder: [
      'find-conversation/Lookup (RESTAPI) → Default',
      'find-conversation/IsOne (IF) → OnTrue',
      'find-conversation/Found (END) → over',
      'Find (RUNSUB) → Default',
      'IsFound (IF) → OnTrue',
      'ByIntent (CASE) → billing',
      'HandOver (REQAGENT) → Default',
      'HandedOver (RESPOND) → over',
    ],
    own: ['findConversations'],
  },
  {
    script: 'handover-by-intent',
    when: 'with another intent',
    opened: WITH_ATTRIBUTE,
    sessionId: EXTERNAL,
    intent: 'opening hours',
    answer: { status: 200, body: { state: 'bot', say: 'I can help you with opening hours myself.' } },
    state: 'bot',
    ladder: [
      'find-conversation/Lookup (RESTAPI) → Default',
      'find-conversation/IsOne (IF) → OnTrue',
      'find-conversation/Found (END) → over',
      'Find (RUNSUB) → Default',
      'IsFound (IF) → OnTrue',
      'ByIntent (CASE) → Default',
      'Stay (RESPOND) → over',
    ],
    own: ['findConversations'],
  },
  {
    script: 'handover-by-intent',
    when: 'where nothing has stored the id',
    sessionId: EXTERNAL,
    answer: { status: 404, body: { error: `no conversation has ${EXTERNAL} as externalSessionId` } },
    state: 'bot',
    cause: { code: 'SCRIPT_REFUSED', received: 'a RESPOND with 404', remedy: 'The actions before it' },
    ladder: [
      'find-conversation/Lookup (RESTAPI) → Default',
      'find-conversation/IsOne (IF) → OnFalse',
      'find-conversation/None (END) → over',
      'Find (RUNSUB) → Default',
      'IsFound (IF) → OnFalse',
      'NotFound (RESPOND) → over',
    ],
    own: ['findConversations ATTRIBUTE_NO_MATCH'],
  },
];

describe.each(PLACES)('%s', (_, find) => {
  test.each(ROWS)('$script, $when', async (row) => {
    const here = await find();
    const { base } = here;
    await open(base, { conversationId: CONVERSATION, ...row.opened });
    const answer = await hook(here, row.script, { sessionId: row.sessionId, metadata: { intent: row.intent ?? 'billing' } });
    expect({ status: answer.status, body: answer.body }).toEqual(row.answer);
    expect(answer.headers['x-emulator-cause']).toBe(row.cause?.code);

    const trace = await traceOf(base, answer);
    expect(trace).toMatchObject({ script: row.script, outcome: row.cause === undefined ? 'accepted' : 'rejected' });
    expect(ladderOf(trace)).toEqual(row.ladder);
    expect(causeOf(trace)?.code).toBe(row.cause?.code);
    expect(causeOf(trace)?.received ?? '').toContain(row.cause?.received ?? '');
    expect(causeOf(trace)?.remedy ?? '').toContain(row.cause?.remedy ?? '');
    expect(warningsOf(trace).map(({ code }) => code)).toEqual(row.warnings ?? []);

    const own = await ownCallsOf(base, trace);
    expect(own.map(inShort)).toEqual(row.own);
    expect(JSON.stringify([trace, own])).not.toContain('eyJ');
    const conversation = await look(base, `conversations/${CONVERSATION}`);
    expect(conversation.state).toBe(row.opened !== undefined && 'state' in row.opened ? row.opened.state : row.state);
    if (row.state === 'queued') expect(conversation).toMatchObject({ skillId: 4001, metadata: BILLING });
  });

  test('store-external-id makes handover-stored-attribute find the conversation', async () => {
    const here = await find();
    const { base } = here;
    const { contactId } = await open(base);
    const stored = await hook(here, 'store-external-id', { sessionId: EXTERNAL, contactId: Number(contactId) });
    expect(stored).toMatchObject({ status: 204, text: '' });
    expect(ladderOf(await traceOf(base, stored))).toEqual(['Store (SETATTRIBUTE) → Default', 'Done (RESPOND) → over']);

    const handedOver = await hook(here, 'handover-stored-attribute', { sessionId: EXTERNAL, metadata: BILLING });
    expect(handedOver).toMatchObject({ status: 200, body: { conversationId: CONVERSATION, state: 'queued' } });
    const trace = await traceOf(base, handedOver);
    expect(ladderOf(trace)).toEqual([
      'Lookup (RESTAPI) → Default',
      'HowMany (CASE) → 1',
      'HandOver (REQAGENT) → Default',
      'Done (RESPOND) → over',
    ]);
    expect((await ownCallsOf(base, trace)).map(inShort)).toEqual(['findConversations']);
    expect(await look(base, `conversations/${CONVERSATION}`)).toMatchObject({
      state: 'queued',
      skillId: 4001,
      metadata: { intent: 'billing', externalSessionId: EXTERNAL },
    });
  });

  test('store-external-id refuses a contact of nobody', async () => {
    const here = await find();
    const answer = await hook(here, 'store-external-id', { sessionId: EXTERNAL, contactId: '463099999999' });
    expect(answer).toMatchObject({ status: 404, body: { error: 'No contact has this id.' } });
    const trace = await traceOf(here.base, answer);
    expect(causeOf(trace)?.code).toBe('CONTACT_UNKNOWN');
    expect(ladderOf(trace)).toEqual(['Store (SETATTRIBUTE) → OnError', 'Unknown (RESPOND) → over']);
  });

  test('handover-stored-attribute hands nobody over where two have the id', async () => {
    const here = await find();
    await open(here.base, WITH_ATTRIBUTE);
    await open(here.base, { ...WITH_ATTRIBUTE, conversationId: OTHER_CONVERSATION });
    const answer = await hook(here, 'handover-stored-attribute', { sessionId: EXTERNAL, metadata: BILLING });
    expect(answer.status).toBe(409);
    const trace = await traceOf(here.base, answer);
    expect(ladderOf(trace)).toEqual(['Lookup (RESTAPI) → Default', 'HowMany (CASE) → Default', 'Ambiguous (RESPOND) → over']);
    expect((await ownCallsOf(here.base, trace)).map(inShort)).toEqual(['findConversations ATTRIBUTE_AMBIGUOUS']);
    expect((await look(here.base, 'conversations')).items.map((one: any) => one.state)).toEqual(['bot', 'bot']);
  });

  test('callback takes what scripts/start gives it, and queues its contact', async () => {
    const { base } = await find();
    const cognigy = new CognigyClient({ environmentUrl: base, ...KEYS });
    const query = new URLSearchParams({
      skillId: '4001',
      scriptPath: 'Samples\\callback',
      parameters: '+49 89 1234|invoice 17',
    });
    const started = await cognigy.call('POST', `inContactAPI/services/v30.0/scripts/start?${query.toString()}`);
    expect(started.status).toBe(200);
    expect((await look(base, 'conversations')).items).toMatchObject([
      {
        contactId: String(started.body.contactId),
        state: 'queued',
        skillId: 4001,
        attributes: { phone: '+49 89 1234' },
        metadata: { phone: '+49 89 1234', reason: 'invoice 17' },
      },
    ]);
    const trace = await runOf(base, 'callback');
    const [call] = (await look(base, 'traces?outcome=accepted')).items.filter((one: Trace) => one.operationId === 'startScript');
    expect(trace).toMatchObject({ outcome: 'accepted', parent: call.traceId });
    expect(ladderOf(trace)).toEqual(['Remember (SETATTRIBUTE) → Default', 'Queue (REQAGENT) → Default', 'Done (END) → over']);
  });
});

test('with --auth strict no script runs without a token', async () => {
  const { base } = await place({ auth: 'strict' });
  const answer = await send(base, { path: '/webhooks/handover-native-id', body: { sessionId: EXTERNAL, metadata: BILLING } });
  expect(answer.status).toBe(401);
  expect(ladderOf(await traceOf(base, answer))).toEqual([]);
});

test('a lookup that finds nothing says so in the trace of the script, too', async () => {
  const here = await place();
  const trace = await traceOf(
    here.base,
    await hook(here, 'handover-stored-attribute', { sessionId: EXTERNAL, metadata: BILLING }),
  );
  const lookup = trace.entries.find(({ action }) => action === 'Lookup (RESTAPI)');
  expect(lookup?.message).toBe(
    `GET was answered 200 OK. The emulator warns of it: ATTRIBUTE_NO_MATCH: None of the conversations has "${EXTERNAL}" as "externalSessionId". Nothing stores this value; a lookup sees only what was stored before it. Store it first, before the handover: PATCH /api/v2/contacts/{contactId}/attributes with {"externalSessionId": "${EXTERNAL}"}.`,
  );
});
