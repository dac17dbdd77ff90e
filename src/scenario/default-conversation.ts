/** Which conversation a step of a scenario means that names none: that of the customer who arrived last, or the only one that is given. */
import type { Template } from '../shared/templates.js';
import type { Path } from './patterns.js';
import type { TemplateReader } from './template-reader.js';

/** The name under which the id of the conversation is captured that a customer opens by arriving. */
export const ARRIVED = 'conversationId';

export class ConversationMeant {
  readonly #texts: TemplateReader;
  /** Ids of the conversations that are given. */
  readonly #given: readonly string[];
  #arrived = false;

  constructor(texts: TemplateReader, given: readonly string[]) {
    this.#texts = texts;
    this.#given = given;
  }

  /** From now on it is that of the customer who arrives. */
  arrive(): void {
    this.#arrived = true;
  }

  /** A fault where it cannot be told. */
  readonly template = (path: Path): Template => {
    if (this.#arrived) return ({ captured }) => (captured as Readonly<Record<string, unknown>>)[ARRIVED];
    const [only, ...others] = this.#given;
    if (only === undefined || others.length > 0)
      this.#texts.fault(
        path,
        `say which: conversationId is missing, and ${only === undefined ? 'no customer has arrived, nor is a conversation given with an id' : 'several conversations are given'}`,
      );
    return () => only;
  };
}
