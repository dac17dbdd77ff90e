/** The compiled validators of each operation, made when first needed by one shared ajv for bodies and one for parameters. */
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { CalledOperation, ParameterObject, Schema } from './contract.js';

/** What ajv found; empty where all is well. */
export type SchemaErrors = readonly ErrorObject[];

export interface Validators {
  /** Changes texts in `query` to the numbers and booleans that the contract asks for. */
  parameters(operation: CalledOperation, values: ParameterValues): SchemaErrors;
  body(operation: CalledOperation, body: unknown): SchemaErrors;
  reply(operation: CalledOperation, status: number, body: unknown): SchemaErrors;
}

export interface ParameterValues {
  readonly path: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  /** By names in lower case. */
  readonly header: Readonly<Record<string, unknown>>;
}

/** The schemas were checked when the documents were read. */
const OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  strictTypes: false,
  strictRequired: false,
  meta: false,
  validateSchema: false,
};
/** Keywords of OpenAPI and of the emulator that check nothing. */
const VOCABULARY = ['example', 'x-advice', 'x-aliases', 'x-form', 'x-provenance', 'x-remedy'];

export function createValidators(): Validators {
  const forBodies = createAjv({});
  const forParameters = createAjv({ coerceTypes: true });
  const compiled = new Map<object | string, ValidateFunction>();

  const check = (key: object, ajv: Ajv, schema: () => object, value: unknown): SchemaErrors => {
    let validate = compiled.get(key);
    if (validate === undefined) {
      validate = ajv.compile(schema());
      compiled.set(key, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []);
  };

  return {
    parameters: (operation, values) =>
      operation.parameters.length === 0
        ? []
        : check(operation.parameters, forParameters, () => parameterSchema(operation), values),
    body: (operation, body) =>
      operation.body === undefined ? [] : check(operation.body, forBodies, () => operation.body?.schema ?? {}, body),
    reply(operation, status, body) {
      const reply = operation.replies.get(status);
      return reply === undefined || reply === null ? [] : check(reply, forBodies, () => reply.schema, body);
    },
  };
}

/** Compiles the schemas of some operations apart from `shared`, so that they go when their config does. */
export function validatorsWith(shared: Validators, operations: readonly CalledOperation[]): Validators {
  if (operations.length === 0) return shared;
  const own = createValidators();
  const validatorsOf = (operation: CalledOperation): Validators => (operations.includes(operation) ? own : shared);
  return {
    parameters: (operation, values) => validatorsOf(operation).parameters(operation, values),
    body: (operation, body) => validatorsOf(operation).body(operation, body),
    reply: (operation, status, body) => validatorsOf(operation).reply(operation, status, body),
  };
}

/** Made when the first schema is checked: the schema of schemas takes longer to compile than most others. */
let checker: Ajv | undefined;

/** What is wrong with a schema itself; undefined where nothing is. */
export function faultInSchema(schema: Schema): string | undefined {
  checker ??= createAjv({ meta: true, validateSchema: true });
  try {
    checker.compile(schema);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    // Or it would keep every schema of a script that is taken up again.
    checker.removeSchema(schema);
  }
}

function createAjv(options: Options): Ajv {
  const ajv = new Ajv({ ...OPTIONS, ...options });
  addFormats.default(ajv, ['date-time']);
  ajv.addVocabulary(VOCABULARY);
  return ajv;
}

function parameterSchema({ parameters }: CalledOperation): object {
  const place = (name: ParameterObject['in']): Schema => {
    const mine = parameters.filter((parameter) => parameter.in === name);
    return {
      type: 'object',
      required: mine.filter(({ required }) => required === true).map((parameter) => parameter.name),
      properties: Object.fromEntries(mine.map((parameter) => [parameter.name, parameter.schema])),
    };
  };
  return { type: 'object', properties: { path: place('path'), query: place('query'), header: place('header') } };
}
