/** Tokens and credentials. */
import { CREDENTIALS, HANDOVER, type Message, open, send, tokens, withToken } from '../support/client.js';
import { refusals, valid, warnings } from '../support/rows.js';

const SKILLS = '/inContactAPI/services/v30.0/skills';
const forbidden = { errorCode: 'unauthorized', message: 'Invalid session token or expired credentials' };
const invalidToken = { error: 'invalid_token' };

const bearer =
  (message: Message, token: (answer: any) => string, tenant = '') =>
  async (url: string): Promise<Message> => ({
    ...message,
    headers: { authorization: `Bearer ${token(await tokens(url, tenant))}` },
  });

function form(fields: Record<string, string>, headers: Message['headers'] = CREDENTIALS.headers): Message {
  return { path: '/auth/token', headers, body: new URLSearchParams(fields).toString() };
}

function basic(text: string): Message['headers'] {
  return { ...CREDENTIALS.headers, authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

const password = { grant_type: 'password', username: 'key', password: 'key-secret' };
const noClient = { 'content-type': 'application/x-www-form-urlencoded' };
const revoked = (url: string): Promise<unknown> => send(url, { method: 'DELETE', path: '/_emulator/tokens' });
/** What the clock of a test shows; each reading of it takes no time. */
const clockThatJumps = (): { now: () => number; monotonic: () => number; jump: () => void } => {
  let now = Date.parse('2026-03-01T09:30:00.000Z');
  return { now: () => now, monotonic: () => 0, jump: () => (now += 3_600_000) };
};
const expiring = clockThatJumps();
const expiringAtHandover = clockThatJumps();

refusals('TOKEN_MISSING', { status: 401, in: 'header', pointer: '/authorization' }, [
  {
    name: 'at the ACD',
    send: { path: SKILLS },
    remedy: /A token comes from POST http:\/\/127\.0\.0\.1:\d+\/auth\/token/,
    received: /^nothing$/,
    body: invalidToken,
  },
  {
    name: 'a strict handover with the token in the body',
    options: { auth: 'strict' },
    send: { body: { ...valid, access_token: 'eyJx.y.z' } },
    remedy: /Send the token that stands in the body’s field "access_token" in the header Authorization/,
    body: { errorCode: 'Unauthorized' },
  },
  {
    name: 'the token in the query',
    send: { path: `${SKILLS}?access_token=eyJx.y.z` },
    remedy: /the query parameter "access_token"/,
  },
  {
    name: 'the token in another header',
    send: { path: SKILLS, headers: { 'x-access-token': 'eyJx.y.z' } },
    remedy: /the header "x-access-token"/,
  },
]);

refusals(
  'TOKEN_INVALID',
  { status: 401, in: 'header', pointer: '/authorization', body: invalidToken },
  (
    [
      ['no Bearer before the token', 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', /The word Bearer is missing/],
      ['Bearer twice', 'Bearer Bearer abc', /stands twice/],
      ['Basic credentials', 'Basic eDp5', /Basic credentials are for POST \/auth\/token/],
      ['undefined', 'Bearer undefined', /had no value/],
      ['a template', 'Bearer {{context.token}}', /had no value/],
      ['Bearer alone', 'Bearer', /had no value/],
      ['an object', 'Bearer [object Object]', /had no value/],
      ['quotes', 'Bearer "abc"', /Remove the quotes/],
      ['a text', 'Bearer abc', /three parts set off by dots/],
      ['a token of another key', 'Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.e30.c2ln', /one of a real tenant/],
    ] as const
  ).map(([name, authorization, remedy]) => ({ name, send: { path: SKILLS, headers: { authorization } }, remedy })),
);

refusals('TOKEN_INVALID', { status: 403, in: 'header', pointer: '/authorization' }, [
  {
    name: 'a strict handover with a foreign token: 403, as reported',
    options: { auth: 'strict' },
    send: { headers: { authorization: 'Bearer abc' }, body: valid },
    remedy: /POST \/auth\/token/,
    body: forbidden,
  },
  {
    name: 'a token that was cut',
    send: bearer({ path: SKILLS }, ({ access_token: token }) => (token as string).slice(0, -8)),
    status: 401,
    remedy: /cut or changed on its way/,
    received: /its signature does not fit/,
  },
  {
    name: 'a refresh token instead of the access token, at a lax handover too',
    send: bearer({ body: valid }, ({ refresh_token: token }) => token as string),
    remedy: /^Send the access_token\. A refresh token is good for one thing only, to fetch new ones at POST \/auth\/token\.$/,
    body: forbidden,
  },
  {
    name: 'an access token for a refresh',
    send: async (url) => form({ grant_type: 'refresh_token', refresh_token: (await tokens(url)).access_token }),
    status: 401,
    in: 'body',
    pointer: '/refresh_token',
    remedy: /Send the refresh_token of that answer/,
    received: /^a token of the kind access$/,
    body: { error: 'invalid_grant' },
  },
]);

refusals('TOKEN_EXPIRED', { status: 401, in: 'header', pointer: '/authorization' }, [
  {
    name: 'past its time',
    options: { clock: expiring },
    send: async (url) => {
      const message = await withToken({ path: SKILLS })(url);
      expiring.jump();
      return message;
    },
    remedy: /Fetch a new token and send the request again/,
    received: /good until 2026-03-01T10:30:00\.000Z/,
    body: invalidToken,
  },
  {
    name: 'past its time at a lax handover: 403, as reported',
    options: { clock: expiringAtHandover },
    send: async (url) => {
      const message = await withToken({ body: valid })(url);
      expiringAtHandover.jump();
      return message;
    },
    status: 403,
    remedy: /50 minutes/,
    body: forbidden,
  },
  {
    name: 'revoked',
    send: async (url) => {
      const message = await withToken({ path: SKILLS })(url);
      await revoked(url);
      return message;
    },
    remedy: /Fetch a new token/,
    received: /DELETE \/_emulator\/tokens/,
  },
  {
    name: 'a refresh token that was revoked',
    send: async (url) => {
      const { refresh_token: token } = await tokens(url);
      await revoked(url);
      return form({ grant_type: 'refresh_token', refresh_token: token });
    },
    in: 'body',
    pointer: '/refresh_token',
    remedy: /grant_type=password/,
    body: { error: 'invalid_grant' },
  },
]);

refusals('TENANT_MISMATCH', { status: 403, in: 'header', pointer: '/authorization' }, [
  {
    name: 'a token of another tenant, at a lax handover too',
    send: bearer({ path: `/t/alpha${HANDOVER}`, body: valid }, ({ access_token: token }) => token as string),
    remedy: /POST http:\/\/\S+\/t\/alpha\/auth\/token/,
  },
  {
    name: 'at the ACD',
    send: bearer({ path: SKILLS }, ({ access_token: token }) => token as string, '/t/alpha'),
    remedy: /auth\/token/,
    body: { error: 'access_denied' },
  },
  {
    name: 'a refresh token of another tenant',
    send: async (url) => form({ grant_type: 'refresh_token', refresh_token: (await tokens(url, '/t/alpha')).refresh_token }),
    in: 'body',
    pointer: '/refresh_token',
    remedy: /grant_type=password/,
    body: { error: 'invalid_grant' },
  },
]);

refusals('CREDENTIALS_INVALID', { status: 401, in: 'body', pointer: '/username' }, [
  {
    name: 'no client',
    send: form(password, noClient),
    in: 'header',
    pointer: '/authorization',
    remedy: /clientId:clientSecret in Base64/,
    body: { error: 'invalid_client' },
  },
  {
    name: 'a Bearer token instead of the client',
    send: form(password, { ...noClient, authorization: 'Bearer x' }),
    in: 'header',
    pointer: '/authorization',
    remedy: /Basic/,
    received: /^a Bearer token$/,
  },
  {
    name: 'a client whose secret had no value',
    send: form(password, basic('client:undefined')),
    in: 'header',
    pointer: '/authorization',
    remedy: /a variable without a value/,
    body: { error: 'invalid_client' },
  },
  {
    name: 'no access key',
    send: form({ grant_type: 'password', password: 'x' }),
    remedy: /accessKeyId/,
    received: /^nothing/,
    body: { error: 'invalid_grant' },
  },
  {
    name: 'the access key under its name in Cognigy',
    send: form({ grant_type: 'password', accessKeyId: 'k', accessKeySecret: 's' }),
    remedy: /The form has accessKeyId and accessKeySecret, which is not read: send the key’s id as username/,
  },
  {
    name: 'an access key that is not listed',
    options: { credentials: [{ accessKeyId: 'other', accessKeySecret: 's' }] },
    send: form(password),
    remedy: /The config file lists other/,
  },
  {
    name: 'a wrong secret, which no trace shows',
    options: { credentials: [{ accessKeyId: 'key', accessKeySecret: 'right' }] },
    send: form(password),
    pointer: '/password',
    remedy: /^The config file has another secret for this accessKeyId\.$/,
    received: /^its id with another secret$/,
  },
  {
    name: 'an access key of another client',
    options: {
      credentials: [
        { accessKeyId: 'key', accessKeySecret: 'key-secret', clientId: 'one', clientSecret: 's' },
        { clientId: 'client', clientSecret: 'client-secret' },
      ],
    },
    send: form(password),
    remedy: /beside it in the config file/,
  },
  {
    name: 'a client that is not listed',
    options: { credentials: [{ clientId: 'one', clientSecret: 's' }] },
    send: form({ grant_type: 'client_credentials', client_id: ' one', client_secret: 's' }, noClient),
    pointer: '/client_id',
    remedy: /white space around the clientId/,
  },
  {
    name: 'an access key as JSON',
    options: { credentials: [{ accessKeyId: 'key', accessKeySecret: 'right' }] },
    send: { path: '/authentication/v1/token/access-key', body: { accessKeyId: 'kye', accessKeySecret: 'right' } },
    pointer: '/accessKeyId',
    remedy: /lists key/,
  },
]);

refusals('SCHEMA_MISMATCH', { status: 400, in: 'body', pointer: '/grant_type' }, [
  {
    name: 'a grant type with a capital letter',
    send: form({ ...password, grant_type: 'Password' }),
    provenance: 'assumed',
    remedy: /Did you mean password\?/,
    body: { error: 'unsupported_grant_type' },
  },
  {
    name: 'a grant type that there is not',
    send: form({ ...password, grant_type: 'authorization_code' }),
    provenance: 'assumed',
    remedy: /grant_type=password/,
    body: { error: 'unsupported_grant_type' },
  },
  {
    name: 'a field of the form twice',
    send: { ...form(password), body: 'grant_type=password&grant_type=password&username=key&password=x' },
    remedy: /was sent 2 times/,
    body: { error: 'invalid_request' },
  },
]);

refusals('REQUIRED_FIELD_MISSING', { status: 400, in: 'body', pointer: '/grant_type' }, [
  {
    name: 'an access key in small letters: nothing of the remedy is hidden',
    send: { path: '/authentication/v1/token/access-key', body: { accesskeyid: 'k', accessKeySecret: 's' } },
    pointer: '/accessKeyId',
    remedy: /^Rename "accesskeyid" to "accessKeyId"\. Names are case-sensitive, and every letter counts\.$/,
    received: /^an object with "accesskeyid", "accessKeySecret"$/,
  },
  {
    name: 'a grant type in another spelling',
    send: form({ grantType: 'password', username: 'key', password: 'x' }),
    remedy: /"grantType"/,
    body: { error: 'invalid_request' },
  },
  {
    name: 'JSON that says it is a form',
    send: { ...form(password), body: JSON.stringify(password) },
    remedy: /The body is JSON, and was read as form data/,
  },
]);

refusals('CONTENT_TYPE_UNSUPPORTED', { status: 415, in: 'header', pointer: '/content-type' }, [
  {
    name: 'JSON at the token endpoint',
    send: { ...form(password), headers: { ...CREDENTIALS.headers, 'content-type': 'application/json' } },
    remedy: /takes no JSON.*URLSearchParams/,
  },
]);

refusals('BODY_EMPTY', { status: 400, in: 'body', pointer: '' }, [
  {
    name: 'no form',
    send: { method: 'POST', path: '/auth/token', headers: { authorization: CREDENTIALS.headers.authorization } },
    remedy: /as form data in the body, not in the query/,
    body: { error: 'invalid_request' },
  },
]);

warnings('TOKEN_NOT_CHECKED', { level: 'warn', in: 'header', pointer: '/authorization', given: open }, [
  {
    name: 'a foreign token',
    send: { headers: { authorization: 'Bearer abc.def.ghi' }, body: valid },
    remedy: /passes here because of --auth lax; CXone checks it/,
    received: /^a text that is no token \(no JWT\)$/,
  },
  {
    name: 'a token that had no value',
    send: { headers: { authorization: 'Bearer undefined' }, body: valid },
    remedy: /had no value when the request was built/,
  },
]);

warnings('TENANT_ID_UNKNOWN', { level: 'warn', in: 'query', pointer: '/tenantId' }, [
  {
    name: 'the configuration of a tenant from elsewhere',
    send: { path: '/.well-known/cxone-configuration?tenantId=11e85da0-f32c-7e10-898c-0242ac110003' },
    remedy: /Take the tenantId from the id_token/,
  },
]);
