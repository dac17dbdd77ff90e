/** The settings that stand in the config file only: what is there from the start, who may come in, and what is answered. */
import { AGENT_STATES } from '../cxone/model/agent.js';
import { ALWAYS_OPEN, DAY_PATTERN, DAYS } from '../cxone/model/hours.js';
import { DEFAULT_SKILL } from '../cxone/model/skill.js';
import type { SettingDescription } from './setting-types.js';
import { BOT_CONTRACTS, BOT_PROTOCOLS } from '../studio/bots/virtual-agent.js';

type Name =
  'skills' | 'agents' | 'hours' | 'credentials' | 'knowledge' | 'virtualAgents' | 'conversations' | 'restBreaker' | 'errors';

/** One row a setting, as in `SETTINGS`. */
export const IN_FILE_ONLY: Readonly<Record<Name, SettingDescription>> = {
  skills: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['skillId', 'name'],
        additionalProperties: false,
        properties: {
          skillId: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          name: { type: 'string', minLength: 1, maxLength: 256 },
          agents: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 1 },
          hours: { type: 'integer', minimum: 1 },
          answers: {
            type: 'object',
            required: ['after'],
            additionalProperties: false,
            properties: {
              after: { type: 'number', minimum: 0, maximum: 86_400 },
              says: { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 2000 } },
              ends: { type: 'number', minimum: 0, maximum: 86_400 },
            },
          },
        },
      },
    },
    expected: 'a list of {skillId, name, agents, hours, answers}',
    default: [DEFAULT_SKILL],
    help: 'skills: skillId, name, agents, hours; answers {after, says, ends}: an agent who is free accepts after so many seconds in the queue, says these lines, and ends',
  },
  agents: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['agentId', 'name'],
        additionalProperties: false,
        properties: {
          agentId: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          name: { type: 'string', minLength: 1, maxLength: 256 },
          state: { enum: AGENT_STATES, default: 'Available' },
          skills: { type: 'array', items: { type: 'integer' }, default: [] },
        },
      },
    },
    expected: 'a list of {agentId, name, state, skills}',
    default: [],
    help: 'agents by name: agentId, name, state, skills',
  },
  hours: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['profileId', 'name', 'days'],
        additionalProperties: false,
        properties: {
          profileId: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          name: { type: 'string', minLength: 1, maxLength: 256 },
          timeZone: { type: 'string', minLength: 1, default: 'UTC' },
          days: {
            type: 'object',
            additionalProperties: false,
            properties: Object.fromEntries(DAYS.map((day) => [day, { type: 'string', pattern: DAY_PATTERN }])),
          },
        },
      },
    },
    expected: 'hours of a day such as "09:00-17:00", "09:00-12:00, 13:00-17:00" or closed',
    default: [ALWAYS_OPEN],
    help: 'profiles of hours of operation: profileId, name, timeZone, days',
  },
  credentials: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        minProperties: 2,
        dependencies: {
          accessKeyId: ['accessKeySecret'],
          accessKeySecret: ['accessKeyId'],
          clientId: ['clientSecret'],
          clientSecret: ['clientId'],
        },
        properties: Object.fromEntries(
          ['accessKeyId', 'accessKeySecret', 'clientId', 'clientSecret'].map((name) => [name, { type: 'string', minLength: 1 }]),
        ),
      },
    },
    expected: 'a list of {accessKeyId, accessKeySecret, clientId, clientSecret}, a key or a client or both together',
    default: [],
    help: 'access keys and clients that are taken; any non-empty ones where there are none',
  },
  knowledge: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pattern'],
        additionalProperties: false,
        properties: {
          pattern: { type: 'string', minLength: 1 },
          completion: { type: 'string' },
          ...Object.fromEntries(
            ['links', 'images', 'citations'].map((name) => [name, { type: 'array', items: { type: 'string' } }]),
          ),
          status: { type: 'integer', minimum: 200, maximum: 599 },
        },
      },
    },
    expected: 'a list of {pattern, completion, links, images, citations, status}',
    default: [],
    help: 'answers of Knowledge Hub: pattern, completion, links, images, citations, status',
  },
  virtualAgents: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 256 },
          url: { type: 'string', minLength: 1 },
          standIn: { type: 'string', minLength: 1 },
          protocol: { enum: BOT_PROTOCOLS, default: 'exchange' },
          contract: { enum: BOT_CONTRACTS, default: 'published' },
          headers: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
          botConfig: {},
          timeout: { type: 'number', exclusiveMinimum: 0, maximum: 90, default: 10 },
        },
      },
    },
    expected: 'a list of {name, url or standIn, protocol, contract, headers, botConfig, timeout}',
    default: [],
    help: 'bots that TEXTBOT EXCHANGE talks with: name; url, or standIn with the file of a stand-in bot; protocol exchange or cognigy-rest; contract published or observed; headers; botConfig; timeout in seconds; {{ env.NAME }} in texts is a variable of the environment, and no trace shows it',
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
  restBreaker: {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        requestsPerSecond: { type: 'number', exclusiveMinimum: 0, default: 100 },
        failures: { type: 'number', minimum: 0, maximum: 1, default: 0.5 },
        window: { type: 'integer', minimum: 1000, maximum: 3_600_000, default: 30_000 },
        pause: { type: 'integer', minimum: 1, maximum: 3_600_000, default: 30_000 },
      },
    },
    expected: '{requestsPerSecond, failures, window, pause}',
    default: { requestsPerSecond: 100, failures: 0.5, window: 30_000, pause: 30_000 },
    help: 'when the circuit breaker of RESTAPI opens: calls a second, share of failures, window and pause in milliseconds',
  },
  errors: {
    schema: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'object' } },
    },
    expected: 'error bodies by family and status, such as {conversations: {400: {errorCode: BadRequest}}}',
    default: {},
    help: 'bodies of refusals, by family and status',
  },
};
