/** Tokens: what they say, that they verify, which grants give them, and which are taken where. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactSign, createRemoteJWKSet, importJWK, jwtVerify } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DEVELOPMENT_KEY } from '../../src/cxone/development-key.js';
import { CONVERSATION, CREDENTIALS, emulator, open, send, tokens, traceOf } from '../support/client.js';

const SKILLS = '/inContactAPI/services/v30.0/skills';

async function keyFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'token-key-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'key'), text);
  return join(folder, 'key');
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const JWK = JSON.stringify(privateKey.export({ format: 'jwk' }));

function form(fields: Record<string, string>, authorization?: string): Parameters<typeof send>[1] {
  return {
    path: '/auth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
    body: new URLSearchParams(fields).toString(),
  };
}

describe.each(['', '/t/alpha'])('at "%s"', (tenant) => {
  test('tokens verify against the published key, and say who and whose', async () => {
    const { url } = await emulator();
    const discovery = (await send(url, { path: `${tenant}/.well-known/openid-configuration` })).body;
    expect(discovery.issuer).toBe(url + tenant);
    const answer = await tokens(url, tenant);
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
    const { tenantId, busNo } = (await send(url, { path: `${tenant}/_emulator/health` })).body.tenant;
    for (const token of [answer.access_token, answer.id_token, answer.refresh_token]) {
      const { payload } = await jwtVerify(token, keys, { issuer: discovery.issuer, audience: 'client', algorithms: ['RS256'] });
      expect(payload).toMatchObject({
        tenantId,
        icBUId: busNo,
        icAgentId: expect.any(Number) as number,
        sub: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        name: 'Emulated User',
        given_name: 'Emulated',
        family_name: 'User',
      });
    }
    const { payload } = await jwtVerify(answer.id_token, keys);
    expect(payload.exp! - payload.iat!).toBe(3600);
    const configuration = await send(url, { path: `${tenant}/.well-known/cxone-configuration?tenantId=${tenantId as string}` });
    expect(configuration.body).toMatchObject({ api_endpoint: url + tenant, acdDomain: '127.0.0.1' });
  });
});

describe('grants', () => {
  test.each([
    [
      'password, the client by Basic',
      form({ grant_type: 'password', username: 'k', password: 's' }, CREDENTIALS.headers.authorization),
    ],
    [
      'password, the client in the form',
      form({ grant_type: 'password', username: 'k', password: 's', client_id: 'c', client_secret: 's' }),
    ],
    ['the client’s own', form({ grant_type: 'client_credentials' }, CREDENTIALS.headers.authorization)],
  ])('%s', async (_, message) => {
    const { url } = await emulator();
    const answer = await send(url, message);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    const headers = { authorization: `Bearer ${answer.body.access_token as string}` };
    expect((await send(url, { path: SKILLS, headers })).status).toBe(200);
  });

  test('a refresh token gives new tokens of the same user', async () => {
    const { url } = await emulator();
    const before = await tokens(url);
    const after = (
      await send(
        url,
        form({ grant_type: 'refresh_token', refresh_token: before.refresh_token }, CREDENTIALS.headers.authorization),
      )
    ).body;
    const claims = (token: string): any => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
    expect(claims(after.access_token)).toMatchObject({
      sub: claims(before.access_token).sub,
      icAgentId: claims(before.access_token).icAgentId,
    });
    expect(claims(after.access_token).jti).not.toBe(claims(before.access_token).jti);
  });

  test('without a Content-Type the form is read as one', async () => {
    const { url } = await emulator();
    const answer = await send(url, {
      path: '/auth/token',
      ...CREDENTIALS,
      headers: { ...CREDENTIALS.headers, 'content-type': undefined },
    });
    expect(answer.status).toBe(200);
  });

  test('listed credentials are taken, percent-encoded ones too', async () => {
    const credentials = [
      { accessKeyId: 'key', accessKeySecret: 'key-secret' },
      { clientId: 'my client', clientSecret: 'ü/+' },
    ];
    const { url } = await emulator({ credentials });
    for (const client of ['my client:ü/+', 'my%20client:%C3%BC%2F%2B']) {
      const authorization = `Basic ${Buffer.from(client).toString('base64')}`;
      const { status } = await send(url, {
        path: '/auth/token',
        ...CREDENTIALS,
        headers: { ...CREDENTIALS.headers, authorization },
      });
      expect(status).toBe(200);
    }
  });

  test('with a seed and a clock that stands still tokens are the same bytes in every run', async () => {
    const once = async (): Promise<string> => {
      const { url } = await emulator({ seed: 'x', clock: { now: () => 1_772_357_400_000, monotonic: () => 0 } });
      const { access_token: token } = (
        await send(url, { path: '/auth/token', headers: { ...CREDENTIALS.headers, host: 'cxone' }, body: CREDENTIALS.body })
      ).body;
      return token;
    };
    expect(await once()).toBe(await once());
  });

  test('what is only explained issues nothing', async () => {
    const { url } = await emulator();
    const state = async (): Promise<string> => (await send(url, { path: '/_emulator/state' })).text;
    const before = await state();
    const answer = await send(url, {
      path: '/_emulator/explain',
      body: { path: '/auth/token', headers: CREDENTIALS.headers, body: CREDENTIALS.body },
    });
    expect(answer.body).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    expect(await state()).toBe(before);
  });
});

describe('where a token is asked for', () => {
  const handover = { body: { sessionId: CONVERSATION, skillId: 4001 } };

  test('lax: /api/v2 takes none, a foreign one with a warning, and ours', async () => {
    const { url } = await emulator();
    await open(url);
    const codes = async (authorization: string | undefined): Promise<unknown[]> => {
      const answer = await send(url, { ...handover, headers: { authorization } });
      expect(answer.status).toBe(200);
      return (await traceOf(url, answer)).entries.map(({ code }) => code).filter((code) => code?.startsWith('TOKEN') === true);
    };
    expect(await codes(undefined)).toEqual([]);
    expect(await codes('Bearer abc')).toEqual(['TOKEN_NOT_CHECKED']);
    expect(await codes(`Bearer ${(await tokens(url)).access_token as string}`)).toEqual([]);
  });

  test('strict: /api/v2 takes only ours', async () => {
    const { url } = await emulator({ auth: 'strict' });
    await open(url);
    expect((await send(url, handover)).status).toBe(401);
    expect((await send(url, { ...handover, headers: { authorization: 'Bearer abc' } })).status).toBe(403);
    const authorization = `Bearer ${(await tokens(url)).access_token as string}`;
    expect((await send(url, { ...handover, headers: { authorization } })).status).toBe(200);
  });

  test('a token that was just issued is good after a revocation in the same moment, an older one is not', async () => {
    const { url } = await emulator({ clock: { now: () => 1_772_357_400_000, monotonic: () => 0 } });
    const use = async ({ access_token: token }: any): Promise<number> =>
      (await send(url, { path: SKILLS, headers: { authorization: `Bearer ${token as string}` } })).status;
    const older = await tokens(url);
    await send(url, { method: 'DELETE', path: '/_emulator/tokens' });
    const newer = await tokens(url);
    expect([await use(older), await use(newer)]).toEqual([401, 200]);
    await send(url, { method: 'DELETE', path: '/_emulator/tokens' });
    expect(await use(newer)).toBe(401);
    await send(url, { method: 'POST', path: '/_emulator/reset' });
    expect([await use(older), await use(newer)]).toEqual([200, 200]);
    await send(url, { method: 'DELETE', path: '/_emulator/tokens' });
    expect([await use(older), await use(newer)]).toEqual([401, 401]);
  });

  test('a revocation is of one tenant', async () => {
    const { url } = await emulator();
    const { access_token: token } = await tokens(url);
    await send(url, { method: 'DELETE', path: '/t/alpha/_emulator/tokens' });
    expect((await send(url, { path: SKILLS, headers: { authorization: `Bearer ${token as string}` } })).status).toBe(200);
  });

  test('neither a token nor a secret shows in a trace', async () => {
    const started = await emulator({ logLevel: 'silent' });
    const { url } = started;
    const answer = await tokens(url);
    await send(url, { path: SKILLS, headers: { authorization: `Bearer ${answer.access_token as string}` } });
    await send(url, { path: '/authentication/v1/token/access-key', body: { accessKeyId: 'k', accessKeySecret: 'key-secret' } });
    const text = JSON.stringify(started.traces({ control: true }));
    for (const secret of [
      answer.access_token,
      answer.id_token,
      answer.refresh_token,
      'key-secret',
      'client-secret',
      CREDENTIALS.headers.authorization.slice(6),
    ])
      expect(text).not.toContain(secret);
  });
});

describe('the key', () => {
  test.each([
    ['PEM', PEM],
    ['a JSON Web Key', JWK],
  ])('may be one’s own: %s', async (_, text) => {
    const [{ url }, other] = [await emulator({ tokenKey: await keyFile(text) }), await emulator()];
    const { access_token: token } = await tokens(url);
    const headers = { authorization: `Bearer ${token as string}` };
    expect((await send(url, { path: SKILLS, headers })).status).toBe(200);
    expect((await send(other.url, { path: SKILLS, headers })).headers['x-emulator-cause']).toBe('TOKEN_INVALID');
  });

  test.each([
    ['no key', 'hello', /token key cannot be used/],
    [
      'too short',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      /at least 2048 bits, not rsa of 1024/,
    ],
    ['another kind', generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, /RSA key/],
  ])('is refused where it cannot sign: %s', async (_, text, fault) => {
    await expect(emulator({ tokenKey: await keyFile(text) })).rejects.toThrow(fault);
  });

  test('that is not there is named', async () => {
    await expect(emulator({ tokenKey: '/nowhere/key.pem' })).rejects.toThrow(/tokenKey: the token key cannot be used: ENOENT/);
  });
});

describe('whatever the public key of every emulator signed is refused unless it is as the emulator issues it', () => {
  const sound = (tenantId: string): Record<string, unknown> => ({
    iss: 'x',
    sub: 'x',
    aud: 'x',
    iat: 0,
    exp: 4_000_000_000,
    jti: 'x',
    token_use: 'access',
    tenantId,
    icBUId: 1,
    icAgentId: 1,
    name: 'x',
  });
  test.each<[string, (claims: Record<string, unknown>) => unknown]>([
    ['null', () => null],
    ['a number', () => 5],
    ['a list', () => []],
    ['nothing', () => ({})],
    ['no end', (claims) => ({ ...claims, exp: undefined })],
    ['an end in words', (claims) => ({ ...claims, exp: 'abc' })],
    ['an end before all time', (claims) => ({ ...claims, exp: -1e300 })],
    ['an end after all time', (claims) => ({ ...claims, exp: 9e12 })],
    ['another use', (claims) => ({ ...claims, token_use: 'bogus' })],
    ['an object for a user', (claims) => ({ ...claims, sub: { x: 1 } })],
    ['no tenant', (claims) => ({ ...claims, tenantId: undefined })],
  ])('%s', async (_, change) => {
    const { url } = await emulator();
    const { tenantId } = (await send(url, { path: '/_emulator/health' })).body.tenant;
    const key = await importJWK({ ...DEVELOPMENT_KEY }, 'RS256');
    const { kid } = (await send(url, { path: '/.well-known/jwks.json' })).body.keys[0];
    const signed = (payload: unknown): Promise<string> =>
      new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
    const use = async (payload: unknown): Promise<unknown> => {
      const authorization = `Bearer ${await signed(payload)}`;
      return (await send(url, { path: SKILLS, headers: { authorization } })).headers['x-emulator-cause'];
    };
    expect(await use(sound(tenantId))).toBeUndefined();
    expect(await use(change(sound(tenantId)))).toBe('TOKEN_INVALID');
    const refresh = await signed(change({ ...sound(tenantId), token_use: 'refresh' }));
    const answer = await send(
      url,
      form({ grant_type: 'refresh_token', refresh_token: refresh }, CREDENTIALS.headers.authorization),
    );
    expect(answer.headers['x-emulator-cause']).toBe('TOKEN_INVALID');
  });
});
