/** Validators of the files that people write. The build replaces the modules that compile one by its compiled code. */
import { Ajv, type CodeOptions, type ValidateFunction } from 'ajv';
import type { JsonSchema } from './json-schema.js';

export function compileSchema(
  schema: JsonSchema,
  code: CodeOptions = {},
): { readonly ajv: Ajv; readonly validate: ValidateFunction } {
  const ajv = new Ajv({ allErrors: true, verbose: true, strictTypes: false, strictRequired: false, allowUnionTypes: true, code });
  ajv.addVocabulary(['x-provenance']);
  return { ajv, validate: ajv.compile(schema) };
}
