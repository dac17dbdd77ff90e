/** What was said in the conversations of a scenario: each step hears what came since the one before. */
import type { Client } from './client.js';
import type { Words } from './expectations.js';

interface Messages {
  readonly items: readonly (Words & { readonly number: number })[];
  readonly total: number;
}

export class Hearing {
  readonly #client: Client;
  /** By conversation, how many messages earlier steps have heard. */
  readonly #heard = new Map<string, number>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** What others than the customer said since the step before. */
  async since(conversationId: string): Promise<Words[]> {
    const { items } = await this.#messages(conversationId, this.#heard.get(conversationId) ?? 0);
    return items
      .filter(({ from }) => from !== 'customer')
      .map(({ from, name, text }) => ({ from, ...(name === undefined ? {} : { name }), text }));
  }

  /** A step is over: the next one hears what comes from now on. */
  async stepOver(conversationIds: Iterable<string>): Promise<void> {
    for (const id of conversationIds) this.#heard.set(id, (await this.#messages(id, Number.MAX_SAFE_INTEGER)).total);
  }

  async #messages(conversationId: string, after: number): Promise<Messages> {
    const where = `conversations/${encodeURIComponent(conversationId)}/messages?after=${String(after)}`;
    return (await this.#client.control('GET', where)) as Messages;
  }
}
