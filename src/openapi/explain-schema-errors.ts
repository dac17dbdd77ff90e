/** Turns what a schema found into findings that a person can act on. */
import type { ErrorObject } from 'ajv';
import { adviseConversationId, type KnownIds } from '../cxone/model/id-advice.js';
import type { ConversationIds } from '../cxone/model/ids.js';
import type { Finding, Place } from '../errors/catalogue.js';
import { describe, kindOf, listed, oneOf, show } from '../shared/format.js';
import type { Schema } from './contract.js';
import { type Elsewhere, missingField } from './missing-field.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { unknownField } from './unknown-fields.js';
import type { SchemaErrors } from './validators.js';
import { adviseSkill, adviseType, expectedType } from './wrong-type.js';

/** So many findings are told at most: a body may have more faults than anyone reads. */
const MOST_FINDINGS = 50;
/** So many of the schema's errors are looked at, of which the most telling are kept. */
const MOST_ERRORS = 1000;

const LONGEST_NAME = 80;

const RANK = { missing: 0, type: 1, other: 2 } as const;
const PLACES: readonly (Place | null)[] = ['path', 'query', 'header', 'body'];

interface Ranked {
  readonly rank: keyof typeof RANK;
  readonly finding: Finding;
}

/** What the explanations may draw on beside the errors. */
export interface ExplainContext extends Elsewhere {
  readonly ids: ConversationIds;
  /** What the tenant knows of ids. */
  readonly known: KnownIds;
  /** Whether the body came as form data. */
  readonly form: boolean;
}

/** All findings of the stage: missing ones first, then types, then the rest; then by place and pointer. */
export function explainErrors(parameterErrors: SchemaErrors, bodyErrors: SchemaErrors, context: ExplainContext): Finding[] {
  const ranked = [
    ...parameterErrors.slice(0, MOST_ERRORS).map((error) => {
      const [, place, ...steps] = error.instancePath.split('/');
      return explainError(
        error,
        place === 'path' || place === 'header' ? place : 'query',
        steps.map((step) => `/${step}`).join(''),
        context,
      );
    }),
    ...bodyErrors
      .slice(0, MOST_ERRORS)
      .filter(isNoEcho)
      .map((error) => explainError(error, 'body', error.instancePath, context)),
  ];
  return ranked
    .sort(
      (one, other) =>
        RANK[one.rank] - RANK[other.rank] ||
        PLACES.indexOf(one.finding.in) - PLACES.indexOf(other.finding.in) ||
        comparePointers(one.finding.pointer ?? '', other.finding.pointer ?? ''),
    )
    .slice(0, MOST_FINDINGS)
    .map(({ finding }) => finding);
}

/** What is deeper than `deepest` is refused before a schema looks at it. */
export function explainDepth(depth: number, deepest: number): Finding {
  return {
    code: 'SCHEMA_MISMATCH',
    message: 'The body nests too deeply.',
    in: 'body',
    pointer: '',
    expected: `at most ${String(deepest)} objects and lists inside each other`,
    received: `${String(depth)} inside each other`,
    remedy: 'Send a flatter body. A structure that contains itself may have been serialised.',
    provenance: 'assumed',
  };
}

function explainError(error: ErrorObject, place: Place, pointer: string, context: ExplainContext): Ranked {
  const schema = (error.parentSchema ?? {}) as Schema & Record<string, unknown>;
  const limit: unknown = error.schema;
  const name = fieldName(place, pointer);
  const mismatch = (rank: Ranked['rank'], message: string, expected: string, remedy: string): Ranked => ({
    rank,
    finding: {
      code: 'SCHEMA_MISMATCH',
      message: sentence(message),
      in: place,
      pointer,
      expected,
      received: describe(error.data),
      remedy: sentence(remedy),
    },
  });
  switch (error.keyword) {
    case 'required':
      return { rank: 'missing', finding: missingField(error, place, pointer, schema, context) };
    case 'additionalProperties':
      return explainUnknown(error, place, pointer, schema, context);
    case 'type': {
      const expected = expectedType(schema);
      if (schema['x-advice'] === 'contact-id' && typeof error.data === 'number') return contactNumber(error.data, place, pointer);
      const remedy =
        schema['x-advice'] === 'conversation-id'
          ? adviseConversationId(error.data, context.ids, context.known)
          : isOtherThanName(error.data, schema)
            ? `Send ${oneOf(namesIn(schema.enum))}.`
            : (adviseSkill(error.data, schema, name, context.known) ?? adviseType(error.data, schema, name, place, context.form));
      return mismatch('type', `${name} is ${kindOf(error.data)}, not ${expected}.`, expected, remedy);
    }
    case 'enum': {
      const allowed = namesIn(limit as unknown[]);
      const near = typeof error.data === 'string' ? nearMiss(error.data, allowed) : undefined;
      return mismatch(
        'other',
        `${name} has a value that it cannot have.`,
        oneOf(allowed),
        near === undefined ? `Send ${oneOf(allowed)}.` : `Did you mean ${near}?`,
      );
    }
    case 'maximum':
      return mismatch('other', `${name} is too large.`, `at most ${String(limit)}`, `Send a number up to ${String(limit)}.`);
    case 'minimum':
      return mismatch('other', `${name} is too small.`, `at least ${String(limit)}`, `Send a number from ${String(limit)} on.`);
    case 'minLength':
      return mismatch(
        'other',
        `${name} is empty.`,
        'a text that is not empty',
        place === 'path'
          ? `The variable that ${name} was taken from had no value when the request was built.`
          : `Give ${name} a value.`,
      );
    case 'maxLength':
      return mismatch('other', `${name} is too long.`, `at most ${String(limit)} characters`, `Shorten ${name}.`);
    case 'pattern':
      return mismatch(
        'other',
        `${name} is not in the form that it must have.`,
        schema['x-form'] ?? `a text that matches ${String(limit)}`,
        schema['x-remedy'] ?? `Write ${name} in this form.`,
      );
    case 'format':
      return mismatch(
        'other',
        `${name} is not in the form that it must have.`,
        `a ${String(limit)}`,
        `Write ${name} as ISO 8601 in UTC, such as 2026-03-01T09:30:00.000Z.`,
      );
    default:
      return mismatch('other', ...othersInWords(error, name, schema));
  }
}

/** What is no text is no name of an enum either: one fault, not two. */
function isNoEcho({ keyword, data, parentSchema = {} }: ErrorObject): boolean {
  return keyword !== 'enum' || !isOtherThanName(data, parentSchema as Schema);
}

function isOtherThanName(value: unknown, schema: Schema): schema is Schema & { readonly enum: NonNullable<Schema['enum']> } {
  const nothing = value === null && schema.nullable === true;
  return schema.enum !== undefined && schema.type === 'string' && typeof value !== 'string' && !nothing;
}

function namesIn(values: readonly unknown[]): string[] {
  return values.filter((value) => value !== null).map(String);
}

function explainUnknown(error: ErrorObject, place: Place, pointer: string, schema: Schema, { reader }: ExplainContext): Ranked {
  const unknown = (error.params as { additionalProperty: string }).additionalProperty;
  const sent = error.data as Readonly<Record<string, unknown>>;
  return { rank: 'other', finding: unknownField(place, pointer, unknown, sent, schema.properties ?? {}, reader) };
}

/** JSON has no integers: beyond 2^53-1 the digits that arrive are not those that were sent. A smaller number is the wrong type only. */
function contactNumber(data: number, place: Place, pointer: string): Ranked {
  const lost = !Number.isSafeInteger(data);
  return {
    rank: 'type',
    finding: {
      code: lost ? 'CONTACT_ID_FORMAT' : 'SCHEMA_MISMATCH',
      message: `${fieldName(place, pointer)} is a number${lost ? ', and too large to be exact' : ', not a string'}.`,
      in: place,
      pointer,
      expected: 'a contact id as a string of digits',
      received: describe(data),
      remedy: lost
        ? 'A JSON number beyond 2^53-1 loses digits: send the id as a string, in double quotes, on its whole way.'
        : `Send it as a string, in double quotes: "${String(data)}".`,
    },
  };
}

/** Message, what was expected, and what to do. */
function othersInWords(error: ErrorObject, name: string, schema: Schema): [string, string, string] {
  const limit: unknown = error.schema;
  const list = schema.type === 'array';
  const amount = `${String(limit)} ${list ? 'entries' : 'members'}`;
  const members = Object.keys((list ? schema.items : schema)?.properties ?? {});
  switch (error.keyword) {
    case 'maxProperties':
    case 'maxItems':
      return [`${name} holds too much.`, `at most ${amount}`, 'Send fewer at a time.'];
    case 'minProperties':
      return members.length === 0
        ? [`${name} says too little.`, `at least ${amount}`, `Give ${name} a member.`]
        : [`${name} says too little.`, `at least one of ${listed(members)}`, `Give ${name} a member: ${oneOf(members)}.`];
    case 'minItems':
      return [
        `${name} says too little.`,
        limit === 1 ? 'a list that is not empty' : `a list of at least ${amount}`,
        `Give ${name} an entry${members.length === 0 ? '' : ` with ${oneOf(members)}`}.`,
      ];
    default:
      return [
        `${name} ${error.message ?? 'is not as it should be'}.`,
        `${error.keyword} ${show(limit)}`,
        `Make ${name} fit the contract (GET /_emulator/openapi.json).`,
      ];
  }
}

function fieldName(place: Place, pointer: string): string {
  if (pointer === '') return `the ${place}`;
  const [last = '', before = ''] = pointer
    .split('/')
    .reverse()
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = /^[0-9]+$/.test(last) && before !== '' ? `item ${last} of ${before}` : last;
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}

function sentence(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text;
}

function comparePointers(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
