/** A trace: all that happened to one message, stage by stage, with the cause where it was refused. */
import type { Code, Place, Provenance } from '../rejections.js';

export type Level = 'info' | 'warn' | 'error';

/** `failed`: the emulator broke, or the caller left. `running`: a script goes on after its answer. */
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
    readonly method: string;
    /** As it was sent, query and tenant included, without secrets. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The first 8 KB, without secrets. */
    readonly body: string | null;
    readonly bodyBytes: number;
  };
  /** null where the caller left before the answer. */
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  /** As the caller sent it, a refused one too; in its stored form where it is well-formed. */
  readonly conversationId: string | null;
  readonly contactId: string | null;
  readonly script: string | null;
  /** The trace of the script that sent this. */
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
