/**
 * The exchange as it is written where bots run behind Virtual Agent Hub, which is looser than NiCE's published contract.
 * Public bots for custom exchange endpoints (client) compare `userInputType` with numbers (0 is NO_INPUT, 5 AUTOMATED_TEXT),
 * and answer with numbers for the names of enums, null or an empty text for objects, numbers in quotes, and members that
 * the contract does not have. It is what .NET's usual JSON reader takes.
 */
import type { Schema } from './contract.js';

/** The same value in the words of the contract; what even a loose reader does not understand stays as it is. */
export function asPublished(schema: Schema, value: unknown): unknown {
  if (schema.enum !== undefined && typeof value === 'number') return schema.enum[value] ?? value;
  if ((schema.type === 'number' || schema.type === 'integer') && typeof value === 'string')
    return /^-?[0-9]+(?:\.[0-9]+)?$/.test(value) ? Number(value) : value;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => asPublished(items, item));
  }
  if (typeof value !== 'object' || value === null || schema.properties === undefined) return value;
  const { properties } = schema;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known === undefined) return schema.additionalProperties === false ? [] : [[name, member]];
      return isNothing(known, member) ? [] : [[name, asPublished(known, member)]];
    }),
  );
}

/** Null is nothing wherever a type is asked for, an empty text where an object is. */
function isNothing({ type }: Schema, value: unknown): boolean {
  return (type !== undefined && value === null) || (type === 'object' && value === '');
}
