/** The sample scripts, as they ship: each does what its comment says, also with --auth strict, and in a tenant of its own. */
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { causeOf, type EmulatorOptions, type Trace, warningsOf } from '../../src/index.js';
import { type Answer, CONVERSATION, emulator, open, OTHER_CONVERSATION, send, tokens, traceOf } from '../support/client.js';
import { CognigyClient } from '../support/cognigy.js';

const FOLDER = 'scenarios/scripts';
const KEYS = { accessKeyId: 'key', accessKeySecret: 'key-secret', clientId: 'client', clientSecret: 'client-secret' };
/** What the bot of the report knows itself by. */
const EXTERNAL = 'abc-123';
const WITH_ATTRIBUTE = { conversationId: CONVERSATION, attributes: { externalSessionId: EXTERNAL } };
const BILLING = { intent: 'billing' };

/** The names of the scripts whose traces the tests have looked at. */
const exercised = new Set<string>();

/** Where a tenant is reached, with what its callers must send along. */
interface Place {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function place(options: EmulatorOptions & { readonly tenant?: string } = {}): Promise<Place> {
  const { tenant = '', ...others } = options;
  const { url } = await emulator({ scripts: FOLDER, ...others });
  const base = url + tenant;
  if (others.auth !== 'strict') return { base, headers: {} };
  return { base, headers: { authorization: `Bearer ${(await tokens(base)).access_token as string}` } };
}

const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  ['lax', () => place()],
  ['strict', () => place({ auth: 'strict' })],
  ['strict, in the tenant alpha', () => place({ auth: 'strict', tenant: '/t/alpha' })],
];

function hook({ base, headers }: Place, script: string, body: object): Promise<Answer> {
  return send(base, { path: `/webhooks/${script}`, headers, body });
}

async function look(base: string, path: string): Promise<any> {
  return (await send(base, { path: `/_emulator/${path}` })).body;
}

/** The actions that fired, each with its branch. */
function ladderOf(trace: Trace): string[] {
  if (trace.script !== null) exercised.add(trace.script);
  return trace.entries.flatMap(({ action, branch }) => {
    if (action === undefined) return [];
    const inside = /^(.+)\//.exec(action)?.[1];
    if (inside !== undefined) exercised.add(inside);
    return [`${action} → ${branch ?? 'over'}`];
  });
}

/** The traces of the script's own calls: each is linked both ways. */
async function ownCallsOf(base: string, trace: Trace): Promise<Trace[]> {
  const ids = trace.entries.flatMap(({ calls = [] }) => calls.flatMap(({ traceId }) => (traceId === null ? [] : [traceId])));
  const own = await Promise.all(ids.map(async (traceId): Promise<Trace> => look(base, `traces/${traceId}`)));
  for (const { parent, transport } of own) expect({ parent, transport }).toEqual({ parent: trace.traceId, transport: 'script' });
  return own;
}

/** `getSession`, `handOverConversation CONTENT_TYPE_FORM`: the operation, with why it refused, or what it warned of. */
function inShort(trace: Trace): string {
  const codes = [causeOf(trace), ...(trace.outcome === 'accepted' ? warningsOf(trace) : [])].flatMap(
    (entry) => entry?.code ?? [],
  );
  return [trace.operationId ?? '', ...codes].join(' ');
}

/** The newest trace of a script that no webhook started. */
async function runOf(base: string, script: string): Promise<Trace> {
  const [trace] = (await look(base, `traces?script=${script}`)).items;
  return trace as Trace;
}

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

describe.each(PLACES)('a voice bot’s backchannel, %s', (_, find) => {
  /** A call with the script on its master contact, and the contact that it spawned. */
  async function call(): Promise<{
    base: string;
    cognigy: CognigyClient;
    opened: any;
    spawned: string;
    now: () => Promise<any>;
  }> {
    const { base } = await find();
    const opened = await open(base, { channel: 'voice' });
    const now = (): Promise<any> => look(base, `conversations/${opened.conversationId as string}`);
    const spawned = (await now()).attributes.spawnedContactId as string;
    return { base, cognigy: new CognigyClient({ environmentUrl: base, ...KEYS }), opened, spawned, now };
  }

  const signalled = async (base: string): Promise<Trace> =>
    (await look(base, 'traces?limit=20')).items.find((trace: Trace) => trace.operationId === 'signalContact') as Trace;

  test.each(['mixed', 'query', 'json'] as const)('Escalate queues the call before the signal’s answer: %s', async (form) => {
    const { base, cognigy, opened, spawned, now } = await call();
    expect(opened).toMatchObject({ state: 'bot', masterContactId: opened.contactId });
    expect((await cognigy.signal(spawned, ['Escalate', 'billing', 'invoice 17'], form)).status).toBe(202);
    expect(await now()).toMatchObject({
      contactId: opened.contactId,
      state: 'queued',
      skillId: 4001,
      metadata: { intent: 'billing', details: 'invoice 17' },
    });

    const signal = await signalled(base);
    expect(warningsOf(signal)).toEqual([]);
    expect(signal.entries.map(({ message }) => message)).toContain(
      `Contact ${spawned} is signalled with p1, p2 and p3; the script voice-backchannel hears it.`,
    );
    const main = await runOf(base, 'voice-main');
    expect(main).toMatchObject({ outcome: 'running', contactId: opened.contactId });
    expect(ladderOf(main)).toEqual(['Backchannel (SPAWN) → Default', 'Tell (SETATTRIBUTE) → Default']);
    expect(main.entries.at(-1)?.message).toBe('Talk waits until a signal comes.');
    const backchannel = await runOf(base, 'voice-backchannel');
    expect(backchannel).toMatchObject({ outcome: 'accepted', contactId: spawned, parent: main.traceId });
    expect(ladderOf(backchannel)).toEqual([
      'Listen (WAIT) → over',
      'Heard (ONSIGNAL) → Default',
      'WhatIsIt (CASE) → Escalate',
      'Escalate (REQAGENT) → Default',
      'Done (END) → over',
    ]);
    const heard = backchannel.entries.find(({ action }) => action === 'Heard (ONSIGNAL)');
    expect(heard?.variables).toEqual({ SP1: 'Escalate', SP2: 'billing', SP3: 'invoice 17' });
  });

  test('End ends the call, and with it the script of the master contact', async () => {
    const { base, cognigy, spawned, now } = await call();
    expect((await cognigy.signal(spawned, ['End'], 'mixed')).status).toBe(202);
    expect((await now()).state).toBe('ended');
    const backchannel = await runOf(base, 'voice-backchannel');
    expect(backchannel.outcome).toBe('accepted');
    expect(ladderOf(backchannel).slice(-2)).toEqual(['WhatIsIt (CASE) → End', 'HangUp (END) → over']);
    const main = await runOf(base, 'voice-main');
    expect(main.outcome).toBe('accepted');
    expect(ladderOf(main).at(-1)).toBe('Talk (WAIT) → over');
    expect(main.entries.at(-1)?.message).toBe('The script was stopped: its conversation ended.');
  });

  test('anything else is noted, and the script listens on', async () => {
    const { base, cognigy, spawned, now } = await call();
    expect((await cognigy.signal(spawned, ['Hold'], 'query')).status).toBe(202);
    expect((await now()).state).toBe('bot');
    const waiting = await runOf(base, 'voice-backchannel');
    expect(waiting.outcome).toBe('running');
    expect(waiting.entries.map(({ message }) => message)).toContain('The bot signals Hold, which means nothing here.');
    expect((await cognigy.signal(spawned, ['Escalate'], 'query')).status).toBe(202);
    expect((await now()).state).toBe('queued');
  });

  test('a signal to the master contact is unheard, and the remedy names the spawned one', async () => {
    const { base, cognigy, opened, spawned, now } = await call();
    expect((await cognigy.signal(opened.contactId as string, ['Escalate'], 'json')).status).toBe(202);
    expect((await now()).state).toBe('bot');
    const [warning, ...others] = warningsOf(await signalled(base));
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      code: 'SIGNAL_UNHEARD',
      received: `${opened.contactId as string}, a master contact on which the script voice-main runs, which has no ONSIGNAL`,
      remedy: `A signal goes to the contact of the spawned script, not to its master: send it to ${spawned}.`,
    });
  });

  test.each(['Escalate', 'End'])('a signal after %s comes too late', async (first) => {
    const { base, cognigy, opened, spawned } = await call();
    await cognigy.signal(spawned, [first], 'mixed');
    expect(warningsOf(await signalled(base))).toEqual([]);
    expect((await cognigy.signal(spawned, ['Escalate'], 'mixed')).status).toBe(202);
    expect(warningsOf(await signalled(base))).toMatchObject([
      {
        code: 'SIGNAL_UNHEARD',
        received: `${spawned}, a spawned contact of ${opened.contactId as string} on which no script runs`,
        remedy: expect.stringContaining('A signal is heard only while the script runs that has the ONSIGNAL.') as string,
      },
    ]);
  });
});

describe('outside-webhook', () => {
  const STANDARD = { customer: { name: 'unknown', tier: 'standard' } };
  const ASK = { customerId: 'a/7' };
  const WITHOUT = ['AskCrm (RESTAPI) → OnError', 'GoOnWithout (TRACE) → Default', 'Done (RESPOND) → over'];

  /** A CRM on a free port, and the folder with that port in the script. */
  async function crm(listener: RequestListener): Promise<{ port: number; scripts: string; close: () => Promise<void> }> {
    const server = createServer(listener).listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const scripts = await mkdtemp(join(tmpdir(), 'samples-'));
    const close = async (): Promise<void> => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    };
    onTestFinished(async () => {
      await close();
      await rm(scripts, { recursive: true });
    });
    await cp(FOLDER, scripts, { recursive: true });
    const file = join(scripts, 'outside-webhook.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('localhost:9900', `localhost:${String(port)}`));
    return { port, scripts, close };
  }

  test('answers with what the CRM says', async () => {
    const asked: (string | undefined)[] = [];
    const { port, scripts } = await crm((request, response) => {
      asked.push(request.url);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"name": "Ada", "tier": "gold"}');
    });
    const here = await place({ scripts, scriptHosts: [`localhost:${String(port)}`], auth: 'strict' });
    const answer = await hook(here, 'outside-webhook', ASK);
    expect(answer).toMatchObject({ status: 200, body: { customer: { name: 'Ada', tier: 'gold' } } });
    expect(asked).toEqual(['/customers/a%2F7']);
    const trace = await traceOf(here.base, answer);
    expect(ladderOf(trace)).toEqual(['AskCrm (RESTAPI) → Default', 'Known (ASSIGN) → Default', 'Done (RESPOND) → over']);
    expect(warningsOf(trace)).toEqual([]);
  });

  test('goes on without it where it answers with an error', async () => {
    const { port, scripts } = await crm((_request, response) => {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    });
    const here = await place({ scripts, scriptHosts: ['localhost'] });
    const answer = await hook(here, 'outside-webhook', ASK);
    expect(answer).toMatchObject({ status: 200, body: STANDARD });
    const trace = await traceOf(here.base, answer);
    expect(trace.outcome).toBe('accepted');
    expect(causeOf(trace)).toBeUndefined();
    expect(ladderOf(trace)).toEqual(WITHOUT);
    expect(warningsOf(trace)).toMatchObject([
      {
        code: 'REST_CALL_FAILED',
        message: `GET http://localhost:${String(port)}/customers/a%2F7 was answered 404 Not Found.`,
      },
    ]);
  });

  test('goes on without it, after two tries, where nobody listens', async () => {
    const { scripts, close } = await crm(() => undefined);
    await close();
    const here = await place({ scripts, scriptHosts: ['localhost'] });
    const answer = await hook(here, 'outside-webhook', ASK);
    expect(answer).toMatchObject({ status: 200, body: STANDARD });
    const trace = await traceOf(here.base, answer);
    expect(ladderOf(trace)).toEqual(WITHOUT);
    expect(warningsOf(trace)).toMatchObject([{ code: 'REST_CALL_FAILED', calls: [{ response: null }, { response: null }] }]);
  });

  test('goes on without it, as it ships, where the host is not let in', async () => {
    const here = await place();
    const answer = await hook(here, 'outside-webhook', ASK);
    expect(answer).toMatchObject({ status: 200, body: STANDARD });
    const trace = await traceOf(here.base, answer);
    expect(ladderOf(trace)).toEqual(WITHOUT);
    expect(warningsOf(trace).map(({ code }) => code)).toEqual(['REST_HOST_REFUSED']);
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

describe('the files', async () => {
  const files = (await readdir(FOLDER)).sort();

  test.each(files)('%s opens with the schema for editors, and a comment of one to three lines', async (file) => {
    const [schema, ...lines] = (await readFile(join(FOLDER, file), 'utf8')).split('\n');
    expect(schema).toBe('# yaml-language-server: $schema=../../dist/script.schema.json');
    const name = lines.findIndex((line) => !line.startsWith('# '));
    expect(name).toBeGreaterThanOrEqual(1);
    expect(name).toBeLessThanOrEqual(3);
    expect(lines[name]).toBe(`name: ${file.replace('.yaml', '')}`);
  });

  // Stands last: it looks at what the tests above have run.
  test('each is run by a test', () => {
    expect(files.filter((file) => !exercised.has(file.replace('.yaml', '')))).toEqual([]);
  });
});
