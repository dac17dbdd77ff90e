/** The JSON Schema of a stand-in bot's file: it checks it when it is loaded, and is published for editors. */

type Schema = Readonly<Record<string, unknown>>;

const STATE_NAMES = 'Names of states have letters, digits, spaces, _ . and -, at most 64.';
const STATE: Schema = { type: 'string', pattern: '^[\\p{L}\\p{N}_][\\p{L}\\p{N}_ .-]{0,63}$', description: STATE_NAMES };

const SAY: Schema = {
  type: ['string', 'array'],
  minLength: 1,
  minItems: 1,
  items: { type: 'string', minLength: 1 },
  description: 'What the customer reads: a text, or several prompts one after another.',
};

/** As the contract of exchange endpoints has them. */
const BRANCHES = [
  'DoNotBegin',
  'PromptAndCollectNextResponse',
  'ReturnControlToScript',
  'EndContact',
  'AudioInputUntranscribeable',
  'Error',
  'DTMFBreakout',
  'UserInputTimeout',
  'UserInputNotUnderstood',
] as const;

export type Branch = (typeof BRANCHES)[number];

/** In seconds. */
const LONGEST_DELAY = 600;
const LONGEST_WAIT = 86_400;

const RULE: Schema = {
  type: 'object',
  description: 'When it fits, it answers. It has on or hears, or both.',
  additionalProperties: false,
  properties: {
    on: {
      enum: ['start', 'text', 'silence', 'leave', 'any'],
      description:
        'start: the bot is asked to begin (AUTOMATED_TEXT); text: the customer wrote or pressed something (TEXT, DTMF_AS_TEXT), the default with hears; silence: NO_INPUT; leave: USER_ENDED_SESSION; any: whatever comes, audio too.',
    },
    hears: {
      type: 'string',
      minLength: 1,
      description: 'A regular expression; capitals do not matter. Named groups become slots: (?<booking>[A-Z]{2}\\d{4}).',
    },
    in: {
      type: ['string', 'array'],
      pattern: STATE.pattern,
      minItems: 1,
      items: STATE,
      description: `Only in this state, or in one of these. ${STATE_NAMES}`,
    },
    say: SAY,
    then: { ...STATE, description: `The state from now on, which is intentInfo.context, too. ${STATE_NAMES}` },
    branch: {
      enum: BRANCHES,
      description: 'branchName. PromptAndCollectNextResponse where none is given; with leave EndContact, with error Error.',
    },
    intent: { type: 'string', minLength: 1, description: 'intentInfo.intent, such as StandardBotEscalation.' },
    confidence: { type: 'number', description: 'intentInfo.intentConfidence.' },
    payload: { type: 'object', description: 'customPayload: variables for the script, values or templates.' },
    wait: {
      type: 'number',
      minimum: 0,
      maximum: LONGEST_WAIT,
      description: 'Seconds until silence is a turn: silenceRules.millisecondsToWaitForUserResponse; 0 as without.',
    },
    error: {
      type: 'object',
      description: 'An error that the bot itself reports: errorDetails.',
      required: ['message'],
      additionalProperties: false,
      properties: {
        message: { type: 'string', minLength: 1, description: 'systemErrorMessage.' },
        behavior: {
          enum: ['ReturnControlToScriptThroughErrorBranch', 'EndContact'],
          default: 'ReturnControlToScriptThroughErrorBranch',
        },
        say: { ...SAY, description: 'errorPromptSequence.' },
      },
    },
    fails: {
      type: 'object',
      description: 'How the bot breaks, to rehearse that.',
      minProperties: 1,
      additionalProperties: false,
      properties: {
        status: { type: 'integer', minimum: 200, maximum: 599, description: 'Answers with this status, and no body of its own.' },
        body: { type: 'string', description: 'Sends this as it stands; with 200 where there is no status.' },
        hang: { enum: [true], description: 'Never answers.' },
        after: { type: 'number', minimum: 0, maximum: LONGEST_DELAY, description: 'Answers, but so many seconds later.' },
      },
    },
  },
};

export const BOT_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A stand-in bot for cxone-emulator',
  type: 'object',
  required: ['name', 'rules'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100 },
    description: { type: 'string' },
    begin: { ...STATE, default: 'start', description: `The state that a session begins in. ${STATE_NAMES}` },
    rules: { type: 'array', minItems: 1, maxItems: 1000, items: RULE, description: 'The first rule that fits answers.' },
  },
};
