/** Fields that a schema does not name: which there are in a body, and the nearest one that it does name. */
import { nearMiss } from '../shared/did-you-mean.js';
import type { Finding, Place } from '../errors/catalogue.js';
import { describe, kindOf, show } from '../shared/format.js';
import type { Schema } from './contract.js';
import { escapePointer } from '../shared/json-pointer.js';

/** So many are told at most. */
const MOST_FIELDS = 50;

/** So many keys of an object that is free to hold anything are looked at. */
const MOST_KEYS = 200;

/** A field that the contract does not name, let pass. */
export interface UnknownField {
  readonly finding: Finding;
  /** Whether it nearly is a known one that was not sent, or holds one. */
  readonly near: boolean;
  /** Whether it stands in an object that is free to hold anything. */
  readonly open: boolean;
}

/**
 * The fields of a sound body that its schema does not name. An object that the schema leaves open on purpose
 * (`additionalProperties: true`) is free to hold anything; there only near misses of its known fields are told.
 */
export function unknownFields(schema: Schema, value: unknown, pointer = ''): UnknownField[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((item, index) => unknownFields(items, item, `${pointer}/${String(index)}`));
  }
  const { properties } = schema;
  if (typeof value !== 'object' || value === null || properties === undefined) return [];
  const found: UnknownField[] = [];
  const open = schema.additionalProperties === true;
  for (const [key, member] of Object.entries(value).slice(0, open ? MOST_KEYS : undefined)) {
    const inner = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (inner !== undefined && typeof member !== 'object') continue;
    if (inner !== undefined) {
      found.push(...unknownFields(inner, member, `${pointer}/${escapePointer(key)}`));
      continue;
    }
    const sent = value as Members;
    const near = (open ? misspelt(key, sent, properties) : adviseMeant(pointer, key, sent, properties)) !== undefined;
    if (near || !open) found.push({ finding: unknownField('body', pointer, key, sent, properties), near, open });
    if (found.length >= MOST_FIELDS) break;
  }
  return found;
}

/** The members of an object, or the parameters of a query. */
type Members = Readonly<Record<string, unknown>>;
type Properties = NonNullable<Schema['properties']>;

function unsentOf(sent: Members, properties: Properties): string[] {
  return Object.keys(properties).filter((name) => !Object.hasOwn(sent, name));
}

/** In a query or a form that was written into XML or HTML, every name but the first begins with `amp;`. */
function misspelt(key: string, sent: Members, properties: Properties): string | undefined {
  return nearMiss(key.replace(/^amp;/, ''), unsentOf(sent, properties));
}

/** What an unknown field seems to be, and what to do; undefined where it is like none. A field that is sent itself is not meant. */
export function adviseMeant(pointer: string, key: string, sent: Members, properties: Properties): string | undefined {
  const near = misspelt(key, sent, properties);
  if (near !== undefined) return renamed(key, near);
  const elsewhere = adviseElsewhere(pointer, key, sent, properties);
  if (elsewhere !== undefined) return elsewhere;
  const lower = key.toLowerCase();
  const other = unsentOf(sent, properties).find((name) =>
    properties[name]?.['x-aliases']?.some((alias) => alias.toLowerCase() === lower),
  );
  return other === undefined ? undefined : renamed(key, other);
}

function renamed(key: string, name: string): string {
  return `Rename ${show(key)} to ${show(name)}.${key.startsWith('amp;') ? ' Between two names stands &, not &amp;.' : ''}`;
}

/** Where a known field stands one level too deep, inside an unknown one, or an unknown field is known one level deeper. */
function adviseElsewhere(pointer: string, key: string, sent: Members, properties: Properties): string | undefined {
  const held = sent[key];
  const inside =
    kindOf(held) === 'an object' ? unsentOf(sent, properties).find((name) => Object.hasOwn(held as object, name)) : undefined;
  if (inside !== undefined) return adviseDeeper(pointer, key, inside);
  const around = Object.keys(properties).find((name) => {
    const there = sent[name];
    const taken = kindOf(there) === 'an object' ? Object.hasOwn(there as object, key) : there !== undefined;
    return !taken && Object.hasOwn(properties[name]?.properties ?? {}, key);
  });
  return around === undefined
    ? undefined
    : `${show(key)} stands one level too high. Move it from ${show(`${pointer}/${escapePointer(key)}`)} into ${objectAt(`${pointer}/${escapePointer(around)}`)}.`;
}

/** The remedy for a field that belongs into the object at `pointer`, and stands in its member `key`, perhaps under another name. */
export function adviseDeeper(pointer: string, key: string, field: string, name = field): string {
  const from = `${pointer}/${escapePointer(key)}/${escapePointer(field)}`;
  return `${show(field)} stands one level too deep. Move it from ${show(from)} to ${objectAt(pointer)}, as ${show(name)}.`;
}

/** Where a field of the object at `pointer` stands, in words. */
export function objectAt(pointer: string): string {
  return pointer === '' ? 'the top level of the body' : `the object at ${show(pointer)}`;
}

/** The member `key` of the object `sent`, which stands at `pointer`. `reader` is who does not know it. */
export function unknownField(
  place: Place,
  pointer: string,
  key: string,
  sent: Members,
  properties: Properties,
  reader = 'this operation',
): Finding {
  const known = Object.keys(properties);
  const beside = nearMiss(key, known);
  return {
    code: 'SCHEMA_MISMATCH',
    message: `${show(key)} is not a field that ${reader} knows.`,
    in: place,
    pointer: `${pointer}/${escapePointer(key)}`,
    expected: known.length === 0 ? 'no fields' : `no fields but ${known.join(', ')}`,
    received: describe(sent[key]),
    remedy:
      adviseMeant(pointer, key, sent, properties) ??
      `Remove ${show(key)}${beside === undefined ? '' : `: ${show(beside)} stands beside it`}.`,
  };
}
