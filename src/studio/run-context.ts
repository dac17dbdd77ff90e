/** What a run finds when it looks around: its contact and its conversation as they are now, and what its templates can name. */
import type { Contact } from '../cxone/model/contact.js';
import type { Conversation } from '../cxone/model/conversation.js';
import type { Scope } from '../shared/templates.js';
import type { RunStart, RunWorld } from './sandbox.js';
import type { Script } from './script.js';

export class Situation {
  contact: Contact | undefined;
  conversation: Conversation | undefined;
  readonly #start: RunStart;
  readonly #world: RunWorld;
  readonly #environment: Record<string, unknown>;

  constructor(start: RunStart, world: RunWorld) {
    this.#start = start;
    this.#world = world;
    this.#environment = { ...world.environment, CXONE: start.cause.baseUrl };
  }

  async look(): Promise<void> {
    const { contactId, tenant, trace } = this.#start;
    if (contactId === undefined) return;
    await this.#world.store.run(tenant, (state) => {
      this.contact = state.contact(contactId);
      this.conversation = state.conversation(this.contact?.conversationId ?? '');
    });
    if (this.contact === undefined) return;
    trace.concern(this.contact);
    trace.know(this.contact.attributes);
  }

  async fetchToken({ usesToken }: Script): Promise<void> {
    const { tenant, cause } = this.#start;
    if (usesToken) this.#environment.TOKEN ??= await this.#world.token(tenant, cause.baseUrl);
  }

  /** A script may wait for longer than a token is good for: then it gets another one. */
  forgetToken(): void {
    Reflect.deleteProperty(this.#environment, 'TOKEN');
  }

  scope(vars: Readonly<Record<string, unknown>>): Scope {
    const { context, request } = this.#start;
    return {
      context,
      request,
      vars,
      conversation: this.conversation === undefined ? {} : { messages: [], ...this.conversation },
      contact: this.contact ?? {},
      env: this.#environment,
    };
  }
}
