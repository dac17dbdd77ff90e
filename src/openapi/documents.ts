/** Reads the contract documents from YAML, checks them, and resolves their references; a fault is told with file and line. */
import openapiBackend from 'openapi-backend';
import schemaValidator from 'openapi-schema-validator';
import { CATALOGUE } from '../errors/catalogue.js';
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import { readYaml, type YamlFile } from '../shared/yaml-file.js';
import {
  type ContractDocument,
  type FamilyObject,
  isCalled,
  mediaOf,
  METHODS,
  type OperationObject,
  type ParameterObject,
  type Schema,
} from './contract.js';
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
  const defined = documents.flatMap((document) => (isDefinition(document['x-family']) ? [document['x-family'].name] : []));
  const ruleFaults = documents.flatMap((document, index) => {
    const file = files[index];
    return file === undefined ? [] : houseFaults(file, document, ids, defined);
  });
  if (ruleFaults.length > 0) throw new FileFaults(ruleFaults);
  return documents;
}

const openApi = new schemaValidator.default({ version: 3 });

/** What the OpenAPI 3.0 schema says; the deepest faults only, because those around them follow from them. */
function schemaFaults(file: YamlFile): FileFault[] {
  const { errors } = openApi.validate(file.value as never);
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
function houseFaults(
  file: YamlFile,
  document: ContractDocument,
  ids: Map<string, string>,
  defined: readonly string[],
): FileFault[] {
  const faults: FileFault[] = [];
  const fault: TellFault = (path, message) => {
    faults.push(file.fault(path, message));
  };
  familyFaults(document['x-family'], defined, fault);
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

type TellFault = (path: (string | number)[], message: string) => void;

function isDefinition(family: Partial<FamilyObject> | undefined): family is FamilyObject {
  return family?.errors !== undefined;
}

/** A family is defined in one document; others may name it. */
function familyFaults(family: Partial<FamilyObject> | undefined, defined: readonly string[], fault: TellFault): void {
  const { name } = family ?? {};
  if (isCalled(family)) {
    if (Object.keys(family).length !== 2 || name === undefined)
      fault(['x-family'], 'the x-family of what others serve must have name and called: true, and nothing else');
    return;
  }
  if (!isDefinition(family)) {
    if (name === undefined || !defined.includes(name))
      fault(['x-family'], 'x-family must have name, prefixes and errors, or the name of a family of another document');
    return;
  }
  if (name === undefined || !Array.isArray(family.prefixes) || !isObject(family.errors))
    fault(['x-family'], 'x-family must have name, prefixes and errors');
  if (defined.filter((one) => one === name).length > 1)
    fault(['x-family', 'name'], `the family ${name ?? ''} is defined in another document, too`);
  for (const code of [family.unknown, family.inputCode]) {
    if (code !== undefined && !Object.hasOwn(CATALOGUE, code)) fault(['x-family'], `${code} is not in the catalogue`);
  }
  for (const [status, response] of Object.entries(family.errors)) {
    const json = response.content?.['application/json'];
    if (json?.example === undefined && Object.keys(json?.examples ?? {}).length === 0)
      fault(['x-family', 'errors', status], `the error ${status} needs an example for application/json`);
  }
}

function operationFaults(
  operation: Partial<OperationObject>,
  path: string[],
  ids: Map<string, string>,
  document: ContractDocument,
  fault: TellFault,
): void {
  const { operationId } = operation;
  const here = path.slice(1).join(' ');
  if (operationId === undefined) fault(path, `${here} has no operationId`);
  else if (ids.has(operationId))
    fault([...path, 'operationId'], `operationId ${operationId} is taken by ${ids.get(operationId) ?? ''}`);
  else ids.set(operationId, here);
  if (!PROVENANCES.includes(operation['x-provenance']))
    fault(path, `${here} needs x-provenance: doc, client, report, assumed or emulator`);
  const body = mediaOf(operation.requestBody)?.media;
  if (operation.requestBody !== undefined && (body?.schema === undefined || Object.keys(body.examples ?? {}).length === 0)) {
    fault([...path, 'requestBody'], `${here} needs a schema and examples for JSON or form data`);
  }
  parameterFaults(operation, path, document, fault);
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const where = [...path, 'responses', status];
    if (!PROVENANCES.includes(response['x-provenance'])) fault(where, `${here}: response ${status} needs x-provenance`);
    const json = response.content?.['application/json'];
    if (json !== undefined && json.example === undefined && json.examples === undefined)
      fault(where, `${here}: response ${status} needs an example`);
  }
}

function parameterFaults(
  operation: Partial<OperationObject>,
  path: readonly string[],
  document: ContractDocument,
  fault: TellFault,
): void {
  const here = path.slice(1).join(' ');
  const item = document.paths[path[1] ?? ''];
  for (const parameter of [...(item?.parameters ?? []), ...(operation.parameters ?? [])]) {
    if (parameter.in !== 'path' && parameter.in !== 'query')
      fault([...path, 'parameters'], `${here}: parameter ${parameter.name} must be in path or query`);
    if (parameter['x-in-route'] === true && (parameter.in !== 'path' || parameter.schema.pattern === undefined))
      fault([...path, 'parameters'], `${here}: parameter ${parameter.name} needs a pattern and must stand in the path`);
    if (parameter.example === undefined) fault([...path, 'parameters'], `${here}: parameter ${parameter.name} needs an example`);
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
