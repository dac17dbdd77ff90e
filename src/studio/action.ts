/** What a type of action is: its settings, its branches, and what it does in a run. */
import type { JsonSchema } from '../shared/json-schema.js';
import type { Conversation } from '../cxone/model/conversation.js';
import type { Contact } from '../cxone/model/contact.js';
import type { RunTrace, ScriptReply } from '../cxone/studio.js';
import type { Finding, Provenance } from '../errors/catalogue.js';
import type { TenantState } from '../cxone/store/store.js';
import type { RestCall } from '../trace/trace.js';
import type { BotLine } from './bots/bot-session.js';
import type { BotOutcome, BotRequest } from './bots/exchange.js';
import type { RestSettings, RestOutcome } from './rest/rest-call.js';
import type { Condition, Scope, Template } from '../shared/templates.js';

/** What an action came to. */
export interface Outcome {
  readonly branch: string;
  /** What happened, in a sentence for the trace. */
  readonly message?: string;
  readonly calls?: readonly RestCall[];
  /** What failed; the branch is OnError then. */
  readonly problem?: Finding;
}

export const DEFAULT: Outcome = { branch: 'Default' };

/** The branch that an action takes where it fails. Every type has it. */
export const ON_ERROR = 'OnError';

/** A run as its actions see it. */
export interface RunView extends Pick<RunTrace, 'warn' | 'concern' | 'know'> {
  readonly tenant: string;
  readonly script: string;
  /** The contact that it runs on; undefined for a webhook's script, which runs on none. */
  readonly contact: () => Contact | undefined;
  readonly conversation: () => Conversation | undefined;
  /** ISO 8601 on the tenant's clock. */
  readonly now: () => string;
  /** Where the action stands in the script's file. */
  readonly line: () => number;
  scope(): Scope;
  /** Sets a variable; undefined takes it away. */
  set(name: string, value: unknown): void;
  /** Runs work on the tenant's state as one unit. */
  unit<T>(work: (state: TenantState) => T): Promise<T>;
  /** Rejects where the run is interrupted or stopped meanwhile. */
  call(settings: RestSettings): Promise<RestOutcome>;
  /**
   * Resolves after the time, in milliseconds, or never; rejects where the run is interrupted or stopped before. The message
   * says after the name of the action what it waits for.
   */
  wait(milliseconds: number | undefined, message: string): Promise<unknown>;
  /** What the customer says next; undefined where it is silent for so many milliseconds. Rejects and tells as `wait` does. */
  askCustomer(milliseconds: number | undefined, message: string): Promise<string | undefined>;
  /** Asks a virtual agent. Rejects where the run is interrupted or stopped meanwhile. */
  exchange(virtualAgent: string, request: BotRequest): Promise<BotOutcome>;
  readonly bot: Pick<BotLine, 'begun' | 'patience' | 'heard'>;
  /** Tells the script on the contact of a signal. */
  signal(contactId: string, parameters: Readonly<Record<string, string>>): void;
  /** The name of the script that would hear a signal to this contact. */
  hearerOn(contactId: string): string | undefined;
  /** Starts a script on a contact of its own. */
  spawn(script: string, contact: Contact, variables: ReadonlyMap<string, unknown>): void;
  /** Runs a script to its end in the same run; answers what its END gave. */
  runSub(script: string, variables: ReadonlyMap<string, unknown>): Promise<unknown>;
  /** The trace of the signal that was heard last. */
  readonly heard: () => string;
  /** Tells the desk that a conversation waits for an agent. */
  queued(conversationId: string): void;
  /** Tells the scripts of a conversation that it is over. */
  ended(conversationId: string): void;
  /** Answers the webhook; false where nobody waits for an answer. */
  respond(reply: ScriptReply): boolean;
  /** Ends the script, or the one that runs as a part of it. */
  finish(result: unknown): void;
}

export type Perform = (run: RunView) => Outcome | Promise<Outcome>;

/** Reads an action's settings when its file is loaded; what is wrong with them is told with its place in the file. */
export interface Preparation {
  readonly settings: Readonly<Record<string, unknown>>;
  /** A setting as a template; undefined where it is not there. */
  readonly template: (name: string) => Template | undefined;
  /** A template from a value inside a setting. */
  readonly templateAt: (path: Path, value: unknown) => Template;
  readonly conditionAt: (path: Path, text: string) => Condition;
  readonly fault: (path: Path, message: string) => void;
  /** What works, and is a mistake all the same. */
  readonly note: (path: Path, message: string) => void;
  /** The name of a virtual agent that should be in the config file. */
  readonly expectAgent: (path: Path, name: string) => void;
  /** The name of a script that must be loaded. */
  readonly requireScript: (path: Path, name: string) => void;
}

/** To a place in a file. */
export type Path = readonly (string | number)[];

/** A type of action. A new one is a file of its own and a line in `actions/index.ts`. */
export interface ActionType {
  /** As in Studio: `RESTAPI`. */
  readonly name: string;
  /** For the README. */
  readonly summary: string;
  /** How it is known that Studio does so. */
  readonly provenance: Provenance;
  /** JSON Schemas of the settings. */
  readonly settings: Readonly<Record<string, JsonSchema>>;
  /** Schemas that these refer to as `#/definitions/…`. */
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
  /** Beside Default and OnError; undefined where the file names them, as with CASE. */
  readonly branches: readonly string[] | undefined;
  /** Whether the script ends with it: always, or where no branch leads on. */
  readonly ends?: 'always' | 'unconnected';
  prepare(preparation: Preparation): Perform;
}
