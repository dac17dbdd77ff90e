/** Reads the contract documents from YAML, checks them, and resolves their references; a fault is told with file and line. */
import openapiBackend from 'openapi-backend';
import schemaValidator from 'openapi-schema-validator';
import { CATALOGUE } from '../rejections.js';
import { type FileFault, FileFaults } from '../file-faults.js';
import { readYaml, type YamlFile } from '../yaml-file.js';
import { type ContractDocument, METHODS, type OperationObject, type ParameterObject, type Schema } from './contract.js';
import { faultInSchema } from './validators.js';

/** The text of one document. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

const PROVENANCES: readonly unknown[] = ['doc', 'client', 'report', 'assumed', 'emulator'];

/** Throws FileFaults that list all that is wrong in all documents. */
export async function readDocuments(sources: readonly SourceText[]): Promise<ContractDocument[]> {
  const files = sources.map(({ file, text }) => readYaml(file, text));
  const faults = files.flatMap((file) => [...schemaFaults(file), ...referenceFaults(file)]);
  if (faults.length > 0) throw new FileFaults(faults);

  const documents = await Promise.all(files.map(({ value }) => dereference(value)));
  const ids = new Map<string, string>();
  const ruleFaults = documents.flatMap((document, index) => {
    const file = files[index];
    return file === undefined ? [] : houseFaults(file, document, ids);
  });
  if (ruleFaults.length > 0) throw new FileFaults(ruleFaults);
  return documents;
}

/** What the OpenAPI 3.0 schema says; the deepest faults only, because those around them follow from them. */
function schemaFaults(file: YamlFile): FileFault[] {
  const Validator = schemaValidator.default;
  const { errors } = new Validator({ version: 3 }).validate(file.value as never);
  const paths = errors.map((error) => error.instancePath);
  const messages = new Map<string, FileFault>();
  for (const error of errors) {
    const { instancePath: pointer, keyword } = error;
    // Wherever a reference could stand, the schema also complains that none does.
    if (keyword === 'oneOf' || (error.params as { missingProperty?: string }).missingProperty === '$ref') continue;
    if (paths.some((path) => path !== pointer && path.startsWith(`${pointer}/`))) continue;
    const extra = (error.params as { additionalProperty?: string }).additionalProperty;
    const message = `${pointer || 'the document'} ${extra === undefined ? (error.message ?? keyword) : `must not have ${JSON.stringify(extra)}`} (OpenAPI 3.0)`;
    messages.set(message, file.fault([...pathOf(pointer), ...(extra === undefined ? [] : [extra])], message));
  }
  return [...messages.values()];
}

function referenceFaults(file: YamlFile): FileFault[] {
  const faults: FileFault[] = [];
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (Array.isArray(value))
      value.forEach((item, index) => {
        visit(item, [...path, index]);
      });
    else if (isObject(value)) {
      const { $ref } = value;
      if (typeof $ref === 'string' && !resolves(file.value, $ref))
        faults.push(file.fault([...path, '$ref'], `${$ref} leads nowhere`));
      for (const [key, member] of Object.entries(value)) visit(member, [...path, key]);
    }
  };
  visit(file.value, []);
  return faults;
}

async function dereference(value: unknown): Promise<ContractDocument> {
  const backend = new openapiBackend.OpenAPIBackend({ definition: value as never, quick: true, strict: true, validate: false });
  await backend.init();
  return backend.definition;
}

/** What every document of the emulator must say beyond OpenAPI. */
function houseFaults(file: YamlFile, document: ContractDocument, ids: Map<string, string>): FileFault[] {
  const faults: FileFault[] = [];
  const fault = (path: (string | number)[], message: string): void => {
    faults.push(file.fault(path, message));
  };
  const family = document['x-family'] as Partial<ContractDocument['x-family']> | undefined;
  if (family?.name === undefined || family.prefix === undefined || !isObject(family.errors)) {
    fault(['x-family'], 'x-family must have name, prefix and errors');
  }
  for (const code of [family?.unknown, family?.inputCode]) {
    if (code !== undefined && !Object.hasOwn(CATALOGUE, code)) fault(['x-family'], `${code} is not in the catalogue`);
  }
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      operationFaults(operation, ['paths', path, method], ids, document, fault);
      for (const { at, schema } of schemasOf(operation, item.parameters ?? [])) {
        const wrong = faultInSchema(schema);
        if (wrong !== undefined) fault(['paths', path, method, ...at], `${path} ${method}: not a schema: ${wrong}`);
      }
    }
  }
  return faults;
}

function operationFaults(
  operation: Partial<OperationObject>,
  path: string[],
  ids: Map<string, string>,
  document: ContractDocument,
  fault: (path: (string | number)[], message: string) => void,
): void {
  const { operationId } = operation;
  const here = path.slice(1).join(' ');
  if (operationId === undefined) fault(path, `${here} has no operationId`);
  else if (ids.has(operationId))
    fault([...path, 'operationId'], `operationId ${operationId} is taken by ${ids.get(operationId) ?? ''}`);
  else ids.set(operationId, here);
  if (!PROVENANCES.includes(operation['x-provenance']))
    fault(path, `${here} needs x-provenance: doc, client, report, assumed or emulator`);
  const body = operation.requestBody?.content['application/json'];
  if (operation.requestBody !== undefined && (body?.schema === undefined || Object.keys(body.examples ?? {}).length === 0)) {
    fault([...path, 'requestBody'], `${here} needs a schema and examples for application/json`);
  }
  const item = document.paths[path[1] ?? ''];
  for (const parameter of [...(item?.parameters ?? []), ...(operation.parameters ?? [])]) {
    if (parameter.in !== 'path' && parameter.in !== 'query')
      fault([...path, 'parameters'], `${here}: parameter ${parameter.name} must be in path or query`);
    if (parameter.example === undefined) fault([...path, 'parameters'], `${here}: parameter ${parameter.name} needs an example`);
  }
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const where = [...path, 'responses', status];
    if (!PROVENANCES.includes(response['x-provenance'])) fault(where, `${here}: response ${status} needs x-provenance`);
    const json = response.content?.['application/json'];
    if (json !== undefined && json.example === undefined) fault(where, `${here}: response ${status} needs an example`);
  }
}

/** The schemas of an operation, and where in it they stand. */
function schemasOf(
  operation: Partial<OperationObject>,
  shared: readonly ParameterObject[],
): { readonly at: readonly string[]; readonly schema: Schema }[] {
  const bodies = Object.values(operation.requestBody?.content ?? {});
  const replies = Object.entries(operation.responses ?? {});
  return [
    ...[...shared, ...(operation.parameters ?? [])].map(({ schema }) => ({ at: ['parameters'], schema })),
    ...bodies.flatMap(({ schema }) => (schema === undefined ? [] : [{ at: ['requestBody'], schema }])),
    ...replies.flatMap(([status, { content = {} }]) =>
      Object.values(content).flatMap(({ schema }) => (schema === undefined ? [] : [{ at: ['responses', status], schema }])),
    ),
  ];
}

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function resolves(document: unknown, reference: string): boolean {
  if (!reference.startsWith('#/')) return false;
  let value = document;
  for (const step of pathOf(reference.slice(1))) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return false;
    value = value[step];
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
