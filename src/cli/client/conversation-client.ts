/** Speaks as the customer of one conversation of a running emulator, over its control API. */
import type { Message } from '../../cxone/model/message.js';
import type { ConversationControlView } from '../../control/conversations.js';
import type { Trace } from '../../trace/trace.js';
import { askControl, callControl, jsonOf } from './control-call.js';

/** What was said since, and where the conversation stands. */
export interface News {
  readonly items: readonly Message[];
  readonly total: number;
  readonly state: ConversationControlView['state'];
}

export interface Turn {
  readonly conversation: ConversationControlView;
  /** Whether scripts and bots are done. */
  readonly settled: boolean;
  /** The trace of the call; undefined where the emulator names none in its headers. */
  readonly traceId: string | undefined;
}

/** So many traces are looked at for the script of the conversation, which may have called the platform since. */
const MOST_TRACES = 50;

/** Every call rejects with Unanswered where it is refused. */
export class ConversationClient {
  readonly #control: string;
  readonly #path: string;

  private constructor(url: string, conversationId: string) {
    this.#control = `${url}/_emulator`;
    this.#path = `conversations/${encodeURIComponent(conversationId)}`;
  }

  /** `url` is where the tenant is reached, without a slash at the end. */
  static async open(
    url: string,
    wanted: { readonly channel?: string | undefined; readonly userId?: string | undefined },
  ): Promise<{ readonly client: ConversationClient; readonly conversation: ConversationControlView }> {
    const conversation = (await askControl(`${url}/_emulator`, 'conversations', posted(wanted))) as ConversationControlView;
    return { client: new ConversationClient(url, conversation.conversationId), conversation };
  }

  static async join(
    url: string,
    conversationId: string,
  ): Promise<{ readonly client: ConversationClient; readonly conversation: ConversationControlView }> {
    const client = new ConversationClient(url, conversationId);
    return { client, conversation: await client.now() };
  }

  async now(): Promise<ConversationControlView> {
    return (await askControl(this.#control, this.#path)) as ConversationControlView;
  }

  /** What was said after the message of this number. */
  async since(number: number): Promise<News> {
    return (await askControl(this.#control, `${this.#path}/messages?after=${String(number)}`)) as News;
  }

  say(text: string): Promise<Turn> {
    return this.#turn('messages', { text });
  }

  leave(): Promise<Turn> {
    return this.#turn('leave');
  }

  async trace(traceId: string): Promise<Trace> {
    return (await askControl(this.#control, `traces/${encodeURIComponent(traceId)}`)) as Trace;
  }

  /** The trace of the script that was set going last on the contact. */
  async scriptOn(contactId: string): Promise<Trace | undefined> {
    const query = `contactId=${encodeURIComponent(contactId)}&limit=${String(MOST_TRACES)}`;
    const { items } = (await askControl(this.#control, `traces?${query}`)) as {
      readonly items: readonly Trace[];
    };
    return items.find(({ script }) => script !== null);
  }

  /** Where a trace can be read. */
  linkTo({ traceId }: Trace): string {
    return `${this.#control}/#trace=${traceId}`;
  }

  async #turn(path: string, body?: object): Promise<Turn> {
    const response = await callControl(this.#control, `${this.#path}/${path}`, posted(body));
    const { conversation, settled } = (await jsonOf(response, this.#control)) as Omit<Turn, 'traceId'>;
    return { conversation, settled, traceId: response.headers.get('x-emulator-trace-id') ?? undefined };
  }
}

function posted(body: object | undefined): RequestInit {
  if (body === undefined) return { method: 'POST' };
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
