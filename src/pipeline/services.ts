/** What the stages work with. */
import type { ConversationIds } from '../cxone/model/ids.js';
import type { Contract } from '../openapi/contract.js';
import type { Matcher } from '../openapi/router.js';
import type { Validators } from '../openapi/validators.js';
import type { Clocks } from '../cxone/clock.js';
import type { Faults } from '../cxone/faults.js';
import type { Operations } from '../cxone/handler.js';
import type { Studio } from '../cxone/studio.js';
import type { TokenKey } from '../cxone/token-verifier.js';
import type { Store } from '../cxone/store/store.js';
import type { Hiding } from '../trace/recorder.js';
import type { TraceLog } from '../trace/log.js';

/** Error bodies by family and status: `{conversations: {400: {…}}}`. */
export type ErrorBodies = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** One set for each state of the config file: a reload exchanges them whole, and a request keeps those that it began with. */
export interface Services extends Hiding {
  readonly contract: Contract;
  readonly matcher: Matcher;
  readonly validators: Validators;
  readonly operations: Operations;
  readonly studio: Studio;
  readonly tokens: TokenKey;
  readonly store: Store;
  readonly traces: TraceLog;
  readonly clocks: Clocks;
  readonly faults: Faults;
  readonly conversationIds: ConversationIds;
  /** Where the emulator listens, without a slash at the end, for callers who do not say how they reached it. */
  readonly ownUrl: () => string;
  readonly nextTraceId: () => string;
  /** Tells the terminal of a bug of ours; the answer says only that there was one. */
  readonly onBug: (error: unknown, traceId: string) => void;
  readonly settings: {
    /** In bytes. */
    readonly maxBody: number;
    /** `lax` lets a missing token and a foreign one pass, where the operation does not demand one of ours. */
    readonly auth: 'lax' | 'strict';
    readonly unknownFields: 'pass' | 'reject';
    readonly emulatorHeaders: boolean;
    readonly revealErrors: boolean;
    /** Without a slash at the end. */
    readonly publicUrl: string | undefined;
    readonly allowedHosts: readonly string[];
    readonly corsOrigins: readonly string[];
    /** Bodies that refusals have instead of the contract's, by family and status. */
    readonly errors: ErrorBodies;
    /** Whether replies are checked against the contract before they leave. */
    readonly checkReplies: boolean;
  };
}
