/** The contract that runs: its families and operations, as the pipeline works from them. */
import type { Place, Provenance, RefusalCode } from '../errors/catalogue.js';

/** A JSON Schema as OpenAPI 3.0 writes it, with the emulator's own keywords. */
export interface Schema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  /** Which advice a bad value gets. */
  readonly 'x-advice'?: 'conversation-id' | 'contact-id' | 'skill-id';
  /** Other names under which callers send this field by mistake. */
  readonly 'x-aliases'?: readonly string[];
  /** In words, what a value that does not match `pattern` should be, and what to do about it. */
  readonly 'x-form'?: string;
  readonly 'x-remedy'?: string;
  /** Where it is not that of the operation: that a field must come may be known from elsewhere than what it holds. */
  readonly 'x-provenance'?: Provenance;
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
  /** Whether a path with a value that does not match the pattern is no path of the operation at all, as with a version. */
  readonly 'x-in-route'?: boolean;
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

/** A family of operations, as the one document that defines it writes it. */
export interface FamilyObject {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Whether the first part of the path may be written in capitals or not. */
  readonly anyCase?: boolean;
  /** The header that has the `error_description` too. */
  readonly descriptionHeader?: string;
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
}

/** A family that others serve, and that the emulator calls: bots. It has neither prefixes nor errors of its own. */
interface CalledFamilyObject {
  readonly name: string;
  readonly called: true;
}

/** One dereferenced document. */
export interface ContractDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  /** The family whose operations these are: defined here, or in another document and only named here. */
  readonly 'x-family': FamilyObject | CalledFamilyObject | { readonly name: string };
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components?: { readonly securitySchemes?: unknown };
}

/** Operations that share a prefix and the shape of their errors. */
export interface Family {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly anyCase: boolean;
  /** Matches the prefix at the beginning of a path of the family. */
  readonly beginning: RegExp;
  readonly descriptionHeader: string | undefined;
  readonly unknown: RefusalCode;
  readonly inputCode: RefusalCode | undefined;
  readonly revealsCause: boolean;
  readonly closedQuery: boolean;
  readonly maxBody: number | undefined;
  /** By status. */
  readonly errors: ReadonlyMap<number, FamilyError>;
}

type ErrorBody = Readonly<Record<string, unknown>>;

interface FamilyError {
  readonly body: ErrorBody;
  /** Further bodies, for a refusal that names one. */
  readonly named: Readonly<Record<string, ErrorBody>>;
  readonly provenance: Provenance;
}

/** Whether others serve what the document describes. */
export function isCalled(family: object | undefined): family is CalledFamilyObject {
  return family !== undefined && 'called' in family && family.called === true;
}

/** How an operation reads a body. */
export type MediaKind = 'json' | 'form';

const MEDIA_TYPES: Readonly<Record<MediaKind, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
};

/** An operation that others serve, and that the emulator calls. */
export interface CalledOperation {
  readonly operationId: string;
  readonly summary: string;
  /** In upper case. */
  readonly method: string;
  /** As OpenAPI writes it: `/api/v2/contacts/{contactId}/attributes`. */
  readonly path: string;
  readonly provenance: Provenance;
  readonly parameters: readonly ParameterObject[];
  readonly body:
    | {
        /** The first is what is advised. */
        readonly kinds: readonly MediaKind[];
        readonly required: boolean;
        readonly schema: Schema;
        readonly examples: readonly unknown[];
      }
    | undefined;
  /** By status; null where a reply has no body. */
  readonly replies: ReadonlyMap<number, { readonly schema: Schema; readonly example: unknown } | null>;
}

export interface ContractOperation extends CalledOperation {
  readonly family: Family;
  /** The script that answers, where the path is a webhook. */
  readonly script?: string;
  /** Whether a bearer token must come, or means something where it comes. */
  readonly token: 'none' | 'optional' | 'required';
}

export interface Contract {
  readonly operations: ReadonlyMap<string, ContractOperation>;
  /** What the emulator calls, by operationId. */
  readonly called: ReadonlyMap<string, CalledOperation>;
  /** The family that a path belongs to; unknown paths belong to the first, /api/v2. */
  readonly familyOf: (path: string) => Family;
  readonly families: readonly Family[];
  /** All that is served in one OpenAPI document. */
  readonly document: Readonly<Record<string, unknown>>;
}

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Builds the contract from dereferenced documents; the family of /api/v2 lends its error bodies to the others. */
export function buildContract(all: readonly ContractDocument[], version: string): Contract {
  const documents = all.filter((document) => !isCalled(document['x-family']));
  const sources = documents.map((document) => document['x-family']).filter((family) => 'errors' in family);
  const base = sources.find(({ name }) => name === FALLBACK);
  if (base === undefined) throw new Error(`There is no contract document for the family ${FALLBACK}.`);
  const fallback = buildFamily(base, {});
  const families = [fallback, ...sources.filter((source) => source !== base).map((source) => buildFamily(source, base.errors))];
  const operations = new Map<string, ContractOperation>();
  const called = new Map<string, CalledOperation>();
  for (const document of all) {
    const family = families.find(({ name }) => name === document['x-family'].name) ?? fallback;
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of METHODS) {
        const operation = item[method];
        if (operation === undefined) continue;
        const built = buildCalled(path, method, item, operation);
        if (isCalled(document['x-family'])) called.set(built.operationId, built);
        else operations.set(built.operationId, { ...built, family, token: tokenOf(operation) });
      }
    }
  }
  const errorsOf = ({ name }: { readonly name: string }): FamilyObject['errors'] => ({
    ...base.errors,
    ...sources.find((source) => source.name === name)?.errors,
  });
  return {
    operations,
    called,
    families,
    familyOf: (path) => families.find((family) => pathWithin(path, family) !== undefined) ?? fallback,
    document: {
      openapi: '3.0.3',
      info: {
        title: 'cxone-emulator',
        version,
        description: 'All contracts that the emulator runs. x-provenance says how each part is known.',
      },
      paths: Object.assign(
        {},
        ...documents.map((document) => withErrors(document.paths, errorsOf(document['x-family']))),
      ) as unknown,
      components: {
        securitySchemes: Object.assign({}, ...documents.map(({ components }) => components?.securitySchemes ?? {})) as unknown,
      },
    },
  };
}

/** Unknown paths belong to it. */
const FALLBACK = 'conversations';

/** The path with the family's prefix as the contract spells it; undefined where it does not belong to the family. */
export function pathWithin(path: string, { prefixes, beginning }: Family): string | undefined {
  const start = beginning.exec(path)?.[0];
  if (start === undefined) return undefined;
  const prefix = prefixes.find((one) => one.length === start.length && one.toLowerCase() === start.toLowerCase());
  return prefix === undefined || prefix === start ? path : prefix + path.slice(start.length);
}

/** The paths, each operation with the errors of its family beside what it lists itself. */
function withErrors(paths: ContractDocument['paths'], errors: FamilyObject['errors']): ContractDocument['paths'] {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([key, value]) => [
          key,
          (METHODS as readonly string[]).includes(key)
            ? { ...(value as OperationObject), responses: { ...errors, ...(value as OperationObject).responses } }
            : (value as unknown),
        ]),
      ),
    ]),
  );
}

function buildFamily(source: FamilyObject, base: FamilyObject['errors']): Family {
  const errors = Object.entries({ ...base, ...source.errors }).map(([status, response]) => {
    const { example, examples = {} } = response.content?.['application/json'] ?? {};
    const named = Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value as ErrorBody]));
    const body = (example ?? Object.values(named)[0]) as ErrorBody;
    return [Number(status), { body, named, provenance: response['x-provenance'] ?? 'assumed' }] as const;
  });
  return {
    name: source.name,
    prefixes: source.prefixes,
    anyCase: source.anyCase ?? false,
    beginning: new RegExp(
      `^(?:${source.prefixes.map((prefix) => prefix.replaceAll('.', '\\.')).join('|')})(?=/|$)`,
      source.anyCase === true ? 'i' : '',
    ),
    descriptionHeader: source.descriptionHeader,
    unknown: source.unknown ?? 'ROUTE_UNKNOWN',
    inputCode: source.inputCode,
    revealsCause: source.revealsCause ?? false,
    closedQuery: source.closedQuery ?? false,
    maxBody: source.maxBody,
    errors: new Map(errors),
  };
}

function buildCalled(path: string, method: string, item: PathItem, operation: OperationObject): CalledOperation {
  return {
    operationId: operation.operationId,
    summary: operation.summary ?? '',
    method: method.toUpperCase(),
    path,
    provenance: operation['x-provenance'],
    parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
    body: bodyOf(operation),
    replies: new Map(
      Object.entries(operation.responses).map(([status, response]) => {
        const reply = response.content?.['application/json'];
        return [Number(status), reply?.schema === undefined ? null : { schema: reply.schema, example: reply.example }] as const;
      }),
    ),
  };
}

/** As OpenAPI has it: an empty requirement among others makes them optional. */
function tokenOf({ security = [] }: OperationObject): ContractOperation['token'] {
  if (security.length === 0) return 'none';
  return security.some((requirement) => Object.keys(requirement).length === 0) ? 'optional' : 'required';
}

/** The media type that an operation reads, with its schema and examples; undefined where it reads none that is known here. */
export function mediaOf(
  requestBody: OperationObject['requestBody'],
): { readonly kind: MediaKind; readonly media: MediaObject } | undefined {
  for (const [kind, type] of Object.entries(MEDIA_TYPES) as [MediaKind, string][]) {
    const media = requestBody?.content[type];
    if (media !== undefined) return { kind, media };
  }
  return undefined;
}

function bodyOf({ requestBody }: OperationObject): CalledOperation['body'] {
  const found = mediaOf(requestBody);
  if (found?.media.schema === undefined) return undefined;
  return {
    kinds: [found.kind],
    required: requestBody?.required ?? false,
    schema: found.media.schema,
    examples: Object.values(found.media.examples ?? {}).map(({ value }) => value),
  };
}
