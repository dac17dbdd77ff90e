/** What was said in a conversation, and by whom. */

/** `script`: the Studio script itself, with SENDMESSAGE. */
export type Speaker = 'customer' | 'bot' | 'script' | 'agent';

export interface Message {
  /** Counts from 1 in each conversation. */
  readonly number: number;
  readonly from: Speaker;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
  /** The virtual agent or the agent who said it. */
  readonly name?: string;
}

const NAMES: Readonly<Record<Speaker, string>> = {
  customer: 'Customer',
  bot: 'Bot',
  script: 'Script',
  agent: 'Agent',
};

/** Who said it, for a person. */
export function speakerOf({ from, name }: Message): string {
  return name ?? NAMES[from];
}

/** A conversation keeps its newest: the emulator's own bound, so that memory stays flat. */
export const MOST_MESSAGES = 500;

/** In characters: the emulator's own bound, as with everything that grows. */
export const LONGEST_MESSAGE = 20_000;
