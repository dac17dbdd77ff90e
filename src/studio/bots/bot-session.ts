/** A run's line to its bots: what was exchanged last, and whom to tell when the customer leaves. */
import type { Bots } from './bots.js';
import { type BotAnswer, type BotOutcome, type BotRequest, textsOf, type UserInputType } from './exchange.js';

/** What the customer did last. */
export interface Heard {
  readonly text: string;
  readonly type: Extract<UserInputType, 'TEXT' | 'NO_INPUT'>;
}

/** After these answers the bot has still the word. */
const GOES_ON = new Set([
  'PromptAndCollectNextResponse',
  'AudioInputUntranscribeable',
  'UserInputTimeout',
  'UserInputNotUnderstood',
]);

export class BotLine {
  readonly #bots: Bots;
  /** The virtual agents that have answered: to any other one the next turn is the first. */
  readonly #begun = new Set<string>();
  #open: { readonly virtualAgent: string; readonly request: BotRequest; readonly state: unknown } | undefined;
  /** How long the bot lets the customer think, in milliseconds; undefined where it did not say. */
  patience: number | undefined;
  /** What no bot has answered yet: an exchange that failed is tried again with it. */
  heard: Heard | undefined;

  constructor(bots: Bots) {
    this.#bots = bots;
  }

  begun(virtualAgent: string): boolean {
    return this.#begun.has(virtualAgent);
  }

  /** Rejects where `signal` aborts. */
  async ask(virtualAgent: string, request: BotRequest, signal: AbortSignal): Promise<BotOutcome> {
    this.#open = { virtualAgent, request, state: request.botSessionState };
    const outcome = await this.#bots.ask(virtualAgent, request, signal);
    if ('problem' in outcome) return outcome;
    const { answer } = outcome;
    if (answer.branchName !== 'Error') {
      this.#begun.add(virtualAgent);
      this.heard = undefined;
    }
    this.patience = patienceOf(answer);
    this.#open = GOES_ON.has(answer.branchName) ? { virtualAgent, request, state: answer.botSessionState ?? null } : undefined;
    return outcome;
  }

  /** Tells the bot that has the word that the customer left; undefined where none has it, or `signal` aborts. */
  async farewell(signal: AbortSignal): Promise<{ readonly virtualAgent: string; readonly outcome: BotOutcome } | undefined> {
    if (this.#open === undefined) return undefined;
    const { virtualAgent, request, state } = this.#open;
    this.#open = undefined;
    const { executionInfo } = request;
    const left: BotRequest = {
      ...request,
      userInput: '',
      userInputType: 'USER_ENDED_SESSION',
      botSessionState: state,
      executionInfo: { ...executionInfo, requestId: executionInfo.requestId + 1 },
    };
    try {
      return { virtualAgent, outcome: await this.#bots.ask(virtualAgent, left, signal) };
    } catch (problem) {
      if (signal.aborted) return undefined;
      throw problem;
    }
  }
}

/**
 * A bot that writes out every field of the contract has 0 where it says nothing of silence. Taken at its word, it would be
 * told of silence over and over, at once (assumed).
 */
function patienceOf({ nextPromptBehaviors }: BotAnswer): number | undefined {
  const milliseconds = nextPromptBehaviors?.silenceRules?.millisecondsToWaitForUserResponse ?? 0;
  return milliseconds > 0 ? milliseconds : undefined;
}

/** The words of an answer that the customer gets. */
export function wordsOf(outcome: BotOutcome): string[] {
  if ('problem' in outcome) return [];
  const { branchName, nextPromptSequence, errorDetails } = outcome.answer;
  return textsOf(branchName === 'Error' ? (errorDetails?.errorPromptSequence ?? nextPromptSequence) : nextPromptSequence);
}
