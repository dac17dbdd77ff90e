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
}

/** So many tries to find a free id; a form that gives only a handful of ids can run out of them. */
const MOST_TRIES = 1000;

export class MemoryTenant implements TenantState {
  readonly identity: TenantIdentity;
  readonly #material: TenantMaterial;
  #holdings = new Holdings();
  #random: RandomSource;
  #resets = 0;
  #journal: (() => void)[] = [];

  constructor(name: string, material: TenantMaterial) {
    this.identity = tenantIdentity(name);
    this.#material = material;
    this.#random = material.random(0);
    this.#seed();
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

  conversation(conversationId: string): Conversation | undefined {
    return this.#holdings.conversations.get(conversationId);
  }

  conversations(): readonly Conversation[] {
    return newestFirst(this.#holdings.conversations.values());
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
    for (const conversation of snapshot.conversations) this.updateConversation(conversation);
    this.#holdings.issued = { ...snapshot.issued };
  }

  reset(): void {
    const [random, resets] = [this.#random, this.#resets];
    this.#journal.push(() => {
      this.#random = random;
      this.#resets = resets;
    });
    this.#resets += 1;
    this.#random = this.#material.random(this.#resets);
    this.#exchange();
    this.#seed();
  }

  #seed(): void {
    for (const skill of this.#material.seeds.skills) this.#put(this.#holdings.skills, skill.skillId, skill);
    for (const conversation of this.#material.seeds.conversations) this.openConversation(conversation, this.#material.seededAt);
  }

  #exchange(): void {
    const before = this.#holdings;
    this.#journal.push(() => {
      this.#holdings = before;
    });
    this.#holdings = new Holdings();
  }

  #putContact(contact: Contact): void {
    const before = this.contact(contact.contactId)?.attributes ?? {};
    this.#put(this.#holdings.contacts, contact.contactId, contact);
    this.#moveAttributes(this.#holdings.contactAttributes, contact.contactId, before, contact.attributes);
  }

  #putUser(user: User): void {
    const before = this.user(user.userId)?.attributes ?? {};
    this.#put(this.#holdings.users, user.userId, user);
    this.#moveAttributes(this.#holdings.userAttributes, user.userId, before, user.attributes);
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
      const made = this.#material.conversationIds.make(this.#random('conversation', this.#issue('conversations')));
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
