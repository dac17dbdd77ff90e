/** A trace: all that happened to one message, stage by stage, with the cause where it was refused. */
import type { Code, Place, Provenance } from '../errors/catalogue.js';

export type Level = 'info' | 'warn' | 'error';

/** `failed`: the emulator broke, the caller left, or a script broke off after its answer. `running`: a script goes on after its answer. */
export type Outcome = 'accepted' | 'rejected' | 'failed' | 'running';

export interface TraceEntry {
  /** Milliseconds since the message arrived. */
  readonly at: number;
  readonly stage: string;
  readonly level: Level;
  /** A code of the catalogue; null for what is simply told. */
  readonly code: Code | null;
  readonly message: string;
  readonly in?: Place | null;
  /** JSON Pointer inside that part of the request. */
  readonly pointer?: string | null;
  readonly expected?: string;
  readonly received?: string;
  readonly remedy?: string;
  readonly provenance?: Provenance;
  /** The action of the script that fired, by its name in the file, with its type: `Lookup (RESTAPI)`. */
  readonly action?: string;
  /** The branch that it took; null where it took none, because the script ended or broke off there. */
  readonly branch?: string | null;
  /** The variables that it set. Values are as in JSON; long ones are cut and shown as text. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The calls that it made, each try of them. */
  readonly calls?: readonly RestCall[];
}

/** A script's own REST call, without secrets. */
export interface RestCall {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The first 8 KB, as they were really sent. */
    readonly body: string | null;
  };
  /** null where none came. */
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  readonly durationMs: number;
  /** The trace of the emulator's own side; null where the call went elsewhere. */
  readonly traceId: string | null;
}

export interface Trace {
  readonly traceId: string;
  readonly tenant: string;
  readonly transport: 'http' | 'script';
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly operationId: string | null;
  readonly outcome: Outcome;
  readonly request: {
    /** `SCRIPT` where the trace is that of a script which no webhook started; its `path` is the script's name then. */
    readonly method: string;
    /** As it was sent, query and tenant included, without secrets. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The first 8 KB, without secrets. */
    readonly body: string | null;
    readonly bodyBytes: number;
    /** Whether `body` is all of it, but for secrets. */
    readonly bodyComplete: boolean;
  };
  /** null where the caller left before the answer, or nobody waits for one. */
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  /** As the caller sent it, a refused one too; in its stored form where it is well-formed. */
  readonly conversationId: string | null;
  readonly contactId: string | null;
  readonly script: string | null;
  /** The trace of the script that sent this, or of what started this script. */
  readonly parent: string | null;
  /** In order. The first one of level `error` is the cause. */
  readonly entries: readonly TraceEntry[];
}

/** The entry that says why; undefined where the message was accepted, or where there is no trace. */
export function causeOf(trace: Trace | undefined): TraceEntry | undefined {
  return trace?.entries.find((entry) => entry.level === 'error');
}

/** The entries that mark what was accepted but would be lost or refused elsewhere. */
export function warningsOf(trace: Trace): TraceEntry[] {
  return trace.entries.filter((entry) => entry.level === 'warn');
}

/** The entries with a code of the catalogue that are worth knowing, and harm nothing anywhere. */
export function notesOf(trace: Trace): TraceEntry[] {
  return trace.entries.filter((entry) => entry.level === 'info' && entry.code !== null);
}
