/** What the stages work with. */
import type { ConversationIds } from '../contact/ids.js';
import type { Contract } from '../contract/contract.js';
import type { Matcher } from '../contract/match.js';
import type { Validators } from '../contract/validators.js';
import type { Operations } from '../platform/operation.js';
import type { Store } from '../state/store.js';
import type { TraceLog } from '../trace/log.js';

export interface Clock {
  /** Milliseconds since the epoch: what the tenant's time is. */
  now(): number;
  /** Milliseconds that only ever rise: for durations. */
  monotonic(): number;
}

export interface Services {
  readonly contract: Contract;
  readonly matcher: Matcher;
  readonly validators: Validators;
  readonly operations: Operations;
  readonly store: Store;
  readonly traces: TraceLog;
  readonly clock: Clock;
  readonly conversationIds: ConversationIds;
  readonly nextTraceId: () => string;
  /** Tells the terminal of a bug of ours; the answer says only that there was one. */
  readonly onBug: (error: unknown, traceId: string) => void;
  readonly settings: {
    /** In bytes. */
    readonly maxBody: number;
    readonly unknownFields: 'pass' | 'reject';
    readonly emulatorHeaders: boolean;
    readonly revealErrors: boolean;
    /** Whether replies are checked against the contract before they leave. */
    readonly checkReplies: boolean;
  };
}
