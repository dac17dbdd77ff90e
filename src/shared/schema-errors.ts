/** What a JSON Schema finds wrong in a file, in words a person can use, with line and column. */
import type { ErrorObject } from 'ajv';
import type { FileFault } from './file-errors.js';
import { nearMiss } from './did-you-mean.js';
import { kindOf, oneOf, show } from './format.js';
import type { YamlFile } from './yaml-file.js';

/** So many faults of a file are told at most. */
const MOST_FAULTS = 50;

/** So many choices are listed at most. */
const MOST_CHOICES = 20;

/** Each fault once, where it stands. */
export function schemaFaults(errors: readonly ErrorObject[], file: YamlFile): FileFault[] {
  // Of alternatives the whole is told, of a name that does not do, the name.
  const telling = errors.filter(
    ({ keyword, schemaPath, propertyName }) => keyword !== 'if' && propertyName === undefined && !schemaPath.includes('/anyOf/'),
  );
  const seen = new Set<string>();
  const faults = telling.flatMap((error): FileFault[] => {
    const steps = error.instancePath
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const { path, message } = inWords(error, steps);
    const key = `${path.join('/')} ${message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [file.fault(path, message)];
  });
  return faults.slice(0, MOST_FAULTS);
}

/** What a value is called: `steps`, `entry 2 of parameters`. */
function called(steps: readonly string[]): string {
  const [name, above] = [steps.at(-1) ?? 'the file', steps.at(-2)];
  return /^\d+$/.test(name) && above !== undefined ? `entry ${String(Number(name) + 1)} of ${above}` : name;
}

/** As people call the types. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
  null: 'null',
};

function described(value: unknown): string {
  if (value === null || value === undefined || (kindOf(value) === 'an object' && Object.keys(value).length === 0)) return 'empty';
  return typeof value === 'object' ? kindOf(value) : show(value);
}

interface TellingSchema {
  readonly properties?: object;
  /** What an expression asks for, in words. */
  readonly description?: string;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly const?: string;
}

/** `a whole number from 200 to 599`. */
function numberIn({ type = 'number', minimum, maximum }: TellingSchema): string {
  const from = minimum === undefined ? '' : ` from ${String(minimum)}`;
  return `${TYPES[type] ?? type}${from}${maximum === undefined ? '' : ` to ${String(maximum)}`}`;
}

/** A value, or the word or the template that may stand instead. */
function alternatives([value = {}, instead = {}]: readonly TellingSchema[]): string {
  return `${numberIn(value)}, or ${instead.const ?? 'a template that makes one: "{{ … }}"'}`;
}

interface Worded {
  readonly path: readonly string[];
  readonly message: string;
}

function inWords(error: ErrorObject, steps: readonly string[]): Worded {
  const name = called(steps);
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = (error.parentSchema ?? {}) as TellingSchema;
  switch (error.keyword) {
    case 'additionalProperties': {
      const extra = params.additionalProperty as string;
      const known = Object.keys(parent.properties ?? {});
      const near = nearMiss(extra, known);
      return {
        path: [...steps, extra],
        message: `${show(extra)} is not known here; ${near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`}`,
      };
    }
    case 'required':
      return { path: steps, message: `${name} lacks ${params.missingProperty as string}` };
    case 'dependencies':
      return {
        path: [...steps, params.property as string],
        message: `${params.property as string} cannot stand without ${params.missingProperty as string}`,
      };
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      const near = typeof error.data === 'string' ? nearMiss(error.data, allowed) : undefined;
      const choice =
        allowed.length > MOST_CHOICES
          ? `it is none of the ${String(allowed.length)} that there are`
          : `it must be ${oneOf(allowed)}`;
      return { path: steps, message: `${name} is ${show(error.data)}; ${near === undefined ? choice : `did you mean ${near}?`}` };
    }
    case 'type':
      return {
        path: steps,
        message: `${name} is ${described(error.data)}; it must be ${oneOf([params.type as string].flat().map((type) => TYPES[type] ?? type))}`,
      };
    case 'anyOf':
      return {
        path: steps,
        message: `${name} is ${described(error.data)}; it must be ${alternatives(error.schema as TellingSchema[])}`,
      };
    default:
      return boundInWords(error, steps);
  }
}

/** Where a text, a name or a number of entries does not do. */
function boundInWords(error: ErrorObject, steps: readonly string[]): Worded {
  const name = called(steps);
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = (error.parentSchema ?? {}) as TellingSchema;
  switch (error.keyword) {
    case 'pattern':
      return {
        path: steps,
        message: `${show(error.data)} cannot be ${name}${parent.description === undefined ? '' : `: ${parent.description}`}`,
      };
    case 'propertyNames': {
      const { description } = (error.schema ?? {}) as TellingSchema;
      return {
        path: [...steps, params.propertyName as string],
        message: `${show(params.propertyName)} cannot be a name here${description === undefined ? '' : `: ${description}`}`,
      };
    }
    case 'maxProperties':
      return { path: steps, message: `${name} has one entry only: ${oneOf(Object.keys(parent.properties ?? {}))}` };
    case 'minProperties':
    case 'minItems':
      return {
        path: steps,
        message: `${name} is empty${parent.properties === undefined ? '' : `; it must have ${oneOf(Object.keys(parent.properties))}`}`,
      };
    case 'maxItems':
      return { path: steps, message: `${name} has more than ${String(params.limit)} entries` };
    case 'minLength':
      return { path: steps, message: `${name} is empty` };
    default:
      return { path: steps, message: `${name} ${error.message ?? error.keyword}` };
  }
}
