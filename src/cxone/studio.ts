/** What the platform asks of Studio and tells it: which scripts there are, who hears a signal, and what happened that starts one. */
import type { Attributes } from './model/contact.js';
import type { Conversation, Handover } from './model/conversation.js';
import type { Explanation, RefusalCode, WarningCode } from '../errors/catalogue.js';
import type { TenantSnapshot } from './store/store.js';
import type { Step } from '../trace/recorder.js';
import type { Level } from '../trace/trace.js';
import type { Origin } from './loop-guard.js';

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
  /** It waits for an agent now. */
  | { readonly kind: 'queued'; readonly conversationId: string }
  | { readonly kind: 'customer said'; readonly conversation: Conversation; readonly text: string }
  | { readonly kind: 'customer left'; readonly conversationId: string }
  | { readonly kind: 'ended'; readonly conversationId: string }
  /** Skills, agents or hours are others now. */
  | { readonly kind: 'staffed' }
  /** The tenant was reset, or another state was put in its place. */
  | { readonly kind: 'exchanged' };

/** In milliseconds: nobody waits longer for an answer. */
const LONGEST_TURN = 20_000;

/** Counts the scripts that are at work because of one message, so that its answer can wait until their effects are done. */
export class Activity {
  #busy = 0;
  /** How many of those that rest wait for a bot, which will answer or run out of time. */
  #asking = 0;
  #untilQuiet: (() => void)[] = [];
  #untilSettled: (() => void)[] = [];

  begin(): void {
    this.#busy += 1;
  }

  end(): void {
    this.#busy -= 1;
    this.#tell();
  }

  /** A script asks a bot. */
  ask(): void {
    this.#asking += 1;
  }

  answered(): void {
    this.#asking -= 1;
    this.#tell();
  }

  /** Resolves once every script has ended, or waits for time or for somebody outside. */
  quiet(): Promise<void> {
    return this.#busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#untilQuiet.push(resolve));
  }

  /**
   * Resolves once bots have answered, too: who speaks as the customer wants to hear that. Answers whether that is so: false
   * where it took too long, in real time.
   */
  async settled(): Promise<boolean> {
    if (this.#busy + this.#asking === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const settled = new Promise<boolean>((resolve) => {
      this.#untilSettled.push(() => {
        resolve(true);
      });
      timer = setTimeout(resolve, LONGEST_TURN, false).unref();
    });
    return settled.finally(() => {
      clearTimeout(timer);
    });
  }

  #tell(): void {
    if (this.#busy > 0) return;
    const waiting = this.#asking > 0 ? this.#untilQuiet : [...this.#untilQuiet, ...this.#untilSettled];
    this.#untilQuiet = [];
    if (this.#asking === 0) this.#untilSettled = [];
    for (const resolve of waiting) resolve();
  }
}

/** What a message has to say about the scripts that it sets going. */
export interface Cause {
  readonly traceId: string;
  readonly activity: Activity;
  readonly origin: Origin;
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
  /** Answers what turns a warning into the cause, where the script failed for it after all. */
  enter(step: Step): () => void;
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
  /**
   * Who hears what the customer of this conversation says: a script that has asked, a spawned one too, or one that runs on
   * the conversation’s own contact and may ask yet; undefined where none runs.
   */
  listenerIn(tenant: string, conversation: Conversation): { readonly script: string; readonly asks: boolean } | undefined;
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
  /** Stops the scripts of a conversation that somebody else than the customer has ended. */
  ended(tenant: string, conversationId: string, activity: Activity): void;
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
