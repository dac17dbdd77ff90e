/** Stage authorize: the bearer token that the operation asks for. Signature, time and tenant decide, not a list. */
import { isNoId } from '../cxone/model/id-advice.js';
import { faultOf, type Foreign, type KnownToken, type TokenClaims } from '../cxone/token-verifier.js';
import { type Explanation, reject, type Rejection } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import { isSecretName } from '../trace/redact.js';
import type { RequestContext } from './request-context.js';
import type { Services } from './services.js';

/** `--auth lax` lets a missing token and a foreign one pass, where the operation does not demand one of ours. */
export function authorize(context: RequestContext, services: Services): void | Promise<void> {
  const demand = context.operation?.token ?? 'none';
  if (demand === 'none') return;
  const strict = demand === 'required' || services.settings.auth === 'strict';
  const header = context.header('authorization');
  if (header === undefined) {
    if (strict) throw tokenMissing(context);
    return;
  }
  const token = /^bearer\s+([^\s,]+)$/i.exec(header.trim())?.[1];
  const known: KnownToken | Promise<KnownToken> =
    token === undefined || isNoId(token) ? { foreign: 'no JWT' } : services.tokens.read(token);
  return known instanceof Promise
    ? known.then((found) => judge(context, services, header, found, strict))
    : judge(context, services, header, known, strict);
}

function judge(
  context: RequestContext,
  services: Services,
  header: string,
  known: KnownToken,
  strict: boolean,
): void | Promise<void> {
  if (!('claims' in known)) {
    const explanation = notOurs(header, known.foreign);
    if (strict) throw reject('TOKEN_INVALID', explanation, CHALLENGE);
    context.trace.warn('TOKEN_NOT_CHECKED', {
      ...explanation,
      message: 'A token that was not issued here was let pass.',
      remedy: `${explanation.remedy} It passes here because of --auth lax; CXone checks it, and refuses with 401 or 403.`,
      provenance: 'emulator',
    });
    return;
  }
  return services.store.run(context.tenant, ({ identity, revocation }) => {
    requireSound(context, known.claims, identity.tenantId, revocation);
  });
}

function requireSound(context: RequestContext, claims: TokenClaims, tenantId: string, revocation: string | undefined): void {
  const place = { in: 'header', pointer: '/authorization', inWords: true } as const;
  if (claims.token_use === 'refresh') {
    throw reject(
      'TOKEN_INVALID',
      {
        message: 'This is a refresh token.',
        ...place,
        expected: 'the access_token of a token answer',
        received: 'its refresh_token',
        remedy: 'Send the access_token. A refresh token is good for one thing only, to fetch new ones at POST /auth/token.',
      },
      CHALLENGE,
    );
  }
  const fault = faultOf(claims, { tenantId, revocation, now: context.startedAt });
  if (fault === 'tenant') {
    throw reject('TENANT_MISMATCH', {
      message: 'The token belongs to another tenant.',
      ...place,
      expected: `a token of the tenant ${context.tenant} (${tenantId})`,
      received: `one of the tenant ${claims.tenantId}`,
      remedy: `Fetch the token below the same path as you call: POST ${context.baseUrl}/auth/token.`,
    });
  }
  if (fault !== undefined) {
    throw reject(
      'TOKEN_EXPIRED',
      {
        message: fault === 'expired' ? 'The token is past its time.' : 'The token was revoked.',
        ...place,
        expected: 'a token that is good',
        received:
          fault === 'expired'
            ? `one that was good until ${new Date(claims.exp * 1000).toISOString()}`
            : 'one from before DELETE /_emulator/tokens',
        remedy:
          'Fetch a new token and send the request again, once. A client that caches tokens should do so by itself on 401 and 403: Cognigy’s extension keeps one for 50 minutes, and only its newest version tries again.',
      },
      CHALLENGE,
    );
  }
  const left = Math.ceil((claims.exp * 1000 - context.startedAt) / 1000);
  context.trace.log(`The ${claims.token_use === 'id' ? 'id token' : 'token'} of ${claims.name} is good for ${String(left)} s.`);
}

/** RFC 6750, 3. */
const CHALLENGE = { headers: { 'www-authenticate': 'Bearer' } };

function tokenMissing(context: RequestContext): Rejection {
  const found = misplacedToken(context);
  return reject(
    'TOKEN_MISSING',
    {
      message: 'There is no Authorization header.',
      in: 'header',
      pointer: '/authorization',
      inWords: true,
      expected: 'a header with Bearer and a token',
      received: found === undefined ? 'nothing' : `nothing; there is ${found}`,
      remedy: `${found === undefined ? '' : `Send the token that stands in ${found} in the header Authorization, as Bearer and the token. `}A token comes from POST ${context.baseUrl}/auth/token.`,
    },
    CHALLENGE,
  );
}

/** Names under which tokens are sent elsewhere by mistake; others, such as `tokenCount`, are none. */
const TOKEN_NAME = /token|authori[sz]ation|bearer|jwt/i;
/** A body is looked into no further. */
const LONGEST_LOOKED_INTO = 65_536;

/** In words, where a token stands that should stand in the Authorization header. */
function misplacedToken({ bytes, rawQuery, request }: RequestContext): string | undefined {
  const isToken = (name: string): boolean => TOKEN_NAME.test(name) && isSecretName(name);
  const header = Object.keys(request.headers).find(isToken);
  if (header !== undefined) return `the header ${show(header)}`;
  const parameter = [...new URLSearchParams(rawQuery).keys()].find(isToken);
  if (parameter !== undefined) return `the query parameter ${show(parameter)}`;
  if (bytes.length === 0 || bytes.length > LONGEST_LOOKED_INTO) return undefined;
  const field = fieldsOf(bytes.toString()).find(isToken);
  return field === undefined ? undefined : `the body’s field ${show(field)}`;
}

function fieldsOf(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return [...new URLSearchParams(text).keys()];
  }
}

function notOurs(header: string, why: Foreign): Explanation {
  const [scheme = '', ...rest] = header.trim().split(/\s+/);
  const token = rest.join(' ');
  return {
    message: 'The Authorization header holds no token that was issued here.',
    in: 'header',
    pointer: '/authorization',
    inWords: true,
    expected: 'Bearer and a token from POST /auth/token',
    received: describeHeader(scheme, token, why),
    remedy: adviseToken(scheme, token, why),
  };
}

/** In words: the value itself is a secret. */
function describeHeader(scheme: string, token: string, why: Foreign): string {
  if (!/^bearer$/i.test(scheme)) return `${String(scheme.length + token.length)} characters that do not begin with Bearer`;
  if (token === '') return 'Bearer without a token';
  if (isNoId(token)) return 'Bearer and a text that stands for no value';
  if (why === 'damaged') return 'a token that was issued here and changed since: its signature does not fit';
  if (why === 'misshapen') return 'a token that the key of this emulator signed, with claims that it never issues';
  return why === 'another key' ? 'a token that another key signed' : 'a text that is no token (no JWT)';
}

function adviseToken(scheme: string, token: string, why: Foreign): string {
  if (/^basic$/i.test(scheme))
    return 'Basic credentials are for POST /auth/token only: send the access_token of its answer, as Bearer and the token.';
  if (!/^bearer$/i.test(scheme))
    return scheme.startsWith('eyJ')
      ? 'The word Bearer is missing before the token.'
      : 'Send Bearer and the access_token of a token answer.';
  if (/^bearer\b/i.test(token)) return 'The word Bearer stands twice: put it before the token once.';
  if (token === '' || isNoId(token) || token.includes('[object '))
    return 'The variable that holds the token had no value when the request was built: check the step that fetches it.';
  if (/^["'<]/.test(token)) return 'Remove the quotes or brackets around the token.';
  if (why === 'damaged') return 'The token was cut or changed on its way: send it whole, as it came.';
  if (why === 'misshapen') return 'Take a token as POST /auth/token issues it, instead of signing one.';
  if (why === 'another key')
    return 'Fetch a token from this emulator (POST /auth/token): one of a real tenant, or of an emulator with another --token-key, is worth nothing here.';
  return 'Send the access_token of the answer of POST /auth/token, whole: three parts set off by dots.';
}
