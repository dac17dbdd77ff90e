/** A conversation as its customer sees it: prints what was said since it was looked at last, and what became of it. */
import type { ConversationControlView } from '../../control/conversations.js';
import type { Trace, TraceEntry } from '../../trace/trace.js';
import { beginningText, messageText, note, standingText, troubleText, turnText } from '../output/chat-text.js';
import type { ConversationClient, News, Turn } from './conversation-client.js';
import type { Paint } from '../../trace/step-text.js';

export interface ChatOutput {
  readonly print: (text: string) => void;
  readonly paint: Paint;
}

/** Whatever it does rejects with Unanswered where the emulator refuses it, or is not there. */
export class ChatSession {
  readonly #client: ConversationClient;
  readonly #print: (text: string) => void;
  readonly #paint: Paint;
  /** The number of the last message that was printed. */
  #last = 0;
  #turns = 0;
  #state: ConversationControlView['state'] = 'bot';
  #standing: string | undefined;
  /** How much of the script's trace was looked at. */
  #told = told(undefined);

  constructor(client: ConversationClient, { print, paint }: ChatOutput) {
    this.#client = client;
    this.#print = print;
    this.#paint = paint;
  }

  get over(): boolean {
    return this.#state === 'ended';
  }

  async open(conversation: ConversationControlView): Promise<void> {
    this.#print(beginningText(conversation));
    await this.#tell(await this.#client.since(0));
  }

  /** What went wrong before is not told: nobody would know of which of the messages. */
  async join(conversation: ConversationControlView): Promise<void> {
    this.#told = told(await this.#client.scriptOn(conversation.contactId));
    await this.open(conversation);
  }

  async say(text: string): Promise<void> {
    await this.#turn(await this.#client.say(text), text);
  }

  async leave(): Promise<void> {
    await this.#turn(await this.#client.leave());
  }

  /** Prints what came without the customer's doing; answers whether anything did. */
  async look(): Promise<boolean> {
    const news = await this.#client.since(this.#last);
    if (news.items.length === 0 && news.state === this.#state) return false;
    await this.#tell(news);
    return true;
  }

  async #turn({ settled, traceId }: Turn, own?: string): Promise<void> {
    const news = await this.#client.since(this.#last);
    const mine = news.items.find(({ from, text }) => from === 'customer' && text === own);
    await this.#tell({ ...news, items: news.items.filter((message) => message !== mine) });
    if (traceId !== undefined) this.#tellTroubles((await this.#client.trace(traceId)).entries);
    if (!settled) this.#print(note('The script or its bot is still at it after 20 s: what it says comes later.', this.#paint));
  }

  async #tell({ items, total }: News): Promise<void> {
    for (const message of items) this.#print(messageText(message, this.#paint));
    this.#last = Math.max(this.#last, total);
    const conversation = await this.#client.now();
    this.#state = conversation.state;
    await this.#tellTurn(conversation);
    const standing = standingText(conversation);
    if (standing !== undefined && standing !== this.#standing) this.#print(note(standing, this.#paint));
    this.#standing = standing;
  }

  /** A turn with the bot, and what went wrong on the way there, as the script's trace has it. */
  async #tellTurn(conversation: ConversationControlView): Promise<void> {
    const trace = await this.#client.scriptOn(conversation.contactId);
    const turns = conversation.bot?.turns ?? 0;
    const turn = turnText(conversation, trace === undefined ? undefined : this.#client.linkTo(trace), this.#paint);
    if (turn !== undefined && turns !== this.#turns) this.#print(turn);
    this.#turns = turns;
    const known = trace?.traceId === this.#told.traceId ? this.#told.entries : 0;
    this.#tellTroubles(trace?.entries.slice(known) ?? []);
    this.#told = told(trace);
  }

  #tellTroubles(entries: readonly TraceEntry[]): void {
    for (const entry of entries) if (entry.level !== 'info') this.#print(troubleText(entry, this.#paint));
  }
}

/** How much of the script's trace there is to look at. */
function told(trace: Trace | undefined): { readonly traceId: string; readonly entries: number } {
  return { traceId: trace?.traceId ?? '', entries: trace?.entries.length ?? 0 };
}
