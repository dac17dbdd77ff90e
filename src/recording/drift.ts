/** Where an upstream's answer differs from the emulator's: status, headers that matter, error bodies exactly, other bodies by their shape. */
import { isDeepStrictEqual } from 'node:util';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Contract, ContractOperation, Family, Schema } from '../openapi/contract.js';
import { CATALOGUE, type Code, type Provenance } from '../errors/catalogue.js';
import { kindOf } from '../shared/format.js';
import { parsedJson } from './json-text.js';
import type { RecordedAnswer } from './recorded.js';
import type { UpstreamAnswer } from './upstream.js';

export interface Difference {
  readonly what: 'status' | 'header' | 'error body' | 'body';
  /** The name of a header, or a JSON Pointer in which `*` is any item; empty for the whole. */
  readonly at: string;
  /** A status, a header’s value, an error body; of other bodies the type: `a string`, `nothing`. */
  readonly upstream: unknown;
  readonly emulator: unknown;
  /** How the contract knows what the emulator does. */
  readonly provenance: Provenance;
  /** The setting that makes the emulator do the same; null where there is none. */
  readonly setting: string | null;
}

/** What is compared. */
export interface Compared {
  readonly method: string;
  readonly operation: ContractOperation | undefined;
  readonly family: Family;
  readonly contract: Contract;
  readonly upstream: UpstreamAnswer;
  readonly own: RecordedAnswer;
}

export function differencesOf(compared: Compared): Difference[] {
  const { upstream, own } = compared;
  if (upstream.status !== own.status)
    return [
      {
        what: 'status',
        at: '',
        upstream: upstream.status,
        emulator: own.status,
        provenance: provenanceOf(compared),
        setting: settingOf(compared),
      },
    ];
  const bodies = compared.method === 'HEAD' ? [] : own.status >= 400 ? errorBody(compared) : shapes(compared);
  return [...headers(compared, bodies.length > 0), ...bodies];
}

/** Of what the emulator answered: its refusal’s, or the reply’s in the contract. */
function provenanceOf({ operation, contract, own, family }: Compared): Provenance {
  if (own.cause !== undefined && Object.hasOwn(CATALOGUE, own.cause.code)) return CATALOGUE[own.cause.code as Code].provenance;
  if (operation === undefined) return family.errors.get(own.status)?.provenance ?? 'assumed';
  const paths = contract.document.paths as Readonly<
    Record<string, Readonly<Record<string, { responses?: Readonly<Record<string, { 'x-provenance'?: Provenance }>> }>>>
  >;
  return (
    paths[operation.path]?.[operation.method.toLowerCase()]?.responses?.[String(own.status)]?.['x-provenance'] ??
    operation.provenance
  );
}

/** Causes whose setting is always the same. */
const BY_CAUSE: Readonly<Record<string, string>> = {
  CONVERSATION_ID_FORMAT: 'conversationId',
  CONVERSATION_UNKNOWN: 'unknownConversations: adopt',
  CREDENTIALS_INVALID: 'credentials',
  KNOWLEDGE_NO_ANSWER: 'knowledge',
  WEBHOOK_UNKNOWN: 'scripts',
  BODY_TOO_LARGE: 'maxBody',
  SKILL_UNKNOWN: 'skills',
};

/** They take any credentials, as long as none are set. */
const TOKEN_OPERATIONS = ['issueToken', 'issueTokenForAccessKey'];

function settingOf(compared: Compared): string | null {
  const { operation, upstream, own } = compared;
  const code = own.cause?.code ?? '';
  if (operation?.operationId === 'signalContact' && own.status < 300 && [200, 202, 204].includes(upstream.status))
    return `signalStatus: ${String(upstream.status)}`;
  if (upstream.status < 400 && Object.hasOwn(BY_CAUSE, code)) return BY_CAUSE[code] ?? null;
  if (upstream.status < 400 && code.startsWith('TOKEN_') && operation?.token === 'optional') return 'auth: lax';
  if ((upstream.status === 401 || upstream.status === 403) && operation?.token === 'optional') return 'auth: strict';
  return own.status < 300 ? strictnessOf(compared) : null;
}

/** Where the upstream refused what the emulator took. */
function strictnessOf({ operation, upstream: { status }, own }: Compared): string | null {
  if (status === 400 && own.hasUnknownFields) return 'unknownFields: reject';
  return status === 401 && TOKEN_OPERATIONS.includes(operation?.operationId ?? '') ? 'credentials' : null;
}

/** Their values must be the same; of the others it counts that they are there. */
const EXACT_HEADERS = ['content-type', 'icstatusdescription', 'www-authenticate', 'allow'];
const PRESENT_HEADERS = ['retry-after', 'location'];

function headers(compared: Compared, bodyDiffers: boolean): Difference[] {
  const { upstream, own, family } = compared;
  const difference = (
    name: string,
    theirs: string | undefined,
    ours: string | undefined,
    setting: string | null = null,
  ): Difference => ({
    what: 'header',
    at: name,
    upstream: theirs ?? null,
    emulator: ours ?? null,
    provenance: provenanceOf(compared),
    setting,
  });
  const exact = EXACT_HEADERS.flatMap((name) => {
    const [theirs, ours] = [upstream.headers[name], own.headers[name]];
    if (normal(name, theirs) === normal(name, ours)) return [];
    if (name === 'content-type' && (upstream.bytes.length === 0 || own.body === null)) return [];
    if (name !== family.descriptionHeader?.toLowerCase()) return [difference(name, theirs, ours)];
    // It says what the error body says, and so differs with it.
    const described = (jsonOf(upstream) as { error_description?: unknown } | undefined)?.error_description;
    return bodyDiffers && theirs === described ? [] : [difference(name, theirs, ours)];
  });
  const present = PRESENT_HEADERS.filter((name) => (upstream.headers[name] === undefined) !== (own.headers[name] === undefined));
  return [...exact, ...present.map((name) => difference(name, upstream.headers[name], own.headers[name]))];
}

function normal(name: string, value: string | undefined): string | undefined {
  if (name === 'content-type') return value?.toLowerCase().replace(/[\s"]/g, '');
  return name === 'allow'
    ? value
        ?.split(',')
        .map((method) => method.trim())
        .sort()
        .join()
    : value;
}

function errorBody(compared: Compared): Difference[] {
  const { upstream, own, family } = compared;
  const theirs = jsonOf(upstream) ?? textOf(upstream);
  const ours = withoutCause(parsedJson(own.body ?? ''));
  if (isDeepStrictEqual(theirs, ours) || (theirs === '' && own.body === null)) return [];
  return [
    {
      what: 'error body',
      at: '',
      upstream: theirs,
      emulator: ours ?? own.body,
      provenance: family.errors.get(own.status)?.provenance ?? 'assumed',
      setting: canBeSet(family, own.status, theirs) ? `errors.${family.name}.${String(own.status)}` : null,
    },
  ];
}

/** Whether the setting `errors` takes it. */
export function canBeSet({ errors }: Family, status: number, body: unknown): boolean {
  return errors.has(status) && kindOf(body) === 'an object';
}

function withoutCause(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'cause'));
}

function shapes(compared: Compared): Difference[] {
  const { upstream, own, operation } = compared;
  const [theirs, ours] = [
    jsonOf(upstream) ?? (textOf(upstream) === '' ? undefined : textOf(upstream)),
    parsedJson(own.body ?? ''),
  ];
  const provenance = provenanceOf(compared);
  const found = shapeDifferences(theirs, ours, operation?.replies.get(own.status)?.schema, '');
  const unique = new Map(found.map((one) => [`${one.at} ${one.upstream} ${one.emulator}`, one]));
  return [...unique.values()].map((one) => ({ what: 'body', ...one, provenance, setting: null }));
}

interface ShapeDifference {
  readonly at: string;
  readonly upstream: string;
  readonly emulator: string;
}

/** So many items of a list are looked at. */
const MOST_ITEMS = 50;

function shapeDifferences(theirs: unknown, ours: unknown, schema: Schema | undefined, at: string): ShapeDifference[] {
  if (
    (theirs === null) !== (ours === null) &&
    (schema === undefined || schema.nullable === true) &&
    theirs !== undefined &&
    ours !== undefined
  )
    return [];
  const [upstream, emulator] = [kindOf(theirs), kindOf(ours)];
  if (upstream !== emulator) return [{ at, upstream, emulator }];
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const [first] = ours as readonly unknown[];
    if (first === undefined) return [];
    return theirs.slice(0, MOST_ITEMS).flatMap((item: unknown) => shapeDifferences(item, first, schema?.items, `${at}/*`));
  }
  if (emulator !== 'an object') return [];
  // A map with names of the tenant’s own, such as attributes.
  if (schema !== undefined && schema.properties === undefined) return [];
  const [one, other] = [theirs, ours] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((name) => {
    const inside = schema?.properties?.[name];
    const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const [has, had] = [Object.hasOwn(one, name), Object.hasOwn(other, name)];
    const optional = inside !== undefined && schema?.required?.includes(name) !== true;
    if (has !== had && optional) return [];
    return shapeDifferences(has ? one[name] : undefined, had ? other[name] : undefined, inside, pointer);
  });
}

/** Inflated; empty where that fails. */
function textOf({ bytes, headers }: UpstreamAnswer): string {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const limit = { maxOutputLength: 8 * 1024 ** 2 };
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(bytes, limit).toString();
    if (encoding === 'br') return brotliDecompressSync(bytes, limit).toString();
    if (encoding === 'deflate') return inflateSync(bytes, limit).toString();
    return bytes.toString();
  } catch {
    return '';
  }
}

/** undefined where it is none. */
export function jsonOf(answer: UpstreamAnswer): unknown {
  return parsedJson(textOf(answer));
}
