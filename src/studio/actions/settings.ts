/** Settings that several actions share: their schemas, and how they are read. */
import { reject, type Rejection } from '../../errors/catalogue.js';
import { describe } from '../../shared/format.js';
import type { Preparation, RunView } from '../action.js';
import type { Scope, Template } from '../../shared/templates.js';
import type { JsonSchema } from '../../shared/json-schema.js';

/** Of a variable. `__proto__` and its like name no data. */
const NAME_PATTERN = '^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,63}$';

export const TEXT: JsonSchema = { type: 'string', minLength: 1 };
export const NAME: JsonSchema & { readonly description: string } = {
  type: 'string',
  pattern: NAME_PATTERN,
  description: 'Names have letters, digits and _, and begin with a letter or _.',
};
export const HEADER_NAME: JsonSchema = {
  type: 'string',
  pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$",
  description: 'Names of headers have letters, digits and hyphens.',
};
export const VALUES: JsonSchema = { type: 'object', minProperties: 1, propertyNames: NAME };
/** A number, or a template that makes one. */
export function number(maximum?: number): JsonSchema {
  return {
    anyOf: [
      { type: 'number', minimum: 0, ...(maximum === undefined ? {} : { maximum }) },
      { type: 'string', pattern: '\\{\\{' },
    ],
  };
}

/** What sets variables from an object of templates. */
export function prepareAssignments(
  preparation: Preparation,
  path: readonly (string | number)[],
  values: unknown,
): (run: RunView) => void {
  const templates = prepareValues(preparation, path, values);
  return (run) => {
    for (const [name, template] of templates) run.set(name, template(run.scope()));
  };
}

export function prepareValues(
  preparation: Preparation,
  path: readonly (string | number)[],
  values: unknown,
): ReadonlyMap<string, Template> {
  return new Map(Object.entries(values ?? {}).map(([name, value]) => [name, preparation.templateAt([...path, name], value)]));
}

export function renderValues(templates: ReadonlyMap<string, Template>, scope: Scope): Map<string, unknown> {
  return new Map(Array.from(templates, ([name, template]) => [name, template(scope)]));
}

/** A text from what a template made; numbers are written, objects are none. */
export function textOf(setting: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return '';
  throw valueInvalid(setting, 'a text', value);
}

/** Servers and clients take little more for all headers together. */
const LONGEST_HEADER = 8192;

/** The value of a header: what would break the head of a message must not get into it. */
export function headerOf(setting: string, value: unknown): string {
  const text = textOf(setting, value);
  if (/[^\t\x20-\x7e]/.test(text) || text.length > LONGEST_HEADER)
    throw valueInvalid(setting, `a text of at most ${String(LONGEST_HEADER)} ASCII characters, on one line`, text);
  return text;
}

/** A number from what a template made, within bounds. */
export function numberOf(setting: string, value: unknown, least: number, most: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= least && number <= most) return number;
  throw valueInvalid(setting, `a number from ${String(least)} to ${String(most)}`, value);
}

export function valueInvalid(setting: string, expected: string, value: unknown): Rejection {
  return reject('SCRIPT_VALUE_INVALID', {
    message: `${setting} is not what the action takes.`,
    in: null,
    pointer: null,
    expected,
    received: describe(value),
    remedy: `Look at the template of ${setting}, and at where its variable was set.`,
  });
}
