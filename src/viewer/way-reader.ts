/** Reads what the way of one conversation is made of: all of it where something came that belongs to it, else only how it stands. */
import type { Trace } from '../trace/trace.js';
import { api } from './api.js';
import { kindOf } from './control-call.js';
import type { WayParts } from './timeline.js';

/** So many traces of one conversation. */
const MOST = '300';

export class WayReader {
  readonly id: string;
  #parts: WayParts | undefined;
  /** The contacts that it runs on, and the traces of its way. */
  #names: ReadonlySet<string | null> = new Set();
  /** Since it was read last; what it means is known when that reading is over. */
  #came: Trace[] = [];
  #anew = true;

  constructor(id: string) {
    this.id = id;
  }

  /** The tenant may not be as it was: after this trace, or after whatever happened meanwhile. */
  came(trace?: Trace): void {
    if (trace === undefined) this.#anew = true;
    else this.#came.push(trace);
  }

  /** Answers the same as before where that is still so. Rejects with ApiError. */
  async read(): Promise<WayParts> {
    const came = this.#came;
    const anew = this.#anew || came.some((trace) => this.#concerns(trace));
    this.#came = [];
    this.#anew = false;
    try {
      const conversation = await api.conversation(this.id);
      if (!anew && this.#parts !== undefined) {
        const { total } = this.#parts.messages;
        const stands = JSON.stringify(conversation) === JSON.stringify(this.#parts.conversation);
        if (stands && (await api.messages(this.id, total)).total === total) return this.#parts;
      }
      const parts = await this.#whole(conversation);
      if (JSON.stringify(parts) !== JSON.stringify(this.#parts)) this.#parts = parts;
      return this.#parts ?? parts;
    } catch (problem) {
      this.#anew = true;
      throw problem;
    }
  }

  /** Any other can still have changed how it stands, such as one that sets an agent free. */
  #concerns(trace: Trace): boolean {
    const { traceId, parent, conversationId, contactId } = trace;
    if (conversationId === this.id) return true;
    if ([traceId, parent, contactId].some((name) => name !== null && this.#names.has(name))) return true;
    return kindOf(trace) === 'control' && conversationId === null && contactId === null;
  }

  /** Of the contact and its master, and of the contacts that scripts of the conversation run on. */
  async #whole(conversation: WayParts['conversation']): Promise<WayParts> {
    const [named, messages] = await Promise.all([api.traces({ conversationId: this.id, limit: MOST }), api.messages(this.id)]);
    const contacts = [
      ...new Set([
        conversation.contactId,
        conversation.masterContactId,
        ...named.items.flatMap(({ contactId }) => (contactId === null ? [] : [contactId])),
      ]),
    ].slice(0, 10);
    const lists = await Promise.all(
      contacts.map(async (contactId) => ({
        traces: await api.traces({ contactId, limit: MOST }),
        signals: (await api.signals(contactId)).items,
        transcripts: (await api.transcripts(contactId)).items,
      })),
    );
    const read = [named, ...lists.map((list) => list.traces)];
    const traces = new Map<string, Trace>(read.flatMap(({ items }) => items).map((trace) => [trace.traceId, trace]));
    const parents = new Set(
      [...traces.values()].flatMap(({ parent }) => (parent === null || traces.has(parent) ? [] : [parent])),
    );
    // A webhook's own trace names no conversation: what its script called does. It may have been dropped since.
    const found = await Promise.all([...parents].slice(0, 50).map((traceId) => api.trace(traceId).catch(() => undefined)));
    for (const trace of found) if (trace !== undefined) traces.set(trace.traceId, trace);
    this.#names = new Set([...contacts, ...traces.keys(), ...parents]);
    return {
      conversation,
      traces: [...traces.values()],
      unread: Math.max(...read.map(({ items, total }) => total - items.length)),
      messages,
      signals: lists.flatMap((list) => list.signals),
      transcripts: lists.flatMap((list) => list.transcripts),
    };
  }
}
