/** The key that signs tokens: makes them, knows its own again, and publishes its public half. RS256, as the platform's are. */
import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { DEVELOPMENT_KEY } from './development-key.js';

/** What a token is for. CXone takes an id token as a bearer, too (client); a refresh token is good for the next tokens only. */
export type TokenUse = 'access' | 'id' | 'refresh';

/** What every token says. Times are in seconds since the epoch. */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly token_use: TokenUse;
  readonly tenantId: string;
  /** The business unit's number. */
  readonly icBUId: number;
  readonly icAgentId: number;
  readonly name: string;
  readonly given_name: string;
  readonly family_name: string;
  /** The tenant's revocation when it was issued. */
  readonly revocation?: string;
}

/** What a text that came as a token is: ours with its claims, whatever its time, or why it is not. */
export type KnownToken = { readonly claims: TokenClaims } | { readonly foreign: Foreign };

/** Why a text is no token of ours; `misshapen`: our key signed it, but not these claims. */
export type Foreign = 'no JWT' | 'another key' | 'damaged' | 'misshapen';

/** What makes a token of ours worth nothing; undefined where it is good. `now` in milliseconds since the epoch. */
export function faultOf(
  claims: TokenClaims,
  { tenantId, revocation, now }: { readonly tenantId: string; readonly revocation: string | undefined; readonly now: number },
): 'tenant' | 'expired' | 'revoked' | undefined {
  if (claims.tenantId !== tenantId) return 'tenant';
  if (claims.exp * 1000 <= now) return 'expired';
  return revocation !== undefined && claims.revocation !== revocation ? 'revoked' : undefined;
}

export interface TokenKey {
  sign(claims: TokenClaims): Promise<string>;
  /** Looks at form and signature, not at time or tenant. What was looked at before is known at once. */
  read(token: string): KnownToken | Promise<KnownToken>;
  /** A JSON Web Key Set (RFC 7517). */
  readonly published: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}

/** So many tokens are remembered, that each request need not check a signature anew. */
const MOST_REMEMBERED = 1000;
/** No token of ours is longer; the length of a header bounds the others. */
const LONGEST_TOKEN = 8192;

/** `text`: PEM (PKCS #8) or a JSON Web Key. Throws where it is no RSA key of at least 2048 bits. */
export function tokenKey(text?: string): TokenKey {
  const key = text === undefined ? createPrivateKey({ key: { ...DEVELOPMENT_KEY }, format: 'jwk' }) : privateKeyFrom(text);
  const { kty, n, e } = createPublicKey(key).export({ format: 'jwk' });
  // RFC 7638: the key's own fingerprint, from its members in this order.
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  const remembered = new Map<string, KnownToken>();

  async function look(token: string): Promise<KnownToken> {
    const { compactVerify, decodeProtectedHeader } = await import('jose');
    let header: { alg?: string; kid?: string };
    try {
      header = decodeProtectedHeader(token);
    } catch {
      return { foreign: 'no JWT' };
    }
    if (header.kid !== kid || header.alg !== 'RS256') return { foreign: 'another key' };
    try {
      const { payload } = await compactVerify(token, createPublicKey(key), { algorithms: ['RS256'] });
      const claims: unknown = JSON.parse(Buffer.from(payload).toString());
      return areClaims(claims) ? { claims } : { foreign: 'misshapen' };
    } catch {
      return { foreign: 'damaged' };
    }
  }

  return {
    async sign(claims) {
      const { SignJWT } = await import('jose');
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key);
    },
    read(token) {
      if (token.length > LONGEST_TOKEN) return { foreign: 'no JWT' };
      const known = remembered.get(token);
      if (known !== undefined) return known;
      return look(token).then((found) => {
        for (const oldest of remembered.keys()) {
          if (remembered.size < MOST_REMEMBERED) break;
          remembered.delete(oldest);
        }
        remembered.set(token, found);
        return found;
      });
    },
    published: { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' }] },
  };
}

/** In seconds since the epoch, the last moment that a date can hold. */
const LATEST = 8_640_000_000_000;

/** The development key is public: anybody can sign anything with it. */
function areClaims(value: unknown): value is TokenClaims {
  if (typeof value !== 'object' || value === null) return false;
  const { exp, token_use: use, revocation, ...claims } = value as Partial<Record<keyof TokenClaims, unknown>>;
  return (
    typeof exp === 'number' &&
    exp >= 0 &&
    exp <= LATEST &&
    (use === 'access' || use === 'id' || use === 'refresh') &&
    (revocation === undefined || typeof revocation === 'string') &&
    typeof claims.tenantId === 'string' &&
    typeof claims.sub === 'string' &&
    typeof claims.name === 'string' &&
    typeof claims.icAgentId === 'number'
  );
}

function privateKeyFrom(text: string): KeyObject {
  const key = text.trimStart().startsWith('{')
    ? createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })
    : createPrivateKey(text);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < 2048)
    throw new Error(`it must be an RSA key of at least 2048 bits, not ${key.asymmetricKeyType ?? 'another'} of ${String(bits)}`);
  return key;
}
