/** One exchange with a bot, in the words of NiCE's published contract (openapi/exchange.yaml). */
import type { Finding } from '../../errors/catalogue.js';
import type { RestCall } from '../../trace/trace.js';
import type { VirtualAgent } from './virtual-agent.js';

export const USER_INPUT_TYPES = [
  'NO_INPUT',
  'TEXT',
  'BASE64_ENCODED_G711_ULAW_WAV_FILE',
  'USER_INPUT_ARCHIVED_AS_SPECIFIED',
  'USER_ENDED_SESSION',
  'AUTOMATED_TEXT',
  'DTMF_AS_TEXT',
] as const;

export type UserInputType = (typeof USER_INPUT_TYPES)[number];

export type BotBranch =
  | 'DoNotBegin'
  | 'PromptAndCollectNextResponse'
  | 'ReturnControlToScript'
  | 'EndContact'
  | 'AudioInputUntranscribeable'
  | 'Error'
  | 'DTMFBreakout'
  | 'UserInputTimeout'
  | 'UserInputNotUnderstood';

/** What the customer did, and what goes with it. */
export interface BotInput {
  readonly userInput: string;
  readonly userInputType: UserInputType;
  /** As the bot gave it last; null at the beginning. */
  readonly botSessionState: unknown;
  readonly customPayload: unknown;
}

/** An input with where it comes from. */
export interface BotRequest extends BotInput {
  readonly mediaType: string;
  readonly executionInfo: {
    /** Digits, up to int64. */
    readonly contactId: string;
    readonly busNo: number;
    readonly requestId: number;
    readonly actionType: string;
    /** The line of the action in the script's file. */
    readonly actionId: number;
    readonly scriptName: string;
  };
}

export interface Prompt {
  readonly transcript?: string | null;
  readonly textToSpeech?: string | null;
  readonly [other: string]: unknown;
}

interface PromptSequence {
  readonly prompts?: readonly Prompt[] | null;
}

/** A bot's answer that is sound by the contract. */
export interface BotAnswer {
  readonly branchName: BotBranch;
  readonly nextPromptSequence?: PromptSequence | null;
  readonly intentInfo?: {
    readonly intent?: string | null;
    readonly context?: string | null;
    readonly intentConfidence?: number | null;
    readonly lastUserUtterance?: string | null;
    readonly slots?: Readonly<Record<string, unknown>> | null;
  } | null;
  readonly nextPromptBehaviors?: {
    readonly silenceRules?: { readonly millisecondsToWaitForUserResponse?: number | null } | null;
  } | null;
  readonly customPayload?: Readonly<Record<string, unknown>> | null;
  readonly errorDetails?: {
    readonly errorBehavior?: 'ReturnControlToScriptThroughErrorBranch' | 'EndContact' | null;
    readonly errorPromptSequence?: PromptSequence | null;
    readonly systemErrorMessage?: string | null;
  } | null;
  readonly botSessionState?: unknown;
}

/** What an exchange came to; `calls` for the trace, and `notes` where a stand-in has to tell more. */
export type BotOutcome =
  | { readonly answer: BotAnswer; readonly calls: readonly RestCall[]; readonly notes: readonly string[] }
  | { readonly problem: Finding; readonly calls: readonly RestCall[] };

/** What the customer reads or hears of a list of prompts. */
export function textsOf(sequence: PromptSequence | null | undefined): string[] {
  return (sequence?.prompts ?? []).flatMap(
    ({ transcript, textToSpeech }) => [transcript, textToSpeech].find((text) => (text ?? '').trim() !== '') ?? [],
  );
}

/**
 * The request as JSON. A contact id may be larger than a JavaScript number can say exactly, and stands as a number all the
 * same: it is int64 (doc).
 */
export function exchangeBody(
  request: BotRequest,
  agent: Pick<VirtualAgent, 'name' | 'botConfig' | 'contract'>,
  version: string,
): string {
  const { executionInfo, ...input } = agent.contract === 'observed' ? asObserved(request) : request;
  const { contactId, ...action } = executionInfo;
  const others = {
    virtualAgentId: agent.name,
    botConfig: agent.botConfig ?? null,
    ...input,
    systemTelemetryData: {
      consumerProcessHost: 'cxone-emulator',
      consumerProcessName: 'cxone-emulator',
      consumerProcessVersion: version,
    },
  };
  return `{"executionInfo":{"contactId":${contactId},${JSON.stringify(action).slice(1)},${JSON.stringify(others).slice(1)}`;
}

/**
 * As public bots expect it (client): the input's type is its number in the contract's order, the first turn says WELCOME,
 * a call is voip.
 */
function asObserved(request: BotRequest): Omit<BotRequest, 'userInputType'> & { readonly userInputType: number } {
  const { userInput, userInputType, mediaType } = request;
  return {
    ...request,
    userInput: userInputType === 'AUTOMATED_TEXT' && userInput === '' ? 'WELCOME' : userInput,
    userInputType: USER_INPUT_TYPES.indexOf(userInputType),
    mediaType: mediaType === 'Call' ? 'voip' : mediaType,
  };
}
