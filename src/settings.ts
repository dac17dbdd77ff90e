/** Every setting there is: its type, its default, how it is checked, and its flag. */
import type { ConversationIdForm } from './contact/ids.js';
import { DEFAULT_SKILL, type Skill } from './contact/skill.js';
import { oneOf } from './shown.js';
import type { NewConversation } from './state/store.js';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** All settings, by the names that the config file uses. */
export interface Settings {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Makes ids repeat from run to run; without one they are new each time. */
  readonly seed: string | undefined;
  /** Adds the cause to error bodies. */
  readonly revealErrors: boolean;
  /** Whether answers carry X-Emulator-Trace-Id and X-Emulator-Cause. */
  readonly emulatorHeaders: boolean;
  readonly unknownFields: 'pass' | 'reject';
  readonly unknownConversations: 'refuse' | 'adopt';
  readonly conversationId: ConversationIdForm;
  /** In bytes. */
  readonly maxBody: number;
  /** In milliseconds. */
  readonly requestTimeout: number;
  readonly logLevel: LogLevel;
  readonly skills: readonly Skill[];
  /** Conversations that are there from the start and again after each reset, in every tenant. */
  readonly conversations: readonly NewConversation[];
}

/** Any part of the settings; `maxBody` also as text, such as `512kb`. */
export type PartialSettings = { readonly [K in Exclude<keyof Settings, 'maxBody'>]?: Settings[K] | undefined } & {
  readonly maxBody?: number | string | undefined;
};

interface SettingDescription {
  readonly schema: Readonly<Record<string, unknown>>;
  /** In words, for `expected`. */
  readonly expected: string;
  readonly default: unknown;
  readonly help: string;
  /** What the flag's value is called; none for a flag that is given or not. Settings without a flag stand in the file only. */
  readonly flag?: { readonly name: string; readonly value?: string };
}

/** One row a setting: the flags, the environment variables, the file's keys and `--help` all come from here. */
export const SETTINGS: { readonly [K in keyof Settings]: SettingDescription } = {
  port: {
    schema: { type: 'integer', minimum: 0, maximum: 65535 },
    expected: 'a port from 0 to 65535',
    default: 8400,
    help: 'port to listen on; 0 takes a free one and prints it',
    flag: { name: 'port', value: 'number' },
  },
  host: {
    schema: { type: 'string', minLength: 1 },
    expected: 'a host name or address',
    default: '127.0.0.1',
    help: 'address to listen on',
    flag: { name: 'host', value: 'address' },
  },
  seed: {
    schema: { type: 'string', minLength: 1 },
    expected: 'a text',
    default: undefined,
    help: 'makes generated ids repeat from run to run',
    flag: { name: 'seed', value: 'text' },
  },
  revealErrors: {
    schema: { type: 'boolean' },
    expected: 'true or false',
    default: false,
    help: 'add the cause to the bodies of refusals (CXone does not)',
    flag: { name: 'reveal-errors' },
  },
  emulatorHeaders: {
    schema: { type: 'boolean' },
    expected: 'true or false',
    default: true,
    help: 'leave out the headers X-Emulator-Trace-Id and X-Emulator-Cause; as a variable or in the file: false',
    flag: { name: 'no-emulator-headers' },
  },
  unknownFields: {
    schema: { enum: ['pass', 'reject'] },
    expected: 'pass or reject',
    default: 'pass',
    help: 'pass or reject: what becomes of fields that an operation does not know',
    flag: { name: 'unknown-fields', value: 'choice' },
  },
  unknownConversations: {
    schema: { enum: ['refuse', 'adopt'] },
    expected: 'refuse or adopt',
    default: 'refuse',
    help: 'refuse or adopt: what becomes of a well-formed conversation id that was not opened here',
    flag: { name: 'unknown-conversations', value: 'choice' },
  },
  conversationId: {
    schema: {
      anyOf: [
        { enum: ['uuid', 'decimal'] },
        {
          type: 'object',
          required: ['pattern', 'example'],
          additionalProperties: false,
          properties: { pattern: { type: 'string', minLength: 1 }, example: { type: 'string', minLength: 1, maxLength: 256 } },
        },
      ],
    },
    expected: 'uuid, decimal, or in the file {pattern, example}',
    default: 'uuid',
    help: 'uuid or decimal: the form of conversation ids; in the file also {pattern, example}',
    flag: { name: 'conversation-id', value: 'form' },
  },
  maxBody: {
    schema: {
      anyOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: '^[1-9][0-9]{0,8}(?:b|kb|mb)?$' },
      ],
    },
    expected: 'a size such as 1048576, 512kb or 1mb',
    default: '1mb',
    help: 'largest body, such as 512kb',
    flag: { name: 'max-body', value: 'size' },
  },
  requestTimeout: {
    schema: { type: 'integer', minimum: 1, maximum: 3_600_000 },
    expected: 'milliseconds from 1 to 3600000',
    default: 30_000,
    help: 'milliseconds within which a request must have arrived',
    flag: { name: 'request-timeout', value: 'ms' },
  },
  logLevel: {
    schema: { enum: LOG_LEVELS },
    expected: oneOf(LOG_LEVELS),
    default: 'info',
    help: `what the terminal shows: ${oneOf(LOG_LEVELS)}`,
    flag: { name: 'log-level', value: 'level' },
  },
  skills: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['skillId', 'name'],
        additionalProperties: false,
        properties: {
          skillId: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          name: { type: 'string', minLength: 1 },
          agents: { type: 'integer', minimum: 0 },
        },
      },
    },
    expected: 'a list of {skillId, name, agents}',
    default: [DEFAULT_SKILL],
    help: 'skills: skillId, name, agents',
  },
  conversations: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          conversationId: { type: 'string' },
          contactId: { type: 'string' },
          masterContactId: { type: 'string' },
          channel: { type: 'string', minLength: 1, maxLength: 64 },
          state: { enum: ['bot', 'queued', 'agent', 'ended'] },
          skillId: { type: 'integer' },
          userId: { type: 'string', minLength: 1, maxLength: 256 },
          attributes: { type: 'object', maxProperties: 1000, additionalProperties: { type: 'string' } },
        },
      },
    },
    expected: 'a list of conversations, each as POST /_emulator/conversations takes it',
    default: [],
    help: 'conversations that are there from the start and after each reset',
  },
};

export const SETTING_NAMES = Object.keys(SETTINGS) as (keyof Settings)[];

/** `maxBody` → `CXONE_EMULATOR_MAX_BODY`. */
export function environmentName(setting: string): string {
  return `CXONE_EMULATOR_${setting.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}
