/** What an operation of the emulated platform is: rules, then an answer, both on one tenant's state as one unit. */
import type { Explanation, RefusalCode, WarningCode } from '../errors/catalogue.js';
import type { TenantState } from './store/store.js';
import type { Level } from '../trace/trace.js';
import type { Cause, PlatformEvent, RunTrace } from './studio.js';

/** A request that is sound by the contract, as an operation sees it. */
export interface Call {
  readonly tenant: string;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Of the types that the contract asks for. */
  readonly query: Readonly<Record<string, unknown>>;
  /** As the contract describes it; undefined where none came and none is required. */
  readonly body: unknown;
  /** Where this caller reaches the tenant, without a slash at the end: what URLs in answers begin with. */
  readonly baseUrl: string;
  /** ISO 8601 in UTC, on the tenant's clock. */
  readonly now: string;
  /** A header's value, by its name in lower case. */
  header(name: string): string | undefined;
  /** Puts a warning into the trace, at the level of the catalogue or at one given. */
  warn(code: WarningCode, explanation: Explanation, level?: Level): void;
  /** Puts a line into the trace. */
  tell(message: string): void;
  /** Tells Studio what happened, once the unit of state is through. */
  emit(event: PlatformEvent): void;
  /** Says what the trace is about, so that it can be found by it. */
  concern(about: { readonly conversationId?: string; readonly contactId?: string }): void;
}

/** What goes on being sent after the head of an answer, at the caller's pace. */
export interface Feed {
  /** What to send next; undefined where nothing has come yet, null where it is over. */
  next(): string | null | undefined;
  /** Calls back whenever more may have come; the answer stops it. */
  onMore(listener: () => void): () => void;
  /** Sent from time to time, so that who reads it, and what lies on the way, knows that it is not dead. */
  readonly signOfLife: string;
}

export interface Reply {
  readonly status: number;
  /** Serialised as JSON; without it the answer has no body. */
  readonly body?: unknown;
  /** Instead of a body: sent as it stands, with the Content-Type among the headers. */
  readonly text?: string;
  /** Why an operation that may, such as a script, answers with an error of its own. */
  readonly cause?: RefusalCode;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of a body. */
  readonly feed?: Feed;
}

/** An operation on one tenant's state. Where `check` throws a Rejection, nothing has been written. */
export interface UnitOperation {
  check?(call: Call, state: TenantState): void;
  answer(call: Call, state: TenantState): Reply;
}

/** Runs work on the tenant's state as one unit; where the request is only explained, what it writes is undone. */
export type RunUnit = <T>(work: (state: TenantState) => T) => Promise<T>;

/** An operation that must wait for something between its units of state, such as a signature. */
export interface OutsideOperation {
  perform(call: OutsideCall, run: RunUnit): Promise<Reply>;
}

/** What an operation that works outside of units can do beside. */
export interface OutsideCall extends Call {
  readonly method: string;
  readonly path: string;
  /** By names in lower case, as they came. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the request is only explained. */
  readonly dryRun: boolean;
  /** What the scripts that it sets going are told of it. */
  readonly cause: Cause;
  /** Makes the trace of this message that of a script, which may go on after the answer. */
  runScript(name: string): RunTrace;
}

export type Operation = UnitOperation | OutsideOperation;

/** By operationId. */
export type Operations = Readonly<Record<string, Operation>>;
