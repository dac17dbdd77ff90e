/** A transcript of a conversation with a bot, as it was posted. */

export interface Transcript {
  readonly order: number;
  readonly contactId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** The body, as it came. */
  readonly content: Readonly<Record<string, unknown>>;
}
