/** The rows of tokens and credentials: who may come in, and what is wrong with those who may not. */
import { CONVERSATION, CREDENTIALS, HANDOVER, type Message, open, send, tokens, withToken } from '../support/client.js';
import type { Row, WarningRow } from '../support/rows.js';

const SKILLS = '/inContactAPI/services/v30.0/skills';
const valid = { sessionId: CONVERSATION, skillId: 4001 };
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

export const TOKEN_REFUSALS: readonly Row[] = [
  {
    code: 'TOKEN_MISSING',
    name: 'at the ACD',
    send: { path: SKILLS },
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /A token comes from POST http:\/\/127\.0\.0\.1:\d+\/auth\/token/,
    received: /^nothing$/,
    body: invalidToken,
  },
  {
    code: 'TOKEN_MISSING',
    name: 'a strict handover with the token in the body',
    options: { auth: 'strict' },
    send: { body: { ...valid, access_token: 'eyJx.y.z' } },
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /Send the token that stands in the body’s field "access_token" in the header Authorization/,
    body: { errorCode: 'Unauthorized' },
  },
  {
    code: 'TOKEN_MISSING',
    name: 'the token in the query',
    send: { path: `${SKILLS}?access_token=eyJx.y.z` },
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /the query parameter "access_token"/,
  },
  {
    code: 'TOKEN_MISSING',
    name: 'the token in another header',
    send: { path: SKILLS, headers: { 'x-access-token': 'eyJx.y.z' } },
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /the header "x-access-token"/,
  },
  ...(
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
  ).map(([name, authorization, remedy]): Row => ({
    code: 'TOKEN_INVALID',
    name,
    send: { path: SKILLS, headers: { authorization } },
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy,
    body: invalidToken,
  })),
  {
    code: 'TOKEN_INVALID',
    name: 'a strict handover with a foreign token: 403, as reported',
    options: { auth: 'strict' },
    send: { headers: { authorization: 'Bearer abc' }, body: valid },
    status: 403,
    in: 'header',
    pointer: '/authorization',
    remedy: /POST \/auth\/token/,
    body: forbidden,
  },
  {
    code: 'TOKEN_INVALID',
    name: 'a token that was cut',
    send: bearer({ path: SKILLS }, ({ access_token: token }) => (token as string).slice(0, -8)),
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /cut or changed on its way/,
    received: /its signature does not fit/,
  },
  {
    code: 'TOKEN_INVALID',
    name: 'a refresh token instead of the access token, at a lax handover too',
    send: bearer({ body: valid }, ({ refresh_token: token }) => token as string),
    status: 403,
    in: 'header',
    pointer: '/authorization',
    remedy: /^Send the access_token\. A refresh token is good for one thing only, to fetch new ones at POST \/auth\/token\.$/,
    body: forbidden,
  },
  {
    code: 'TOKEN_EXPIRED',
    name: 'past its time',
    options: { clock: expiring },
    send: async (url) => {
      const message = await withToken({ path: SKILLS })(url);
      expiring.jump();
      return message;
    },
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /Fetch a new token and send the request again/,
    received: /good until 2026-03-01T10:30:00\.000Z/,
    body: invalidToken,
  },
  {
    code: 'TOKEN_EXPIRED',
    name: 'past its time at a lax handover: 403, as reported',
    options: { clock: expiringAtHandover },
    send: async (url) => {
      const message = await withToken({ body: valid })(url);
      expiringAtHandover.jump();
      return message;
    },
    status: 403,
    in: 'header',
    pointer: '/authorization',
    remedy: /50 minutes/,
    body: forbidden,
  },
  {
    code: 'TOKEN_EXPIRED',
    name: 'revoked',
    send: async (url) => {
      const message = await withToken({ path: SKILLS })(url);
      await revoked(url);
      return message;
    },
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /Fetch a new token/,
    received: /DELETE \/_emulator\/tokens/,
  },
  {
    code: 'TENANT_MISMATCH',
    name: 'a token of another tenant, at a lax handover too',
    send: bearer({ path: `/t/alpha${HANDOVER}`, body: valid }, ({ access_token: token }) => token as string),
    status: 403,
    in: 'header',
    pointer: '/authorization',
    remedy: /POST http:\/\/\S+\/t\/alpha\/auth\/token/,
  },
  {
    code: 'TENANT_MISMATCH',
    name: 'at the ACD',
    send: bearer({ path: SKILLS }, ({ access_token: token }) => token as string, '/t/alpha'),
    status: 403,
    in: 'header',
    pointer: '/authorization',
    remedy: /auth\/token/,
    body: { error: 'access_denied' },
  },

  // Credentials
  {
    code: 'CREDENTIALS_INVALID',
    name: 'no client',
    send: form(password, noClient),
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /clientId:clientSecret in Base64/,
    body: { error: 'invalid_client' },
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'a Bearer token instead of the client',
    send: form(password, { ...noClient, authorization: 'Bearer x' }),
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /Basic/,
    received: /^a Bearer token$/,
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'a client whose secret had no value',
    send: form(password, basic('client:undefined')),
    status: 401,
    in: 'header',
    pointer: '/authorization',
    remedy: /a variable without a value/,
    body: { error: 'invalid_client' },
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a grant type with a capital letter',
    send: form({ ...password, grant_type: 'Password' }),
    status: 400,
    in: 'body',
    pointer: '/grant_type',
    remedy: /Did you mean password\?/,
    provenance: 'assumed',
    body: { error: 'unsupported_grant_type' },
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'no access key',
    send: form({ grant_type: 'password', password: 'x' }),
    status: 401,
    in: 'body',
    pointer: '/username',
    remedy: /accessKeyId/,
    received: /^nothing/,
    body: { error: 'invalid_grant' },
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'the access key under its name in Cognigy',
    send: form({ grant_type: 'password', accessKeyId: 'k', accessKeySecret: 's' }),
    status: 401,
    in: 'body',
    pointer: '/username',
    remedy: /The form has accessKeyId and accessKeySecret, which is not read: send the key’s id as username/,
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'an access key that is not listed',
    options: { credentials: [{ accessKeyId: 'other', accessKeySecret: 's' }] },
    send: form(password),
    status: 401,
    in: 'body',
    pointer: '/username',
    remedy: /The config file lists other/,
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'a wrong secret, which no trace shows',
    options: { credentials: [{ accessKeyId: 'key', accessKeySecret: 'right' }] },
    send: form(password),
    status: 401,
    in: 'body',
    pointer: '/password',
    remedy: /^The config file has another secret for this accessKeyId\.$/,
    received: /^its id with another secret$/,
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'an access key of another client',
    options: {
      credentials: [
        { accessKeyId: 'key', accessKeySecret: 'key-secret', clientId: 'one', clientSecret: 's' },
        { clientId: 'client', clientSecret: 'client-secret' },
      ],
    },
    send: form(password),
    status: 401,
    in: 'body',
    pointer: '/username',
    remedy: /beside it in the config file/,
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'a client that is not listed',
    options: { credentials: [{ clientId: 'one', clientSecret: 's' }] },
    send: form({ grant_type: 'client_credentials', client_id: ' one', client_secret: 's' }, noClient),
    status: 401,
    in: 'body',
    pointer: '/client_id',
    remedy: /white space around the clientId/,
  },
  {
    code: 'CREDENTIALS_INVALID',
    name: 'an access key as JSON',
    options: { credentials: [{ accessKeyId: 'key', accessKeySecret: 'right' }] },
    send: { path: '/authentication/v1/token/access-key', body: { accessKeyId: 'kye', accessKeySecret: 'right' } },
    status: 401,
    in: 'body',
    pointer: '/accessKeyId',
    remedy: /lists key/,
  },
  {
    code: 'TOKEN_INVALID',
    name: 'an access token for a refresh',
    send: async (url) => form({ grant_type: 'refresh_token', refresh_token: (await tokens(url)).access_token }),
    status: 401,
    in: 'body',
    pointer: '/refresh_token',
    remedy: /Send the refresh_token of that answer/,
    received: /^a token of the kind access$/,
    body: { error: 'invalid_grant' },
  },
  {
    code: 'TOKEN_EXPIRED',
    name: 'a refresh token that was revoked',
    send: async (url) => {
      const { refresh_token: token } = await tokens(url);
      await revoked(url);
      return form({ grant_type: 'refresh_token', refresh_token: token });
    },
    status: 401,
    in: 'body',
    pointer: '/refresh_token',
    remedy: /grant_type=password/,
    body: { error: 'invalid_grant' },
  },
  {
    code: 'TENANT_MISMATCH',
    name: 'a refresh token of another tenant',
    send: async (url) => form({ grant_type: 'refresh_token', refresh_token: (await tokens(url, '/t/alpha')).refresh_token }),
    status: 403,
    in: 'body',
    pointer: '/refresh_token',
    remedy: /grant_type=password/,
    body: { error: 'invalid_grant' },
  },

  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'an access key in small letters: nothing of the remedy is hidden',
    send: { path: '/authentication/v1/token/access-key', body: { accesskeyid: 'k', accessKeySecret: 's' } },
    status: 400,
    in: 'body',
    pointer: '/accessKeyId',
    remedy: /^Rename "accesskeyid" to "accessKeyId"\. Names are case-sensitive, and every letter counts\.$/,
    received: /^an object with "accesskeyid", "accessKeySecret"$/,
  },

  // The form
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a grant type that there is not',
    send: form({ ...password, grant_type: 'authorization_code' }),
    status: 400,
    in: 'body',
    pointer: '/grant_type',
    remedy: /grant_type=password/,
    provenance: 'assumed',
    body: { error: 'unsupported_grant_type' },
  },
  {
    code: 'SCHEMA_MISMATCH',
    name: 'a field of the form twice',
    send: { ...form(password), body: 'grant_type=password&grant_type=password&username=key&password=x' },
    status: 400,
    in: 'body',
    pointer: '/grant_type',
    remedy: /was sent 2 times/,
    body: { error: 'invalid_request' },
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'a grant type in another spelling',
    send: form({ grantType: 'password', username: 'key', password: 'x' }),
    status: 400,
    in: 'body',
    pointer: '/grant_type',
    remedy: /"grantType"/,
    body: { error: 'invalid_request' },
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'JSON that says it is a form',
    send: { ...form(password), body: JSON.stringify(password) },
    status: 400,
    in: 'body',
    pointer: '/grant_type',
    remedy: /The body is JSON, and was read as form data/,
  },
  {
    code: 'CONTENT_TYPE_UNSUPPORTED',
    name: 'JSON at the token endpoint',
    send: { ...form(password), headers: { ...CREDENTIALS.headers, 'content-type': 'application/json' } },
    status: 415,
    in: 'header',
    pointer: '/content-type',
    remedy: /takes no JSON.*URLSearchParams/,
  },
  {
    code: 'BODY_EMPTY',
    name: 'no form',
    send: { method: 'POST', path: '/auth/token', headers: { authorization: CREDENTIALS.headers.authorization } },
    status: 400,
    in: 'body',
    pointer: '',
    remedy: /as form data in the body, not in the query/,
    body: { error: 'invalid_request' },
  },
  {
    code: 'REQUIRED_FIELD_MISSING',
    name: 'the configuration of no tenant',
    send: { path: '/.well-known/cxone-configuration' },
    status: 400,
    in: 'query',
    pointer: '/tenantId',
    remedy: /\?tenantId=/,
  },
];

export const TOKEN_WARNINGS: readonly WarningRow[] = [
  {
    code: 'TOKEN_NOT_CHECKED',
    level: 'warn',
    name: 'a foreign token',
    given: open,
    send: { headers: { authorization: 'Bearer abc.def.ghi' }, body: valid },
    in: 'header',
    pointer: '/authorization',
    remedy: /passes here because of --auth lax; CXone checks it/,
    received: /^a text that is no token \(no JWT\)$/,
  },
  {
    code: 'TOKEN_NOT_CHECKED',
    level: 'warn',
    name: 'a token that had no value',
    given: open,
    send: { headers: { authorization: 'Bearer undefined' }, body: valid },
    in: 'header',
    pointer: '/authorization',
    remedy: /had no value when the request was built/,
  },
  {
    code: 'TENANT_ID_UNKNOWN',
    level: 'warn',
    name: 'the configuration of a tenant from elsewhere',
    send: { path: '/.well-known/cxone-configuration?tenantId=11e85da0-f32c-7e10-898c-0242ac110003' },
    in: 'query',
    pointer: '/tenantId',
    remedy: /Take the tenantId from the id_token/,
  },
];
