/** One tenant's state in memory, with a journal that can take every write back. */
import type { Agent } from '../model/agent.js';
import type { Attributes, Contact, User } from '../model/contact.js';
import type { Conversation } from '../model/conversation.js';
import type { HoursProfile } from '../model/hours.js';
import { contactIdAt, contactIdStart, PLACEHOLDER_CONTACT, type TenantIdentity, tenantIdentity, uuidFrom } from '../model/ids.js';
import type { Signal } from '../model/signal.js';
import type { Skill } from '../model/skill.js';
import type { Transcript } from '../model/transcript.js';
import { reject } from '../../errors/catalogue.js';
import type { AttributeIndex } from './attribute-index.js';
import { Holdings } from './tenant-data.js';
import { newestFirst, oldestFirst, pick } from './order.js';
import type { RandomSource } from './random.js';
import type { Issued, Kept, NewConversation, TenantSnapshot, TenantState } from './store.js';
import type { TenantMaterial } from './tenant-defaults.js';
import { weightOf } from './size-estimate.js';

/** So many tries to find a free id; a form that gives only a handful of ids can run out of them. */
const MOST_TRIES = 1000;

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
    const { bytes, signals, transcripts } = this.#holdings;
    return bytes + signals.bytes + transcripts.bytes;
  }

  get startedOver(): boolean {
    return this.#holdings.startedOver;
  }

  get dropped(): number {
    return this.#holdings.dropped;
  }

  /** Drops a part of what it holds, its oldest first; false where only what the config seeds is left. */
  drop(what: 'conversations' | 'bytes'): boolean {
    return what === 'conversations' ? this.#holdings.dropConversations() : this.#holdings.dropForBytes();
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

  contacts(): readonly Contact[] {
    return newestFirst(this.#holdings.contacts.values());
  }

  contactsSpawnedFrom(masterContactId: string): readonly Contact[] {
    const spawned: Contact[] = [];
    for (const contact of this.#holdings.contacts.values()) {
      if (contact.masterContactId === masterContactId && contact.contactId !== masterContactId) spawned.push(contact);
    }
    return spawned;
  }

  agent(agentId: number): Agent | undefined {
    return this.#holdings.agents.get(agentId);
  }

  agents(): readonly Agent[] {
    return [...this.#holdings.agents.values()];
  }

  hoursProfile(profileId: number): HoursProfile | undefined {
    return this.#holdings.hours.get(profileId);
  }

  hours(): readonly HoursProfile[] {
    return [...this.#holdings.hours.values()];
  }

  signals(): Kept<Signal> {
    return this.#holdings.signals.kept;
  }

  transcripts(): Kept<Transcript> {
    return this.#holdings.transcripts.kept;
  }

  get revocation(): string | undefined {
    return this.#holdings.revocation;
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

  spawnContact({ conversationId, userId, masterContactId }: Contact, now: string): Contact {
    const contactId = this.#newContactId(undefined);
    const contact = {
      conversationId,
      userId,
      masterContactId,
      contactId,
      order: this.#nextOrder(),
      attributes: {},
      createdAt: now,
    };
    this.#putContact(contact);
    return contact;
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

  putSkill(skill: Skill): void {
    this.#put(this.#holdings.skills, skill.skillId, skill);
  }

  putAgent(agent: Agent): void {
    this.#put(this.#holdings.agents, agent.agentId, agent);
  }

  putHours(profile: HoursProfile): void {
    this.#put(this.#holdings.hours, profile.profileId, profile);
  }

  addSignal(signal: Omit<Signal, 'order'>): Signal {
    const record = { order: this.#nextOrder(), ...signal };
    this.#journal.push(this.#holdings.signals.add(record));
    return record;
  }

  addTranscript(transcript: Omit<Transcript, 'order'>): Transcript {
    const record = { order: this.#nextOrder(), ...transcript };
    this.#journal.push(this.#holdings.transcripts.add(record));
    return record;
  }

  /** The mark is another one after each revocation, each reset and each restart, so that no older token can bear it. */
  revokeTokens(now: string): void {
    const holdings = this.#holdings;
    const before = holdings.revocation;
    this.#journal.push(() => {
      holdings.revocation = before;
    });
    holdings.revocation = `${now}/${String(this.#resets)}/${this.newId()}`;
  }

  newId(): string {
    return uuidFrom(this.#random('other', this.#issue('others')));
  }

  export(): TenantSnapshot {
    const { issued, revocation, agents, hours, users, contacts, conversations, signals, transcripts } = this.#holdings;
    const lost = { conversations: this.dropped, signals: signals.kept.dropped, transcripts: transcripts.kept.dropped };
    return {
      version: 1,
      tenant: this.identity,
      issued: { ...issued },
      ...(revocation === undefined ? {} : { revocation }),
      skills: this.skills(),
      agents: [...agents.values()],
      hours: [...hours.values()],
      users: oldestFirst(users.values()),
      contacts: oldestFirst(contacts.values()),
      conversations: oldestFirst(conversations.values()),
      signals: signals.list,
      transcripts: transcripts.list,
      ...(lost.conversations + lost.signals + lost.transcripts === 0 ? {} : { dropped: lost }),
    };
  }

  import(snapshot: TenantSnapshot): void {
    this.#exchange();
    for (const skill of snapshot.skills) this.putSkill(skill);
    for (const agent of snapshot.agents ?? []) this.putAgent(agent);
    for (const profile of snapshot.hours ?? []) this.putHours(profile);
    for (const user of snapshot.users) this.#putUser(user);
    for (const contact of snapshot.contacts) this.#putContact(contact);
    for (const conversation of oldestFirst(snapshot.conversations)) this.updateConversation(conversation);
    this.#holdings.signals.restore(snapshot.signals ?? [], snapshot.dropped?.signals ?? 0);
    this.#holdings.transcripts.restore(snapshot.transcripts ?? [], snapshot.dropped?.transcripts ?? 0);
    this.#holdings.dropped = snapshot.dropped?.conversations ?? 0;
    this.#holdings.revocation = snapshot.revocation;
    this.#holdings.issued = { ...snapshot.issued, others: snapshot.issued.others ?? 0 };
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
    for (const skill of seeds.skills) this.putSkill(skill);
    for (const agent of seeds.agents) this.putAgent(agent);
    for (const profile of seeds.hours) this.putHours(profile);
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

  #issue(kind: keyof Issued): number {
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
