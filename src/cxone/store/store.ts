/** What the emulator remembers, in the contact centre's words; an adapter of it decides where. */
import type { Agent } from '../model/agent.js';
import type { Attributes, AttributeOwner, Contact, User } from '../model/contact.js';
import type { Conversation } from '../model/conversation.js';
import type { HoursProfile } from '../model/hours.js';
import type { TenantIdentity } from '../model/ids.js';
import type { Signal } from '../model/signal.js';
import type { Skill } from '../model/skill.js';
import type { Transcript } from '../model/transcript.js';

/** All that is needed to put a tenant back where it stands; without traces and without the time. */
export interface TenantSnapshot {
  readonly version: 1;
  readonly tenant?: TenantIdentity;
  /** How many ids and records were made so far. */
  readonly issued: Issued;
  /** Set once tokens were revoked: those that do not bear it are worth nothing. */
  readonly revocation?: string;
  readonly skills: readonly Skill[];
  readonly agents?: readonly Agent[];
  readonly hours?: readonly HoursProfile[];
  readonly users: readonly User[];
  readonly contacts: readonly Contact[];
  readonly conversations: readonly Conversation[];
  readonly signals?: readonly Signal[];
  readonly transcripts?: readonly Transcript[];
  /** How many were dropped to keep the state bounded; where there is none, none were. */
  readonly dropped?: { readonly conversations: number; readonly signals: number; readonly transcripts: number };
}

/** How many ids and records were made so far, by kind. */
export interface Issued {
  readonly conversations: number;
  readonly contacts: number;
  readonly records: number;
  /** Other ids, of tokens and of Knowledge Hub's contexts. */
  readonly others?: number;
}

/** A list that keeps its newest records and counts the rest. */
export interface Kept<T> {
  /** Newest first. */
  readonly items: readonly T[];
  /** How many were dropped to keep the list bounded. */
  readonly dropped: number;
}

/** What is opened with a conversation; what is left out is generated. */
export interface NewConversation {
  readonly conversationId?: string;
  readonly contactId?: string;
  readonly masterContactId?: string;
  readonly channel?: string;
  readonly state?: Conversation['state'];
  readonly skillId?: number;
  readonly userId?: string;
  readonly attributes?: Attributes;
}

/** One tenant's state, as it is inside a unit of work. Reads see the unit's own writes. */
export interface TenantState {
  readonly identity: TenantIdentity;
  /** Whether the tenant was there before, and was dropped to make room for others: all that it held was lost. A reset ends it. */
  readonly startedOver: boolean;
  /** How many of its conversations were dropped to keep the state bounded; none that the config seeds. */
  readonly dropped: number;

  conversation(conversationId: string): Conversation | undefined;
  /** Newest first. */
  conversations(): readonly Conversation[];
  contact(contactId: string): Contact | undefined;
  user(userId: string): User | undefined;
  /** Newest first. */
  contacts(): readonly Contact[];
  /** The contacts of scripts that were spawned from this one. */
  contactsSpawnedFrom(masterContactId: string): readonly Contact[];
  skill(skillId: number): Skill | undefined;
  skills(): readonly Skill[];
  agent(agentId: number): Agent | undefined;
  agents(): readonly Agent[];
  hoursProfile(profileId: number): HoursProfile | undefined;
  hours(): readonly HoursProfile[];
  signals(): Kept<Signal>;
  transcripts(): Kept<Transcript>;
  /** What tokens must bear to be worth something; undefined where none were revoked. */
  readonly revocation: string | undefined;
  /** Who has this value under this attribute, newest first. */
  contactsWith(name: string, value: string): readonly Contact[];
  usersWith(name: string, value: string): readonly User[];
  /** The conversations of a user, newest first. */
  conversationsOfUser(userId: string): readonly Conversation[];
  /** Where this value is stored, under whatever name. */
  attributesWith(value: string): readonly { owner: AttributeOwner; ownerId: string; name: string }[];

  /** Opens a conversation with its contact, its master contact and its user. The ids that are given must be free. */
  openConversation(wanted: NewConversation, now: string): Conversation;
  /** Opens a contact for a script that is spawned from this one: with an id of its own, and the same master and conversation. */
  spawnContact(from: Contact, now: string): Contact;
  updateConversation(conversation: Conversation): void;
  setContactAttributes(contactId: string, attributes: Attributes): void;
  setUserAttributes(userId: string, attributes: Attributes): void;

  putSkill(skill: Skill): void;
  putAgent(agent: Agent): void;
  putHours(profile: HoursProfile): void;
  addSignal(signal: Omit<Signal, 'order'>): Signal;
  addTranscript(transcript: Omit<Transcript, 'order'>): Transcript;
  /** From now on only tokens that are issued later are worth something. */
  revokeTokens(now: string): void;
  /** A new UUID, such as a token's. */
  newId(): string;

  export(): TenantSnapshot;
  /** Replaces all by the snapshot, but for the tenant's identity. */
  import(snapshot: TenantSnapshot): void;
  /** Back to what the config seeds. */
  reset(): void;
}

/** Where the state lives. */
export interface Store {
  /**
   * Runs `work` on one tenant as one unit: nothing comes between its reads and its writes, and where it throws, nothing
   * of it stays. `dryRun` undoes the writes in any case. A tenant is kept once it was written to; until then it reads as if new.
   */
  run<T>(tenant: string, work: (state: TenantState) => T, options?: { readonly dryRun?: boolean }): Promise<T>;
  /** The names of the tenants that are kept. */
  tenants(): Promise<readonly string[]>;
  close(): Promise<void>;
}
