/** The clients that call the platform: Cognigy's extension, a webchat that asks for free agents, and older ones, unmodified. */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { causeOf, type EmulatorOptions } from '../../src/index.js';
import { CONTACT, emulator, open, send, tokens } from '../support/client.js';
import { CognigyClient } from '../support/cognigy.js';

const KEYS = { accessKeyId: 'key', accessKeySecret: 'key-secret', clientId: 'client', clientSecret: 'client-secret' };
const KNOWLEDGE = {
  knowledge: [
    {
      pattern: 'password',
      completion: 'Choose "Forgot password".',
      links: ['https://help.example.com/a'],
      images: ['https://help.example.com/a.png'],
      citations: ['https://help.example.com/source'],
    },
    { pattern: 'joke', status: 418 },
    { pattern: 'nothing', status: 250 },
    { pattern: 'more', status: 406 },
  ],
};

/** A reverse proxy that publishes the emulator below a path of its own. Answers its address and sets where it leads. */
async function proxy(): Promise<{ url: string; leadTo: (target: string) => void }> {
  let target = '';
  const server = createServer((incoming, outgoing) => {
    const { hostname, port } = new URL(target);
    const headers = { ...incoming.headers, host: 'inside:80' };
    const path = incoming.url?.replace(/^\/cxone/, '') ?? '/';
    const onward = httpRequest({ hostname, port, path, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/cxone`,
    leadTo: (url) => {
      target = url;
    },
  };
}

/** Where a client finds the emulator, and below which path the control API sees the same tenant. */
interface Place {
  readonly environmentUrl: string;
  readonly control: string;
  readonly tenant: string;
}

const PLACES: readonly (readonly [string, (options: EmulatorOptions) => Promise<Place>])[] = [
  [
    'at the root',
    async (options) => {
      const { url } = await emulator(options);
      return { environmentUrl: `${url}/`, control: url, tenant: '' };
    },
  ],
  [
    'at /t/alpha',
    async (options) => {
      const { url } = await emulator(options);
      return { environmentUrl: `${url}/t/alpha`, control: url, tenant: '/t/alpha' };
    },
  ],
  [
    'with --public-url, behind a proxy that changes host and path',
    async (options) => {
      const { url: publicUrl, leadTo } = await proxy();
      const { url } = await emulator({ ...options, publicUrl });
      leadTo(url);
      return { environmentUrl: publicUrl, control: url, tenant: '' };
    },
  ],
];

describe.each(PLACES)('Cognigy’s extension, %s', (_, place) => {
  test('signals in each of its forms, posts a transcript, asks the knowledge base', async () => {
    const { environmentUrl, control, tenant } = await place({ ...KNOWLEDGE, auth: 'strict' });
    const look = async (path: string): Promise<any> => (await send(control, { path: `${tenant}/_emulator/${path}` })).body;
    await send(control, { path: `${tenant}/_emulator/conversations`, body: { contactId: CONTACT } });
    const busNo = String((await look('health')).tenant.busNo);
    const cognigy = new CognigyClient({ environmentUrl, ...KEYS });

    for (const form of ['mixed', 'query', 'json'] as const)
      expect((await cognigy.signal(CONTACT, ['Escalate', `by ${form} & more`, ''], form)).status).toBe(202);
    expect((await cognigy.signal(CONTACT, ['End'], 'mixed')).status).toBe(202);
    const parameters = (form: string): object => ({ p1: 'Escalate', p2: `by ${form} & more`, p3: '' });
    expect((await look('signals')).items.map((signal: any) => [signal.contactId, signal.parameters])).toEqual([
      [CONTACT, { p1: 'End' }],
      ...['json', 'query', 'mixed'].map((form) => [CONTACT, parameters(form)]),
    ]);

    const messages = [
      { bot: true, text: 'Hello' },
      { bot: false, text: 'An agent, please' },
    ];
    expect((await cognigy.transcript(CONTACT, busNo, messages)).status).toBe(200);
    const [posted] = (await look(`transcripts?contactId=${CONTACT}`)).items;
    expect(posted.content.selfServiceSessionDetails.transcripts.map((line: any) => line.messageBody)).toEqual([
      'Hello',
      'An agent, please',
    ]);

    const first = await cognigy.knowledge(CONTACT, busNo, 'How do I reset my password?');
    expect(first).toMatchObject({
      status: 200,
      body: {
        kbAnswers: {
          kbCompletions: [
            {
              kbCompletion: 'Choose "Forgot password".',
              citations: [{ metadata: [{ Uri: 'https://help.example.com/source' }] }],
            },
          ],
          kbLinks: [{ link: 'https://help.example.com/a' }],
          kbImages: [{ link: 'https://help.example.com/a.png' }],
        },
      },
    });
    const reference = first.body.kbAnswers.conversationContextRefId;
    const second = await cognigy.knowledge(CONTACT, busNo, 'And the password of my PIN?', reference);
    expect(second.body.kbAnswers.conversationContextRefId).toBe(reference);
    expect((await cognigy.knowledge(CONTACT, busNo, 'Tell me a joke?')).status).toBe(418);
    expect((await cognigy.knowledge(CONTACT, busNo, 'I know nothing?')).status).toBe(250);
    expect((await cognigy.knowledge(CONTACT, busNo, 'Say more?')).status).toBe(406);
    expect((await cognigy.knowledge(CONTACT, busNo, 'Where is it?')).status).toBe(404);

    expect((await look('traces?outcome=rejected')).items.map(causeOf)).toMatchObject([{ code: 'KNOWLEDGE_NO_ANSWER' }]);
    expect((await look('traces?code=TENANT_ID_UNKNOWN')).total).toBe(0);
    expect((await look('traces?code=BUSINESS_UNIT_MISMATCH')).total).toBe(0);
  });

  test('fetches a new token where its own was revoked, and only where it tries again', async () => {
    const { environmentUrl, control, tenant } = await place({});
    await send(control, { path: `${tenant}/_emulator/conversations`, body: { contactId: CONTACT } });
    const [newest, older] = [true, false].map((retries) => new CognigyClient({ environmentUrl, ...KEYS }, { retries }));
    expect((await newest!.signal(CONTACT, ['Escalate'], 'query')).status).toBe(202);
    expect((await older!.signal(CONTACT, ['Escalate'], 'query')).status).toBe(202);
    const before = newest!.cache.tokens?.access_token;
    await send(control, { method: 'DELETE', path: `${tenant}/_emulator/tokens` });
    expect((await older!.signal(CONTACT, ['Escalate'], 'query')).status).toBe(401);
    expect((await newest!.signal(CONTACT, ['Escalate'], 'query')).status).toBe(202);
    expect(newest!.cache.tokens?.access_token).not.toBe(before);
    expect((await send(control, { path: `${tenant}/_emulator/traces?code=TOKEN_EXPIRED` })).body.total).toBe(2);
  });

  test('fetches a new token where its own has expired', async () => {
    let now = Date.parse('2026-03-01T09:30:00.000Z');
    const { environmentUrl, control, tenant } = await place({
      clock: { now: () => now, monotonic: () => 0 },
      tokenLifetime: 600,
    });
    await send(control, { path: `${tenant}/_emulator/conversations`, body: { contactId: CONTACT } });
    const cognigy = new CognigyClient({ environmentUrl, ...KEYS });
    expect((await cognigy.signal(CONTACT, ['Escalate'], 'query')).status).toBe(202);
    now += 599_000;
    expect((await cognigy.signal(CONTACT, ['Escalate'], 'query')).status).toBe(202);
    expect((await send(control, { path: `${tenant}/_emulator/traces?code=TOKEN_EXPIRED` })).body.total).toBe(0);
    now += 2000;
    expect((await cognigy.signal(CONTACT, ['Escalate'], 'query')).status).toBe(202);
    expect((await send(control, { path: `${tenant}/_emulator/traces?code=TOKEN_EXPIRED` })).body.total).toBe(1);
  });

  test('a webchat asks whether an agent is free, how many wait, and whether it is open', async () => {
    const { environmentUrl, control, tenant } = await place({});
    const chat = new CognigyClient({ environmentUrl, ...KEYS });
    const activity = async (): Promise<any> =>
      (await chat.call('GET', 'incontactapi/services/v26.0/skills/4001/activity')).body.skillActivity[0];
    expect(await activity()).toMatchObject({ skillId: 4001, skillName: 'Support', queueCount: 0, agentsAvailable: 1 });
    const { body: opened } = await send(control, { path: `${tenant}/_emulator/conversations`, body: {} });
    const handover = { sessionId: opened.conversationId, skillId: 4001 };
    await send(control, { path: `${tenant}/api/v2/conversations/webchat`, body: handover });
    await send(control, { method: 'PATCH', path: `${tenant}/_emulator/skills/4001`, body: { agents: 0 } });
    expect(await activity()).toMatchObject({
      queueCount: 1,
      agentsAvailable: 0,
      earliestQueueTime: expect.any(String) as string,
    });

    const { body } = await chat.call('GET', 'InContactAPI/services/v16.0/hours-of-operation');
    expect(body.resultSet.hoursOfOperationProfiles[0].days).toHaveLength(7);
    expect(body.resultSet.hoursOfOperationProfiles[0].days[0]).toEqual({
      day: 'Monday',
      openTime: '00:00:00',
      closeTime: '23:59:59',
      hasAdditionalHours: 'False',
      additionalOpenTime: '',
      additionalCloseTime: '',
      isClosedAllDay: 'False',
    });
  });
});

test('a token from before a restart and a reset is good after both', async () => {
  const first = await emulator();
  const { access_token: token } = await tokens(first.url);
  await first.close();
  const second = await emulator({ auth: 'strict' });
  await second.reset();
  const headers = { authorization: `Bearer ${token as string}` };
  expect((await send(second.url, { path: '/inContactAPI/services/v30.0/skills', headers })).status).toBe(200);
  expect((await send(second.url, { path: '/api/v2/contacts?attribute=a&value=b', headers })).status).toBe(200);
});

test('older clients: an access key as JSON, an id token as bearer, the base address in the answer', async () => {
  const { url } = await emulator();
  await open(url, { contactId: CONTACT });
  const { body } = await send(url, {
    path: '/authentication/v1/token/access-key',
    body: { accessKeyId: 'key', accessKeySecret: 'key-secret' },
  });
  const base = new URL(body.resource_server_base_uri);
  expect(base.href).toBe(`${url}/inContactAPI/`);
  const headers = { authorization: `bearer ${body.id_token as string}`, 'content-type': 'application/x-www-form-urlencoded' };
  const active = await send(url, { path: `${base.pathname}services/v17.0/contacts/active`, headers });
  expect(active.body.activeContacts).toMatchObject([{ contactId: 463012345678, stateName: 'PreQueue' }]);
  const unit = await send(url, { path: '/incontactapi/services/v23.0/business-unit', headers });
  expect(unit.body.businessUnits[0].tenantId).toBe((await send(url, { path: '/_emulator/health' })).body.tenant.tenantId);
});
