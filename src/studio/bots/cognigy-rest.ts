/** Cognigy's own REST endpoint as a bot: what Studio would ask goes to it, and what its flow puts out becomes Studio's answer. */
import { kindOf, listed, oneOf, show } from '../../shared/format.js';
import type { BotAnswer, BotRequest } from './exchange.js';

/** What the endpoint answers, sound by openapi/cognigy-endpoint.yaml. */
export interface CognigyAnswer {
  readonly outputStack: readonly { readonly text?: string | null; readonly data?: unknown }[];
}

/** What the Exit Interaction node of Cognigy's CXone extension puts out in a digital channel (client). */
interface ExitInteraction {
  readonly action: string;
  /** What scripts look for (client). */
  readonly intent: string;
  readonly data: unknown;
}

/** By the action of the node. */
const INTENTS: ReadonlyMap<unknown, string> = new Map([
  ['AGENT_TRANSFER', 'StandardBotEscalation'],
  ['END_CONVERSATION', 'StandardBotEndConversation'],
]);

/** Where a rich output has its words: that of CXone's own tab, and those of the default one (doc). Its `text` is null then. */
const PLACES_OF_WORDS = [
  ['_niceCXOne', 'json'],
  ['_default', '_text'],
  ['_default', '_quickReplies'],
  ['_default', '_buttons'],
];

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
  const prompts = outputStack.flatMap((output) => {
    const transcript = wordsOf(output);
    return transcript === undefined ? [] : [{ transcript }];
  });
  const said = { nextPromptSequence: { prompts } };
  const exit = outputStack.map(({ data }) => exitOf(data)).find((found) => found !== undefined);
  if (exit === undefined)
    return { branchName: 'PromptAndCollectNextResponse', ...said, intentInfo: { lastUserUtterance: userInput } };
  return {
    branchName: 'ReturnControlToScript',
    ...said,
    intentInfo: { intent: exit.intent, lastUserUtterance: userInput },
    customPayload: {
      action: exit.action,
      scriptPayloads: [{ text: prompts.map(({ transcript }) => transcript).join('\n') }, exit.data ?? {}],
    },
  };
}

type Output = CognigyAnswer['outputStack'][number];

function wordsOf({ text, data }: Output): string | undefined {
  const inData = PLACES_OF_WORDS.map((place) => memberOf(data, '_cognigy', ...place, 'text'));
  return [text, ...inData].find((words): words is string => typeof words === 'string' && words.trim() !== '');
}

/** What a flow put out for people or for CXone, and nothing comes of here: pictures, lists, other channels' tabs, actions that are none. */
export function cognigyNotes({ outputStack }: CognigyAnswer): string[] {
  return outputStack.flatMap((output, index) => {
    const where = `/outputStack/${String(index)}/data/_cognigy`;
    const action = memberOf(output.data, '_cognigy', '_niceCXOne', 'json', 'action');
    const unknown =
      action === undefined || action === null || INTENTS.has(action)
        ? []
        : [
            `The action ${show(action)} at ${where}/_niceCXOne/json returns no control: ${oneOf([...INTENTS.keys()].map(String))} does.`,
          ];
    const rich = memberOf(output.data, '_cognigy');
    if (wordsOf(output) !== undefined || exitOf(output.data) !== undefined || unknown.length > 0 || kindOf(rich) !== 'an object')
      return unknown;
    const tabs = Object.entries(rich as object).flatMap(([tab, inside]) =>
      tab === '_default' && kindOf(inside) === 'an object' ? Object.keys(inside as object).map((kind) => `${tab}/${kind}`) : tab,
    );
    if (tabs.length === 0) return [];
    return [
      `Nothing is said of ${listed(tabs.map((tab) => show(`${where}/${tab}`)))}: words are looked for in text, in quick replies, buttons and text of the default tab, and in CXone’s own.`,
    ];
  });
}

/** `{_cognigy: {_niceCXOne: {json: {…, action}}}}`: a rich output of the same tab has no action. */
function exitOf(data: unknown): ExitInteraction | undefined {
  const json = memberOf(data, '_cognigy', '_niceCXOne', 'json');
  const action = memberOf(json, 'action');
  const intent = INTENTS.get(action);
  return intent === undefined ? undefined : { action: String(action), intent, data: memberOf(json, 'data') };
}

function memberOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inside, name) =>
      typeof inside === 'object' && inside !== null ? (inside as Readonly<Record<string, unknown>>)[name] : undefined,
    value,
  );
}
