/** A scenario as it was read from its file: a starting point, steps, and what is expected of each. */
import type { FileFault } from '../shared/file-errors.js';
import type { Template } from '../shared/templates.js';
import type { NoAnswerKind } from './client.js';
import type { Path, Pattern } from './patterns.js';

export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly given: Given;
  readonly steps: readonly Step[];
  /** Whether a step expects what is said. */
  readonly hears: boolean;
  /** A place in its file. */
  readonly at: (path: Path, message: string) => FileFault;
}

type Row = Readonly<Record<string, unknown>>;

/** What is there before the first step. */
export interface Given {
  /** What the emulator must have been started with: settings by name, scripts and credentials among them. */
  readonly settings: Row;
  readonly hours: readonly Row[];
  readonly skills: readonly Row[];
  readonly agents: readonly Row[];
  readonly conversations: readonly Row[];
  /** By id, attributes by name. */
  readonly contacts: Readonly<Record<string, Row>>;
  readonly users: Readonly<Record<string, Row>>;
  readonly clock: Row | undefined;
  readonly faults: readonly Row[];
}

interface Stepped {
  readonly name: string;
  /** In the file. */
  readonly path: Path;
}

export type Step = (Exchange | Wait | Repeat) & Stepped;

/** A request, a signal, or what the emulator is told of its clock and its faults; with what the answer shall be. */
export interface Exchange {
  readonly kind: 'exchange';
  readonly request: RequestPlan;
  readonly expect: Expectation;
  readonly capture: readonly Capture[];
  /** Whether a customer arrives with it: later steps mean that conversation. */
  readonly arrives: boolean;
}

/** Asks again until something holds. */
export interface Wait {
  readonly kind: 'wait';
  readonly request: RequestPlan | undefined;
  readonly until: Expectation;
  /** In seconds. */
  readonly atMost: number;
  readonly capture: readonly Capture[];
}

export interface Repeat {
  readonly kind: 'repeat';
  readonly times: number;
  readonly steps: readonly Step[];
}

export interface RequestPlan {
  readonly path: Path;
  readonly method: string;
  /** Makes the path with its query, or a whole address. */
  readonly target: Template;
  /** By name in lower case; null sends none. */
  readonly headers: Readonly<Record<string, Template>>;
  readonly body:
    | { readonly kind: 'json' | 'text'; readonly template: Template }
    | { readonly kind: 'file'; readonly file: string }
    | undefined;
  /** Whether it needs an access token. */
  readonly usesToken: boolean;
  /** In seconds, for the whole answer; undefined for the client's own patience. */
  readonly timeout: number | undefined;
}

export interface Capture {
  readonly name: string;
  readonly path: Path;
  readonly template: Template;
}

/** Each part is undefined where nothing is expected of it. */
export interface Expectation {
  readonly path: Path;
  readonly usesToken: boolean;
  /** What kept the answer from coming whole. */
  readonly noAnswer: NoAnswerKind | undefined;
  readonly status: Pattern | undefined;
  readonly headers: Pattern | undefined;
  readonly body: Pattern | undefined;
  /** `none`, or of the entry of the trace that is the cause. */
  readonly cause: Pattern | 'none' | undefined;
  readonly trace: TraceExpectation | undefined;
  /** The codes of level `warn`. */
  readonly warnings: readonly string[] | undefined;
  readonly conversation: { readonly conversationId: Template; readonly pattern: Pattern } | undefined;
  readonly said: Saying | undefined;
  /** In the order in which they came, like the two after it. */
  readonly signals: Pattern | undefined;
  readonly transcripts: Pattern | undefined;
  readonly calls: Pattern | undefined;
}

/** What somebody else than the customer said since the step before. */
export interface Saying {
  readonly conversationId: Template;
  /** Of what: all texts in lines, each text, or each message as {from, name, text}. */
  readonly of: 'lines' | 'texts' | 'messages';
  readonly pattern: Pattern;
}

export interface TraceExpectation {
  /** The newest trace of this script, instead of the trace of the step. */
  readonly script: string | undefined;
  /** Each stands in some entry, or in one of what its script called. */
  readonly codes: readonly string[];
  readonly fields: Pattern | undefined;
  /** Of all actions that fired, in order. */
  readonly actions: readonly string[] | undefined;
  /** By action, the branch that it took last. */
  readonly branches: Pattern | undefined;
}
