/** What the platform asks of Studio and tells it: which scripts there are, who hears a signal, and what happened that starts one. */
import type { Attributes } from '../contact/contact.js';
import type { Conversation, Handover } from '../contact/conversation.js';
import type { Explanation, RefusalCode, WarningCode } from '../rejections.js';
import type { TenantSnapshot } from '../state/store.js';
import type { Level, TraceEntry } from '../trace/trace.js';

/** What happened in a tenant that a script may be waiting for. */
export type PlatformEvent =
  | { readonly kind: 'opened'; readonly conversation: Conversation }
  | { readonly kind: 'handed over'; readonly conversation: Conversation; readonly handover: Handover }
  | { readonly kind: 'signalled'; readonly contactId: string; readonly parameters: Readonly<Record<string, string>> }
  | {
      readonly kind: 'script started';
      readonly script: string;
      readonly conversation: Conversation;
      /** In the order in which they were given. */
      readonly parameters: readonly string[];
    }
  | { readonly kind: 'ended'; readonly conversationId: string }
  /** The tenant was reset, or another state was put in its place. */
  | { readonly kind: 'exchanged' };

/** Counts the scripts that are at work because of one message, so that its answer can wait until their effects are done. */
export class Activity {
  #busy = 0;
  #runs = 0;
  #live = 0;
  #full = false;
  #waiting: (() => void)[] = [];
  readonly #outer: Activity | undefined;

  /** `outer`: that of the message within which this one is only played through: what this one sets going counts there too. */
  constructor(outer?: Activity) {
    this.#outer = outer;
  }

  begin(): void {
    this.#busy += 1;
  }

  end(): void {
    this.#busy -= 1;
    if (this.#busy > 0) return;
    this.#runs = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /**
   * Counts a script that is set going. Answers whether there are at most `most`, of those since all was quiet, and of those
   * that are not over; once there are more, none is let through before all are over.
   */
  admit(most: number): boolean {
    const outside = this.#outer?.admit(most) ?? true;
    this.#runs += 1;
    this.#live += 1;
    if (this.#runs > most || this.#live > most) this.#full = true;
    return outside && !this.#full;
  }

  /** A script that was counted is over. */
  dismiss(): void {
    this.#outer?.dismiss();
    this.#live -= 1;
    if (this.#live === 0) this.#full = false;
  }

  /** Resolves once every script has ended, or waits for time or for somebody outside. */
  quiet(): Promise<void> {
    return this.#busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** What a message has to say about the scripts that it sets going. */
export interface Cause {
  readonly traceId: string;
  readonly activity: Activity;
  /** Where the tenant is reached by who sent it, without a slash at the end. */
  readonly baseUrl: string;
  /** How many scripts, each set going by the one before, stand behind it; 0 where it came from outside. */
  readonly depth: number;
}

/** The trace of one run of a script, as the run writes it. */
export interface RunTrace {
  readonly traceId: string;
  readonly warn: (code: WarningCode, explanation: Explanation, level?: Level) => void;
  readonly concern: (about: { readonly conversationId?: string; readonly contactId?: string }) => void;
  /** Custom attributes that the script has at hand: those that are not to be shown stand nowhere in its trace. */
  readonly know: (attributes: Attributes) => void;
  /** `at` and `stage` are filled in. Answers what turns a warning into the cause, where the script failed for it after all. */
  enter(entry: Omit<TraceEntry, 'at' | 'stage'>): () => void;
  /** What is told so far may be read: the run waits. */
  pause(): void;
  /** The run is over: well, or broken off after its answer. */
  end(outcome: 'accepted' | 'failed'): void;
}

/** What the caller of a webhook is answered. */
export interface ScriptReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON, or `text` as it stands; neither: no body. */
  readonly body?: unknown;
  readonly text?: string;
  /** Why the script answers with an error. */
  readonly cause?: RefusalCode;
}

/** What came to a webhook. */
export interface WebhookCall {
  readonly tenant: string;
  readonly body: unknown;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, unknown>>;
    /** By names in lower case. */
    readonly headers: Readonly<Record<string, string>>;
  };
}

export interface Studio {
  /** How many scripts are loaded. */
  readonly count: number;
  /** The name of the script that a signal to this contact would interrupt; undefined where none hears it. */
  hearerOn(tenant: string, contactId: string): string | undefined;
  /** The name of the script that runs on this contact. */
  runningOn(tenant: string, contactId: string): string | undefined;
  /** The name of the script that a handover on this channel starts. */
  startedByHandover(channel: string): string | undefined;
  /** The name of the script that `scripts/start` means. */
  startable(wanted: { readonly scriptId?: string; readonly scriptPath?: string }): string | undefined;
  /** The names and paths by which scripts can be started. */
  readonly startables: readonly string[];
  /** The webhooks that scripts listen at: `POST /webhooks/handover`. */
  readonly webhooks: readonly string[];
  /** Sets the scripts going that wait for what happened. */
  take(tenant: string, events: readonly PlatformEvent[], cause: Cause): void;
  /** Runs the script behind a webhook; rejects with a Rejection where it breaks off before its answer. */
  runWebhook(script: string, call: WebhookCall, trace: RunTrace, cause: Cause): Promise<ScriptReply>;
  /** Studio over a copy of the tenant's state, where scripts run without consequences, and call nobody outside. */
  rehearsal(tenant: string, state: TenantSnapshot): Promise<Rehearsal>;
}

export interface Rehearsal {
  readonly studio: Studio;
  /** Stops what still runs in it. */
  end(): void;
}
