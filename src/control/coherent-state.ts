/** What a state must hold together by, before it is imported: every id once, and nothing that leads to nowhere. */
import { faultInHours } from '../cxone/model/hours.js';
import { type ConversationIds, PLACEHOLDER_CONTACT, readContactId } from '../cxone/model/ids.js';
import { reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { TenantSnapshot } from '../cxone/store/store.js';

/** Throws CONTROL_INPUT_INVALID at the first fault. */
export function requireCoherent(snapshot: TenantSnapshot, ids: ConversationIds, maxConversations: number): void {
  requireThat(
    snapshot.conversations.length <= maxConversations,
    '/conversations',
    `at most ${String(maxConversations)} conversations (--max-conversations)`,
    snapshot.conversations.length,
  );
  const skills = unique(snapshot.skills, 'skills', 'skillId');
  const users = unique(snapshot.users, 'users', 'userId');
  const contacts = unique(snapshot.contacts, 'contacts', 'contactId');
  const conversations = unique(snapshot.conversations, 'conversations', 'conversationId');
  const { agents = [], hours = [], signals = [], transcripts = [] } = snapshot;
  unique(agents, 'agents', 'agentId');
  const profiles = unique(hours, 'hours', 'profileId');
  const orders = [snapshot.users, snapshot.contacts, snapshot.conversations, signals, transcripts].flatMap((records) =>
    records.map(({ order }) => order),
  );
  const newest = orders.reduce((most, order) => Math.max(most, order), 0);
  requireThat(
    snapshot.issued.records >= newest,
    '/issued/records',
    `at least ${String(newest)}, the highest order`,
    snapshot.issued.records,
  );
  for (const [kind, most] of Object.entries(MOST_ISSUED)) {
    const issued = snapshot.issued[kind as keyof typeof MOST_ISSUED] ?? 0;
    requireThat(issued <= most, `/issued/${kind}`, `at most ${String(most)}, so that there is room for more`, issued);
  }
  snapshot.skills.forEach((skill, index) => {
    const holds = skill.hours === undefined || profiles.has(skill.hours);
    requireThat(holds, `/skills/${String(index)}/hours`, 'a profile of this state', skill.hours);
  });
  agents.forEach((agent, index) => {
    agent.skills.forEach((skillId, place) => {
      requireThat(skills.has(skillId), `/agents/${String(index)}/skills/${String(place)}`, 'a skill of this state', skillId);
    });
  });
  hours.forEach((profile, index) => {
    const fault = faultInHours(profile);
    const pointer = `/hours/${String(index)}/${fault?.path.join('/') ?? ''}`;
    requireThat(fault === undefined, pointer, 'hours that can be used', profile.name);
  });
  for (const [kind, records] of Object.entries({ signals, transcripts })) {
    records.forEach(({ contactId }, index) => {
      requireThat(contacts.has(contactId), `/${kind}/${String(index)}/contactId`, 'a contact of this state', contactId);
    });
  }

  snapshot.contacts.forEach(({ contactId, masterContactId, conversationId, userId }, index) => {
    const at = `/contacts/${String(index)}`;
    requireThat(
      readContactId(contactId) === contactId,
      `${at}/contactId`,
      'digits without leading zeros, up to int64',
      contactId,
    );
    requireThat(
      readContactId(masterContactId) === masterContactId,
      `${at}/masterContactId`,
      'digits without leading zeros, up to int64',
      masterContactId,
    );
    requireThat(contactId !== PLACEHOLDER_CONTACT, `${at}/contactId`, 'a real contact, not the placeholder', contactId);
    requireThat(conversations.has(conversationId), `${at}/conversationId`, 'a conversation of this state', conversationId);
    requireThat(userId === null || users.has(userId), `${at}/userId`, 'a user of this state', userId);
  });
  snapshot.conversations.forEach(({ conversationId, contactId, userId, skillId, handover }, index) => {
    const at = `/conversations/${String(index)}`;
    requireThat(
      ids.read(conversationId) === conversationId,
      `${at}/conversationId`,
      `${ids.description}, in its stored form`,
      conversationId,
    );
    requireThat(contacts.has(contactId), `${at}/contactId`, 'a contact of this state', contactId);
    requireThat(userId === null || users.has(userId), `${at}/userId`, 'a user of this state', userId);
    requireThat(skillId === null || skills.has(skillId), `${at}/skillId`, 'a skill of this state', skillId);
    requireThat(
      handover?.skillId === undefined || skills.has(handover.skillId),
      `${at}/handover/skillId`,
      'a skill of this state',
      handover?.skillId,
    );
  });
}

/** The counts that an import may bring, far from the largest that the export can say. */
const MOST_ISSUED = { conversations: 2 ** 52, contacts: 90_000_000_000, records: 2 ** 52, others: 2 ** 52 } as const;

function unique<K extends string>(
  records: readonly Readonly<Record<K, string | number>>[],
  list: string,
  key: K,
): ReadonlySet<string | number> {
  const seen = new Set<string | number>();
  records.forEach((record, index) => {
    requireThat(!seen.has(record[key]), `/${list}/${String(index)}/${key}`, 'every id once', record[key]);
    seen.add(record[key]);
  });
  return seen;
}

function requireThat(holds: boolean, pointer: string, expected: string, received: unknown): void {
  if (holds) return;
  throw reject('CONTROL_INPUT_INVALID', {
    message: 'The state does not hold together.',
    in: 'body',
    pointer,
    expected,
    received: show(received),
    remedy: 'Import what GET /_emulator/state gave, as it was; nothing of this one was taken.',
  });
}
