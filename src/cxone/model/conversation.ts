/** A conversation on its way from bot to agent: its states, what a handover does in each of them, and what is said. */
import { isDeepStrictEqual } from 'node:util';
import { LONGEST_MESSAGE, type Message, MOST_MESSAGES } from './message.js';

export type ConversationState = 'bot' | 'queued' | 'agent' | 'ended';

/** What a handover asks for. */
export interface Handover {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly skillId?: number;
}

/** Where a conversation stands with its bot: what the last exchange came to. */
export interface BotTurn {
  readonly virtualAgent: string;
  /** How many exchanges there were so far. */
  readonly turns: number;
  /** As the bot named it; null where its answer was none. */
  readonly branchName: string | null;
  readonly intent: string | null;
  /** What the bot gave to the script. */
  readonly customPayload: unknown;
}

/** The agent who has a conversation. */
export interface ConversationAgent {
  /** null where the skill has agents without names. */
  readonly agentId: number | null;
  readonly name: string;
  /** When the agent accepted: ISO 8601. */
  readonly since: string;
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
  /** The newest, oldest first; not there where nobody said anything. */
  readonly messages?: readonly Message[];
  /** Not there where no bot was asked. */
  readonly bot?: BotTurn;
  /** Not there where no agent has had it. */
  readonly agent?: ConversationAgent;
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

/** Somebody says something; a text that is too long is cut. */
export function say(conversation: Conversation, message: Omit<Message, 'number'>): Conversation {
  const { messages = [] } = conversation;
  const number = (messages.at(-1)?.number ?? 0) + 1;
  const said = { number, ...message, text: message.text.slice(0, LONGEST_MESSAGE) };
  return { ...conversation, messages: [...messages, said].slice(-MOST_MESSAGES) };
}

/** An agent takes the conversation out of the queue. */
export function accept(conversation: Conversation, agent: ConversationAgent): Conversation {
  return { ...conversation, state: 'agent', agent };
}
