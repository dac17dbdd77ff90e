/** What `chat` prints of a conversation: who says what, what a turn with the bot came to, and where the conversation stands. */
import { type Message, speakerOf } from '../../cxone/model/message.js';
import type { ConversationControlView } from '../../control/conversations.js';
import type { TraceEntry } from '../../trace/trace.js';
import type { Paint } from '../../trace/step-text.js';
import { printable } from '../../shared/printable.js';

/** Before what the customer says, typed or printed. */
export const PROMPT = '> ';

const MARGIN = '  ';
/** In characters, of the data that a handover brings. */
const LONGEST_DATA = 400;

export const HELP = [
  'Each line is what the customer says; //… says one that begins with a slash.',
  '/leave  the customer leaves: the bot is told so, and the conversation is over',
  '/quit   end this; the conversation stays as it is',
  '/help   these lines',
].join('\n');

export function beginningText({ conversationId, channel, contactId }: ConversationControlView): string {
  return `Conversation ${conversationId} on ${printable(channel)}, contact ${contactId}. Type what the customer says; /leave, /quit, /help.`;
}

/** Further lines stand behind a margin, so that none of them looks like somebody else's. */
export function messageText(message: Message, paint: Paint): string {
  const { from, text } = message;
  const words = text.split(/\r?\n/).map(printable).join(`\n${MARGIN}${MARGIN}`);
  if (from === 'customer') return `${PROMPT}${words}`;
  return `${paint('strong', `${printable(speakerOf(message))}:`)} ${words}`;
}

/** What the last exchange with the bot came to; undefined where there was none. */
export function turnText({ bot }: ConversationControlView, link: string | undefined, paint: Paint): string | undefined {
  if (bot === undefined) return undefined;
  const { virtualAgent, branchName, intent } = bot;
  const came = branchName ?? `${virtualAgent} gave no answer that could be used`;
  return note(`${came}${intent === null ? '' : `, intent ${intent}`}${link === undefined ? '' : ` · trace ${link}`}`, paint);
}

/** undefined for as long as the bot has the conversation. */
export function standingText({ state, skillId, metadata, agent }: ConversationControlView): string | undefined {
  switch (state) {
    case 'bot':
      return undefined;
    case 'queued':
      return `Queued for ${skillId === null ? 'no skill' : `skill ${String(skillId)}`}${dataText(metadata)}.`;
    case 'agent':
      return `${agent?.name ?? 'An agent'} has accepted.`;
    case 'ended':
      return 'The conversation is over.';
  }
}

export function note(text: string, paint: Paint): string {
  return `${MARGIN}${paint('dim', printable(text))}`;
}

/** Something that is not as it should be. */
export function troubleText({ level, code, message, remedy }: TraceEntry, paint: Paint): string {
  return `${MARGIN}${paint(level, code ?? level)} ${printable([message, remedy ?? ''].join(' ').trim())}`;
}

function dataText(metadata: ConversationControlView['metadata']): string {
  if (Object.keys(metadata).length === 0) return '';
  const text = JSON.stringify(metadata);
  return ` with ${text.length > LONGEST_DATA ? `${text.slice(0, LONGEST_DATA)}… (${String(text.length)} characters)` : text}`;
}
