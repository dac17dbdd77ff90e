/** The rules on conversation ids and states that every operation on a conversation shares. */
import type { Conversation } from './model/conversation.js';
import { adviseConversationId, type KnownIds } from './model/id-advice.js';
import type { ConversationIds } from './model/ids.js';
import { type Explanation, type Place, reject, type Rejection } from '../errors/catalogue.js';
import { describe, show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
import { warnIfDropped } from './dropped-warnings.js';
import type { Call } from './handler.js';

/** As much of a call as reading an id needs. */
export type IdCall = Pick<Call, 'concern'>;

/** Where in the request the id stands. */
export interface IdPlace {
  readonly in: Place;
  readonly pointer: string;
}

/** Where a fault stands; nowhere in a request, where a script did something. */
export type Where = Pick<Explanation, 'in' | 'pointer'>;

/** Where operations on one conversation have its id. */
export const IN_PATH: IdPlace = { in: 'path', pointer: '/conversationId' };

/** The id in its stored form; throws CONVERSATION_ID_FORMAT. */
export function readConversationId(call: IdCall, text: string, place: IdPlace, ids: ConversationIds, state: TenantState): string {
  const conversationId = ids.read(text);
  call.concern({ conversationId: conversationId ?? text });
  if (conversationId !== undefined) return conversationId;
  throw reject('CONVERSATION_ID_FORMAT', {
    message: `${place.pointer.slice(1)} is not in the form of a conversation id.`,
    ...place,
    expected: `a conversation id that CXone generated: ${ids.description}`,
    received: describe(text),
    remedy: adviseConversationId(text, ids, knownIds(state)),
  });
}

/** The conversation whose id stands in the path; throws where the id is malformed or nobody has it. */
export function conversationInPath(call: Call, ids: ConversationIds, state: TenantState): Conversation {
  const conversationId = readConversationId(call, call.pathParameters.conversationId ?? '', IN_PATH, ids, state);
  const conversation = state.conversation(conversationId);
  if (conversation === undefined) {
    warnIfDropped(call, IN_PATH, state);
    throw conversationUnknown(conversationId, IN_PATH, call);
  }
  call.concern({ contactId: conversation.contactId });
  return conversation;
}

/** What the tenant knows that can turn a wrong id into the right one. */
export function knownIds(state: TenantState): KnownIds {
  return {
    conversationOfContact: (contactId) => state.contact(contactId)?.conversationId,
    hasConversation: (conversationId) => state.conversation(conversationId) !== undefined,
    skillNamed: (name) => state.skills().find((skill) => skill.name.toLowerCase() === name.trim().toLowerCase())?.skillId,
    attributesWith: (value) => state.attributesWith(value),
  };
}

export function conversationUnknown(conversationId: string, place: IdPlace, call: Call): Rejection {
  return reject('CONVERSATION_UNKNOWN', {
    message: 'No conversation has this id.',
    ...place,
    expected: `the id of a conversation that was opened in the tenant ${call.tenant}`,
    received: show(conversationId),
    remedy:
      'The form is right, but this id was not generated here: it may come from a real tenant, from another tenant of the emulator (a path below /t/…), or from before a reset. ' +
      `Open it first: POST /_emulator/conversations {"conversationId": ${JSON.stringify(conversationId)}}; put it into the config file under "conversations"; or start with --unknown-conversations adopt.`,
  });
}

export function conversationEnded(conversation: Conversation, place: Where): Rejection {
  return reject('CONVERSATION_ENDED', {
    message: 'The conversation is over.',
    ...place,
    expected: 'a conversation that has not ended',
    received: `${show(conversation.conversationId)}, which ended at ${conversation.endedAt ?? 'an unknown time'}`,
    remedy:
      'The customer or the agent has left before this request came. Hand over before the bot ends the conversation, or open a new one.',
  });
}

export function conversationState(conversation: Conversation, place: Where): Rejection {
  return reject('CONVERSATION_STATE', {
    message: `The conversation is in the state ${conversation.state}, from which it cannot be handed over.`,
    ...place,
    expected: 'a conversation that is with the bot or in the queue',
    received: `${show(conversation.conversationId)}, which is in the state ${conversation.state}`,
    remedy:
      'An agent has this conversation already: the bot hands over once, and is out of it from then on. Check that the flow does not run its handover twice.',
  });
}
