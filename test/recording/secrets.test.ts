/** No secret that went in stands in a recording, in whatever form and place; and it replays all the same. */
import { expect, test } from 'vitest';
import { CONVERSATION, emulator, HANDOVER, open, send } from '../support/client.js';
import { outcomeOf, recording } from '../support/recording.js';
import { scriptsFolder, webhook } from '../support/scripts.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** As it stands, and as headers, addresses and JSON write it. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}

test('in headers, bodies, form fields and addresses, known by its name or by how it looks', async () => {
  const scripts = await scriptsFolder(webhook('echo', { Say: { type: 'RESPOND', body: { got: '{{ context }}' } } }));
  const credentials = [
    {
      accessKeyId: 'AKIA-7731-KEY',
      accessKeySecret: 'kEy/Secret+of=Config',
      clientId: 'client-77',
      clientSecret: 'cl1ent "quoted" secret',
    },
  ];
  const { url, finish } = await recording({ scripts, credentials }, { scrub: ['policyNumber'] });
  const secrets = ['AKIA-7731-KEY', 'kEy/Secret+of=Config', 'client-77', 'cl1ent "quoted" secret', 'wrong-Secret-1'];
  const secret = (text: string): string => {
    secrets.push(text);
    return text;
  };
  await open(url, { conversationId: CONVERSATION, attributes: { crmPassword: secret('attr-hunter2'), plain: 'visible' } });
  const basic = (id: string, value: string): Record<string, string> => ({
    ...FORM,
    authorization: `Basic ${Buffer.from(`${id}:${value}`).toString('base64')}`,
  });
  const form = new URLSearchParams({
    grant_type: 'password',
    username: 'AKIA-7731-KEY',
    password: 'kEy/Secret+of=Config',
  }).toString();
  const tokens = await send(url, { path: '/auth/token', headers: basic('client-77', 'cl1ent "quoted" secret'), body: form });
  expect(tokens.status).toBe(200);
  for (const name of ['access_token', 'refresh_token', 'id_token']) secret(tokens.body[name] as string);
  const answers = [
    await send(url, { path: '/auth/token', headers: basic('client-77', 'wrong-Secret-1'), body: form }),
    await send(url, {
      path: '/auth/token',
      headers: basic('client-77', 'cl1ent "quoted" secret'),
      body: `grant_type=refresh_token&refresh_token=${tokens.body.refresh_token as string}`,
    }),
    await send(url, {
      path: '/authentication/v1/token/access-key',
      body: { accessKeyId: 'AKIA-7731-KEY', accessKeySecret: 'kEy/Secret+of=Config' },
    }),
    await send(url, {
      headers: {
        authorization: `Bearer ${secret('eyJhbGciOiJIUzI1NiJ9.eyJmb3JlaWduIjp0cnVlfQ.c2lnbmF0dXJlLW9mLWl0')}`,
        'x-api-key': secret('hdr-0123456789abcdef'),
        cookie: `sid=${secret('cookie-55aa55aa')}`,
      },
      body: {
        sessionId: CONVERSATION,
        skillId: 4001,
        metadata: {
          password: secret('p4ss "w\u00f6rd" \\ one'),
          nested: { clientSecret: secret('nested-sec-1') },
          pin: 4711,
          policyNumber: secret('POL-99-1234'),
          note: `call me with Bearer ${secret('bearer.in.text.0123456789')} please`,
          callback: `https://user:${secret('urlPassw0rd')}@crm.example.com/`,
          list: [{ name: 'X-Auth-Token', value: secret('listed-token-9') }],
          json: JSON.stringify({ refresh_token: secret('in-json-77-token') }),
          encoded: encodeURIComponent(`password=${secret('pct-encoded-1')}&x=1`),
          repeats: 'the key hdr-0123456789abcdef again',
        },
      },
    }),
    await send(url, { path: `${HANDOVER}/${CONVERSATION}?access_token=${encodeURIComponent(secret('query/T0ken+1'))}` }),
    await send(url, { path: '/api/v2/conversations?attribute=crmPassword&value=attr-hunter2' }),
    await send(url, {
      path: '/webhooks/echo',
      body: { apiKey: secret('webhook-key-0123456789'), text: 'hello {{ name }} {% if %}' },
    }),
    await send(url, {
      headers: FORM,
      body: `sessionId=${CONVERSATION}&client_secret=${encodeURIComponent(secret('form s3cret/é'))}`,
    }),
    await send(url, { body: `{"sessionId": "${CONVERSATION}", "password": "${secret('broken-json-1')}",` }),
    await send(url, {
      headers: { 'content-type': 'application/xml' },
      body: `<a><password>${secret('xml-pass-1')}</password></a>`,
    }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 200, 200, 200, 200, 200, 200, 400, 400, 415]);

  const { text, file, summary } = await finish();
  for (const one of secrets) for (const form of formsOf(one)) expect(text + summary, one).not.toContain(form);
  expect(text).not.toContain('4711');
  expect(text).toContain('plain: visible');
  // None was left out instead.
  expect(summary).toMatch(/^Recorded 11 steps/);
  expect(summary).not.toContain('left out');
  expect(summary).toContain('RECORDED_CLIENT_SECRET_2');
  expect(await outcomeOf(file)).toBe('passed');
});

test('an empty one, and a word such as undefined, are the fault itself and stay', async () => {
  const { url, finish } = await recording();
  const authorization = `Basic ${Buffer.from('client:undefined').toString('base64')}`;
  const answer = await send(url, {
    path: '/auth/token',
    headers: { ...FORM, authorization },
    body: 'grant_type=client_credentials',
  });
  const other = await send(url, {
    path: '/auth/token',
    headers: FORM,
    body: 'grant_type=password&username=&password=&client_id=a&client_secret=b',
  });
  expect([answer.status, other.status]).toEqual([401, 401]);
  const { text, file } = await finish();
  expect(text).toContain('{{ "RECORDED_CLIENT_ID:undefined" | base64_encode }}');
  expect(await outcomeOf(file)).toBe('passed');
});

test('a token without its scheme has a name, and a scheme without a token stays', async () => {
  const { url, finish } = await recording();
  const tokens = ['0123-raw-t0ken', 'eyJhbGciOiJIUzI1NiJ9.eyJmb3JlaWduIjp0cnVlfQ.c2lnbmF0dXJlLW9mLWl0', 'plainword'];
  for (const authorization of [...tokens, 'Bearer'])
    await send(url, { path: `${HANDOVER}/${CONVERSATION}`, headers: { authorization } });
  const { text, file, summary } = await finish();
  for (const token of tokens) expect(text + summary).not.toContain(token);
  expect(text).toContain('authorization: RECORDED_AUTHORIZATION\n');
  expect(text).toContain('authorization: Bearer\n');
  expect(await outcomeOf(file)).toBe('passed');
});

test('a header in a list of names and values is expected as it is sent', async () => {
  const { url, finish } = await recording();
  await open(url);
  const list = [{ name: 'Authorization', value: 'Bearer listed-token-0123' }];
  const answer = await send(url, { body: { sessionId: CONVERSATION, skillId: 4001, metadata: { list } } });
  expect(answer.body.metadata).toEqual({ list });
  const { text, file } = await finish();
  expect(text).not.toContain('listed-token-0123');
  expect(await outcomeOf(file)).toBe('passed');
});

test('thousands of secrets have a name each, and the first of them are told', async () => {
  const { url, finish } = await recording();
  const list = Array.from({ length: 4000 }, (_, index) => ({ password: `pass-${String(index)}-word` }));
  await send(url, { body: { sessionId: 'abc-123', metadata: { list } } });
  const { text, summary } = await finish();
  expect(text).toContain('RECORDED_PASSWORD_4000\n');
  expect(text).not.toContain('-word');
  expect(summary).toMatch(/replaced by RECORDED_PASSWORD, .*, RECORDED_PASSWORD_10 and 3990 more$/m);
});

test('a token from before the recording is any fresh one', async () => {
  const before = await emulator();
  const token = await before.token();
  const { url, finish } = await recording({ auth: 'strict' });
  await open(url);
  const answer = await send(url, {
    body: { sessionId: CONVERSATION, skillId: 4001 },
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  const { text, file } = await finish();
  expect(text).toContain('authorization: Bearer {{ token }}');
  expect(text).toContain('auth: strict');
  expect(await outcomeOf(file)).toBe('passed');
});

test('tokens fetched with a refresh token from before are left out, until one comes that a step is answered with', async () => {
  const before = await emulator();
  const headers = { ...FORM, authorization: `Basic ${Buffer.from('client-1:client-secret-1').toString('base64')}` };
  const fetched = async (url: string, body: string): Promise<Record<string, string>> => {
    const answer = await send(url, { path: '/auth/token', body, headers });
    expect(answer.status).toBe(200);
    return answer.body as Record<string, string>;
  };
  const old = await fetched(before.url, 'grant_type=client_credentials');
  const { url, finish } = await recording({ auth: 'strict' });
  await open(url);
  const renewed = await fetched(url, `grant_type=refresh_token&refresh_token=${old.refresh_token ?? ''}`);
  await fetched(url, `grant_type=refresh_token&refresh_token=${renewed.refresh_token ?? ''}`);
  const authorization = `Bearer ${renewed.access_token ?? ''}`;
  expect((await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 }, headers: { authorization } })).status).toBe(200);
  const own = await fetched(url, 'grant_type=client_credentials');
  await fetched(url, `grant_type=refresh_token&refresh_token=${own.refresh_token ?? ''}`);

  const { text, summary, file } = await finish();
  expect(await outcomeOf(file)).toBe('passed');
  expect(text.match(/# Left out: POST \/auth\/token is answered 200: its refresh token is one from before/g)).toHaveLength(2);
  expect(text).toContain('authorization: Bearer {{ token }}');
  expect(text).toContain('refresh_token={{ captured.refresh_token');
  expect(text + summary).not.toContain('eyJ');
});

test.each(['<your access key>', 'aks-{{secret}}-88', '${ACCESS_KEY_SECRET}', '{key of the bot}'])(
  'credentials that nobody filled in are refused again: %s',
  async (password) => {
    const { url, finish } = await recording();
    const body = new URLSearchParams({ grant_type: 'password', username: 'AKIA-1', password }).toString();
    const headers = { ...FORM, authorization: `Basic ${Buffer.from('client-1:client-secret-1').toString('base64')}` };
    expect((await send(url, { path: '/auth/token', body, headers })).status).toBe(401);
    const key = { accessKeyId: 'AKIA-1', accessKeySecret: password };
    expect((await send(url, { path: '/authentication/v1/token/access-key', body: key })).status).toBe(401);
    const basic = { ...FORM, authorization: `Basic ${Buffer.from(`client-1:${password}`).toString('base64')}` };
    expect((await send(url, { path: '/auth/token', body: 'grant_type=client_credentials', headers: basic })).status).toBe(401);
    await send(url, { body: { sessionId: CONVERSATION }, headers: { authorization: `Bearer ${password}` } });

    const { text, summary, file } = await finish();
    expect(await outcomeOf(file)).toBe('passed');
    expect(text).not.toContain(password);
    expect(summary).toContain('RECORDED_PASSWORD');
  },
);

test('why a request with an expired token is left out is told, and is no secret', async () => {
  const { url, emulator, finish } = await recording();
  const authorization = `Bearer ${await emulator.token()}`;
  await send(url, { path: '/_emulator/clock', method: 'PUT', body: { advance: '2h' } });
  expect((await send(url, { body: { sessionId: CONVERSATION }, headers: { authorization } })).status).toBe(403);
  const { text, summary } = await finish();
  expect(summary).toContain('is answered 403 TOKEN_EXPIRED: its token was good no more, and no step makes one like it.');
  expect(text + summary).not.toContain('RECORDED_TOKEN_EXPIRED');
});
