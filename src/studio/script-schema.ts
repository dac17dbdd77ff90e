/** The JSON Schemas of script files: it checks them when they are loaded, and is published for editors. */
import { ACTION_TYPES } from './actions/index.js';
import { HEADER_NAME, NAME, TEXT, VALUES } from './actions/settings.js';
import type { ActionType } from './action.js';
import type { JsonSchema } from '../shared/json-schema.js';

/** Of an action, and of a script. */
const ACTION_NAME: JsonSchema = {
  type: 'string',
  pattern: '^(?!__proto__$)[A-Za-z_][\\w .-]{0,63}$',
  description: 'Names have letters, digits, spaces, _ . and -, at most 64, and begin with a letter or _.',
};
/** What find-my-way and the tenant's prefix leave: plain parts, no slash at the end. */
const WEBHOOK_PATH = '^(?!/t/|/_emulator(?:/|$))(?:/[A-Za-z0-9._~-]+)+$';

const CHANNEL: JsonSchema = { type: 'string', minLength: 1, maxLength: 64 };

const TRIGGER: JsonSchema = {
  type: 'object',
  description: 'What starts the script. Without one it is started by other scripts, with SPAWN or RUNSUB.',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    webhook: {
      type: 'object',
      description: 'A request to a path of its own.',
      required: ['path'],
      additionalProperties: false,
      properties: {
        path: {
          type: 'string',
          pattern: WEBHOOK_PATH,
          description:
            'Paths begin with a slash and end without one, have letters, digits and . _ ~ - between slashes, no parameters, and lie outside /t/ and /_emulator; by convention below /webhooks/.',
        },
        method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], default: 'POST' },
        body: { type: 'object', description: 'JSON Schemas of the body.' },
        headers: {
          type: 'array',
          items: HEADER_NAME,
          description: 'Headers that must come.',
        },
        types: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: ['json', 'form'] }, default: ['json'] },
      },
    },
    conversation: {
      type: 'object',
      description: 'A new conversation, at the point of contact that the channel names; at any without one.',
      additionalProperties: false,
      properties: { channel: CHANNEL },
    },
    handover: {
      type: 'object',
      description: 'A handover at /api/v2/conversations/webchat.',
      additionalProperties: false,
      properties: { channel: CHANNEL },
    },
    start: {
      type: 'object',
      description: 'The scripts/start of the ACD, by the script’s id or path; by its name without either.',
      additionalProperties: false,
      properties: {
        scriptId: { type: 'string', minLength: 1 },
        scriptPath: { type: 'string', minLength: 1 },
        parameters: { type: 'array', items: NAME, description: 'The variables that take the parameters, in order.' },
      },
    },
  },
};

export const SCRIPT_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A Studio script for cxone-emulator',
  type: 'object',
  required: ['name', 'actions'],
  additionalProperties: false,
  definitions: Object.assign({}, ...[...ACTION_TYPES.values()].map(({ definitions }) => definitions)) as JsonSchema,
  properties: {
    name: ACTION_NAME,
    description: { type: 'string' },
    trigger: TRIGGER,
    variables: { ...VALUES, description: 'What variables begin with.' },
    begin: { ...TEXT, description: 'The first action; without it, the one that stands first.' },
    actions: {
      type: 'object',
      minProperties: 1,
      propertyNames: ACTION_NAME,
      additionalProperties: {
        type: 'object',
        required: ['type'],
        properties: { type: { enum: [...ACTION_TYPES.keys()] } },
        allOf: [...ACTION_TYPES.values()].map((type) => ({
          if: { required: ['type'], properties: { type: { const: type.name } } },
          then: schemaOf(type),
        })),
      },
    },
  },
};

function schemaOf({ name, summary, provenance, settings, required, branches, ends }: ActionType): JsonSchema {
  const next: JsonSchema = { ...TEXT, description: 'The action of the branch Default.' };
  const named: JsonSchema = {
    type: 'object',
    description: 'By branch, the next action.',
    ...(branches === undefined
      ? { additionalProperties: TEXT }
      : {
          additionalProperties: false,
          properties: Object.fromEntries(['Default', ...branches, 'OnError'].map((branch) => [branch, TEXT])),
        }),
  };
  return {
    description: summary,
    'x-provenance': provenance,
    required,
    additionalProperties: false,
    properties: {
      type: { const: name },
      description: { type: 'string' },
      ...settings,
      ...(ends === 'always' ? {} : { next }),
      branches: ends === 'always' ? { ...named, properties: { OnError: TEXT } } : named,
    },
  };
}
