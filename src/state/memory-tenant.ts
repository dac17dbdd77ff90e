/** One tenant's state in memory, with a journal that can take every write back. */
import { type Attributes, type Contact, type User } from '../contact/contact.js';
import type { Conversation } from '../contact/conversation.js';
import {
  type ConversationIds,
  contactIdAt,
  contactIdStart,
  PLACEHOLDER_CONTACT,
  type TenantIdentity,
  tenantIdentity,
} from '../contact/ids.js';
import type { Skill } from '../contact/skill.js';
import { reject } from '../rejections.js';
import { AttributeIndex } from './attribute-index.js';
import type { RandomSource } from './random.js';
import type { NewConversation, TenantSnapshot, TenantState } from './store.js';

/** What a tenant has after a reset. */
export interface Seeds {
  readonly skills: readonly Skill[];
  readonly conversations: readonly NewConversation[];
}

export interface TenantMaterial {
  readonly seeds: Seeds;
  readonly conversationIds: ConversationIds;
  /** ISO 8601: when what is seeded was opened. */
  readonly seededAt: string;
  /** The source of chance, by how often the tenant was reset. */
  readonly random: (resets: number) => RandomSource;
}

/** All that a tenant holds; an import or a reset exchanges it whole. */
class Holdings {
  readonly conversations = new Map<string, Conversation>();
  readonly contacts = new Map<string, Contact>();
  readonly users = new Map<string, User>();
  readonly skills = new Map<number, Skill>();
  /** The ids of a user's conversations. */
  readonly conversationsByUser = new Map<string, Set<string>>();
  readonly contactAttributes = new AttributeIndex();
  readonly userAttributes = new AttributeIndex();
  issued = { conversations: 0, contacts: 0, records: 0 };
  /** What the config seeds has no higher order than this, and is never dropped. */
  seeded = 0;
  /** In memory, roughly. */
  bytes = 0;
  /** How many conversations were dropped to keep the state bounded. */
  dropped = 0;
  /** Whether the tenant was dropped whole before. */
  startedOver = false;
}

/** So many tries to find a free id; a form that gives only a handful of ids can run out of them. */
const MOST_TRIES = 1000;

/** One in so many is dropped at a time: a Map steps over all that was deleted at its front each time it is walked. */
const DROPPED_AT_A_TIME = 64;

export class MemoryTenant implements TenantState {
  readonly identity: TenantIdentity;
  readonly #current: () => TenantMaterial;
  #holdings = new Holdings();
  #random: RandomSource;
  #resets = 0;
  #journal: (() => void)[] = [];

  /** `current` gives the material as the config file has it now. */
  constructor(name: string, current: () => TenantMaterial, startedOver: boolean) {
    this.identity = tenantIdentity(name);
    this.#current = current;
    this.#random = current().random(0);
    this.#seed();
    this.#holdings.startedOver = startedOver;
    this.#journal = [];
  }

  /** Starts a unit of work. */
  begin(): void {
    this.#journal = [];
  }

  /** Whether the unit wrote anything. */
  get written(): boolean {
    return this.#journal.length > 0;
  }

  /** Takes back what the unit wrote. */
  rollBack(): void {
    for (let step = this.#journal.pop(); step !== undefined; step = this.#journal.pop()) step();
  }

  /** How many conversations it holds. */
  get count(): number {
    return this.#holdings.conversations.size;
  }

  /** What it holds, in bytes of memory, roughly. */
  get bytes(): number {
    return this.#holdings.bytes;
  }

  get startedOver(): boolean {
    return this.#holdings.startedOver;
  }

  get dropped(): number {
    return this.#holdings.dropped;
  }

  /** Drops its oldest conversations, a part of all, with their contacts and with users that have no other; false where only seeds are left. */
  dropOldest(): boolean {
    const { conversations, contacts, seeded } = this.#holdings;
    const most = Math.ceil(conversations.size / DROPPED_AT_A_TIME);
    const oldest = new Set<string>();
    for (const { conversationId, order } of conversations.values()) {
      if (oldest.size === most) break;
      if (order > seeded) oldest.add(conversationId);
    }
    for (const contact of contacts.values()) {
      if (oldest.has(contact.conversationId)) this.#removeContact(contact);
    }
    for (const conversationId of oldest) this.#removeConversation(conversationId);
    this.#holdings.dropped += oldest.size;
    return oldest.size > 0;
  }

  conversation(conversationId: string): Conversation | undefined {
    return this.#holdings.conversations.get(conversationId);
  }

  conversations(): readonly Conversation[] {
    return [...this.#holdings.conversations.values()].reverse();
  }

  contact(contactId: string): Contact | undefined {
    return this.#holdings.contacts.get(contactId);
  }

  user(userId: string): User | undefined {
    return this.#holdings.users.get(userId);
  }

  skill(skillId: number): Skill | undefined {
    return this.#holdings.skills.get(skillId);
  }

  skills(): readonly Skill[] {
    return [...this.#holdings.skills.values()];
  }

  contactsWith(name: string, value: string): readonly Contact[] {
    return pick(this.#holdings.contacts, this.#holdings.contactAttributes.owners(name, value));
  }

  usersWith(name: string, value: string): readonly User[] {
    return pick(this.#holdings.users, this.#holdings.userAttributes.owners(name, value));
  }

  conversationsOfUser(userId: string): readonly Conversation[] {
    return pick(this.#holdings.conversations, this.#holdings.conversationsByUser.get(userId) ?? []);
  }

  attributesWith(value: string): ReturnType<TenantState['attributesWith']> {
    const found = (owner: 'contact' | 'user', index: AttributeIndex): ReturnType<TenantState['attributesWith']> =>
      Array.from(index.namesOf(value), ([name, owners]) => Array.from(owners, (ownerId) => ({ owner, ownerId, name }))).flat();
    return [...found('contact', this.#holdings.contactAttributes), ...found('user', this.#holdings.userAttributes)];
  }

  openConversation(wanted: NewConversation, now: string): Conversation {
    const contactId = wanted.contactId ?? this.#newContactId(wanted.masterContactId);
    const masterContactId = wanted.masterContactId ?? contactId;
    const conversationId = wanted.conversationId ?? this.#newConversationId();
    const userId = wanted.userId ?? null;
    if (userId !== null && this.user(userId) === undefined) {
      this.#putUser({ userId, order: this.#nextOrder(), attributes: {}, createdAt: now });
    }
    const contact = { conversationId, userId, masterContactId, createdAt: now };
    if (this.contact(masterContactId) === undefined && masterContactId !== contactId) {
      this.#putContact({ ...contact, contactId: masterContactId, order: this.#nextOrder(), attributes: {} });
    }
    this.#putContact({ ...contact, contactId, order: this.#nextOrder(), attributes: wanted.attributes ?? {} });
    const state = wanted.state ?? 'bot';
    const conversation: Conversation = {
      conversationId,
      contactId,
      userId,
      channel: wanted.channel ?? 'webchat',
      order: this.#nextOrder(),
      state,
      skillId: wanted.skillId ?? null,
      handover: null,
      createdAt: now,
      queuedAt: state === 'queued' || state === 'agent' ? now : null,
      endedAt: state === 'ended' ? now : null,
    };
    this.updateConversation(conversation);
    return conversation;
  }

  updateConversation(conversation: Conversation): void {
    this.#weigh(this.conversation(conversation.conversationId), conversation);
    this.#put(this.#holdings.conversations, conversation.conversationId, conversation);
    if (conversation.userId !== null) this.#addConversationOfUser(conversation.userId, conversation.conversationId);
  }

  setContactAttributes(contactId: string, attributes: Attributes): void {
    const contact = this.contact(contactId);
    if (contact !== undefined) this.#putContact({ ...contact, attributes });
  }

  setUserAttributes(userId: string, attributes: Attributes): void {
    const user = this.user(userId);
    if (user !== undefined) this.#putUser({ ...user, attributes });
  }

  export(): TenantSnapshot {
    const { issued, users, contacts, conversations } = this.#holdings;
    return {
      version: 1,
      tenant: this.identity,
      issued: { ...issued },
      skills: this.skills(),
      users: oldestFirst(users.values()),
      contacts: oldestFirst(contacts.values()),
      conversations: oldestFirst(conversations.values()),
    };
  }

  import(snapshot: TenantSnapshot): void {
    this.#exchange();
    for (const skill of snapshot.skills) this.#put(this.#holdings.skills, skill.skillId, skill);
    for (const user of snapshot.users) this.#putUser(user);
    for (const contact of snapshot.contacts) this.#putContact(contact);
    for (const conversation of oldestFirst(snapshot.conversations)) this.updateConversation(conversation);
    this.#holdings.issued = { ...snapshot.issued };
  }

  reset(): void {
    const [random, resets] = [this.#random, this.#resets];
    this.#journal.push(() => {
      this.#random = random;
      this.#resets = resets;
    });
    this.#resets += 1;
    this.#random = this.#current().random(this.#resets);
    this.#exchange();
    this.#seed();
  }

  #seed(): void {
    const { seeds, seededAt } = this.#current();
    for (const skill of seeds.skills) this.#put(this.#holdings.skills, skill.skillId, skill);
    for (const conversation of seeds.conversations) this.openConversation(conversation, seededAt);
    this.#holdings.seeded = this.#holdings.issued.records;
  }

  #exchange(): void {
    const before = this.#holdings;
    this.#journal.push(() => {
      this.#holdings = before;
    });
    this.#holdings = new Holdings();
  }

  #putContact(contact: Contact): void {
    const before = this.contact(contact.contactId);
    this.#weigh(before, contact);
    this.#put(this.#holdings.contacts, contact.contactId, contact);
    this.#moveAttributes(this.#holdings.contactAttributes, contact.contactId, before?.attributes ?? {}, contact.attributes);
  }

  #putUser(user: User): void {
    const before = this.user(user.userId);
    this.#weigh(before, user);
    this.#put(this.#holdings.users, user.userId, user);
    this.#moveAttributes(this.#holdings.userAttributes, user.userId, before?.attributes ?? {}, user.attributes);
  }

  #removeConversation(conversationId: string): void {
    const holdings = this.#holdings;
    const conversation = holdings.conversations.get(conversationId);
    if (conversation === undefined) return;
    holdings.conversations.delete(conversationId);
    holdings.bytes -= weightOf(conversation);
    if (conversation.userId === null) return;
    const others = holdings.conversationsByUser.get(conversation.userId);
    others?.delete(conversationId);
    if (others?.size === 0) this.#removeUser(conversation.userId);
  }

  #removeContact(contact: Contact): void {
    const holdings = this.#holdings;
    holdings.contacts.delete(contact.contactId);
    holdings.contactAttributes.move(contact.contactId, contact.attributes, {});
    holdings.bytes -= weightOf(contact);
  }

  #removeUser(userId: string): void {
    const holdings = this.#holdings;
    const user = holdings.users.get(userId);
    holdings.conversationsByUser.delete(userId);
    if (user === undefined) return;
    holdings.users.delete(userId);
    holdings.userAttributes.move(userId, user.attributes, {});
    holdings.bytes -= weightOf(user);
  }

  #weigh(before: object | undefined, after: object): void {
    const holdings = this.#holdings;
    const more = weightOf(after) - (before === undefined ? 0 : weightOf(before));
    if (more === 0) return;
    holdings.bytes += more;
    this.#journal.push(() => {
      holdings.bytes -= more;
    });
  }

  #moveAttributes(index: AttributeIndex, ownerId: string, before: Attributes, after: Attributes): void {
    index.move(ownerId, before, after);
    this.#journal.push(() => {
      index.move(ownerId, after, before);
    });
  }

  #addConversationOfUser(userId: string, conversationId: string): void {
    const { conversationsByUser } = this.#holdings;
    const conversations = conversationsByUser.get(userId) ?? new Set<string>();
    if (conversations.has(conversationId)) return;
    conversationsByUser.set(userId, conversations.add(conversationId));
    this.#journal.push(() => conversations.delete(conversationId));
  }

  #put<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key);
    map.set(key, value);
    this.#journal.push(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
  }

  #issue(kind: 'conversations' | 'contacts' | 'records'): number {
    const holdings = this.#holdings;
    const before = holdings.issued;
    this.#journal.push(() => {
      holdings.issued = before;
    });
    holdings.issued = { ...before, [kind]: before[kind] + 1 };
    return before[kind];
  }

  #nextOrder(): number {
    return this.#issue('records') + 1;
  }

  #newContactId(taken: string | undefined): string {
    const start = contactIdStart(this.#random('contact', 0));
    for (;;) {
      const contactId = contactIdAt(start, this.#issue('contacts'));
      if (this.contact(contactId) === undefined && contactId !== taken && contactId !== PLACEHOLDER_CONTACT) return contactId;
    }
  }

  #newConversationId(): string {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const made = this.#current().conversationIds.make(this.#random('conversation', this.#issue('conversations')));
      if (made !== undefined && this.conversation(made) === undefined) return made;
    }
    throw reject('CONTROL_INPUT_INVALID', {
      message: 'No free conversation id could be generated.',
      in: 'body',
      pointer: '/conversationId',
      expected: 'an id of your own, because the configured form leaves no free one',
      received: 'nothing',
      remedy: 'Widen conversationId.pattern in the config file, or give an id with each conversation that you open.',
    });
  }
}

/**
 * What a record takes in memory with the maps that lead to it, and each of its values, rather too much than too little: a
 * queued conversation with its contact weighs 1,400 bytes here and took 1,100 on Node 20.
 */
const BYTES_OF_A_RECORD = 300;
const BYTES_OF_A_VALUE = 24;

function weightOf(record: object): number {
  return BYTES_OF_A_RECORD + weightInside(record);
}

function weightInside(value: unknown): number {
  if (typeof value === 'string') return BYTES_OF_A_VALUE + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = BYTES_OF_A_VALUE;
  for (const [key, member] of Object.entries(value)) bytes += key.length + weightInside(member);
  return bytes;
}

function newestFirst<T extends { readonly order: number }>(records: Iterable<T>): T[] {
  return [...records].sort((one, other) => other.order - one.order);
}

function oldestFirst<T extends { readonly order: number }>(records: Iterable<T>): T[] {
  return newestFirst(records).reverse();
}

function pick<T extends { readonly order: number }>(records: ReadonlyMap<string, T>, ids: Iterable<string>): T[] {
  const picked: T[] = [];
  for (const id of ids) {
    const record = records.get(id);
    if (record !== undefined) picked.push(record);
  }
  return newestFirst(picked);
}
