/** Chooses the rule that answers a turn, and makes the answer of it, in the form of the contract of exchange endpoints. */
import { found } from '../cxone/bounded-pattern.js';
import { show } from '../shared/format.js';
import type { Scope, Template } from '../shared/templates.js';
import type { Occasion, Rule } from './bot-rules.js';
import type { Branch } from './bot-schema.js';
import type { ExchangeRequest } from './exchange.js';
import type { SessionState } from './sessions.js';

/** What a turn is, by its userInputType; the others are audio. */
const OCCASIONS: Readonly<Record<string, Occasion>> = {
  AUTOMATED_TEXT: 'start',
  TEXT: 'text',
  DTMF_AS_TEXT: 'text',
  NO_INPUT: 'silence',
  USER_ENDED_SESSION: 'leave',
};

/** Where no rule fits, the bot says nothing, and takes the branch for that. */
const WITHOUT_RULE: Readonly<Record<Occasion, Branch>> = {
  start: 'PromptAndCollectNextResponse',
  text: 'UserInputNotUnderstood',
  silence: 'UserInputTimeout',
  leave: 'EndContact',
  audio: 'AudioInputUntranscribeable',
};

/** An input is looked at no further. */
const LONGEST_HEARD = 2000;

export interface Choice {
  readonly occasion: Occasion;
  /** undefined where none fits. */
  readonly rule: Rule | undefined;
  /** What the pattern of the rule found. */
  readonly slots: Readonly<Record<string, string>>;
  /** What a person should know of the rules that were passed over. */
  readonly notes: readonly string[];
}

export function choose(rules: readonly Rule[], { userInputType, userInput }: ExchangeRequest, state: string): Choice {
  const occasion = OCCASIONS[userInputType] ?? 'audio';
  const text = (userInput ?? '').slice(0, LONGEST_HEARD);
  const notes: string[] = [];
  for (const rule of rules) {
    if (rule.on !== 'any' && rule.on !== occasion) continue;
    if (rule.states?.includes(state) === false) continue;
    if (rule.hears === undefined) return { occasion, rule, slots: {}, notes };
    const match = found(rule.hears, text);
    if (match === 'slow')
      notes.push(
        `The pattern ${show(rule.hears.source)} of line ${String(rule.line)} takes too long on this text: the rule is passed over.`,
      );
    else if (match !== null) return { occasion, rule, slots: heard(match), notes };
  }
  return { occasion, rule: undefined, slots: {}, notes };
}

/** The groups that took part. */
function heard(match: RegExpExecArray): Record<string, string> {
  const groups: Readonly<Record<string, string | undefined>> = match.groups ?? {};
  return Object.fromEntries(Object.entries(groups).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export interface Reply {
  readonly branch: Branch;
  readonly said: readonly string[];
  readonly state: SessionState;
  /** As the contract has it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Throws a Rejection where a template cannot be rendered. `before` is the state that the turn found. */
export function replyOf(choice: Choice, request: ExchangeRequest, before: SessionState): Reply {
  const { rule, occasion } = choice;
  const input = request.userInput ?? '';
  const slots = { ...before.slots, ...choice.slots };
  const scope: Scope = { slots, input, payload: request.customPayload ?? {}, botConfig: request.botConfig ?? {} };
  const state: SessionState = { ...before, turn: before.turn + 1, state: rule?.then ?? before.state, slots };
  const branch = rule?.branch ?? WITHOUT_RULE[occasion];
  const said = textsOf(rule?.say ?? [], scope);
  return {
    branch,
    said,
    state,
    body: {
      branchName: branch,
      ...(said.length === 0 ? {} : { nextPromptSequence: promptsOf(said) }),
      intentInfo: {
        ...(rule?.intent === undefined ? {} : { intent: textOf(rule.intent(scope)) }),
        context: state.state,
        ...(rule?.confidence === undefined ? {} : { intentConfidence: rule.confidence }),
        lastUserUtterance: input,
        slots,
      },
      ...(rule?.wait === undefined
        ? {}
        : { nextPromptBehaviors: { silenceRules: { millisecondsToWaitForUserResponse: Math.round(rule.wait * 1000) } } }),
      ...(rule?.payload === undefined ? {} : { customPayload: rule.payload(scope) }),
      ...(rule?.error === undefined
        ? {}
        : {
            errorDetails: {
              errorBehavior: rule.error.behavior,
              ...(rule.error.say.length === 0 ? {} : { errorPromptSequence: promptsOf(textsOf(rule.error.say, scope)) }),
              systemErrorMessage: textOf(rule.error.message(scope)),
            },
          }),
      botSessionState: state,
    },
  };
}

function promptsOf(texts: readonly string[]): object {
  return { prompts: texts.map((transcript) => ({ transcript })) };
}

function textsOf(templates: readonly Template[], scope: Scope): string[] {
  return templates.map((template) => textOf(template(scope)));
}

/** A template that is one whole expression may make any value. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
