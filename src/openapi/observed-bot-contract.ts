/**
 * The exchange as it is written where bots run behind Virtual Agent Hub, which is looser than NiCE's published contract.
 * Public bots for custom exchange endpoints (client) compare `userInputType` with numbers (0 is NO_INPUT, 5 AUTOMATED_TEXT),
 * and answer with numbers for the names of enums, null or an empty text for objects, numbers in quotes, and members that
 * the contract does not have.
 */
import type { Schema } from './contract.js';

/** The same value in the words of the contract; what even a loose reader does not understand stays as it is. */
export function asPublished(schema: Schema, value: unknown): unknown {
  if (schema.enum !== undefined && typeof value === 'number') return schema.enum[value] ?? value;
  if ((schema.type === 'number' || schema.type === 'integer') && typeof value === 'string') return numberIn(value) ?? value;
  return within(schema, value, (known, member, required) => {
    if (known === undefined) return [member];
    return isNothing(known, member) && !required ? [] : [asPublished(known, member)];
  });
}

/** The same value without the members that the contract does not have. */
export function onlyKnown(schema: Schema, value: unknown): unknown {
  return within(schema, value, (known, member) => {
    if (known === undefined) return schema.additionalProperties === false ? [] : [member];
    return [onlyKnown(known, member)];
  });
}

/** What becomes of a member: one value, or none. `schema` is undefined where the contract does not have it. */
type Change = (schema: Schema | undefined, member: unknown, required: boolean) => readonly unknown[];

function within(schema: Schema, value: unknown, change: Change): unknown {
  const { items, properties, required = [] } = schema;
  if (Array.isArray(value)) return items === undefined ? value : value.flatMap((item) => change(items, item, true));
  if (typeof value !== 'object' || value === null || properties === undefined) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      change(Object.hasOwn(properties, name) ? properties[name] : undefined, member, required.includes(name)).map(
        (changed) => [name, changed] as const,
      ),
    ),
  );
}

function numberIn(text: string): number | undefined {
  const number = /^-?[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Null is nothing wherever a type is asked for, an empty text where an object is. */
function isNothing({ type }: Schema, value: unknown): boolean {
  return (type !== undefined && value === null) || (type === 'object' && value === '');
}
