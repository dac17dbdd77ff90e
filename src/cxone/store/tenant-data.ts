/** All that a tenant holds in memory, and what of it goes first where it is too much. */
import type { Agent } from '../model/agent.js';
import type { Contact, User } from '../model/contact.js';
import type { Conversation } from '../model/conversation.js';
import type { HoursProfile } from '../model/hours.js';
import type { Signal } from '../model/signal.js';
import type { Skill } from '../model/skill.js';
import type { Transcript } from '../model/transcript.js';
import { AttributeIndex } from './attribute-index.js';
import { RecordList } from './record-list.js';
import type { Issued } from './store.js';
import { weightOf } from './size-estimate.js';

/** One in so many is dropped at a time: a Map steps over all that was deleted at its front each time it is walked. */
const DROPPED_AT_A_TIME = 64;

/** All that a tenant holds; an import or a reset exchanges it whole. */
export class Holdings {
  readonly conversations = new Map<string, Conversation>();
  readonly contacts = new Map<string, Contact>();
  readonly users = new Map<string, User>();
  readonly skills = new Map<number, Skill>();
  readonly agents = new Map<number, Agent>();
  readonly hours = new Map<number, HoursProfile>();
  readonly signals = new RecordList<Signal>();
  readonly transcripts = new RecordList<Transcript>();
  revocation: string | undefined = undefined;
  /** The ids of a user's conversations. */
  readonly conversationsByUser = new Map<string, Set<string>>();
  readonly contactAttributes = new AttributeIndex();
  readonly userAttributes = new AttributeIndex();
  issued: Required<Issued> = { conversations: 0, contacts: 0, records: 0, others: 0 };
  /** What the config seeds has no higher order than this, and is never dropped. */
  seeded = 0;
  /** In memory, roughly, beside what the lists take. */
  bytes = 0;
  /** How many conversations were dropped to keep the state bounded. */
  dropped = 0;
  /** Whether the tenant was dropped whole before. */
  startedOver = false;

  /** Drops something to take less memory: what arrived where that weighs most, else conversations; false where nothing may go. */
  dropForBytes(): boolean {
    const records = this.signals.bytes + this.transcripts.bytes;
    return (records > this.bytes && this.#dropOlderRecords()) || this.dropConversations() || this.#dropOlderRecords();
  }

  /** Drops its oldest conversations, a part of all, with all that belongs to them alone; false where only seeds are left. */
  dropConversations(): boolean {
    const { conversations, contacts, seeded } = this;
    const most = Math.ceil(conversations.size / DROPPED_AT_A_TIME);
    const oldest = new Set<string>();
    for (const { conversationId, order } of conversations.values()) {
      if (oldest.size === most) break;
      if (order > seeded) oldest.add(conversationId);
    }
    const gone = new Set<string>();
    for (const contact of contacts.values()) {
      if (!oldest.has(contact.conversationId)) continue;
      gone.add(contact.contactId);
      this.#removeContact(contact);
    }
    for (const conversationId of oldest) this.#removeConversation(conversationId);
    this.#dropRecords(({ contactId }) => gone.has(contactId));
    this.dropped += oldest.size;
    return oldest.size > 0;
  }

  #dropOlderRecords(): boolean {
    const orders = [...this.signals.list, ...this.transcripts.list].map(({ order }) => order);
    const middle = orders.sort((one, other) => one - other)[(orders.length - 1) >> 1] ?? 0;
    return this.#dropRecords(({ order }) => order <= middle);
  }

  #dropRecords(lost: (record: Signal | Transcript) => boolean): boolean {
    return this.signals.drop(lost) + this.transcripts.drop(lost) > 0;
  }

  #removeConversation(conversationId: string): void {
    const conversation = this.conversations.get(conversationId);
    if (conversation === undefined) return;
    this.conversations.delete(conversationId);
    this.bytes -= weightOf(conversation);
    if (conversation.userId === null) return;
    const others = this.conversationsByUser.get(conversation.userId);
    others?.delete(conversationId);
    if (others?.size === 0) this.#removeUser(conversation.userId);
  }

  #removeContact(contact: Contact): void {
    this.contacts.delete(contact.contactId);
    this.contactAttributes.move(contact.contactId, contact.attributes, {});
    this.bytes -= weightOf(contact);
  }

  #removeUser(userId: string): void {
    const user = this.users.get(userId);
    this.conversationsByUser.delete(userId);
    if (user === undefined) return;
    this.users.delete(userId);
    this.userAttributes.move(userId, user.attributes, {});
    this.bytes -= weightOf(user);
  }
}
