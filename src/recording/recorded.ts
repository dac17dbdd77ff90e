/** A recorded exchange: what came, and what the emulator answered for itself. */
import type { ContractOperation } from '../openapi/contract.js';
import type { Answer, Headers } from '../pipeline/index.js';
import type { Place } from '../errors/catalogue.js';
import { causeOf, type Trace, warningsOf } from '../trace/trace.js';
import { parsedJson } from './json-text.js';

export interface Recorded {
  readonly method: string;
  /** Without the tenant's prefix and the query, as it was sent. */
  readonly path: string;
  /** Without the question mark, as it was sent. */
  readonly query: string;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** undefined where no operation has this path and method. */
  readonly operation: ContractOperation | undefined;
  /** Whether it is a call of the control API. */
  readonly control: boolean;
  /** By which address the caller came, with the tenant's prefix and without a slash at the end. */
  readonly baseUrl: string;
  readonly answer: RecordedAnswer;
}

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Why it was refused; undefined where it was not, or where the trace is not known. */
  readonly cause: { readonly code: string; readonly in: Place | null; readonly pointer: string | null } | undefined;
  /** Codes of level `warn`; undefined where the trace is not known. */
  readonly warnings: readonly string[] | undefined;
  /** Whether it let fields pass that the operation does not know. */
  readonly hasUnknownFields: boolean;
}

export function recordedAnswer({ status, headers, body }: Answer, trace: Trace | undefined): RecordedAnswer {
  const cause = causeOf(trace);
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body,
    cause: cause === undefined ? undefined : { code: cause.code ?? '', in: cause.in ?? null, pointer: cause.pointer ?? null },
    warnings: trace === undefined ? undefined : warningsOf(trace).map(({ code }) => code ?? ''),
    hasUnknownFields: trace?.entries.some(({ code }) => code === 'UNKNOWN_FIELD') ?? false,
  };
}

/** The JSON of an answer; undefined where it has none. */
export function jsonOf({ body }: RecordedAnswer): unknown {
  return body === null ? undefined : parsedJson(body);
}

/** The value of a header; several of one name are joined as HTTP joins them. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
