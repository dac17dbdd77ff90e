/** Writes the request of a step: as it came, but for what belongs to the connection, with names for secrets and templates for ids. */
import { isNoValue } from './no-value.js';
import { bodyOf, decodedPair } from './bodies.js';
import { headerOf, type Recorded } from './recorded.js';
import { decodedSegment } from './references.js';
import { joined, type Wording } from './placeholders.js';

type Row = Record<string, unknown>;

/** They belong to a connection, a proxy or a program, and mean nothing to the platform. */
const NOT_KEPT =
  /^(?:host|connection|content-length|transfer-encoding|content-encoding|user-agent|accept-(?:encoding|language|charset)|keep-alive|te|trailer|upgrade|expect|via|forwarded|x-forwarded-.*|x-real-ip|x-request-id|cache-control|pragma|date|dnt|referer|priority|proxy-.*|sec-.*|cf-.*|cdn-.*|postman-.*|traceparent|tracestate|baggage|if-.*|upgrade-insecure-requests)$/;

/** Fields of a token request that are credentials, whatever they are called elsewhere. */
const CREDENTIAL_FIELDS: Readonly<Record<string, string>> = {
  username: 'accessKeyId',
  client_id: 'clientId',
  accessKeyId: 'accessKeyId',
};
const TOKEN_OPERATIONS = ['issueToken', 'issueTokenForAccessKey'];

/** In words why a scenario cannot send this; undefined where it can. */
export function unsendable({ method, path, query, headers, bytes }: Recorded): string | undefined {
  if (!/^[A-Za-z]{1,20}$/.test(method)) return `its method is ${method.slice(0, 40)}`;
  if (!/^\/[\x21-\x7e]*$/.test(path) || !/^[\x21-\x7e]*$/.test(query)) return 'its path has characters that no client sends';
  if (path.startsWith('/t/')) return 'what stands after /t/ is no tenant’s name';
  const body = bodyOf({ bytes, headers });
  return typeof body === 'string' ? body : undefined;
}

/** `ownToken`: its token is good, and no recorded answer issued it: any fresh one will do. */
export function requestOf(one: Recorded, wording: Wording, ownToken: boolean): Row {
  const body = bodyOf(one);
  const ofTokens = TOKEN_OPERATIONS.includes(one.operation?.operationId ?? '');
  const row: Row = {};
  const hasBody = typeof body !== 'string' && body.kind !== 'none';
  if (one.method !== (hasBody ? 'POST' : 'GET')) row.method = one.method;
  row.path = targetOf(one, wording);
  const headers = headersOf(one, wording, { json: hasBody && body.kind === 'json', ownToken });
  if (Object.keys(headers).length > 0) row.headers = headers;
  if (typeof body === 'string' || body.kind === 'none') return row;
  if (body.kind === 'json') row.body = wording.value(ofTokens ? withCredentials(body.value, wording) : body.value);
  else if (body.kind === 'form') row.bodyText = pairsOf(body.pairs, wording, ofTokens);
  else row.bodyText = wording.template(body.text);
  return row;
}

function withCredentials(value: unknown, wording: Wording): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => {
      const label = Object.hasOwn(CREDENTIAL_FIELDS, name) ? CREDENTIAL_FIELDS[name] : undefined;
      return [
        name,
        label === undefined || typeof member !== 'string' || isNoValue(member) ? member : wording.secrets.nameOf(member, label),
      ];
    }),
  );
}

function targetOf({ path, query, operation }: Recorded, wording: Wording): string {
  const literal = operation?.path.split('/') ?? [];
  const segments = path.split('/').map((segment, index) => {
    if (segment === '' || literal[index]?.toLowerCase() === segment.toLowerCase()) return segment;
    const plain = decodedSegment(segment);
    return encoded(segment, plain, wording, '');
  });
  return segments.join('/') + (query === '' ? '' : `?${pairsOf(query.split('&'), wording, false)}`);
}

/** What changed is encoded anew; the rest stays as it was sent. */
function encoded(raw: string, plain: string, wording: Wording, name: string): string {
  const pieces = wording.pieces(plain, name);
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined && 'text' in only && only.text === plain) return joined([{ text: raw }]);
  return joined(
    pieces.map((piece) => ('code' in piece ? { code: `${piece.code} | url_encode` } : { text: encodeURIComponent(piece.text) })),
  );
}

/** Pairs of a query or of a form. */
function pairsOf(pairs: readonly string[], wording: Wording, ofTokens: boolean): string {
  const decoded = pairs.map(decodedPair);
  const labels = decoded.flatMap((pair) => (pair?.name === 'attribute' ? [pair.value] : []));
  const attribute = labels.find((name) => wording.secrets.isName(name));
  const oauth = decoded.some((pair) => pair?.name === 'grant_type' && pair.value === 'authorization_code');
  return pairs
    .map((raw, index) => {
      const pair = decoded[index];
      if (pair === undefined) return wording.template(raw);
      const { name, value } = pair;
      const mark = raw.indexOf('=');
      if (mark === -1 || name === 'grant_type' || name === 'attribute') return joined([{ text: raw }]);
      const beginning = joined([{ text: raw.slice(0, mark + 1) }]);
      const credential = ofTokens && Object.hasOwn(CREDENTIAL_FIELDS, name) ? CREDENTIAL_FIELDS[name] : undefined;
      if (credential !== undefined && !isNoValue(value))
        return beginning + encodeURIComponent(wording.secrets.nameOf(value, credential));
      if (oauth && name === 'code') return beginning + encodeURIComponent(wording.secrets.nameOf(value, 'code'));
      return (
        beginning + encoded(raw.slice(mark + 1), value, wording, name === 'value' && attribute !== undefined ? attribute : name)
      );
    })
    .join('&');
}

function headersOf(
  one: Recorded,
  wording: Wording,
  { json, ownToken }: { readonly json: boolean; readonly ownToken: boolean },
): Record<string, string | null> {
  const written: Record<string, string | null> = {};
  for (const name of Object.keys(one.headers)) {
    const value = headerOf(one.headers, name);
    if (value === undefined || NOT_KEPT.test(name)) continue;
    if (name === 'accept' && value === 'application/json') continue;
    if (name === 'content-type') {
      if (!json || value !== 'application/json') written[name] = joined([{ text: value }]);
    } else if (name === 'authorization') written[name] = authorizationOf(value, wording, ownToken);
    else written[name] = wording.template(value, name);
  }
  if (one.headers.accept === undefined) written.accept = null;
  if (json && one.headers['content-type'] === undefined) written['content-type'] = null;
  return written;
}

/** One that stands alone: the client had nothing to put behind it. */
const SCHEME = /^\s*(?:bearer|basic|digest|negotiate|ntlm)\s*$/i;

function authorizationOf(value: string, wording: Wording, ownToken: boolean): string {
  const [, scheme = '', space = '', rest = ''] = /^\s*(\S+)(\s+)(\S.*?)\s*$/.exec(value) ?? [];
  // A token without its scheme, as clients send it that forget Bearer, is no less a secret.
  if (isNoValue(rest)) return SCHEME.test(value) ? joined([{ text: value }]) : wording.template(value, 'authorization');
  if (/^basic$/i.test(scheme)) return `${scheme}${space}${basicOf(rest, wording)}`;
  if (!/^bearer$/i.test(scheme)) return wording.template(value, 'authorization');
  if (ownToken && !wording.knows(rest)) return `${scheme}${space}{{ token }}`;
  return `${scheme}${space}${wording.template(rest, 'token')}`;
}

/** Client id and secret by their names, put together again when it is sent. */
function basicOf(given: string, wording: Wording): string {
  const text = /^[A-Za-z0-9+/_-]+={0,2}$/.test(given) ? Buffer.from(given, 'base64').toString() : '';
  const colon = text.indexOf(':');
  if (colon === -1 || text.includes('\uFFFD')) return wording.secrets.nameOf(given, 'authorization');
  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  const name = (value: string, label: string): string | undefined => {
    if (!isNoValue(value)) return wording.secrets.nameOf(value, label);
    return /^[\w.~ -]*$/.test(value) ? value : undefined;
  };
  const [client, clientSecret] = [name(id, 'clientId'), name(secret, 'clientSecret')];
  if (client === undefined || clientSecret === undefined) return wording.secrets.nameOf(given, 'authorization');
  return `{{ "${client}:${clientSecret}" | base64_encode }}`;
}
