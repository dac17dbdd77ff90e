/** A request as a test looks at it: a view of its trace, which is the one source. */
import { readTarget } from '../../pipeline/target.js';
import { causeOf, notesOf, type Outcome, type Trace, warningsOf } from '../../trace/trace.js';

/** A request that reached the platform, and what became of it. */
export interface RequestRecord {
  readonly traceId: string;
  /** `script`: a script of the emulator sent it. */
  readonly transport: 'http' | 'script';
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** null where no operation has this path. */
  readonly operationId: string | null;
  readonly method: string;
  /** Without the tenant's prefix and without the query; not decoded. */
  readonly path: string;
  /** A list where a parameter came more than once. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** By names in lower case, without secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed, where it is JSON or form data; else the text. null where there is none. Without secrets. */
  readonly body: unknown;
  /** false where only the first 8 KB were kept: `body` is their text then. */
  readonly bodyComplete: boolean;
  /** Of the answer; null where nobody got one. */
  readonly status: number | null;
  readonly outcome: Outcome;
  /** Why it was refused; null where it was not. */
  readonly cause: CauseOfRequest | null;
  /** Codes of what was accepted but would be lost or refused elsewhere. */
  readonly warnings: readonly string[];
  /** Codes of what is worth knowing, of level `info`. */
  readonly notes: readonly string[];
  /** As the caller sent it, a refused one too. */
  readonly conversationId: string | null;
  readonly contactId: string | null;
  /** The trace of the script that sent it. */
  readonly parent: string | null;
}

export interface CauseOfRequest {
  readonly code: string | null;
  readonly in: string | null;
  readonly pointer: string | null;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

/**
 * Whether the trace is that of a request: not of a script that no webhook started, and not the second trace of a request
 * whose answer nobody read.
 */
export function isRequest({ request, entries }: Trace): boolean {
  return request.method !== 'SCRIPT' && !entries.some(({ code }) => code === 'ANSWER_NOT_READ');
}

/** The place of a message among all: trace ids count them as they arrive, while the log has them as they were answered. */
export function arrivalOf({ traceId }: Pick<Trace, 'traceId'>): number {
  return Number(traceId.slice(traceId.lastIndexOf('-') + 1));
}

export function recordOf(trace: Trace): RequestRecord {
  const { traceId, transport, startedAt, operationId, outcome, request, response, conversationId, contactId, parent } = trace;
  const target = readTarget(request.path);
  const cause = causeOf(trace);
  return {
    traceId,
    transport,
    startedAt,
    operationId,
    method: request.method,
    path: target.tenant === trace.tenant ? target.path : (request.path.split('?', 1)[0] ?? ''),
    query: fieldsOf(target.query),
    headers: request.headers,
    body: bodyOf(trace),
    bodyComplete: request.bodyComplete,
    status: response?.status ?? null,
    outcome,
    cause:
      cause === undefined
        ? null
        : {
            code: cause.code,
            in: cause.in ?? null,
            pointer: cause.pointer ?? null,
            expected: cause.expected ?? '',
            received: cause.received ?? '',
            remedy: cause.remedy ?? '',
          },
    warnings: warningsOf(trace).map(({ code }) => code ?? ''),
    notes: notesOf(trace).map(({ code }) => code ?? ''),
    conversationId,
    contactId,
    parent,
  };
}

function bodyOf({ request }: Trace): unknown {
  const { body, bodyComplete, headers } = request;
  if (body === null || !bodyComplete) return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true ? fieldsOf(body) : body;
  }
}

function fieldsOf(text: string): Readonly<Record<string, string | readonly string[]>> {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(fields);
}
