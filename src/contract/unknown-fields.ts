/** Fields that a schema does not name: which there are in a body, and the nearest one that it does name. */
import { nearMiss } from '../near-miss.js';
import type { Finding, Place } from '../rejections.js';
import { describe, show } from '../shown.js';
import type { Schema } from './contract.js';
import { escapePointer } from './json-text.js';

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
  const known = Object.keys(properties);
  for (const [key, member] of Object.entries(value).slice(0, schema.additionalProperties === true ? MOST_KEYS : undefined)) {
    const inner = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (inner !== undefined && typeof member !== 'object') continue;
    const at = `${pointer}/${escapePointer(key)}`;
    if (inner !== undefined) {
      found.push(...unknownFields(inner, member, at));
      continue;
    }
    const unsent = known.filter((name) => !Object.hasOwn(value, name));
    const open = schema.additionalProperties === true;
    const misspelt = nearMiss(key, unsent) !== undefined;
    const held = misspelt || open ? undefined : knownInside(member, unsent);
    const near = misspelt || held !== undefined;
    const finding = unknownField('body', at, key, member, known);
    const remedy = held === undefined ? finding.remedy : adviseDeeper(pointer, key, held);
    if (near || !open) found.push({ finding: { ...finding, remedy }, near, open });
    if (found.length >= MOST_FIELDS) break;
  }
  return found;
}

function knownInside(member: unknown, unsent: readonly string[]): string | undefined {
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return undefined;
  return unsent.find((name) => Object.hasOwn(member, name));
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

/** `reader` is who does not know it. */
export function unknownField(
  place: Place,
  pointer: string,
  name: string,
  value: unknown,
  known: readonly string[],
  reader = 'this operation',
): Finding {
  const near = nearMiss(name, known);
  return {
    code: 'SCHEMA_MISMATCH',
    message: `${show(name)} is not a field that ${reader} knows.`,
    in: place,
    pointer,
    expected: known.length === 0 ? 'no fields' : `no fields but ${known.join(', ')}`,
    received: describe(value),
    remedy: near === undefined ? `Remove ${show(name)}.` : `Rename ${show(name)} to ${show(near)}.`,
  };
}
