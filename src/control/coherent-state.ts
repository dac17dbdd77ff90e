/** What a state must hold together by, before it is imported: every id once, and nothing that leads to nowhere. */
import { type ConversationIds, PLACEHOLDER_CONTACT, readContactId } from '../contact/ids.js';
import { reject } from '../rejections.js';
import { show } from '../shown.js';
import type { TenantSnapshot } from '../state/store.js';

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
  const orders = [...snapshot.users, ...snapshot.contacts, ...snapshot.conversations].map(({ order }) => order);
  const newest = orders.reduce((most, order) => Math.max(most, order), 0);
  requireThat(
    snapshot.issued.records >= newest,
    '/issued/records',
    `at least ${String(newest)}, the highest order`,
    snapshot.issued.records,
  );

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
