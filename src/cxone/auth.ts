/** Discovery and tokens: where a client finds the API, and what opens it. */
import { createHash } from 'node:crypto';
import { type TenantIdentity, uuidFrom } from './model/ids.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { type RefusalCode, reject } from '../errors/catalogue.js';
import { describe, oneOf, show } from '../shared/format.js';
import type { Store, TenantState } from './store/store.js';
import { type AccessKey, type Client, type Credentials, readClient, requireAccessKey, requireClient } from './credentials.js';
import type { Call, Operations, Reply, RunUnit } from './handler.js';
import { faultOf, type TokenClaims, type TokenKey, type TokenUse } from './token-verifier.js';

export interface AuthSettings {
  readonly tokens: TokenKey;
  /** In seconds, of access and id tokens. */
  readonly tokenLifetime: number;
  /** The valid ones; empty where any will do. */
  readonly credentials: readonly Credentials[];
}

/** In seconds: a day (assumed). */
const REFRESH_LIFETIME = 86_400;

/** A regional name that the platform does not have: a client that builds its host from it must not reach a real tenant. */
const AREA = 'emulator';

const GRANTS = ['password', 'client_credentials', 'refresh_token'];

interface TokenForm {
  readonly grant_type: string;
  readonly username?: string;
  readonly password?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly refresh_token?: string;
}

/** Whom a token speaks for. */
type Holder = Pick<TokenClaims, 'sub' | 'icAgentId' | 'aud'>;

/** The same access key or client is the same user at every start. */
function holderOf(call: Pick<Call, 'tenant'>, id: string, client: string): Holder {
  const digest = createHash('sha256').update(`${call.tenant} ${id}`).digest();
  return { sub: uuidFrom(digest), icAgentId: 1000 + (digest.readUInt32BE(16) % 1_000_000), aud: client };
}

/** What a token says. */
function claimsFor(
  { tokenLifetime }: Pick<AuthSettings, 'tokenLifetime'>,
  { now, baseUrl }: Pick<Call, 'now' | 'baseUrl'>,
  state: TenantState,
  holder: Holder,
  use: TokenUse,
): TokenClaims {
  const iat = Math.floor(Date.parse(now) / 1000);
  const { tenantId, busNo } = state.identity;
  return {
    ...holder,
    iss: baseUrl,
    iat,
    exp: iat + (use === 'refresh' ? REFRESH_LIFETIME : tokenLifetime),
    jti: state.newId(),
    token_use: use,
    tenantId,
    icBUId: busNo,
    name: 'Emulated User',
    given_name: 'Emulated',
    family_name: 'User',
    ...(state.revocation === undefined ? {} : { revocation: state.revocation }),
  };
}

/** A token of the tenant for one of its own scripts, or for who stands around the emulator, as `POST /auth/token` would issue it. */
export async function scriptToken(
  settings: Pick<AuthSettings, 'tokens' | 'tokenLifetime'>,
  place: Pick<Call, 'tenant' | 'baseUrl' | 'now'>,
  store: Store,
  use: TokenUse = 'access',
): Promise<string> {
  const holder = holderOf(place, 'studio', 'studio');
  return settings.tokens.sign(await store.run(place.tenant, (state) => claimsFor(settings, place, state, holder, use)));
}

export function authOperations(settings: AuthSettings): Operations {
  const { tokens } = settings;

  async function issue(call: Call, run: RunUnit, holder: Holder): Promise<Record<string, unknown>> {
    const claims = await run((state) => ({
      access: claimsFor(settings, call, state, holder, 'access'),
      id: claimsFor(settings, call, state, holder, 'id'),
      refresh: claimsFor(settings, call, state, holder, 'refresh'),
    }));
    const [access_token, id_token, refresh_token] = await Promise.all(
      [claims.access, claims.id, claims.refresh].map((one) => tokens.sign(one)),
    );
    return { access_token, token_type: 'Bearer', expires_in: settings.tokenLifetime, refresh_token, id_token };
  }

  const grants: Readonly<Record<string, (call: Call, form: TokenForm, client: Client, run: RunUnit) => Promise<Holder>>> = {
    password(call, form, client) {
      const key = accessKeyOf(form);
      requireAccessKey(key, client, settings.credentials);
      return Promise.resolve(holderOf(call, key.id, client.id));
    },
    client_credentials: (call, _, client) => Promise.resolve(holderOf(call, client.id, client.id)),
    async refresh_token(call, { refresh_token: token = '' }, client, run) {
      const { sub, icAgentId } = await soundRefreshToken(call, token, tokens, run);
      return { sub, icAgentId, aud: client.id };
    },
  };

  return {
    getOpenidConfiguration: {
      answer: ({ baseUrl }) => ({
        status: 200,
        body: {
          issuer: baseUrl,
          token_endpoint: `${baseUrl}/auth/token`,
          jwks_uri: `${baseUrl}/.well-known/jwks.json`,
          grant_types_supported: GRANTS,
          token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
          response_types_supported: ['token', 'id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          scopes_supported: ['openid'],
        },
      }),
    },

    getCxoneConfiguration: {
      answer(call, state) {
        const { tenantId } = call.query as { tenantId: string };
        if (tenantId.toLowerCase() !== state.identity.tenantId) warnTenantId(call, tenantId, state.identity);
        const { hostname } = new URL(call.baseUrl);
        return {
          status: 200,
          body: {
            api_endpoint: call.baseUrl,
            auth_endpoint: call.baseUrl,
            tenantId: state.identity.tenantId,
            area: AREA,
            cluster: AREA,
            domain: hostname,
            acdDomain: hostname,
            uhDomain: hostname,
          },
        };
      },
    },

    getJwks: { answer: () => ({ status: 200, body: tokens.published }) },

    issueToken: {
      async perform(call, run): Promise<Reply> {
        const form = call.body as TokenForm;
        const grant = Object.hasOwn(grants, form.grant_type) ? grants[form.grant_type] : undefined;
        if (grant === undefined) throw unsupportedGrant(form.grant_type);
        const client = readClient(call, form.client_id, form.client_secret);
        requireClient(client, settings.credentials);
        const holder = await grant(call, form, client, run);
        return { status: 200, headers: NOT_KEPT, body: await issue(call, run, holder) };
      },
    },

    issueTokenForAccessKey: {
      async perform(call, run): Promise<Reply> {
        const { accessKeyId: id, accessKeySecret: secret } = call.body as { accessKeyId: string; accessKeySecret: string };
        requireAccessKey({ id, secret, at: { id: '/accessKeyId', secret: '/accessKeySecret' } }, undefined, settings.credentials);
        const issued = await issue(call, run, holderOf(call, id, 'access-key'));
        // Clients of this endpoint find the ACD families by it (client).
        return {
          status: 200,
          headers: NOT_KEPT,
          body: { ...issued, resource_server_base_uri: `${call.baseUrl}/inContactAPI/` },
        };
      },
    },
  };
}

/** RFC 6749, 5.1. */
const NOT_KEPT = { 'cache-control': 'no-store' };

function accessKeyOf(form: TokenForm): AccessKey {
  const { username, password } = form;
  const misnamed = Object.keys(form).filter((name) => /^(?:access_?key|user|client_?key)/i.test(name) && name !== 'username');
  return { id: username ?? '', secret: password ?? '', at: { id: '/username', secret: '/password' }, misnamed };
}

function unsupportedGrant(given: string): ReturnType<typeof reject> {
  const near = nearMiss(given, GRANTS);
  return reject(
    'SCHEMA_MISMATCH',
    {
      message: 'There is no such grant type.',
      in: 'body',
      pointer: '/grant_type',
      expected: oneOf(GRANTS),
      received: describe(given),
      remedy:
        near === undefined
          ? `Send grant_type=password with the access key as username and password, as Cognigy’s extension does, or one of ${GRANTS.slice(1).join(', ')}.`
          : `Did you mean ${near}? Letters are compared as they stand.`,
      provenance: 'assumed',
    },
    { body: 'unsupported_grant_type' },
  );
}

/** Throws with the body that RFC 6749, 5.2 has for a refresh token that is no good: invalid_grant. */
async function soundRefreshToken(call: Call, token: string, tokens: TokenKey, run: RunUnit): Promise<TokenClaims> {
  const place = { in: 'body', pointer: '/refresh_token' } as const;
  const again = 'Fetch new ones with the access key, by grant_type=password.';
  const found = await tokens.read(token);
  if (!('claims' in found) || found.claims.token_use !== 'refresh') {
    throw reject(
      'TOKEN_INVALID',
      {
        message: 'This is no refresh token that was issued here.',
        ...place,
        expected: 'the refresh_token of an earlier token answer',
        received:
          token === ''
            ? 'nothing'
            : 'claims' in found
              ? `a token of the kind ${found.claims.token_use}`
              : `a text: ${found.foreign}`,
        inWords: true,
        remedy: 'claims' in found ? 'Send the refresh_token of that answer, not another token of it.' : again,
      },
      { body: 'invalid_grant' },
    );
  }
  const { claims } = found;
  const { identity, revocation } = await run((state) => ({ identity: state.identity, revocation: state.revocation }));
  const fault = faultOf(claims, { tenantId: identity.tenantId, revocation, now: Date.parse(call.now) });
  if (fault === undefined) return claims;
  const [code, message, received] = {
    tenant: ['TENANT_MISMATCH', 'The refresh token belongs to another tenant.', `one of the tenant ${claims.tenantId}`],
    expired: [
      'TOKEN_EXPIRED',
      'The refresh token is past its time.',
      `one that was good until ${new Date(claims.exp * 1000).toISOString()}`,
    ],
    revoked: ['TOKEN_EXPIRED', 'The refresh token was revoked.', 'one from before DELETE /_emulator/tokens'],
  }[fault] as [RefusalCode, string, string];
  throw reject(
    code,
    { message, ...place, expected: `one of the tenant ${identity.name} that is good`, received, inWords: true, remedy: again },
    { body: 'invalid_grant' },
  );
}

function warnTenantId(call: Call, tenantId: string, identity: TenantIdentity): void {
  call.warn('TENANT_ID_UNKNOWN', {
    message: 'The tenantId is not that of this tenant.',
    in: 'query',
    pointer: '/tenantId',
    expected: identity.tenantId,
    received: show(tenantId),
    remedy:
      'Take the tenantId from the id_token. It is let pass here, so that a client with the id of a real tenant works; CXone would not know this one.',
  });
}
