/** Every setting there is: its type, its default, how it is checked, and its flag. */
import type { ConversationIdForm } from '../cxone/model/ids.js';
import type { Skill } from '../cxone/model/skill.js';
import type { ErrorBodies } from '../pipeline/index.js';
import type { Agent } from '../cxone/model/agent.js';
import type { HoursProfile } from '../cxone/model/hours.js';
import type { Credentials } from '../cxone/credentials.js';
import type { KnowledgeEntry } from '../cxone/knowledge.js';
import { count, HOST_NAME, HTTP_ADDRESS, LARGEST_BODY, ORIGIN, type SettingDescription, size } from './setting-types.js';
import { IN_FILE_ONLY } from './file-settings.js';
import type { NewVirtualAgent, VirtualAgent } from '../studio/bots/virtual-agent.js';
import type { BreakerSettings } from '../studio/rest/circuit-breaker.js';
import { HOST_ENTRY } from '../studio/rest/hosts.js';
import { oneOf } from '../shared/format.js';
import type { NewConversation } from '../cxone/store/store.js';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** All settings, by the names that the config file uses. */
export interface Settings {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Makes ids repeat from run to run; without one they are new each time. */
  readonly seed: string | undefined;
  /** ISO 8601: where every tenant's clock stands from the start; where there is none, clocks go with the machine's. */
  readonly frozenAt: string | undefined;
  /** Adds the cause to error bodies. */
  readonly revealErrors: boolean;
  /** Whether answers carry X-Emulator-Trace-Id and X-Emulator-Cause. */
  readonly emulatorHeaders: boolean;
  readonly unknownFields: 'pass' | 'reject';
  readonly unknownConversations: 'refuse' | 'adopt';
  readonly conversationId: ConversationIdForm;
  /** Where callers reach the emulator from outside, without a slash at the end; where there is none, as each caller reached it. */
  readonly publicUrl: string | undefined;
  /** Further host names under which the control API answers; one that begins with a dot stands for all names below it. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may read answers; `*` is any, but for the control API. */
  readonly corsOrigins: readonly string[];
  /** Where every trace is written, one line each. */
  readonly traceFile: string | undefined;
  /** In bytes: from there on the trace file is begun anew. */
  readonly traceFileSize: number;
  /** The file whose state the tenants begin with. */
  readonly import: string | undefined;
  /** The file that gets the state of all tenants at the end. */
  readonly exportOnExit: string | undefined;
  /** JSON Pointers to customer data, which no trace shows. */
  readonly redact: readonly string[];
  /** In bytes. */
  readonly maxBody: number;
  /** In milliseconds. */
  readonly requestTimeout: number;
  readonly maxConnections: number;
  /** In bytes. */
  readonly maxInFlightBytes: number;
  readonly maxTraces: number;
  /** In bytes. */
  readonly maxTraceBytes: number;
  readonly maxTenants: number;
  readonly maxConversations: number;
  /** In bytes. */
  readonly maxStateBytes: number;
  /** `lax` lets a missing token and a foreign one pass at /api/v2 and webhooks; `strict` takes only tokens issued here. */
  readonly auth: 'lax' | 'strict';
  /** In seconds. */
  readonly tokenLifetime: number;
  /** The path of a private RSA key, in PEM or as a JSON Web Key. */
  readonly tokenKey: string | undefined;
  /** What a signal that was taken is answered. */
  readonly signalStatus: number;
  /** The folder of Studio scripts. */
  readonly scripts: string | undefined;
  /** Hosts that scripts may call beside the emulator itself. */
  readonly scriptHosts: readonly string[];
  /** The names of environment variables that scripts may see. */
  readonly scriptEnv: readonly string[];
  /** How many actions a run may take. */
  readonly maxScriptSteps: number;
  /** How many runs may live at a time, over all tenants. */
  readonly maxRuns: number;
  /** When nothing is executed any more: calls in a second, the share that failed, and milliseconds. */
  readonly restBreaker: BreakerSettings;
  readonly logLevel: LogLevel;
  /** The access keys and clients that are taken; any non-empty ones where there are none. */
  readonly credentials: readonly Credentials[];
  readonly agents: readonly Agent[];
  readonly hours: readonly HoursProfile[];
  readonly knowledge: readonly KnowledgeEntry[];
  /** The bots that scripts talk with. */
  readonly virtualAgents: readonly VirtualAgent[];
  /** Bodies that refusals have instead of the known ones, by family and status. */
  readonly errors: ErrorBodies;
  readonly skills: readonly Skill[];
  /** Conversations that are there from the start and again after each reset, in every tenant. */
  readonly conversations: readonly NewConversation[];
}

type SizeName = 'maxBody' | 'maxInFlightBytes' | 'traceFileSize' | 'maxTraceBytes' | 'maxStateBytes';

/** Any part of the settings; sizes also as texts, such as `512kb`. */
export type PartialSettings = {
  readonly [K in Exclude<keyof Settings, SizeName | 'virtualAgents'>]?: Settings[K] | undefined;
} & Readonly<Partial<Record<SizeName, number | string | undefined>>> & {
    readonly virtualAgents?: readonly NewVirtualAgent[] | undefined;
  };

/** One row a setting: the flags, the environment variables, the file's keys and `--help` all come from here. */
export const SETTINGS: { readonly [K in keyof Settings]: SettingDescription } = {
  port: {
    schema: { type: 'integer', minimum: 0, maximum: 65535 },
    expected: 'a port from 0 to 65535',
    atStart: true,
    default: 8400,
    help: 'port to listen on; 0 takes a free one and prints it',
    flag: { name: 'port', value: 'number' },
  },
  host: {
    schema: { type: 'string', minLength: 1 },
    expected: 'a host name or address',
    atStart: true,
    default: '127.0.0.1',
    help: 'address to listen on',
    flag: { name: 'host', value: 'address' },
  },
  seed: {
    schema: { type: 'string', minLength: 1 },
    expected: 'a text',
    atStart: true,
    default: undefined,
    help: 'makes generated ids repeat from run to run',
    flag: { name: 'seed', value: 'text' },
  },
  frozenAt: {
    schema: {
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d\\d:\\d\\d)$',
    },
    expected: 'a time such as 2026-03-01T09:30:00Z',
    atStart: true,
    default: undefined,
    help: 'time at which the clock of every tenant stands, until PUT /_emulator/clock moves it',
    flag: { name: 'frozen-at', value: 'time' },
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
  publicUrl: {
    schema: { type: 'string', pattern: HTTP_ADDRESS },
    expected: 'an address such as https://cxone.example.com, with neither a query nor credentials',
    default: undefined,
    help: 'address under which callers reach the emulator, behind a tunnel or a proxy',
    flag: { name: 'public-url', value: 'url' },
  },
  allowedHosts: {
    schema: { type: 'array', items: { type: 'string', pattern: HOST_NAME } },
    expected: 'host names such as cxone.example.com or .example.com, without a port',
    kind: 'list',
    default: [],
    help: 'further host names for the control API, set off by commas; .example.com is all names below it',
    flag: { name: 'allowed-hosts', value: 'names' },
  },
  corsOrigins: {
    schema: { type: 'array', items: { type: 'string', pattern: ORIGIN } },
    expected: 'origins such as http://localhost:3000 (scheme, host and port alone), or *',
    kind: 'list',
    default: [],
    help: 'origins whose pages may read answers, set off by commas; * is any (not for the control API)',
    flag: { name: 'cors-origins', value: 'origins' },
  },
  traceFile: {
    schema: { type: 'string', minLength: 1 },
    expected: 'the path of a file',
    atStart: true,
    default: undefined,
    help: 'regular file that gets every trace, one line of JSON each',
    flag: { name: 'trace-file', value: 'path' },
  },
  traceFileSize: {
    ...size('64mb'),
    help: 'size from which the trace file is begun anew; the three before it are kept as .1, .2 and .3',
    flag: { name: 'trace-file-size', value: 'size' },
  },
  import: {
    schema: { type: 'string', minLength: 1 },
    expected: 'the path of a file',
    atStart: true,
    default: undefined,
    help: 'file with the state to begin with: as --export-on-exit or GET /_emulator/state gave it',
    flag: { name: 'import', value: 'path' },
  },
  exportOnExit: {
    schema: { type: 'string', minLength: 1 },
    expected: 'the path of a file',
    atStart: true,
    default: undefined,
    help: 'file that gets the state of all tenants at the end, but for traces; the one before stays until it is whole',
    flag: { name: 'export-on-exit', value: 'path' },
  },
  redact: {
    schema: { type: 'array', items: { type: 'string', pattern: '^(?:/(?:[^~/]|~[01])*)+$' } },
    expected: 'JSON Pointers such as /metadata/phone; * is any one step',
    kind: 'list',
    default: [],
    help: 'JSON Pointers to customer data that no trace shall show, set off by commas; * is any one step',
    flag: { name: 'redact', value: 'pointers' },
  },
  maxBody: {
    ...size('1mb', LARGEST_BODY),
    help: 'largest body, such as 512kb',
    flag: { name: 'max-body', value: 'size' },
  },
  requestTimeout: {
    schema: { type: 'integer', minimum: 1, maximum: 3_600_000 },
    expected: 'milliseconds from 1 to 3600000',
    default: 30_000,
    help: 'milliseconds within which a request must have arrived; also how long an answer may lie without progress',
    flag: { name: 'request-timeout', value: 'ms' },
  },
  maxConnections: {
    ...count(1000, 100_000),
    help: 'connections that are open at a time; a request on one more is refused',
    flag: { name: 'max-connections', value: 'number' },
  },
  maxInFlightBytes: {
    ...size('256mb'),
    help: 'memory for bodies that are arriving, requests that wait for their turn and answers that nobody has read yet; a request beyond is refused',
    flag: { name: 'max-in-flight-bytes', value: 'size' },
  },
  maxTraces: {
    ...count(10_000, 10_000_000),
    help: 'traces that are kept, over all tenants; a tenant with over a tenth loses its own oldest first, else the quietest tenant does',
    flag: { name: 'max-traces', value: 'number' },
  },
  maxTraceBytes: {
    ...size('64mb'),
    help: 'memory for traces, over all tenants',
    flag: { name: 'max-trace-bytes', value: 'size' },
  },
  maxTenants: {
    ...count(1000, 1_000_000),
    help: 'tenants that are kept; the idle ones go first',
    flag: { name: 'max-tenants', value: 'number' },
  },
  maxConversations: {
    ...count(100_000, 10_000_000),
    help: 'conversations that are kept, over all tenants; the oldest of the tenant that has most go first',
    flag: { name: 'max-conversations', value: 'number' },
  },
  maxStateBytes: {
    ...size('256mb'),
    help: 'memory for conversations with their contacts, users, signals and transcripts, over all tenants',
    flag: { name: 'max-state-bytes', value: 'size' },
  },
  auth: {
    schema: { enum: ['lax', 'strict'] },
    expected: 'lax or strict',
    default: 'lax',
    help: 'lax or strict: whether /api/v2 and webhooks let a missing token or one from elsewhere pass, with a warning; the ACD families never do',
    flag: { name: 'auth', value: 'choice' },
  },
  tokenLifetime: {
    schema: { type: 'integer', minimum: 1, maximum: 31_536_000 },
    expected: 'seconds from 1 to 31536000',
    default: 3600,
    help: 'seconds for which a token is good',
    flag: { name: 'token-lifetime', value: 'seconds' },
  },
  tokenKey: {
    schema: { type: 'string', minLength: 1 },
    expected: 'the path of a file with a private RSA key',
    default: undefined,
    help: 'file with the private RSA key that signs tokens, PEM or JSON Web Key; without one, a key that is public and the same everywhere',
    flag: { name: 'token-key', value: 'path' },
  },
  signalStatus: {
    schema: { enum: [200, 202, 204] },
    expected: '200, 202 or 204',
    default: 202,
    help: 'status of the answer to a signal that was taken: 200, 202 or 204',
    flag: { name: 'signal-status', value: 'status' },
  },
  scripts: {
    schema: { type: 'string', minLength: 1 },
    expected: 'the path of a folder',
    default: undefined,
    help: 'folder with Studio scripts, one YAML file each',
    flag: { name: 'scripts', value: 'folder' },
  },
  scriptHosts: {
    schema: { type: 'array', items: { type: 'string', pattern: HOST_ENTRY } },
    expected: 'hosts such as crm.example.com, .example.com or localhost:9000',
    kind: 'list',
    default: [],
    help: 'hosts that scripts may call beside the emulator itself, set off by commas; .example.com is all names below it',
    flag: { name: 'script-hosts', value: 'hosts' },
  },
  scriptEnv: {
    schema: { type: 'array', items: { type: 'string', pattern: '^(?!(?:CXONE|TOKEN|__proto__)$)[A-Za-z_][A-Za-z0-9_]*$' } },
    expected: 'names of environment variables, but CXONE and TOKEN, which scripts have anyway',
    kind: 'list',
    default: [],
    help: 'environment variables that scripts may see as env.NAME, set off by commas; no trace shows their values, unless they are short or plain',
    flag: { name: 'script-env', value: 'names' },
  },
  maxScriptSteps: {
    ...count(1000, 1_000_000),
    help: 'actions that a script may take before it is stopped, because it goes round in a loop',
    flag: { name: 'max-script-steps', value: 'number' },
  },
  maxRuns: {
    ...count(10_000, 1_000_000),
    help: 'scripts that may run or wait at a time, over all tenants; the oldest is stopped for one more',
    flag: { name: 'max-runs', value: 'number' },
  },
  logLevel: {
    schema: { enum: LOG_LEVELS },
    expected: oneOf(LOG_LEVELS),
    default: 'info',
    help: `what the terminal shows: ${oneOf(LOG_LEVELS)}`,
    flag: { name: 'log-level', value: 'level' },
  },
  ...IN_FILE_ONLY,
};

export const SETTING_NAMES = Object.keys(SETTINGS) as (keyof Settings)[];

/** `maxBody` → `CXONE_EMULATOR_MAX_BODY`. */
export function environmentName(setting: string): string {
  return `CXONE_EMULATOR_${setting.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}
