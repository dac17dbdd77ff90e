/** REQAGENT: queues the conversation to a skill. */
import { type Conversation, handOver, HANDOVER_IN } from '../../cxone/model/conversation.js';
import { conversationEnded, conversationState } from '../../cxone/conversation-rules.js';
import { requireSkill, warnIfUnstaffed } from '../../cxone/skill-rules.js';
import type { TenantState } from '../../cxone/store/store.js';
import type { ActionType, RunView } from '../action.js';
import { unknown } from './owner.js';
import { number, numberOf, textOf } from './settings.js';

const NOWHERE = { in: null, pointer: null } as const;

export const REQAGENT: ActionType = {
  name: 'REQAGENT',
  summary:
    'Queues the conversation for the skill `skillId`, with `data` for the agent. `conversation`: another one than the script’s own; a spawned script has that of its master.',
  provenance: 'assumed',
  settings: { skillId: number(), conversation: {}, data: { type: 'object' } },
  required: ['skillId'],
  branches: [],
  prepare(preparation) {
    const [skillId, conversation, data] = ['skillId', 'conversation', 'data'].map((name) => preparation.template(name));
    return async (run) => {
      const scope = run.scope();
      const skill = Math.trunc(numberOf('skillId', skillId?.(scope), 1, Number.MAX_SAFE_INTEGER));
      const given = conversation === undefined ? undefined : textOf('conversation', conversation(scope));
      const metadata = data?.(scope) as Readonly<Record<string, unknown>> | undefined;
      const before = await run.unit((state) => {
        const found = conversationIn(given, run, state);
        const wanted = requireSkill(skill, NOWHERE, state);
        const handover = { ...found.handover, ...(metadata === undefined ? {} : { metadata }), skillId: skill };
        const after = handOver(found, handover, run.now());
        if (after !== found) state.updateConversation(after);
        warnIfUnstaffed({ warn: run.warn, now: run.now() }, wanted, NOWHERE, state);
        return found;
      });
      run.concern(before);
      run.queued(before.conversationId);
      return {
        branch: 'Default',
        message: `The conversation ${before.conversationId} goes from ${before.state} to queued, for skill ${String(skill)}.`,
      };
    };
  },
};

function conversationIn(given: string | undefined, run: RunView, state: TenantState): Conversation {
  const id = given ?? run.conversation()?.conversationId;
  const conversation = id === undefined ? undefined : state.conversation(id);
  if (conversation === undefined) throw unknown('CONVERSATION_UNKNOWN', 'conversation', given, run);
  const move = HANDOVER_IN[conversation.state];
  if (move === 'CONVERSATION_ENDED') throw conversationEnded(conversation, NOWHERE);
  if (move === 'CONVERSATION_STATE') throw conversationState(conversation, NOWHERE);
  return conversation;
}
