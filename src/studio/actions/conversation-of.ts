/** The conversation that a script runs in: what is said in it, and its end. */
import { end, say } from '../../cxone/model/conversation.js';
import type { BotTurn } from '../../cxone/model/conversation.js';
import type { Speaker } from '../../cxone/model/message.js';
import { type Rejection, reject } from '../../errors/catalogue.js';
import type { RunView } from '../action.js';

/** Where a script runs on no contact, it has none to speak with. `what` it wants to do there. */
export function noConversation(what: string, { script }: RunView): Rejection {
  return reject('CONVERSATION_UNKNOWN', {
    message: `The script has no conversation that it could ${what}.`,
    in: null,
    pointer: null,
    expected: 'a script that runs on a contact',
    received: `${script}, which runs on none`,
    remedy: `A webhook’s script runs on no contact: signal the script of the conversation instead, and do it there. A script whose trigger is a conversation, a handover or a start runs on one.`,
  });
}

/** Puts texts into the conversation, and what the bot came to; the customer reads them. */
export async function sayIn(
  run: RunView,
  texts: readonly string[],
  speaker: { readonly from: Speaker; readonly name?: string },
  bot?: Omit<BotTurn, 'turns'>,
): Promise<void> {
  const conversation = run.conversation();
  if (conversation === undefined || (texts.length === 0 && bot === undefined)) return;
  await run.unit((state) => {
    const now = state.conversation(conversation.conversationId);
    if (now === undefined) return;
    const said = texts.reduce((talk, text) => say(talk, { ...speaker, text, at: run.now() }), now);
    const turn = bot === undefined ? {} : { bot: { ...bot, turns: (now.bot?.turns ?? 0) + 1 } };
    state.updateConversation({ ...said, ...turn });
  });
}

/** Throws where there is none. */
export async function endConversation(run: RunView): Promise<void> {
  const conversation = run.conversation();
  if (conversation === undefined) throw noConversation('end', run);
  await run.unit((state) => {
    const now = state.conversation(conversation.conversationId);
    if (now !== undefined && now.state !== 'ended') state.updateConversation(end(now, run.now()));
  });
  run.ended(conversation.conversationId);
}
