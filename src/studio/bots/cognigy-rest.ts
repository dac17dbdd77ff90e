/** Cognigy's own REST endpoint as a bot: what Studio would ask goes to it, and what its flow puts out becomes Studio's answer. */
import type { BotAnswer, BotRequest } from './exchange.js';

/** What the endpoint answers, sound by openapi/cognigy-endpoint.yaml. */
export interface CognigyAnswer {
  readonly outputStack: readonly { readonly text?: string | null; readonly data?: unknown }[];
}

/** What the Exit Interaction node of Cognigy's CXone extension puts out in a digital channel (client). */
interface ExitInteraction {
  readonly text?: unknown;
  readonly action?: unknown;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The intents that scripts look for (client), by the action of the node. */
const INTENTS: Readonly<Record<string, string>> = {
  AGENT_TRANSFER: 'StandardBotEscalation',
  END_CONVERSATION: 'StandardBotEndConversation',
};

/**
 * The session is named as the data has it that Studio hands to a bot, `<busNo>:<contactId>` (client). It must not be the
 * conversation's id: a flow that hands over with its own session id would pass here, and fail at CXone.
 */
export function cognigyBody({ executionInfo, userInput, userInputType, customPayload, mediaType }: BotRequest): string {
  const { contactId, busNo } = executionInfo;
  const session = `${String(busNo)}:${contactId}`;
  return JSON.stringify({
    userId: contactId,
    sessionId: session,
    text: userInput,
    data: { ocpSessionId: session, contactId, busNo, userInputType, mediaType, customPayload },
  });
}

/**
 * Text becomes prompts; the output of an Exit Interaction node returns control to the script (doc for the node; how NiCE's
 * bridge translates it is assumed). Studio finds its data at `customPayloadFromBot.scriptPayloads[1]` (client); the first
 * of these payloads has what was said.
 */
export function cognigyTurn({ outputStack }: CognigyAnswer, userInput: string): BotAnswer {
  const exit = outputStack.map(({ data }) => exitOf(data)).find((found) => found !== undefined);
  const texts = outputStack.map(({ text, data }) => textIn(text) ?? textIn(exitOf(data)?.text));
  const prompts = texts.flatMap((transcript) => (transcript === undefined ? [] : [{ transcript }]));
  const said = { nextPromptSequence: { prompts } };
  const intent = INTENTS[String(exit?.action)];
  if (exit === undefined || intent === undefined)
    return { branchName: 'PromptAndCollectNextResponse', ...said, intentInfo: { lastUserUtterance: userInput } };
  return {
    branchName: 'ReturnControlToScript',
    ...said,
    intentInfo: { intent, lastUserUtterance: userInput },
    customPayload: {
      action: exit.action,
      scriptPayloads: [{ text: prompts.map(({ transcript }) => transcript).join('\n') }, exit.data ?? {}],
    },
  };
}

function textIn(text: unknown): string | undefined {
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** `{_cognigy: {_niceCXOne: {json: {…, action}}}}`, wherever a flow puts it out. */
function exitOf(data: unknown): ExitInteraction | undefined {
  const json = ['_cognigy', '_niceCXOne', 'json'].reduce<unknown>(
    (value, name) => (isObject(value) ? value[name] : undefined),
    data,
  );
  return isObject(json) ? json : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
