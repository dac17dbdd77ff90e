/** What a run begins with, and what all runs share. */
import type { Activity, Cause, RunTrace } from '../cxone/studio.js';
import type { Store } from '../cxone/store/store.js';
import type { Bots } from './bots/bots.js';
import type { OwnAnswer, OwnRequest, RestRules } from './rest/rest-call.js';
import type { Script } from './script.js';
import type { Turns } from './scheduler.js';

/** What all runs share. */
export interface RunWorld {
  readonly store: Store;
  /** ISO 8601 on the tenant's clock. */
  now(tenant: string): string;
  /** Calls back after the time, in milliseconds on the tenant's clock; the answer takes it back. The callback answers who tells when all that goes on is done. */
  schedule(tenant: string, milliseconds: number, callback: () => readonly Activity[]): () => void;
  readonly rest: RestRules;
  readonly bots: Bots;
  readonly turns: Turns;
  readonly maxSteps: number;
  /** The environment variables that scripts may see. */
  readonly environment: Readonly<Record<string, string>>;
  /** An access token of the tenant. */
  token(tenant: string, baseUrl: string): Promise<string>;
  /** Path and query at the emulator itself; undefined where the address belongs to somebody else. */
  readonly ownTarget: (url: URL, baseUrl: string) => string | undefined;
  readonly callOwn: (request: OwnRequest, cause: Cause) => Promise<OwnAnswer>;
  /** Throws where none has this name, which is refused when the files are loaded. */
  script(name: string): Script;
  hearerOn(tenant: string, contactId: string): string | undefined;
  signal(tenant: string, contactId: string, parameters: Readonly<Record<string, string>>, cause: Cause): void;
  spawn(start: Omit<RunStart, 'trace'>): void;
  /** Tells the desk that a conversation waits for an agent. */
  queued(tenant: string, conversationId: string, cause: Cause): void;
  /** Stops all that runs on the contacts of a conversation that is over. */
  ended(tenant: string, conversationId: string, cause: Cause): void;
}

export interface RunStart {
  readonly script: Script;
  readonly tenant: string;
  /** The contact that it runs on. */
  readonly contactId: string | undefined;
  /** What came in. */
  readonly context: unknown;
  readonly request: object;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly trace: RunTrace;
  readonly cause: Cause;
}
