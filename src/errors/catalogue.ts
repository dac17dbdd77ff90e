/** The catalogue of refusals and warnings: every code that the emulator can name as a cause, with its status and meaning. */

/** How a fact about the platform is known. `emulator` marks what belongs to the emulator alone. */
export type Provenance = 'doc' | 'client' | 'report' | 'assumed' | 'emulator';

/** The part of a request that a finding points into. */
export type Place = 'path' | 'query' | 'header' | 'body';

interface Refusal {
  readonly kind: 'refusal';
  readonly status: Status;
  readonly when: string;
  readonly provenance: Provenance;
}

/** The HTTP status; it may depend on the family of operations, and on whether the fault stands in the path. */
type Status =
  | number
  | 'as asked for'
  | { readonly families?: Readonly<Record<string, number>>; readonly path?: number; readonly elsewhere: number };

/** Where a status is the one that users reported, and not that of the other families. */
const AS_REPORTED = { conversations: 403, webhooks: 403 };

interface Warning {
  readonly kind: 'warning';
  /** `warn`: accepted here, but lost or refused elsewhere. `info`: worth knowing. */
  readonly level: 'info' | 'warn';
  readonly when: string;
  readonly provenance: Provenance;
}

export type CatalogueEntry = Refusal | Warning;

function refusal(status: Refusal['status'], provenance: Provenance, when: string): Refusal {
  return { kind: 'refusal', status, provenance, when };
}

function warning(level: Warning['level'], provenance: Provenance, when: string): Warning {
  return { kind: 'warning', level, provenance, when };
}

/** For a refusal that nobody is left to read: it stands in the trace only. Some web servers log such a request with this number. */
export const NEVER_SENT = 499;

/** Codes are public and stay. The README's table is generated from this one. */
export const CATALOGUE = {
  ROUTE_UNKNOWN: refusal(404, 'assumed', 'No operation has this path; the remedy names the nearest one.'),
  METHOD_NOT_ALLOWED: refusal(405, 'assumed', 'The path exists with another method; `Allow` lists them.'),
  PATH_MALFORMED: refusal(
    400,
    'assumed',
    'The path does not decode: a `%` that no two hex digits follow, or bytes that are not UTF-8.',
  ),
  TENANT_NAME_INVALID: refusal(400, 'emulator', 'The name after `/t/` is not 1 to 64 of `a-z`, `0-9` and `-`.'),
  TOKEN_MISSING: refusal(401, 'assumed', 'No Authorization header where one is needed.'),
  TOKEN_INVALID: refusal(
    { families: AS_REPORTED, elsewhere: 401 },
    'report',
    'The Authorization header holds no Bearer token, or none that was issued here.',
  ),
  TOKEN_EXPIRED: refusal({ families: AS_REPORTED, elsewhere: 401 }, 'report', 'The token is past its time, or was revoked.'),
  TENANT_MISMATCH: refusal(403, 'assumed', 'The token belongs to another tenant.'),
  CREDENTIALS_INVALID: refusal(401, 'assumed', 'The access key or the client is missing or wrong.'),
  CONTENT_TYPE_MISSING: refusal(400, 'report', 'A body without a Content-Type: it is read as form data, as Studio does.'),
  CONTENT_TYPE_FORM: refusal(
    400,
    'report',
    'Form data at an operation that takes JSON only; Cognigy’s HTTP Request node sends it by default.',
  ),
  CONTENT_TYPE_UNSUPPORTED: refusal(415, 'assumed', 'A Content-Type that the operation does not take.'),
  CHARSET_UNSUPPORTED: refusal(415, 'assumed', 'A charset other than UTF-8.'),
  CONTENT_ENCODING_UNSUPPORTED: refusal(415, 'assumed', 'A Content-Encoding other than gzip, deflate, br or identity.'),
  BODY_TOO_LARGE: refusal(413, 'assumed', 'The body, or what it inflates to, is over the limit (`--max-body`).'),
  BODY_ENCODING_INVALID: refusal(400, 'assumed', 'The body is not in the encoding that Content-Encoding names.'),
  BODY_NOT_UTF8: refusal(400, 'assumed', 'The body has bytes that are not UTF-8.'),
  BODY_EMPTY: refusal(400, 'assumed', 'Nothing, or only white space, where a body is required.'),
  BODY_NOT_JSON: refusal(400, 'report', 'The body is not JSON; line and column are given and the usual slips are named.'),
  REQUIRED_FIELD_MISSING: refusal(400, 'report', 'A required field or parameter is absent; the remedy names a near miss.'),
  SCHEMA_MISMATCH: refusal(
    400,
    'report',
    'A wrong type, value, length or depth, an unknown property where none is allowed, or a bad parameter.',
  ),
  CONVERSATION_ID_FORMAT: refusal(400, 'report', 'The id is not in the form of a conversation id that CXone generates.'),
  CONVERSATION_UNKNOWN: refusal(
    { path: 404, elsewhere: 400 },
    'assumed',
    'A well-formed id that was not generated here, or in another tenant.',
  ),
  CONVERSATION_ENDED: refusal(409, 'assumed', 'The conversation is over.'),
  CONVERSATION_STATE: refusal(409, 'assumed', 'The move is not possible from the state that the conversation is in.'),
  CONTACT_ID_FORMAT: refusal(400, 'doc', 'Not a whole number up to int64.'),
  CONTACT_PLACEHOLDER: refusal(
    400,
    'client',
    '`100000000000`, the placeholder of Cognigy’s test chat, which is never a real contact.',
  ),
  CONTACT_UNKNOWN: refusal(404, 'assumed', 'No such contact.'),
  SKILL_UNKNOWN: refusal({ path: 404, elsewhere: 400 }, 'assumed', 'No such skill.'),
  HOURS_PROFILE_UNKNOWN: refusal({ path: 404, elsewhere: 400 }, 'assumed', 'No such profile of hours of operation.'),
  SIGNAL_PARAMETER_LIMIT: refusal(400, 'doc', 'A signal with `p10` or more: Studio’s SIGNAL takes nine parameters.'),
  KNOWLEDGE_NO_ANSWER: refusal(404, 'client', 'No entry of `knowledge` in the config file fits the question.'),
  USER_UNKNOWN: refusal({ path: 404, elsewhere: 400 }, 'assumed', 'No conversation was opened with this user.'),
  TRACE_UNKNOWN: refusal({ path: 404, elsewhere: 400 }, 'emulator', 'No such trace, or it was dropped since.'),
  WEBHOOK_UNKNOWN: refusal(404, 'assumed', 'No Studio script listens at this path.'),
  REST_CALL_FAILED: refusal(
    400,
    'doc',
    'A script’s own REST call brought no sound answer: no connection, a broken one, or a status that its action takes for a failure.',
  ),
  REST_TIMEOUT: refusal(400, 'doc', 'A script’s own REST call was not over within the time that its action allows.'),
  REST_BODY_MULTILINE: refusal(
    400,
    'doc',
    'The JSON that a REST API action sends stands on more than one line; Studio’s takes it on one only.',
  ),
  REST_RESPONSE_TOO_LARGE: refusal(400, 'doc', 'The answer to a script’s own REST call is over 32 KB.'),
  REST_RESPONSE_NOT_JSON: refusal(400, 'doc', 'The answer to a REST API action is not JSON, the only thing that it takes.'),
  REST_CIRCUIT_OPEN: refusal(
    400,
    'doc',
    'Too many REST calls of the business unit failed, so that none is made for 30 s: at least half of at least 100 a second, over 30 s.',
  ),
  REST_HOST_REFUSED: refusal(
    400,
    'emulator',
    'A script calls a host outside that `--script-hosts` does not name, or a name that leads elsewhere than before.',
  ),
  BOT_UNREACHABLE: refusal(
    400,
    'doc',
    'The bot failed: no connection, no answer in time, or a status other than 2xx. Its TEXTBOT EXCHANGE takes OnError.',
  ),
  BOT_RESPONSE_INVALID: refusal(
    400,
    'doc',
    'The answer of the bot breaks its published contract, is not JSON, or is over 32 KB; the pointer names the field.',
  ),
  BOT_ERROR: refusal(400, 'doc', 'The bot answered with the branch Error.'),
  BOT_TURN_INVALID: refusal(
    400,
    'emulator',
    'The stand-in bot got a turn that does not follow from the one before: a first one that is not `AUTOMATED_TEXT`, or a `botSessionState` that is not the one it gave.',
  ),
  SCRIPT_UNKNOWN: refusal({ path: 404, elsewhere: 400 }, 'assumed', 'No script of this name, id or path is loaded.'),
  SCRIPT_REFUSED: refusal(400, 'emulator', 'The script itself answered with this status, at its `RESPOND`.'),
  SCRIPT_BRANCH_UNCONNECTED: refusal(400, 'report', 'An action had an outcome whose branch leads nowhere.'),
  SCRIPT_STEP_LIMIT: refusal(
    400,
    'assumed',
    'A script took more actions than `--max-script-steps`: it goes round in a loop. Or scripts set each other going, more than 20 in a row or more than 500 for one message.',
  ),
  SCRIPT_STOPPED: refusal(
    400,
    'emulator',
    'A script was stopped: the tenant was reset, its conversation ended, or the emulator closed.',
  ),
  SCRIPT_VALUE_INVALID: refusal(
    400,
    'assumed',
    'What a template made is not what the action takes, such as a skill that is no number.',
  ),
  TEMPLATE_RAW_BODY: refusal(
    400,
    'report',
    'A script sent a raw string as body instead of a template, and the target refused it.',
  ),
  TEMPLATE_VARIABLE_MISSING: refusal(400, 'report', 'A script’s template names a variable that is not there.'),
  TEMPLATE_INVALID: refusal(400, 'assumed', 'A script’s template cannot be rendered.'),
  HOST_REFUSED: refusal(
    403,
    'emulator',
    'The control API under a host name that may be anybody’s; `--allowed-hosts` names those that are yours.',
  ),
  ORIGIN_REFUSED: refusal(
    403,
    'emulator',
    'A page of a foreign origin calls the control API; `--cors-origins` names those that may.',
  ),
  EMULATOR_BUSY: refusal(
    503,
    'emulator',
    'More connections are open than `--max-connections` allows, more bytes are in flight than `--max-in-flight-bytes`, or too many requests wait on one connection (then it is closed).',
  ),
  CONTROL_INPUT_INVALID: refusal(400, 'emulator', 'Bad input to the control API.'),
  VERIFICATION_FAILED: refusal(
    409,
    'emulator',
    'The requests that `POST /_emulator/verify` asks for did not come; it says what came nearest.',
  ),
  VERIFICATION_INCONCLUSIVE: refusal(
    409,
    'emulator',
    'Whether they came cannot be told: it depends on dropped traces, hidden values or what is over 8 KB of a body.',
  ),
  REQUEST_TIMEOUT: refusal(408, 'assumed', 'The request did not arrive in time.'),
  HEADERS_TOO_LARGE: refusal(431, 'assumed', 'Request line and headers are over 16 KB together.'),
  HTTP_MALFORMED: refusal(400, 'assumed', 'What arrived is not HTTP/1, or has no Host header, or more than one.'),
  UPSTREAM_FAILED: refusal(
    502,
    'emulator',
    'The tenant that `record --upstream` passes requests on to gave no whole answer: no connection, a broken one, or too much.',
  ),
  UPSTREAM_TIMEOUT: refusal(504, 'emulator', 'That tenant did not answer within `--upstream-timeout`.'),
  FAULT_INJECTED: refusal(
    'as asked for',
    'emulator',
    'A fault that somebody asked for (`POST /_emulator/faults`): a status of its own, or no whole answer at all; as a warning, the request was carried out all the same.',
  ),
  INTERNAL: refusal(500, 'emulator', 'A bug of the emulator.'),
  CLIENT_DISCONNECTED: refusal(
    NEVER_SENT,
    'doc',
    'The caller left before the answer; as a warning, it had to wait 8 s or more: Cognigy gives up after 8 s or 15 s.',
  ),
  ANSWER_NOT_READ: refusal(
    NEVER_SENT,
    'emulator',
    'The caller took no more of an answer for as long as `--request-timeout` (of a large one, less than a megabyte): the connection was closed.',
  ),

  TOKEN_NOT_CHECKED: warning('warn', 'emulator', 'A token that was not issued here was let pass (`--auth lax`).'),
  TENANT_ID_UNKNOWN: warning('warn', 'assumed', 'The `tenantId` is not that of this tenant.'),
  BUSINESS_UNIT_MISMATCH: warning('warn', 'assumed', 'The business unit’s number is not that of this tenant.'),
  SIGNAL_UNHEARD: warning('warn', 'doc', 'No script that runs on this contact has an `ONSIGNAL`.'),
  SIGNAL_PARAMETER_GAP: warning('warn', 'assumed', 'A signal without `p1`, or with a gap before its last parameter.'),
  SIGNAL_PARAMETER_OVERRIDDEN: warning('info', 'assumed', 'A parameter stands in the query and in the body; the body wins.'),
  CUSTOMER_UNHEARD: warning(
    'warn',
    'assumed',
    'The customer said something, and neither a script nor an agent is there who could hear it.',
  ),
  SCRIPT_NOT_RUN: warning(
    'warn',
    'emulator',
    'A script was started, and none runs here: its contact is open, and nothing happens.',
  ),
  TRANSCRIPT_REPEATED: warning('info', 'assumed', 'The contact had a transcript already; both are kept.'),
  UNKNOWN_FIELD: warning(
    'info',
    'assumed',
    'A field that the operation does not know was let pass; `warn` where it nearly is a known one.',
  ),
  TEMPLATE_UNRENDERED: warning('warn', 'doc', 'A whole value is a template such as `{{context.intent}}` that nothing filled in.'),
  VALUE_UNSET: warning(
    'warn',
    'assumed',
    'A whole value is what is left of a variable that has none (`undefined`, `null`, `NaN` as text) or of an object put into a text (`[object Object]`).',
  ),
  TEXT_GARBLED: warning(
    'warn',
    'assumed',
    'A text was read in the wrong character set before it was sent: `MÃ¼ller`, or U+FFFD in the place of what was lost.',
  ),
  NUMBER_ROUNDED: warning(
    'warn',
    'assumed',
    'A whole number beyond 2^53-1 in a JSON body: it is rounded here, and wherever numbers are doubles.',
  ),
  HANDOVER_REPEATED: warning('info', 'assumed', 'The conversation was queued already; the last handover wins.'),
  HANDOVER_UNROUTED: warning('warn', 'assumed', 'A handover with no skill, and no script that routes it.'),
  SKILL_UNSTAFFED: warning('warn', 'assumed', 'The skill has no agent who is logged in, or is out of hours.'),
  CONVERSATION_ADOPTED: warning(
    'warn',
    'emulator',
    'A well-formed unknown id was taken (`--unknown-conversations adopt`); CXone would refuse it.',
  ),
  ATTRIBUTE_NO_MATCH: warning('warn', 'report', 'Nothing has this value under this attribute.'),
  ATTRIBUTE_AMBIGUOUS: warning('warn', 'assumed', 'More than one has this value under this attribute.'),
  STATE_DROPPED: warning(
    'warn',
    'emulator',
    'Nothing was found, and something was dropped before to stay within `--max-tenants`, `--max-conversations` or `--max-state-bytes`.',
  ),
  ORIGIN_NOT_ALLOWED: warning(
    'warn',
    'emulator',
    'A page of an origin that `--cors-origins` does not name sent this: its browser keeps the answer from it.',
  ),
  BODY_BOM: warning('warn', 'assumed', 'The body starts with a byte order mark, which strict JSON parsers refuse.'),
  JSON_DUPLICATE_KEY: warning('info', 'assumed', 'A key stands twice in one object; the last wins.'),
  ACCEPT_MISSING: warning('warn', 'assumed', 'No Accept header, or one that takes no JSON: the answer is JSON all the same.'),
} as const satisfies Record<string, CatalogueEntry>;

export type Code = keyof typeof CATALOGUE;
export type RefusalCode = { [C in Code]: (typeof CATALOGUE)[C]['kind'] extends 'refusal' ? C : never }[Code];
export type WarningCode = Exclude<Code, RefusalCode>;

/** Where a fault stands, what was expected there, what came, and what to do about it. */
export interface Explanation {
  readonly message: string;
  /** null where the fault is not in one part of the request, such as a connection that broke. */
  readonly in: Place | null;
  /** JSON Pointer inside that part; for a missing field it names the missing member. */
  readonly pointer: string | null;
  readonly expected: string;
  readonly received: string;
  /** Whether `received` is told in words only, so that it can hold no secret, whatever the field is called. */
  readonly inWords?: boolean;
  readonly remedy: string;
  /** Where it differs from the catalogue's. */
  readonly provenance?: Provenance;
}

/** One fault inside a rejection. */
export interface Finding extends Explanation {
  readonly code: RefusalCode;
}

/** What a refusal's answer has beside its status. */
export interface AnswerParts {
  /** Such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The name of the body, where the contract has several for the status: `invalid_client`. */
  readonly body?: string;
  /** Further members of the body, in a family whose bodies say the cause; they win over its own. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Whether the findings stand in the trace already, as those of a script do. */
  readonly told?: true;
  /** Where it is not the catalogue's: whatever breaks a script off, its webhook is answered the bare 400 (report). */
  readonly status?: number;
  /** A body instead of the family's. */
  readonly instead?: unknown;
}

/**
 * A refusal, thrown by a stage. The first finding is its cause and decides the status.
 * It is not an Error: it is an answer of the product, and a stack would cost more than the rest of the refusal.
 */
export class Rejection {
  readonly findings: readonly [Finding, ...Finding[]];
  readonly parts: AnswerParts;

  constructor(findings: readonly [Finding, ...Finding[]], parts: AnswerParts = {}) {
    this.findings = findings;
    this.parts = parts;
  }

  get cause(): Finding {
    return this.findings[0];
  }

  /** The status at an operation of this family. */
  statusIn(family: string): number {
    if (this.parts.status !== undefined) return this.parts.status;
    const { status }: Refusal = CATALOGUE[this.cause.code];
    if (status === 'as asked for') return NEVER_SENT;
    if (typeof status === 'number') return status;
    return status.families?.[family] ?? (this.cause.in === 'path' ? status.path : undefined) ?? status.elsewhere;
  }
}

/** A refusal with one finding. */
export function reject(code: RefusalCode, explanation: Explanation, parts?: AnswerParts): Rejection {
  return new Rejection([{ code, ...explanation }], parts);
}
