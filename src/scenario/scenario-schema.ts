/** The JSON Schema of scenario files: it checks them when they are loaded, and is published for editors. */
import { CATALOGUE } from '../errors/catalogue.js';
import { GIVEN_SETTINGS } from './setup-settings.js';

type Schema = Readonly<Record<string, unknown>>;

const TEXT: Schema = { type: 'string', minLength: 1 };
/** What find-my-way and JSON Pointers leave alone, and templates can name. */
const CAPTURED_NAME = '^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,63}$';
const HEADER_NAME = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$";
const CODE: Schema = { enum: Object.keys(CATALOGUE) };

function object(properties: Schema, more: Schema = {}): Schema {
  return { type: 'object', additionalProperties: false, properties, ...more };
}

/** A list, or the word `none`. */
function listOrNone(items: Schema, description: string): Schema {
  return { description, if: { type: 'array' }, then: { items }, else: { enum: ['none'] } };
}

const ROWS: Schema = { type: 'array', items: { type: 'object' } };
const ATTRIBUTES_BY_ID: Schema = {
  type: 'object',
  additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
};

const CLOCK: Schema = object({ now: TEXT, advance: TEXT, frozen: { type: 'boolean' } }, { minProperties: 1 });

const GIVEN: Schema = object(
  {
    settings: object(GIVEN_SETTINGS, {
      description: 'Settings as in the config file, such as auth: strict. The scenario then runs in an emulator that has them.',
    }),
    scripts: { ...TEXT, description: 'The folder of Studio scripts, seen from this file.' },
    credentials: { ...ROWS, minItems: 1, description: 'Access keys and clients that are taken; the first one fetches tokens.' },
    virtualAgents: {
      ...ROWS,
      minItems: 1,
      description: 'Bots, as in the config file; the file of a standIn is seen from this one.',
    },
    hours: { ...ROWS, description: 'Profiles of hours of operation: profileId, name, timeZone, days.' },
    skills: { ...ROWS, description: 'Skills to add or change: skillId, name, agents, hours, answers.' },
    agents: { ...ROWS, description: 'Agents with a name: agentId, name, state, skills.' },
    conversations: {
      ...ROWS,
      description:
        'Conversations to open, as POST /_emulator/conversations takes them: conversationId, contactId, masterContactId, channel, state, skillId, userId, attributes.',
    },
    clock: { ...CLOCK, description: 'The time that it is in the tenant: now, frozen.' },
    faults: { ...ROWS, description: 'Calls that shall fail, as POST /_emulator/faults takes them.' },
    attributes: object(
      { contacts: ATTRIBUTES_BY_ID, users: ATTRIBUTES_BY_ID },
      { description: 'Custom attributes, by the id of a contact or a user that one of the conversations has.' },
    ),
  },
  { description: 'What is there before the first step.' },
);

const REQUEST: Schema = object(
  {
    method: { type: 'string', pattern: '^[A-Za-z]{1,20}$', description: 'GET without a body, POST with one, unless given.' },
    path: { ...TEXT, description: 'With its query, below the tenant: /api/v2/conversations/webchat; or a whole address.' },
    headers: {
      type: 'object',
      propertyNames: { pattern: HEADER_NAME },
      additionalProperties: { type: ['string', 'number', 'null'] },
      description: 'Accept, and with body the type application/json, are sent unless given; null takes one away.',
    },
    body: { description: 'Sent as JSON; texts in it are templates.' },
    bodyText: {
      type: 'string',
      description: 'Sent as it stands, once its templates are filled in. Without a Content-Type of its own.',
    },
    timeout: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 600,
      description: 'Seconds for the whole answer, after which the client gives up; 30 unless given.',
    },
    bodyFile: { ...TEXT, description: 'A file, seen from this one, whose bytes are sent. Without a Content-Type of its own.' },
  },
  { required: ['path'] },
);

const EXPECT: Schema = object({
  noAnswer: {
    enum: ['reset', 'cut', 'timeout'],
    description: 'No whole answer comes: the connection is reset, closes in the middle of the body, or nothing comes in time.',
  },
  status: { description: 'The status of the answer, or a matcher; below 400 where neither it nor a cause is given.' },
  headers: { type: 'object', description: 'Headers of the answer, by name in any case.' },
  body: {
    description:
      'A part of the body: what is left out is not looked at. Matchers: $any, $absent, {$type}, {$matches}, {$length}, {$contains}, {$oneOf}, {$exactly}.',
  },
  cause: {
    description: 'Why it was refused: a code, {code, in, pointer, expected, received, remedy}, or none.',
    if: { type: 'object' },
    then: object({
      code: {},
      in: {},
      pointer: {},
      expected: {},
      received: {},
      remedy: {},
      message: {},
      provenance: {},
      action: {},
    }),
    else: { enum: ['none', ...Object.keys(CATALOGUE)] },
  },
  trace: object(
    {
      script: { ...TEXT, description: 'The newest trace of this script, instead of the trace of the step.' },
      outcome: { description: 'accepted, rejected, failed or running.' },
      operationId: {},
      codes: { type: 'array', items: CODE, description: 'Each stands in some entry, or in one of what its script called.' },
      actions: {
        type: 'array',
        items: TEXT,
        description: 'All actions of the script that fired, in order: Lookup, or Lookup (RESTAPI).',
      },
      branches: { type: 'object', description: 'By action, the branch that it took; null where the script ended there.' },
    },
    { minProperties: 1 },
  ),
  warnings: listOrNone(CODE, 'All warnings of the trace, in any order, or none.'),
  conversation: {
    type: 'object',
    minProperties: 1,
    description: 'A conversation as it is now; without conversationId the only one that is given.',
  },
  said: {
    description:
      'What bot, script and agent said since the step before: a text (of several messages: in lines), a list of texts or of {from, name, text}, or none.',
  },
  signals: listOrNone({ type: 'object' }, 'All signals that arrived, in order: contactId, parameters; or none.'),
  transcripts: listOrNone({ type: 'object' }, 'All transcripts that arrived, in order: contactId, content; or none.'),
  calls: listOrNone(
    object({ method: {}, url: {}, headers: {}, body: {}, status: {}, response: {}, traceId: {} }),
    'All REST calls that the script of the step made, in order: method, url, headers, body, status and response; or none.',
  ),
});

const CAPTURE: Schema = {
  type: 'object',
  propertyNames: { pattern: CAPTURED_NAME },
  additionalProperties: TEXT,
  description:
    "Kept for later steps as captured.NAME: a template over body, headers, status and traceId: '{{ body.access_token }}'.",
};

const STEP: Schema = object(
  {
    name: { ...TEXT, maxLength: 300 },
    request: REQUEST,
    signal: object(
      {
        contactId: { type: ['string', 'integer'], description: 'The contact whose script shall hear it.' },
        parameters: { type: 'array', items: { type: ['string', 'number'] }, description: 'p1, p2, …' },
      },
      { required: ['contactId'], description: 'A signal as Cognigy sends it, with an access token.' },
    ),
    customer: {
      description:
        'arrives, says …, or leaves; with more to say of it: {arrives: {channel, userId, …}}, {says: …}, {leaves: true}.',
      if: { type: 'object' },
      then: object(
        {
          arrives: { type: 'object', description: 'As POST /_emulator/conversations takes it.' },
          says: { ...TEXT, maxLength: 20_000 },
          leaves: { const: true },
          conversationId: { ...TEXT, description: 'Unless it is the one that arrived last, or the only one that is given.' },
        },
        { minProperties: 1 },
      ),
      else: {
        type: 'string',
        pattern: '^(?:arrives|leaves|says\\s+\\S[^]*)$',
        description: 'It is arrives, leaves, or says and what the customer says: says hello.',
      },
    },
    clock: {
      ...CLOCK,
      description: 'Sets the clock of the tenant (now), moves it on (advance: 8h), lets it stand or go (frozen).',
    },
    fault: {
      anyOf: [{ type: 'object', minProperties: 1 }, { const: 'none' }],
      description: 'A call that shall fail from now on, as POST /_emulator/faults takes it; none ends all faults.',
    },
    wait: object(
      {
        until: EXPECT,
        request: { ...REQUEST, description: 'Sent again until its answer is as expected.' },
        atMost: { type: 'number', exclusiveMinimum: 0, maximum: 600, description: 'Seconds; 5 unless given.' },
      },
      { required: ['until'] },
    ),
    repeat: object(
      {
        times: { type: 'integer', minimum: 1, maximum: 10_000 },
        steps: { $ref: '#/definitions/steps' },
      },
      { required: ['times', 'steps'], description: '{{ round }} counts from 1.' },
    ),
    expect: EXPECT,
    capture: CAPTURE,
  },
  { required: ['name'] },
);

export const SCENARIO_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A scenario for cxone-emulator',
  type: 'object',
  required: ['name', 'steps'],
  additionalProperties: false,
  definitions: { steps: { type: 'array', minItems: 1, items: STEP } },
  properties: {
    name: { ...TEXT, maxLength: 300 },
    description: { type: 'string' },
    given: GIVEN,
    steps: { $ref: '#/definitions/steps' },
  },
};
