/** A value of the wrong type: what it most likely is, and how to send it. */
import { isNoId, type KnownIds } from '../cxone/model/id-advice.js';
import type { Place } from '../errors/catalogue.js';
import { kindOf, show } from '../shared/format.js';
import type { Schema } from './contract.js';
import { isTemplate } from './lost-values.js';

export function adviseSkill(data: unknown, schema: Schema, name: string, known: KnownIds): string | undefined {
  const skillId = schema['x-advice'] === 'skill-id' && typeof data === 'string' ? known.skillNamed(data) : undefined;
  return skillId === undefined ? undefined : `This is the name of a skill. Send ${name} as its id: ${String(skillId)}.`;
}

export function adviseType(data: unknown, schema: Schema, name: string, place: Place, form: boolean): string {
  if (data === null && name !== 'the body')
    return `${name} has no value: send ${expectedType(schema)}, and nothing at all instead of null.`;
  if (typeof data === 'string') return adviseInsteadOfText(data, schema, name, place);
  if (Array.isArray(data) && (place === 'query' || form)) return `${name} was sent ${String(data.length)} times: send it once.`;
  if (Array.isArray(data) && schema.type === 'object') return adviseInsteadOfList(data);
  if (schema.type === 'array' && typeof data === 'object') return `Send ${name} as a list, in square brackets, even of one.`;
  if (schema.type !== 'string') return `Send ${name} as ${expectedType(schema)}.`;
  if (typeof data === 'object') return `${name} takes text: pick the value inside, or serialise it to a string.`;
  if (Number.isInteger(data) && !Number.isSafeInteger(data)) {
    return `Send ${name} as a string, in double quotes: a JSON number this large loses digits.`;
  }
  const text = show(data);
  return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text)
    ? `Send ${name} as a string, in double quotes: "${text}".`
    : `Send ${name} as a string: ${schema['x-form'] ?? `one that matches ${schema.pattern}`}.`;
}

function adviseInsteadOfList(list: readonly unknown[]): string {
  if (list.length === 0) return 'Send an object, even an empty one: {}. PHP writes an empty array as []; cast it to an object.';
  const names = list.map((entry) => nameOfPair(entry));
  if (names[0] !== undefined && !names.includes(undefined))
    return `Send one object in which the names are the keys, {${show(names[0])}: …}, instead of a list of names and values.`;
  return list.length === 1 ? 'Send the object itself, not a list around it.' : 'Send one object, not a list of several.';
}

/** As many systems write custom fields: `{"key": "intent", "value": "billing"}`. */
function nameOfPair(entry: unknown): string | undefined {
  if (kindOf(entry) !== 'an object') return undefined;
  const { key, name, ident, ...others } = entry as Readonly<Record<string, unknown>>;
  const called = key ?? name ?? ident;
  return typeof called === 'string' && Object.keys(others).join() === 'value' ? called : undefined;
}

function adviseInsteadOfText(text: string, schema: Schema, name: string, place: Place): string {
  if (isTemplate(text)) {
    return `The template ${show(text)} was sent as it stands: nothing filled it in. Check that the variable has a value and that the field takes CognigyScript.`;
  }
  if (schema.type === 'object' && looksLikeJsonObject(text)) {
    return `${name} was encoded twice: it is a string that holds JSON. Send the object itself; serialise it once only.`;
  }
  if (isNoId(text)) {
    return `The variable that ${name} was taken from had no value when the request was built: give it one, or leave ${name} out.`;
  }
  const only = schema.type === 'object' && schema.required?.length === 1 ? schema.required[0] : undefined;
  if (only !== undefined && name !== 'the body' && schema.properties?.[only]?.type === 'string')
    return `Send ${name} as an object that holds the text: {"${only}": …}.`;
  if ((schema.type === 'integer' || schema.type === 'number') && /^\s*-?[0-9]+(?:\.[0-9]+)?\s*$/.test(text)) {
    return place !== 'body' || (schema.type === 'integer' && text.includes('.'))
      ? `Send ${name} as ${expectedType(schema)}.`
      : `Send ${name} as a number, without quotes: ${text.trim()}.`;
  }
  if (schema.type === 'boolean') return `Send ${name} as true or false, without quotes.`;
  return `Send ${name} as ${expectedType(schema)}.`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

export function expectedType(schema: Schema): string {
  const type = TYPES[schema.type ?? ''] ?? 'another type';
  return schema.nullable === true ? `${type} or null` : type;
}

export function looksLikeJsonObject(text: string): boolean {
  if (!/^\s*\{[^]*\}\s*$/.test(text)) return false;
  try {
    return kindOf(JSON.parse(text)) === 'an object';
  } catch {
    return false;
  }
}
