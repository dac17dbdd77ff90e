/** A tenant that answers otherwise: the report names exactly what differs, and the config that it writes makes the emulator answer alike. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conversationIds } from '../../src/cxone/model/ids.js';
import { formOf } from '../../src/recording/inferred-settings.js';
import { CONVERSATION, emulator, HANDOVER, open, send } from '../support/client.js';
import { outcomeOf, passingOn } from '../support/recording.js';
import { outside } from '../support/scripts.js';

const BASIC = {
  'content-type': 'application/x-www-form-urlencoded',
  authorization: `Basic ${Buffer.from('client:client-secret').toString('base64')}`,
};
const ID = 'CONV-12345678';
const CONTACT = '463012345678';
const SIGNAL = `/inContactAPI/services/v30.0/interactions/${CONTACT}/signal?p1=End`;

async function otherTenant(): Promise<string> {
  const { url } = await emulator({
    conversationId: { pattern: 'CONV-[0-9]{8}', example: 'CONV-00000001' },
    errors: {
      conversations: { 400: { code: 'E400', text: 'No.' } },
      acd: { 404: { error: 'gone', error_description: 'No such thing here.' } },
    },
  });
  await open(url, { conversationId: ID, contactId: CONTACT, attributes: { externalSessionId: 'abc-123' } });
  return url;
}

async function session(url: string): Promise<number[]> {
  const token = await send(url, { path: '/auth/token', headers: BASIC, body: 'grant_type=client_credentials' });
  const headers = { authorization: `Bearer ${token.body.access_token as string}` };
  const answers = [
    token,
    await send(url, { body: { sessionId: 'abc-123' }, headers }),
    await send(url, { path: '/api/v2/conversations?attribute=externalSessionId&value=abc-123', headers }),
    await send(url, { body: { sessionId: ID, skillId: 4001, metadata: { intent: 'billing' } }, headers }),
    await send(url, { path: `${HANDOVER}/${ID}`, headers }),
    await send(url, { method: 'POST', path: SIGNAL, headers }),
    await send(url, { path: '/inContactAPI/services/v30.0/contacts/1234', headers }),
  ];
  return answers.map(({ status }) => status);
}

const AS_THE_OTHER = [200, 400, 200, 200, 200, 202, 404];

test('other error bodies and another form of ids: those, where they are set, and nothing else', async () => {
  const first = await passingOn(await otherTenant());
  expect(await session(first.url)).toEqual(AS_THE_OTHER);
  const { report, config, summary, file } = await first.finish();
  const told = JSON.parse(report);
  expect(told).toMatchObject({ requests: 7, answered: 7 });
  expect(told.differences).toEqual([
    {
      operationId: 'handOverConversation',
      method: 'POST',
      path: HANDOVER,
      what: 'error body',
      at: '',
      upstream: { code: 'E400', text: 'No.' },
      emulator: { errorCode: 'BadRequest', message: 'Bad Request' },
      provenance: 'report',
      setting: 'errors.conversations.400',
      times: 1,
    },
    expect.objectContaining({
      operationId: 'handOverConversation',
      what: 'status',
      upstream: 200,
      emulator: 400,
      setting: 'conversationId',
    }),
    expect.objectContaining({ operationId: 'getSession', what: 'status', upstream: 200, setting: 'conversationId' }),
    expect.objectContaining({
      path: '/inContactAPI/services/{version}/contacts/{contactId}',
      what: 'error body',
      upstream: { error: 'gone', error_description: 'No such thing here.' },
      setting: 'errors.acd.404',
    }),
  ]);
  expect(summary).toMatch(/It differs from the emulator in 4 things:/);
  expect(summary).toMatch(/learned\.yaml sets conversationId and errors\./);
  expect(config).toContain('pattern: CONV-[0-9]{8}');
  expect(config).not.toContain(ID);
  expect(report + config + summary).not.toMatch(/eyJ|client-secret/);
  // What was recorded are the emulator’s own answers.
  expect(await outcomeOf(file)).toBe('passed');

  const third = await passingOn(await otherTenant(), { config: join(first.folder, 'learned.yaml') });
  expect(await session(third.url)).toEqual(AS_THE_OTHER);
  const again = await third.finish();
  expect(JSON.parse(again.report)).toMatchObject({ requests: 7, answered: 7, differences: [] });
  expect(again.summary).toMatch(
    /The emulator answered all of them as it did\.\n.*\n.*was not written: there is nothing to set\./,
  );
  expect(again.text).toContain(`conversationId: ${ID}`);
  expect(again.text).toContain('Bearer {{ captured.access_token }}');
  expect(await outcomeOf(again.file)).toBe('passed');
});

test('headers that matter, the shape of bodies, a status of signals; secrets of the upstream stay out', async () => {
  const secret = 'upstream-token-0123456789';
  const upstream = await outside((request, response) => {
    const json = (status: number, body: unknown, headers = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (request.url === '/auth/token')
      json(200, { access_token: secret, token_type: 'Bearer', expires_in: '3600', scope: 'all' });
    else if (request.url === SIGNAL) response.writeHead(200).end();
    else if (request.headers.authorization === `Bearer ${secret}`)
      json(
        401,
        { errorCode: 'Unauthorized', message: `Not ${secret}`, trace: request.headers.authorization },
        { 'www-authenticate': 'Bearer realm="cx"', 'retry-after': '1' },
      );
    else json(200, {});
  });
  const { url, finish } = await passingOn(upstream, { auth: 'strict' });
  expect(
    (await send(url, { path: '/auth/token', headers: BASIC, body: 'grant_type=client_credentials' })).body.access_token,
  ).toBe(secret);
  const headers = { authorization: `Bearer ${secret}` };
  await send(url, { path: '/api/v2/contacts?attribute=a&value=b', headers: { authorization: 'Basic nothing' } });
  await send(url, { path: '/inContactAPI/services/v30.0/skills', headers });
  await send(url, { body: { sessionId: 'abc' }, headers });
  expect((await send(url, { method: 'POST', path: SIGNAL, headers })).status).toBe(200);
  const { report, config, summary, text } = await finish();
  const rows = (JSON.parse(report).differences as any[]).map(({ operationId, what, at, upstream: theirs, emulator: ours }) => [
    operationId,
    what,
    at,
    theirs,
    ours,
  ]);
  expect(rows).toContainEqual(['issueToken', 'body', '/expires_in', 'a string', 'a number']);
  expect(rows).toContainEqual(['issueToken', 'body', '/scope', 'a string', 'nothing']);
  expect(rows).toContainEqual(['issueToken', 'header', 'content-type', 'application/json', 'application/json; charset=utf-8']);
  expect(rows).toContainEqual(['listSkills', 'header', 'www-authenticate', 'Bearer realm="cx"', 'Bearer']);
  expect(rows).toContainEqual(['listSkills', 'header', 'retry-after', '1', null]);
  expect(rows).toContainEqual(['signalContact', 'status', '', 200, 202]);
  expect(config).toContain('signalStatus: 200');
  for (const one of [report, config, summary, text]) expect(one).not.toMatch(/upstream-token|client-secret/);
});

test.each([
  [['5e0d1f7a-8c1b-4b8e-9a55-0f4c2d6b7e11'], 'uuid'],
  [['7340021569871', '12'], 'decimal'],
  [['CONV-12345678'], { pattern: 'CONV-[0-9]{8}' }],
  [['CONV-1234', 'CONV-123456'], { pattern: 'CONV-[0-9]{4,6}' }],
  [['a1b2c3d4e5f6'], { pattern: '[0-9a-f]{12}' }],
  [['chat_5e0d1f7a8c1b.1', 'chat_00ff1f7a8c1b.22'], undefined],
  [['a.b-1', 'a_b'], undefined],
  [[], undefined],
])('the form of %j', (ids, expected) => {
  const form = formOf(ids);
  if (expected !== undefined) expect(form).toEqual(typeof expected === 'string' ? expected : expect.objectContaining(expected));
  if (form === undefined) return;
  const ready = conversationIds(form);
  for (const id of [...ids, ready.example]) expect(ready.read(id), JSON.stringify(form)).toBe(id);
  expect(ready.read('abc-123 and more')).toBeUndefined();
});

test('what is opened here on the way stands where it came: what was answered before it replays, too', async () => {
  const { url: there } = await emulator({ auth: 'strict' });
  await open(there);
  const { url, finish } = await passingOn(there);
  const active = '/inContactAPI/services/v30.0/contacts/active';
  const token = await send(url, { path: '/auth/token', headers: BASIC, body: 'grant_type=client_credentials' });
  const headers = { authorization: `Bearer ${token.body.access_token as string}` };
  const body = { sessionId: CONVERSATION, skillId: 4001 };
  expect((await send(url, { body })).status).toBe(401);
  await send(url, { path: active, headers });
  // Those that come together are about one conversation, which is opened once.
  const together = await Promise.all([1, 2, 3].map(() => send(url, { body, headers })));
  expect(together.map(({ status }) => status)).toEqual([200, 200, 200]);
  await send(url, { path: active, headers });
  const { file, text } = await finish();
  expect(text.match(/path: \/_emulator\/conversations$/gm)).toHaveLength(1);
  expect(await outcomeOf(file)).toBe('passed');
});

test('a token that the upstream takes counts in each tenant of the emulator', async () => {
  const { url: there } = await emulator();
  await open(there);
  const { url, finish } = await passingOn(there);
  const token = await send(url, { path: '/auth/token', headers: BASIC, body: 'grant_type=client_credentials' });
  const headers = { authorization: `Bearer ${token.body.access_token as string}` };
  for (const tenant of ['', '/t/alpha', ''])
    expect((await send(url, { path: tenant + HANDOVER, body: { sessionId: CONVERSATION, skillId: 4001 }, headers })).status).toBe(
      200,
    );
  expect(JSON.parse((await finish()).report).differences).toEqual([]);
});

test('a refresh token that the upstream takes counts, too, from before or with signs that a form encodes', async () => {
  const issued = { access_token: 'a-1', token_type: 'Bearer', expires_in: 3600, refresh_token: 'opaque/1+2==', id_token: 'i-1' };
  const there = await outside((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(issued));
  });
  const { url, finish } = await passingOn(there);
  const body = (token: string): string => new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }).toString();
  for (const token of ['from-before-1', issued.refresh_token])
    expect((await send(url, { path: '/auth/token', headers: BASIC, body: body(token) })).status).toBe(200);
  await send(url, { path: '/auth/token', headers: BASIC, body: 'grant_type=client_credentials' });
  await send(url, { path: '/auth/token', headers: BASIC, body: body(issued.refresh_token) });
  const { report, text, file } = await finish();
  expect(JSON.parse(report).differences).toEqual([]);
  expect(text).toContain('{{ captured.refresh_token');
  expect(text).not.toMatch(/from-before-1|opaque/);
  expect(await outcomeOf(file)).toBe('passed');
});

test('the settings that make it refuse as much are named; bodies that are set are nothing new', async () => {
  const { url: there } = await emulator({
    auth: 'strict',
    unknownFields: 'reject',
    credentials: [{ clientId: 'client', clientSecret: 'client-secret', accessKeyId: 'key', accessKeySecret: 'key-secret' }],
    errors: { conversations: { 400: { code: 'E400' }, 401: { code: 'E401' } } },
  });
  await open(there);
  const { url, finish } = await passingOn(there, { errors: { conversations: { 400: { code: 'E400' }, 401: { code: 'E401' } } } });
  const token = await send(url, { path: '/auth/token', headers: BASIC, body: 'grant_type=client_credentials' });
  const headers = { authorization: `Bearer ${token.body.access_token as string}` };
  const wrong = { ...BASIC, authorization: `Basic ${Buffer.from('client:wrong').toString('base64')}` };
  const body = { sessionId: CONVERSATION, skillId: 4001 };
  expect((await send(url, { path: '/auth/token', headers: wrong, body: 'grant_type=client_credentials' })).status).toBe(401);
  expect((await send(url, { body, headers })).status).toBe(200);
  expect((await send(url, { body: { ...body, surprise: 1 }, headers })).status).toBe(400);
  expect((await send(url, { body })).status).toBe(401);
  const { report, summary } = await finish();
  expect(JSON.parse(report).differences.map(({ setting }: { setting: string }) => setting)).toEqual([
    'credentials',
    'unknownFields: reject',
    'auth: strict',
  ]);
  expect(summary).toMatch(/was not written: there is nothing to set\./);
});
