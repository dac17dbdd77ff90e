/** Stage validate: parameters and body against the contract, all faults together; what passes but looks lost gets a warning. */
import { explainDepth, explainErrors } from '../openapi/explain-schema-errors.js';
import { escapePointer } from '../shared/json-pointer.js';
import { adviseMeant, unknownFields } from '../openapi/unknown-fields.js';
import { meantBy } from '../openapi/garbled-text.js';
import { type LostValue, lostValues } from '../openapi/lost-values.js';
import type { Finding, Place } from '../errors/catalogue.js';
import { Rejection, type WarningCode } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { SchemaErrors } from '../openapi/validators.js';
import { knownIds } from '../cxone/conversation-rules.js';
import type { RequestContext } from './request-context.js';
import { readPairs } from './pairs.js';
import { DEEPEST } from './parse-body.js';
import type { Services } from './services.js';

/** So many warnings of a kind are told at most. */
const MOST_WARNINGS = 20;

export function validate(context: RequestContext, services: Services): void | Promise<void> {
  const { operation } = context;
  if (operation === undefined) return;
  const query = readPairs(context.rawQuery);
  context.query = query;
  const tooDeep = context.bodyDepth > DEEPEST;
  const bodySchema = context.body === undefined || tooDeep ? undefined : operation.body?.schema;

  const errors = {
    parameters: services.validators.parameters(operation, {
      path: { ...context.pathParameters },
      query,
      header: context.request.headers,
    }),
    body: bodySchema === undefined ? [] : services.validators.body(operation, context.body),
  };
  const unknown = {
    query: unknownParameters(context, query),
    body: bodySchema === undefined ? [] : unknownFields(bodySchema, context.body),
  };
  const others = [
    ...(tooDeep ? [explainDepth(context.bodyDepth, DEEPEST)] : []),
    ...(context.family.closedQuery ? unknown.query.map(({ finding }) => finding) : []),
    ...(services.settings.unknownFields === 'reject'
      ? unknown.body.filter(({ open }) => !open).map(({ finding }) => finding)
      : []),
  ];
  if (errors.parameters.length + errors.body.length > 0) return refuseErrors(context, services, errors, others);
  refuse(context, others);

  for (const { finding, near } of unknown.query.slice(0, MOST_WARNINGS)) warnUnknown(context, finding, near);
  for (const { finding, near } of unknown.body.slice(0, MOST_WARNINGS)) warnUnknown(context, finding, near);
  if (operation.provenance !== 'emulator') {
    warnLost(context, 'path', context.pathParameters);
    warnLost(context, 'query', query);
    if (bodySchema !== undefined) warnLost(context, 'body', context.body);
  }
  context.trace.log('The request is as the contract describes it.');
}

interface Errors {
  readonly parameters: SchemaErrors;
  readonly body: SchemaErrors;
}

/** The tenant is asked for what it knows of a wrong id, so that the remedy can name the right one. */
function refuseErrors(
  context: RequestContext,
  { store, conversationIds }: Services,
  errors: Errors,
  others: readonly Finding[],
): Promise<void> {
  return store.run(context.tenant, (state) => {
    const facts = {
      ids: conversationIds,
      known: knownIds(state),
      query: context.query,
      body: context.body,
      form: context.mediaType === 'form',
      ignored: ignoredFields(context),
    };
    refuse(context, [...explainErrors(errors.parameters, errors.body, facts), ...others]);
  });
}

/** A body is looked into no further. */
const LONGEST_IGNORED = 65_536;

function ignoredFields({ operation, bytes }: RequestContext): string[] {
  if (operation?.body !== undefined || bytes.length === 0 || bytes.length > LONGEST_IGNORED) return [];
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

function refuse(context: RequestContext, findings: readonly Finding[]): void {
  const [cause, ...others] = findings.map((finding) => inFamily(finding, context));
  if (cause !== undefined) throw new Rejection([cause, ...others]);
}

/** The control API has one code for whatever its schemas refuse. */
function inFamily(finding: Finding, { family }: RequestContext): Finding {
  const bySchema = finding.code === 'SCHEMA_MISMATCH' || finding.code === 'REQUIRED_FIELD_MISSING';
  return family.inputCode === undefined || !bySchema ? finding : { ...finding, code: family.inputCode, provenance: 'emulator' };
}

interface UnknownParameter {
  readonly finding: Finding;
  /** Whether it nearly is a known one that was not sent. */
  readonly near: boolean;
}

function unknownParameters({ operation }: RequestContext, query: Readonly<Record<string, unknown>>): UnknownParameter[] {
  const known = Object.fromEntries(
    operation?.parameters.filter((parameter) => parameter.in === 'query').map(({ name, schema }) => [name, schema]) ?? [],
  );
  const names = Object.keys(known);
  return Object.entries(query)
    .filter(([name]) => !names.includes(name))
    .map(([name, value]) => {
      const meant = adviseMeant('', name, query, known);
      const finding: Finding = {
        code: 'SCHEMA_MISMATCH',
        message: `${show(name)} is not a parameter that this operation knows.`,
        in: 'query',
        pointer: `/${escapePointer(name)}`,
        expected: names.length === 0 ? 'no parameters' : `no parameters but ${names.join(', ')}`,
        received: show(value),
        remedy: meant ?? `Remove ${show(name)}.`,
      };
      return { finding, near: meant !== undefined };
    });
}

function warnUnknown(context: RequestContext, finding: Finding, near: boolean): void {
  const { remedy } = finding;
  context.trace.warn(
    'UNKNOWN_FIELD',
    {
      ...finding,
      remedy: near
        ? `${remedy} As it stands, it is not read.`
        : `${remedy.replace(/\.$/, '')}, or leave it: it is let pass and not read. What CXone does with it is not known${finding.in === 'body' ? '; --unknown-fields reject refuses it' : ''}.`,
      provenance: 'assumed',
    },
    near ? 'warn' : 'info',
  );
}

function warnLost(context: RequestContext, place: Place, value: unknown): void {
  for (const { pointer, value: lost, kind } of lostValues(value).slice(0, MOST_WARNINGS))
    context.trace.warn(LOST[kind].code, { ...LOST[kind].told(pointer, lost), in: place, pointer, received: show(lost) });
}

/** What an agent or a script would see instead of the value that was meant. */
const LOST = {
  template: {
    code: 'TEMPLATE_UNRENDERED',
    told: (pointer) => ({
      message: `${pointer} is a template that nothing filled in.`,
      expected: 'the value that the template stands for',
      remedy:
        'The text arrives as it stands. In Cognigy, check that the field takes CognigyScript and that the variable has a value; in a Studio script, check the template’s braces.',
    }),
  },
  word: {
    code: 'VALUE_UNSET',
    told: (pointer) => ({
      message: `${pointer} is what a variable without a value, or an object put into a text, turns into.`,
      expected: 'a value, or no such field',
      remedy:
        'The word arrives as it stands, and the agent or the script reads it as the value. Check the variable in the Cognigy node or the script that sends this: set it, or leave the field out where it has no value.',
    }),
  },
  garbled: {
    code: 'TEXT_GARBLED',
    told: (pointer, value) => {
      const meant = meantBy(String(value));
      if (meant === undefined)
        return {
          message: `${pointer} holds U+FFFD, which stands for a character that was lost.`,
          expected: 'text that is UTF-8 on its whole way',
          remedy:
            'The character was lost before it came here, and arrives as �. Look where the text is read: as UTF-8 though it is Latin-1 or Windows-1252, or cut in the middle of a character. In a query or a form, encode it with encodeURIComponent: %E4 alone is no UTF-8.',
        };
      return {
        message: `${pointer} is UTF-8 that was read as Latin-1 or Windows-1252 before it was sent.`,
        expected: show(meant),
        remedy:
          'It arrives as it stands, and the agent or the script reads it so. Look where the text is read, such as from a file, a database or an answer without a charset: read it as UTF-8 there.',
      };
    },
  },
  rounded: {
    code: 'NUMBER_ROUNDED',
    told: (pointer) => ({
      message: `${pointer} is a whole number beyond 2^53-1, of which not every digit arrives.`,
      expected: 'a number up to 2^53-1, or a text',
      remedy:
        'It arrives rounded here, and wherever numbers are doubles, as in JavaScript. Send it as a string, in double quotes, on its whole way.',
    }),
  },
} as const satisfies Record<
  LostValue['kind'],
  {
    readonly code: WarningCode;
    readonly told: (pointer: string, value: string | number) => Pick<Finding, 'message' | 'expected' | 'remedy'>;
  }
>;
