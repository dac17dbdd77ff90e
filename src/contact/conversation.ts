/** A conversation on its way from bot to agent: its states, and what a handover does in each of them. */
import { isDeepStrictEqual } from 'node:util';

export type ConversationState = 'bot' | 'queued' | 'agent' | 'ended';

/** What a handover asks for. */
export interface Handover {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly skillId?: number;
}

/** Times are ISO 8601 in UTC with milliseconds. */
export interface Conversation {
  readonly conversationId: string;
  /** The contact that it runs on; its attributes are the conversation's. */
  readonly contactId: string;
  readonly userId: string | null;
  readonly channel: string;
  /** Rises with every record of the tenant: what is newer has more. */
  readonly order: number;
  readonly state: ConversationState;
  readonly skillId: number | null;
  /** The last handover. */
  readonly handover: Handover | null;
  readonly createdAt: string;
  readonly queuedAt: string | null;
  readonly endedAt: string | null;
}

/** What a handover does, by the state that it meets. */
export const HANDOVER_IN: Readonly<Record<ConversationState, 'queue' | 'repeat' | 'CONVERSATION_STATE' | 'CONVERSATION_ENDED'>> =
  {
    bot: 'queue',
    queued: 'repeat',
    agent: 'CONVERSATION_STATE',
    ended: 'CONVERSATION_ENDED',
  };

/** Queues the conversation. The same handover again changes nothing, so that its answer has the same bytes. */
export function handOver(conversation: Conversation, handover: Handover, now: string): Conversation {
  if (conversation.state === 'queued' && isDeepStrictEqual(conversation.handover, handover)) return conversation;
  return {
    ...conversation,
    state: 'queued',
    skillId: handover.skillId ?? conversation.skillId,
    handover,
    queuedAt: conversation.queuedAt ?? now,
  };
}

export function end(conversation: Conversation, now: string): Conversation {
  return { ...conversation, state: 'ended', endedAt: now };
}
