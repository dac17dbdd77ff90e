/** TEXTBOT EXCHANGE: one turn with a bot: it gets what the customer said, its answer is said to the customer, and the branch is the bot's. */
import { mediaTypeOf } from '../../cxone/acd-format.js';
import type { BotTurn } from '../../cxone/model/conversation.js';
import { oneOf, show } from '../../shared/format.js';
import { type ActionType, ON_ERROR, type RunView } from '../action.js';
import { botError } from '../bots/bot-errors.js';
import { wordsOf } from '../bots/bot-session.js';
import {
  type BotAnswer,
  type BotBranch,
  type BotInput,
  type BotOutcome,
  USER_INPUT_TYPES,
  type UserInputType,
} from '../bots/exchange.js';
import { endConversation, noConversation, sayIn } from './conversation-of.js';
import { TEXT, textOf, valueInvalid } from './settings.js';

const GOES_ON = 'OnPromptAndCollectNextResponse';
const RETURNS = 'OnReturnControlToScript';

/**
 * The branch of the action by that of the bot's answer. The help names the first two and OnError (doc); that the others,
 * which say why the bot asks again or breaks out, lead to one of them is assumed. `DoNotBegin`: the bot does not take part.
 */
const BRANCHES: Readonly<Record<Exclude<BotBranch, 'Error' | 'EndContact'>, string>> = {
  PromptAndCollectNextResponse: GOES_ON,
  UserInputTimeout: GOES_ON,
  UserInputNotUnderstood: GOES_ON,
  AudioInputUntranscribeable: GOES_ON,
  ReturnControlToScript: RETURNS,
  DTMFBreakout: RETURNS,
  DoNotBegin: 'Default',
};

export const TEXTBOT_EXCHANGE: ActionType = {
  name: 'TEXTBOT EXCHANGE',
  summary:
    'One turn with the bot `virtualAgent` of the config file. It gets what the last ASKCALLER heard (or `userInput`, of the type `userInputType`), with `customPayload`; the first turn with a bot is AUTOMATED_TEXT. What it did not answer, the next TEXTBOT EXCHANGE sends again. What it answers is said to the customer. Sets `branchName`, `customPayloadFromBot`, `botSessionState`, which comes back to the bot at the next turn, `intentInfo`, `prompts`, `errorDetails`. An answer EndContact ends the conversation.',
  provenance: 'doc',
  settings: {
    virtualAgent: TEXT,
    userInput: {},
    userInputType: { anyOf: [{ enum: USER_INPUT_TYPES }, { type: 'string', pattern: '\\{\\{' }] },
    customPayload: { type: 'object' },
  },
  required: ['virtualAgent'],
  branches: [GOES_ON, RETURNS],
  prepare(preparation) {
    const { settings, template } = preparation;
    const given = settings.virtualAgent as string;
    if (!/\{\{|\{%/.test(given)) preparation.expectAgent(['virtualAgent'], given);
    const [virtualAgent, userInput, userInputType] = ['virtualAgent', 'userInput', 'userInputType'].map((name) => template(name));
    const customPayload = template('customPayload');
    return async (run) => {
      const scope = run.scope();
      const name = textOf('virtualAgent', virtualAgent?.(scope));
      const asked = inputOf(run, name, {
        text: userInput === undefined ? undefined : textOf('userInput', userInput(scope)),
        type: userInputType === undefined ? undefined : typeOf(userInputType(scope)),
        customPayload: customPayload?.(scope) ?? {},
      });
      const outcome = await exchange(run, name, asked);
      const said = wordsOf(outcome);
      await sayIn(run, said, { from: 'bot', name }, { virtualAgent: name, ...turnOf(outcome) });
      const { calls } = outcome;
      if ('problem' in outcome) {
        run.set('errorDetails', { systemErrorMessage: outcome.problem.message });
        return { branch: ON_ERROR, calls, problem: outcome.problem };
      }
      const { answer } = outcome;
      setVariables(run, answer);
      const { branchName, intentInfo, errorDetails } = answer;
      if (branchName === 'Error' && errorDetails?.errorBehavior !== 'EndContact')
        return { branch: ON_ERROR, calls, problem: botError(name, answer) };
      const words = said.length === 0 ? 'says nothing' : `says ${said.map(show).join(', ')}`;
      const intent = intentInfo?.intent;
      const came = `It comes to ${branchName}${intent === undefined || intent === null ? '' : `, intent ${intent}`}.`;
      const story = [`${name} hears ${heardOf(asked)}, and ${words}.`, came, ...outcome.notes].join(' ');
      if (branchName !== 'EndContact' && branchName !== 'Error') return { branch: BRANCHES[branchName], calls, message: story };
      await endConversation(run);
      run.finish(undefined);
      return { branch: 'Default', calls, message: `${story} The conversation is over, as the bot wants it.` };
    };
  },
};

/** What the script says of the input; undefined where it says nothing. */
interface Given {
  readonly text: string | undefined;
  readonly type: UserInputType | undefined;
  readonly customPayload: unknown;
}

function inputOf(run: RunView, virtualAgent: string, { text, type, customPayload }: Given): BotInput {
  const { bot } = run;
  const { vars } = run.scope() as { vars: Readonly<Record<string, unknown>> };
  const first = !bot.begun(virtualAgent);
  const heard = first && bot.heard === undefined ? { text: '', type: 'AUTOMATED_TEXT' as const } : bot.heard;
  return {
    userInput: text ?? heard?.text ?? '',
    userInputType: type ?? (text === undefined ? (heard?.type ?? 'NO_INPUT') : first ? 'AUTOMATED_TEXT' : 'TEXT'),
    botSessionState: vars.botSessionState ?? null,
    customPayload,
  };
}

function typeOf(value: unknown): UserInputType {
  const type = USER_INPUT_TYPES.find((one) => one === value);
  if (type !== undefined) return type;
  throw valueInvalid('userInputType', oneOf(USER_INPUT_TYPES), value);
}

async function exchange(run: RunView, virtualAgent: string, input: BotInput): Promise<BotOutcome> {
  const [contact, conversation] = [run.contact(), run.conversation()];
  if (contact === undefined || conversation === undefined) throw noConversation('have with a bot', run);
  const busNo = await run.unit((state) => state.identity.busNo);
  return run.exchange(virtualAgent, {
    ...input,
    mediaType: mediaTypeOf(conversation.channel).mediaTypeName,
    executionInfo: {
      contactId: contact.contactId,
      busNo,
      requestId: (conversation.bot?.turns ?? 0) + 1,
      actionType: TEXTBOT_EXCHANGE.name,
      actionId: run.line(),
      scriptName: run.script,
    },
  });
}

/** Whatever the bot left out is there all the same, so that a template can ask for it. */
function setVariables(run: RunView, answer: BotAnswer): void {
  run.set('branchName', answer.branchName);
  // A bot that failed has no other state than before: where the script asks it again, its session goes on.
  if (answer.branchName !== 'Error' || answer.botSessionState !== undefined)
    run.set('botSessionState', answer.botSessionState ?? null);
  run.set('customPayloadFromBot', answer.customPayload ?? {});
  run.set('intentInfo', {
    intent: null,
    context: null,
    intentConfidence: null,
    lastUserUtterance: null,
    ...answer.intentInfo,
    slots: answer.intentInfo?.slots ?? {},
  });
  run.set('prompts', answer.nextPromptSequence?.prompts ?? []);
  run.set('errorDetails', answer.errorDetails ?? {});
}

function turnOf(outcome: BotOutcome): Omit<BotTurn, 'turns' | 'virtualAgent'> {
  if ('problem' in outcome) return { branchName: null, intent: null, customPayload: null };
  const { branchName, intentInfo, customPayload } = outcome.answer;
  return { branchName, intent: intentInfo?.intent ?? null, customPayload: customPayload ?? null };
}

/** For the trace, which reads as a story. */
function heardOf({ userInput, userInputType }: BotInput): string {
  switch (userInputType) {
    case 'AUTOMATED_TEXT':
      return `the beginning (AUTOMATED_TEXT${userInput === '' ? '' : ` ${show(userInput)}`})`;
    case 'NO_INPUT':
      return 'silence (NO_INPUT)';
    case 'TEXT':
      return show(userInput);
    default:
      return `${userInputType}${userInput === '' ? '' : ` ${show(userInput)}`}`;
  }
}
