/** How the wire shows a conversation: with its contact, its attributes and the metadata of its handover. */
import type { Attributes } from './model/contact.js';
import type { Conversation, ConversationState } from './model/conversation.js';
import type { TenantState } from './store/store.js';

export interface ConversationView {
  readonly conversationId: string;
  readonly contactId: string;
  readonly masterContactId: string;
  readonly channel: string;
  readonly state: ConversationState;
  readonly skillId: number | null;
  readonly userId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attributes: Attributes;
  readonly createdAt: string;
  readonly queuedAt: string | null;
  readonly endedAt: string | null;
}

export function viewOf(conversation: Conversation, state: TenantState): ConversationView {
  const contact = state.contact(conversation.contactId);
  return {
    conversationId: conversation.conversationId,
    contactId: conversation.contactId,
    masterContactId: contact?.masterContactId ?? conversation.contactId,
    channel: conversation.channel,
    state: conversation.state,
    skillId: conversation.skillId,
    userId: conversation.userId,
    metadata: conversation.handover?.metadata ?? {},
    attributes: contact?.attributes ?? {},
    createdAt: conversation.createdAt,
    queuedAt: conversation.queuedAt,
    endedAt: conversation.endedAt,
  };
}
