/** Loads one conversation with all that its time line shows. */
import type { Trace } from '../trace/trace.js';
import { api } from './api.js';
import { kindOf } from './control-call.js';
import type { WayParts } from './timeline.js';

const MAX_TRACES = '300';
const MAX_CONTACTS = 10;
const MAX_PARENTS = 50;

type Related = Omit<WayParts, 'conversation' | 'messages'>;

export class ConversationLoader {
  readonly id: string;
  #related: Related | undefined;
  /** The contacts that it runs on, and the ids of its traces. */
  #names: ReadonlySet<string | null> = new Set();
  #stale = true;
  /** Since the last load: whether they concern the conversation is known after it. */
  #came: Trace[] = [];

  constructor(id: string) {
    this.id = id;
  }

  /** Traces, signals and transcripts are loaded again only if the trace concerns them or if there is none. */
  changed(trace?: Trace): void {
    if (trace === undefined) this.#stale = true;
    else this.#came.push(trace);
  }

  /** Rejects with ApiError. */
  async load(): Promise<WayParts> {
    const stale = this.#stale || this.#came.some((trace) => this.#concerns(trace));
    this.#stale = false;
    this.#came = [];
    try {
      const [conversation, messages] = await Promise.all([api.conversation(this.id), api.messages(this.id)]);
      if (stale || this.#related === undefined)
        this.#related = await this.#loadRelated(conversation.contactId, conversation.masterContactId);
      return { conversation, messages, ...this.#related };
    } catch (problem) {
      this.#stale = true;
      throw problem;
    }
  }

  #concerns(trace: Trace): boolean {
    const { traceId, parent, conversationId, contactId } = trace;
    if (conversationId === this.id) return true;
    if ([traceId, parent, contactId].some((name) => name !== null && this.#names.has(name))) return true;
    return kindOf(trace) === 'control' && conversationId === null && contactId === null;
  }

  /** Of its contacts, and of the contacts that its scripts run on. */
  async #loadRelated(...own: readonly string[]): Promise<Related> {
    const named = await api.traces({ conversationId: this.id, limit: MAX_TRACES });
    const contacts = [...new Set([...own, ...named.items.flatMap(({ contactId }) => contactId ?? [])])].slice(0, MAX_CONTACTS);
    const lists = await Promise.all(
      contacts.map(async (contactId) => ({
        traces: await api.traces({ contactId, limit: MAX_TRACES }),
        signals: (await api.signals(contactId)).items,
        transcripts: (await api.transcripts(contactId)).items,
      })),
    );
    const read = [named, ...lists.map((list) => list.traces)];
    const traces = new Map<string, Trace>(read.flatMap(({ items }) => items).map((trace) => [trace.traceId, trace]));
    const parents = new Set([...traces.values()].flatMap(({ parent }) => (parent === null || traces.has(parent) ? [] : parent)));
    // The trace of a webhook names no conversation, only the requests of its script do. It may be dropped by now.
    const found = await Promise.all([...parents].slice(0, MAX_PARENTS).map((id) => api.trace(id).catch(() => undefined)));
    for (const trace of found) if (trace !== undefined) traces.set(trace.traceId, trace);
    this.#names = new Set([...contacts, ...traces.keys(), ...parents]);
    return {
      traces: [...traces.values()],
      unread: Math.max(...read.map(({ items, total }) => total - items.length)),
      signals: lists.flatMap((list) => list.signals),
      transcripts: lists.flatMap((list) => list.transcripts),
    };
  }
}
