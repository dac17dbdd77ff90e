/** The contract that runs: its families and operations, as the pipeline works from them. */
import type { Place, Provenance, RefusalCode } from '../rejections.js';

/** A JSON Schema as OpenAPI 3.0 writes it, with the emulator's own keywords. */
export interface Schema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  /** Which advice a bad value gets. */
  readonly 'x-advice'?: 'conversation-id' | 'contact-id';
  /** Other names under which callers send this field by mistake. */
  readonly 'x-aliases'?: readonly string[];
}

interface MediaObject {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface ResponseObject {
  readonly description: string;
  readonly 'x-provenance'?: Provenance;
  readonly content?: Readonly<Record<string, MediaObject>>;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: Exclude<Place, 'body'>;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface OperationObject {
  readonly operationId: string;
  readonly summary?: string;
  readonly 'x-provenance': Provenance;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, MediaObject>> };
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

interface PathItem extends Partial<Record<'get' | 'put' | 'post' | 'delete' | 'patch', OperationObject>> {
  readonly parameters?: readonly ParameterObject[];
}

/** One dereferenced document. */
export interface ContractDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly 'x-family': {
    readonly name: string;
    readonly prefix: string;
    /** The code for a path of the family that no operation has. */
    readonly unknown?: RefusalCode;
    /** The code for whatever the schema refuses, where the family has one of its own. */
    readonly inputCode?: RefusalCode;
    /** Whether error bodies say the cause. */
    readonly revealsCause?: boolean;
    /** Whether a query parameter that the operation does not name is refused. */
    readonly closedQuery?: boolean;
    /** In bytes, where it differs from the setting. */
    readonly maxBody?: number;
    readonly errors: Readonly<Record<string, ResponseObject>>;
  };
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components?: { readonly securitySchemes?: unknown };
}

/** Operations that share a prefix and the shape of their errors. */
export interface Family {
  readonly name: string;
  readonly prefix: string;
  readonly unknown: RefusalCode;
  readonly inputCode: RefusalCode | undefined;
  readonly revealsCause: boolean;
  readonly closedQuery: boolean;
  readonly maxBody: number | undefined;
  /** By status. */
  readonly errors: ReadonlyMap<number, { readonly body: Readonly<Record<string, unknown>>; readonly provenance: Provenance }>;
}

export interface ContractOperation {
  readonly operationId: string;
  readonly summary: string;
  /** In upper case. */
  readonly method: string;
  /** As OpenAPI writes it: `/api/v2/contacts/{contactId}/attributes`. */
  readonly path: string;
  readonly family: Family;
  readonly provenance: Provenance;
  /** Whether a bearer token means something here. */
  readonly takesToken: boolean;
  readonly parameters: readonly ParameterObject[];
  readonly body: { readonly required: boolean; readonly schema: Schema; readonly examples: readonly unknown[] } | undefined;
  /** By status; null where a reply has no body. */
  readonly replies: ReadonlyMap<number, { readonly schema: Schema; readonly example: unknown } | null>;
}

export interface Contract {
  readonly operations: ReadonlyMap<string, ContractOperation>;
  /** The family that a path belongs to; unknown paths belong to the first, /api/v2. */
  readonly familyOf: (path: string) => Family;
  readonly families: readonly Family[];
  /** All contracts in one OpenAPI document. */
  readonly document: Readonly<Record<string, unknown>>;
}

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Builds the contract from dereferenced documents; the one for /api/v2 lends its error bodies to the others. */
export function buildContract(documents: readonly ContractDocument[], version: string): Contract {
  const base = documents.find((document) => document['x-family'].name === 'conversations');
  const families: Family[] = [];
  const operations = new Map<string, ContractOperation>();
  for (const document of documents) {
    const family = buildFamily(document['x-family'], base?.['x-family'].errors ?? {});
    if (document === base) families.unshift(family);
    else families.push(family);
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of METHODS) {
        const operation = item[method];
        if (operation !== undefined) operations.set(operation.operationId, buildOperation(path, method, item, operation, family));
      }
    }
  }
  const [fallback] = families;
  if (fallback === undefined) throw new Error('There is no contract document.');
  return {
    operations,
    families,
    familyOf: (path) => families.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`)) ?? fallback,
    document: {
      openapi: '3.0.3',
      info: {
        title: 'cxone-emulator',
        version,
        description: 'All contracts that the emulator runs. x-provenance says how each part is known.',
      },
      paths: Object.assign({}, ...documents.map(({ paths }) => paths)) as unknown,
      components: {
        securitySchemes: Object.assign({}, ...documents.map(({ components }) => components?.securitySchemes ?? {})) as unknown,
      },
    },
  };
}

function buildFamily(source: ContractDocument['x-family'], base: ContractDocument['x-family']['errors']): Family {
  const errors = Object.entries({ ...base, ...source.errors }).map(([status, response]) => {
    const body = response.content?.['application/json']?.example as Record<string, unknown>;
    return [Number(status), { body, provenance: response['x-provenance'] ?? 'assumed' }] as const;
  });
  return {
    name: source.name,
    prefix: source.prefix,
    unknown: source.unknown ?? 'ROUTE_UNKNOWN',
    inputCode: source.inputCode,
    revealsCause: source.revealsCause ?? false,
    closedQuery: source.closedQuery ?? false,
    maxBody: source.maxBody,
    errors: new Map(errors),
  };
}

function buildOperation(
  path: string,
  method: string,
  item: PathItem,
  operation: OperationObject,
  family: Family,
): ContractOperation {
  const json = operation.requestBody?.content['application/json'];
  return {
    operationId: operation.operationId,
    summary: operation.summary ?? '',
    method: method.toUpperCase(),
    path,
    family,
    provenance: operation['x-provenance'],
    takesToken: operation.security?.some((requirement) => Object.keys(requirement).length > 0) ?? false,
    parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
    body:
      json?.schema === undefined
        ? undefined
        : {
            required: operation.requestBody?.required ?? false,
            schema: json.schema,
            examples: Object.values(json.examples ?? {}).map(({ value }) => value),
          },
    replies: new Map(
      Object.entries(operation.responses).map(([status, response]) => {
        const reply = response.content?.['application/json'];
        return [Number(status), reply?.schema === undefined ? null : { schema: reply.schema, example: reply.example }] as const;
      }),
    ),
  };
}
