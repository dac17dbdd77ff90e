/** The control API's hold on conversations: opened for a customer, read, spoken in by the customer, left and ended. */
import { type Conversation, end, say } from '../cxone/model/conversation.js';
import type { ConversationIds } from '../cxone/model/ids.js';
import type { Message } from '../cxone/model/message.js';
import { conversationEnded, conversationInPath, IN_PATH } from '../cxone/conversation-rules.js';
import { type ConversationView, viewOf } from '../cxone/conversation-view.js';
import { openable } from '../cxone/open-conversation.js';
import type { Operations, OutsideCall, Reply, RunUnit } from '../cxone/handler.js';
import type { PlatformEvent, Studio } from '../cxone/studio.js';
import { show } from '../shared/format.js';
import type { TenantState } from '../cxone/store/store.js';
import { DEFAULT_LIMIT } from './records.js';

export interface ConversationControl {
  readonly conversationIds: ConversationIds;
  readonly studio: Studio;
}

/** As the platform shows it, with what only the emulator tells: where it stands with its bot, and which agent has it. */
export type ConversationControlView = ConversationView & Pick<Conversation, 'bot' | 'agent'>;

/** What came of something that the customer did. */
export interface Said {
  readonly conversation: ConversationControlView;
  /** What was said since, oldest first. */
  readonly messages: readonly Message[];
  /** Whether scripts and bots are done; false where one took longer than 20 s. */
  readonly settled: boolean;
}

function controlView(conversation: Conversation, state: TenantState): ConversationControlView {
  const { bot, agent } = conversation;
  return {
    ...viewOf(conversation, state),
    ...(bot === undefined ? {} : { bot }),
    ...(agent === undefined ? {} : { agent }),
  };
}

export function conversationControl({ conversationIds, studio }: ConversationControl): Operations {
  /** What the customer does, once it is through; the answer comes when scripts and bots are done with it. */
  async function asCustomer(
    call: OutsideCall,
    run: RunUnit,
    act: (conversation: Conversation) => { readonly after: Conversation; readonly events: readonly PlatformEvent[] },
  ): Promise<Reply> {
    const { before, events } = await run((state) => {
      const conversation = conversationInPath(call, conversationIds, state);
      if (conversation.state === 'ended') throw conversationEnded(conversation, IN_PATH);
      call.concern(conversation);
      const acted = act(conversation);
      state.updateConversation(acted.after);
      return { before: acted.after, events: acted.events };
    });
    if (!call.dryRun) studio.take(call.tenant, events, call.cause);
    const settled = await call.cause.activity.settled();
    const last = before.messages?.at(-1)?.number ?? 0;
    return run((state) => {
      const now = state.conversation(before.conversationId) ?? before;
      const messages = (now.messages ?? []).filter(({ number }) => number > last);
      for (const message of messages) call.tell(lineOf(message));
      return { status: 200, body: { conversation: controlView(now, state), messages, settled } satisfies Said };
    });
  }

  return {
    openConversation: {
      check(call, state) {
        openable(call.body ?? {}, conversationIds, call, state);
      },
      answer(call, state) {
        const wanted = openable(call.body ?? {}, conversationIds, call, state);
        const conversation = state.openConversation(wanted, call.now);
        call.concern(conversation);
        call.emit({ kind: 'opened', conversation });
        if (conversation.state === 'queued') call.emit({ kind: 'queued', conversationId: conversation.conversationId });
        return { status: 201, body: controlView(conversation, state) };
      },
    },

    listConversations: {
      answer(call, state) {
        const { state: wanted, limit = DEFAULT_LIMIT } = call.query as { state?: string; limit?: number };
        const matching = state.conversations().filter((conversation) => wanted === undefined || conversation.state === wanted);
        return {
          status: 200,
          body: {
            items: matching.slice(0, limit).map((conversation) => controlView(conversation, state)),
            total: matching.length,
            dropped: state.dropped,
          },
        };
      },
    },

    getConversation: {
      check(call, state) {
        conversationInPath(call, conversationIds, state);
      },
      answer: (call, state) => ({ status: 200, body: controlView(conversationInPath(call, conversationIds, state), state) }),
    },

    endConversation: {
      check(call, state) {
        const conversation = conversationInPath(call, conversationIds, state);
        if (conversation.state === 'ended') throw conversationEnded(conversation, IN_PATH);
      },
      answer(call, state) {
        const ended = end(conversationInPath(call, conversationIds, state), call.now);
        state.updateConversation(ended);
        call.emit({ kind: 'ended', conversationId: ended.conversationId });
        return { status: 200, body: controlView(ended, state) };
      },
    },

    sayAsCustomer: {
      perform: (call, run) =>
        asCustomer(call, run, (conversation) => {
          const { text } = call.body as { text: string };
          call.tell(`The customer says ${show(text)}.`);
          const after = say(conversation, { from: 'customer', text, at: call.now });
          const heardByScript = conversation.state === 'bot' || conversation.state === 'queued';
          const listener = heardByScript ? studio.listenerIn(call.tenant, conversation) : undefined;
          if (listener === undefined) {
            if (conversation.state === 'bot') warnUnheard(call, conversation);
            return { after, events: [] };
          }
          call.tell(
            listener.asks
              ? `The script ${listener.script} hears it.`
              : `The script ${listener.script} has not asked for it: its next ASKCALLER hears it.`,
          );
          return { after, events: [{ kind: 'customer said', conversation, text }] };
        }),
    },

    leaveAsCustomer: {
      perform: (call, run) =>
        asCustomer(call, run, (conversation) => {
          call.tell('The customer leaves.');
          const { conversationId } = conversation;
          return { after: end(conversation, call.now), events: [{ kind: 'customer left', conversationId }] };
        }),
    },

    listMessages: {
      check(call, state) {
        conversationInPath(call, conversationIds, state);
      },
      answer(call, state) {
        const { after = 0 } = call.query as { after?: number };
        const { messages = [], state: stands } = conversationInPath(call, conversationIds, state);
        const items = messages.filter(({ number }) => number > after);
        return { status: 200, body: { items, total: messages.at(-1)?.number ?? 0, state: stands } };
      },
    },
  };
}

function warnUnheard(call: OutsideCall, { conversationId, channel }: Conversation): void {
  call.warn('CUSTOMER_UNHEARD', {
    message: 'Nobody hears the customer: no script runs on this conversation.',
    in: 'path',
    pointer: '/conversationId',
    expected: 'a conversation on which a script waits at an ASKCALLER',
    received: show(conversationId),
    remedy: `Load a script whose trigger is a conversation (of the channel ${channel}, or of any), and open the conversation after that; or look at the trace of the one that ran on it, which has ended.`,
  });
}

/** For the trace, which reads as a story. */
function lineOf({ from, name, text }: Message): string {
  return `${name ?? (from === 'script' ? 'The script' : `The ${from}`)} says ${show(text)}.`;
}
