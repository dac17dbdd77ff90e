/** A required field that is missing: what came instead, and where it seems to have gone. */
import type { ErrorObject } from 'ajv';
import { nearMiss } from '../shared/did-you-mean.js';
import type { Finding, Place } from '../errors/catalogue.js';
import { kindOf, listed, show } from '../shared/format.js';
import type { Schema } from './contract.js';
import { escapePointer } from '../shared/json-pointer.js';
import { adviseDeeper, objectAt } from './unknown-fields.js';
import { expectedType, looksLikeJsonObject } from './wrong-type.js';

/** So many keys of one object are compared with the known ones. */
const MOST_KEYS = 200;

/** Where else a field may have gone. */
export interface Elsewhere {
  readonly query: Readonly<Record<string, unknown>>;
  /** The whole body, undefined where there is none. */
  readonly body: unknown;
  /** The fields of a JSON body that the operation does not read. */
  readonly ignored: readonly string[];
  /** Who reads the body, where no operation of the emulator does. */
  readonly reader?: string;
}

/** A member that an object must have and lacks. `schema` is that of the object, which stands at `pointer`. */
export function missingField(
  error: ErrorObject,
  place: Place,
  pointer: string,
  schema: Schema,
  { query, body, ignored, reader = 'this operation' }: Elsewhere,
): Finding {
  const missing = (error.params as { missingProperty: string }).missingProperty;
  const data = error.data as Record<string, unknown>;
  const expected = schema.properties?.[missing];
  const at = `${pointer}/${escapePointer(missing)}`;
  return {
    code: 'REQUIRED_FIELD_MISSING',
    message: `${place === 'body' ? 'The required field' : 'The required parameter'} ${missing} is missing.`,
    in: place,
    pointer: at,
    expected: `${missing}, ${expected === undefined ? 'a value' : expectedType(expected)}`,
    inWords: true,
    received:
      place === 'body'
        ? received(data)
        : Object.keys(data).length === 0
          ? 'no parameter'
          : `only ${listed(
              Object.keys(data)
                .slice(0, 8)
                .map((key) => show(key)),
            )}`,
    remedy:
      place === 'body'
        ? adviseMissingField(missing, data, expected?.['x-aliases'] ?? [], {
            pointer,
            query,
            body,
            reader,
            fields: Object.keys(schema.properties ?? {}),
          })
        : adviseMissingParameter(missing, data, expected?.['x-aliases'] ?? [], place, ignored),
    ...(expected?.['x-provenance'] === undefined ? {} : { provenance: expected['x-provenance'] }),
  };
}

function received(data: Record<string, unknown>): string {
  const keys = Object.keys(data);
  if (keys.length === 0) return 'an empty object';
  return `an object with ${keys
    .slice(0, 8)
    .map((key) => show(key))
    .join(', ')}${keys.length > 8 ? ` and ${String(keys.length - 8)} more` : ''}`;
}

function adviseMissingParameter(
  missing: string,
  data: Record<string, unknown>,
  aliases: readonly string[],
  place: Place,
  ignored: readonly string[],
): string {
  const keys = Object.keys(data).slice(0, MOST_KEYS);
  const encoded = keys.find((key) => key === `amp;${missing}` || key === `${missing}[]`);
  const near = nearestKey(missing, keys) ?? encoded ?? aliasAmong(keys, aliases);
  if (place === 'header') return near === undefined ? `Send the header ${missing}.` : `Send it as ${missing}, not as ${near}.`;
  if (near === undefined)
    return `${ignored.includes(missing) ? 'It stands in the body, which this operation does not read. ' : ''}Add ${missing} to the ${place}${place === 'query' ? `: ?${missing}=…` : ''}.`;
  return `Rename ${show(near)} to ${show(missing)}. Names are case-sensitive${encoded?.startsWith('amp;') === true ? ', and & in an address is not written &amp;' : ''}.`;
}

function adviseMissingField(
  missing: string,
  data: Record<string, unknown>,
  aliases: readonly string[],
  {
    pointer,
    query,
    body,
    reader,
    fields,
  }: { pointer: string; reader: string; fields: readonly string[] } & Pick<Elsewhere, 'query' | 'body'>,
): string {
  const keys = Object.keys(data).slice(0, MOST_KEYS);
  const near = nearestKey(missing, keys);
  if (keys.some(looksLikeJsonObject))
    return `The body is JSON, and was read as form data: write its fields as ${missing}=…&…, each value percent-encoded.`;
  if (near !== undefined) return `Rename ${show(near)} to ${show(missing)}. Names are case-sensitive, and every letter counts.`;
  const alias = aliasAmong(keys, aliases);
  if (alias !== undefined) return `Send the value of ${show(alias)} under the name ${show(missing)}: ${reader} reads no other.`;
  for (const key of keys) {
    const inner = data[key];
    if (typeof inner === 'string' && keys.length === 1 && looksLikeJsonObject(inner)) {
      return `The whole body seems to stand as text in ${show(key)}: send that object itself as the body.`;
    }
    if (typeof inner !== 'object' || inner === null) continue;
    const deeper = nearestKey(missing, Object.keys(inner)) ?? Object.keys(inner).find((name) => aliases.includes(name));
    if (deeper !== undefined) return adviseDeeper(pointer, key, deeper, missing);
  }
  // A request around the body has fields of its own only; a body with a field too few may carry any text.
  const whole = pointer === '' && !fields.some((name) => Object.hasOwn(data, name)) ? textWithin(data, missing) : undefined;
  if (whole !== undefined) {
    return `The whole body seems to stand as text in ${show(whole)}, with the request around it: send that object itself as the body.`;
  }
  if (pointer !== '' && kindOf(body) === 'an object' && Object.hasOwn(body as object, missing))
    return `It stands at the top level of the body. Move it from ${show(`/${escapePointer(missing)}`)} to ${objectAt(pointer)}.`;
  if (Object.hasOwn(query, missing)) return `It stands in the query: ${reader} reads ${show(missing)} from the body only.`;
  return `Add ${show(missing)} to ${objectAt(pointer)}.`;
}

/** So many values of a recorded or proxied request are looked at for its body. */
const MOST_VALUES = 500;

/** Where an object with this member stands as text, as it does in a HAR file or in what a gateway hands on; its pointer. */
function textWithin(data: Record<string, unknown>, missing: string): string | undefined {
  const queue: [string, unknown][] = [['', data]];
  for (let at = 0; at < queue.length && at < MOST_VALUES; at += 1) {
    const [pointer, value] = queue[at] ?? ['', undefined];
    if (typeof value === 'string' && value.includes(`"${missing}"`) && holds(value, missing)) return pointer;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value).slice(0, MOST_KEYS))
      queue.push([`${pointer}/${escapePointer(key)}`, member]);
  }
  return undefined;
}

function holds(text: string, member: string): boolean {
  return looksLikeJsonObject(text) && Object.hasOwn(JSON.parse(text) as object, member);
}

function aliasAmong(keys: readonly string[], aliases: readonly string[]): string | undefined {
  return keys.find((key) => aliases.some((name) => name.toLowerCase() === key.toLowerCase()));
}

function nearestKey(missing: string, keys: readonly string[]): string | undefined {
  return keys.includes(missing) ? missing : nearMiss(missing, keys.slice(0, MOST_KEYS));
}
