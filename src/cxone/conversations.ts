/** /api/v2/conversations: the handover from the bot to the queue, and the session data that a script looks up. */
import { type Conversation, handOver, type Handover, HANDOVER_IN } from './model/conversation.js';
import type { ConversationIds } from './model/ids.js';
import { show } from '../shared/format.js';
import type { TenantState } from './store/store.js';
import {
  conversationEnded,
  conversationState,
  conversationUnknown,
  type IdPlace,
  IN_PATH,
  readConversationId,
} from './conversation-rules.js';
import { viewOf } from './conversation-view.js';
import { warnIfDropped } from './dropped-warnings.js';
import type { Call, Operations, Reply } from './handler.js';
import { requireSkill, warnIfUnstaffed } from './skill-rules.js';
import type { Studio } from './studio.js';

export interface ConversationSettings {
  readonly conversationIds: ConversationIds;
  /** `adopt` takes a well-formed unknown id as if it had been opened here. */
  readonly unknownConversations: 'refuse' | 'adopt';
  readonly studio: Studio;
}

interface HandoverBody extends Handover {
  readonly sessionId: string;
}

const IN_BODY: IdPlace = { in: 'body', pointer: '/sessionId' };

export function conversationOperations(settings: ConversationSettings): Operations {
  const { conversationIds, studio } = settings;

  const requireKnown = (call: Call, text: string, place: IdPlace, state: TenantState): Conversation | undefined => {
    const conversationId = readConversationId(call, text, place, conversationIds, state);
    const conversation = state.conversation(conversationId);
    if (conversation === undefined && settings.unknownConversations === 'refuse') {
      warnIfDropped(call, place, state);
      throw conversationUnknown(conversationId, place, call);
    }
    return conversation;
  };

  /** Only after the rules have passed: the conversation, opened now where it is adopted. */
  const take = (call: Call, text: string, place: IdPlace, state: TenantState): Conversation => {
    const conversationId = conversationIds.read(text) ?? text;
    const known = state.conversation(conversationId);
    const conversation = known ?? state.openConversation({ conversationId }, call.now);
    if (known === undefined) warnAdopted(call, conversationId, place);
    call.concern({ contactId: conversation.contactId });
    return conversation;
  };

  return {
    handOverConversation: {
      check(call, state) {
        const body = call.body as HandoverBody;
        const conversation = requireKnown(call, body.sessionId, IN_BODY, state);
        if (conversation !== undefined) {
          call.concern({ contactId: conversation.contactId });
          const move = HANDOVER_IN[conversation.state];
          if (move === 'CONVERSATION_ENDED') throw conversationEnded(conversation, IN_BODY);
          if (move === 'CONVERSATION_STATE') throw conversationState(conversation, IN_BODY);
        }
        if (body.skillId !== undefined) requireSkill(body.skillId, { in: 'body', pointer: '/skillId' }, state);
      },
      answer(call, state) {
        const { sessionId, metadata, skillId } = call.body as HandoverBody;
        const before = take(call, sessionId, IN_BODY, state);
        const handover = { ...(metadata === undefined ? {} : { metadata }), ...(skillId === undefined ? {} : { skillId }) };
        const after = handOver(before, handover, call.now);
        if (before.state === 'queued') warnRepeated(call, before === after);
        if (before !== after) state.updateConversation(after);
        const script = studio.startedByHandover(after.channel);
        if (script === undefined || after.skillId !== null) warnAboutRoute(call, after, state);
        call.tell(
          `The conversation goes from ${before.state} to ${after.state}${after.skillId === null ? '' : `, for skill ${String(after.skillId)}`}.`,
        );
        if (before !== after && answeredByAgents(after, state))
          call.emit({ kind: 'queued', conversationId: after.conversationId });
        if (script !== undefined && before !== after) {
          call.tell(`It starts the script ${script}.`);
          call.emit({ kind: 'handed over', conversation: after, handover });
        }
        return { status: 200, body: viewOf(after, state) };
      },
    },

    getSession: {
      check(call, state) {
        requireKnown(call, call.pathParameters.conversationId ?? '', IN_PATH, state);
      },
      answer(call, state): Reply {
        const conversation = take(call, call.pathParameters.conversationId ?? '', IN_PATH, state);
        return { status: 200, body: viewOf(conversation, state) };
      },
    },
  };
}

/** Whether simulated agents take who waits for its skill: nobody else need hear that somebody is queued. */
function answeredByAgents({ skillId }: Conversation, state: TenantState): boolean {
  return skillId !== null && state.skill(skillId)?.answers !== undefined;
}

function warnAdopted(call: Call, conversationId: string, place: IdPlace): void {
  call.warn('CONVERSATION_ADOPTED', {
    message: 'An unknown conversation was adopted.',
    ...place,
    expected: 'the id of a conversation that was opened here',
    received: show(conversationId),
    remedy:
      'CXone refuses an id that it did not generate. Open the conversation first (POST /_emulator/conversations), or be sure that the id really comes from CXone.',
  });
}

function warnRepeated(call: Call, same: boolean): void {
  call.warn('HANDOVER_REPEATED', {
    message: same
      ? 'The same handover came again; nothing changed.'
      : 'The conversation was queued already; this handover replaces the last one.',
    in: 'body',
    pointer: '/sessionId',
    expected: 'one handover for a conversation',
    received: 'another one',
    remedy:
      'A retry after a time-out does this. Where it is none, check that the flow does not run its handover twice. What CXone does then is not known.',
  });
}

function warnAboutRoute(call: Call, conversation: Conversation, state: TenantState): void {
  if (conversation.skillId === null) {
    call.warn('HANDOVER_UNROUTED', {
      message: 'Nothing routes this handover.',
      in: 'body',
      pointer: '/skillId',
      expected: 'a skill, here or when the conversation was opened, or a script that routes it',
      received: 'neither',
      remedy: `The customer would wait for ever. Send skillId, such as ${String(state.skills()[0]?.skillId ?? 4001)}, or have a Studio script route the conversation.`,
    });
    return;
  }
  const skill = state.skill(conversation.skillId);
  if (skill !== undefined) warnIfUnstaffed(call, skill, { in: 'body', pointer: '/skillId' }, state);
}
