/** Matchers for vitest and jest, whose failures say the cause and what to do; they know neither runner. */
import { patternInWords, type RequestPattern } from '../control/verification/expectation.js';
import type { RequestRecord } from '../control/verification/request-record.js';
import type { Emulator } from '../emulator/emulator.js';
import type { Tenant } from '../control/tenant-client.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { CATALOGUE, type RefusalCode, type WarningCode } from '../errors/catalogue.js';
import { listed, show } from '../shared/format.js';
import { causeOf, notesOf, type Trace, type TraceEntry, warningsOf } from '../trace/trace.js';

/** An answer as fetch, supertest, axios and the like give it: what counts are its status and its headers. */
export interface AnswerLike {
  readonly status: number;
  readonly headers: { get(name: string): unknown } | Readonly<Record<string, unknown>>;
}

/** The signal that is expected; what is left out may be anything. */
export interface ExpectedSignal {
  readonly contactId?: string;
  readonly p1?: string;
  readonly p2?: string;
  readonly p3?: string;
  readonly p4?: string;
  readonly p5?: string;
  readonly p6?: string;
  readonly p7?: string;
  readonly p8?: string;
  readonly p9?: string;
}

/** How many must match; at least one where it is not given. */
export type Count = number | { readonly atLeast?: number; readonly atMost?: number };

/** `R` is what the runner’s own matchers give back. */
export interface CxoneMatchers<R = void> {
  /** On an answer, a trace or a request: that it was refused, and why; `pointer` says where. */
  toBeRejectedWith(code: RefusalCode, where?: { readonly pointer?: string }): R;
  /** On an answer, a trace or a request: that it was accepted. */
  toBeAccepted(): R;
  /** On an answer, a trace or a request: a warning of this code; without one, any. */
  toHaveWarning(code?: WarningCode): R;
  /** On a tenant or an emulator: requests that came so far, accepted ones unless the pattern says otherwise. */
  toHaveReceivedRequest(pattern: RequestPattern, count?: Count): R;
  /** On a tenant or an emulator: signals that came so far and were accepted. */
  toHaveReceivedSignal(signal?: ExpectedSignal, count?: Count): R;
  /** On a tenant or an emulator: handovers that came so far and were accepted. */
  toHaveReceivedHandover(handover?: { readonly conversationId?: string; readonly metadata?: object }, count?: Count): R;
}

/** The emulators of this process, among whose traces answers are looked up. */
const known = new Set<Emulator>();

export function remember(emulator: Emulator): void {
  known.add(emulator);
}

export function forget(emulator: Emulator): void {
  known.delete(emulator);
}

interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

export const matchers = {
  toBeRejectedWith(received: unknown, code: RefusalCode, where: { readonly pointer?: string } = {}): Outcome {
    requireCode(code);
    const seen = seenIn(received);
    const place = where.pointer === undefined ? '' : ` at ${where.pointer}`;
    const pass = seen.code === code && (where.pointer === undefined || seen.cause?.pointer === where.pointer);
    return {
      pass,
      message: () =>
        pass
          ? `Expected it not to be rejected with ${code}${place}, but it was.\n${causeInWords(seen)}`
          : seen.code === undefined
            ? `Expected it to be rejected with ${code}${place}, but it was accepted.\n${seen.told}${warningsInWords(seen)}`
            : `Expected it to be rejected with ${code}${place}, but it was rejected with ${seen.code}.\n${causeInWords(seen)}`,
    };
  },

  toBeAccepted(received: unknown): Outcome {
    const seen = seenIn(received);
    return {
      pass: seen.code === undefined,
      message: () =>
        seen.code === undefined
          ? `Expected it to be rejected, but it was accepted.\n${seen.told}${warningsInWords(seen)}`
          : `Expected it to be accepted, but it was rejected with ${seen.code}.\n${causeInWords(seen)}`,
    };
  },

  toHaveWarning(received: unknown, code?: WarningCode): Outcome {
    const seen = seenIn(received);
    if (seen.warnings === undefined) throw new TypeError(`Its warnings are not known: ${NO_TRACE}`);
    if (code !== undefined) requireCode(code);
    const pass =
      code === undefined ? seen.warnings.length > 0 : [...seen.warnings, ...seen.notes].some((entry) => entry.code === code);
    return {
      pass,
      message: () =>
        `Expected it ${pass ? 'not ' : ''}to have ${code === undefined ? 'a warning' : `the warning ${code}`}.\n${seen.told}${warningsInWords(seen) || '\nIt has no warnings.'}`,
    };
  },

  toHaveReceivedRequest(received: unknown, pattern: RequestPattern, count?: Count): Outcome {
    return receivedIn(tenantIn(received), pattern, count);
  },

  toHaveReceivedSignal(received: unknown, expected: ExpectedSignal = {}, count?: Count): Outcome {
    const tenant = tenantIn(received);
    requireParts(expected, SIGNAL_PARTS, 'a signal');
    const { contactId, ...parameters } = expected;
    const signals = tenant.requests({ operationId: 'signalContact' }).map((record) => ({ record, sent: parametersOf(record) }));
    const matching = signals.filter(
      ({ record, sent }) =>
        record.outcome !== 'rejected' &&
        record.outcome !== 'failed' &&
        (contactId === undefined || record.contactId === contactId) &&
        Object.entries(parameters).every(([name, value]) => sent[name] === value),
    );
    const { least, most } = boundsOf(count);
    const pass = matching.length >= least && matching.length <= most;
    const dropped = tenant.droppedRequests();
    if (dropped > 0 && (matching.length < least || (pass && most < Infinity)))
      throw new Error(
        `It cannot be told: the traces of ${dropped === Infinity ? 'some' : String(dropped)} requests were dropped. Keep more: maxTraces.`,
      );
    const wanted = [...(contactId === undefined ? [] : [`contactId ${contactId}`]), ...inWords(parameters)].join(' ');
    return {
      pass,
      message: () =>
        [
          `Expected ${pass ? 'no such signal' : boundsInWords(count)}${wanted === '' ? '' : `: ${wanted}`}; ${String(matching.length)} came.`,
          ...(signals.length === 0
            ? ['No signal came at all. A signal is POST …/interactions/{contactId}/signal?p1=…, with a token.']
            : ['Signals that came, newest first:']),
          ...signals.slice(0, MOST_SHOWN).map(({ record, sent }) => `  ${signalInWords(record, sent)}`),
        ].join('\n'),
    };
  },

  toHaveReceivedHandover(
    received: unknown,
    expected: { readonly conversationId?: string; readonly metadata?: object } = {},
    count?: Count,
  ): Outcome {
    requireParts(expected, ['conversationId', 'metadata'], 'an expected handover');
    const { conversationId, metadata } = expected;
    const pattern = {
      operationId: 'handOverConversation',
      ...(conversationId === undefined ? {} : { conversationId }),
      ...(metadata === undefined ? {} : { body: { metadata } }),
    };
    return receivedIn(tenantIn(received), pattern, count);
  },
};

const MOST_SHOWN = 5;
const NO_TRACE =
  'no emulator of this test run has its trace. Give it the answer of a request to one of them, with its headers (not with emulatorHeaders: false), or the trace itself.';

function receivedIn(tenant: TenantLike, pattern: RequestPattern, count: Count | undefined): Outcome {
  const verdict = tenant.check({ ...pattern, ...(count === undefined ? {} : { count }) });
  if (verdict.result === 'inconclusive') throw new Error(`It cannot be told. ${verdict.message}\n${verdict.remedy ?? ''}`);
  const pass = verdict.result === 'passed';
  return {
    pass,
    message: () =>
      pass
        ? `Expected nothing that is ${patternInWords(pattern)}, but it came: trace ${listed(verdict.matches[0]?.traceIds ?? [])}.`
        : `${verdict.message}\n${verdict.remedy ?? ''}`,
  };
}

type TenantLike = Pick<Tenant, 'check' | 'requests' | 'droppedRequests'>;

function tenantIn(received: unknown): TenantLike {
  if (typeof received === 'object' && received !== null && 'droppedRequests' in received) return received as Tenant;
  throw new TypeError(`This matcher takes a tenant or an emulator, such as the fixture cxone, not ${show(received)}.`);
}

/** What is known of what was given. */
interface Seen {
  /** In words: the method, the path and the status. */
  readonly told: string;
  /** undefined where it was accepted. */
  readonly code: string | undefined;
  readonly cause: Partial<TraceEntry> | undefined;
  /** undefined where they are not known. */
  readonly warnings: readonly Partial<TraceEntry>[] | undefined;
  /** What is told at level `info`. */
  readonly notes: readonly Partial<TraceEntry>[];
  readonly traceId: string | undefined;
}

const SIGNAL_PARTS = ['contactId', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9'];

/** Runners check no types: without this a misspelt part would be passed over, and `not` might always hold. */
function requireParts(expected: object, parts: readonly string[], what: string): void {
  const other = Object.keys(expected).find((part) => !parts.includes(part));
  if (other === undefined) return;
  const near = nearMiss(other, parts);
  throw new TypeError(
    `${show(other)} is no part of ${what}. ${near === undefined ? `There are ${listed(parts)}.` : `Did you mean ${near}?`}`,
  );
}

/** With a code that there is not, `not` would always hold. */
function requireCode(code: unknown): void {
  if (typeof code === 'string' && Object.hasOwn(CATALOGUE, code)) return;
  const near = typeof code === 'string' ? nearMiss(code, Object.keys(CATALOGUE)) : undefined;
  throw new TypeError(`${show(code)} is no code of the catalogue.${near === undefined ? '' : ` Did you mean ${near}?`}`);
}

function seenIn(received: unknown): Seen {
  if (typeof received !== 'object' || received === null)
    throw new TypeError(`This matcher takes an answer, a trace or a request, not ${show(received)}. Is an await missing?`);
  if ('entries' in received && 'traceId' in received) return seenInTrace(received as Trace);
  if ('traceId' in received && 'outcome' in received) return seenInRecord(received as RequestRecord);
  if ('status' in received && 'headers' in received) return seenInAnswer(received as AnswerLike);
  throw new TypeError('This matcher takes an answer with status and headers, a trace or a request. Is an await missing?');
}

function seenInTrace(trace: Trace): Seen {
  const { request, response, outcome, traceId } = trace;
  const cause = causeOf(trace);
  return {
    told: `${request.method} ${request.path} was answered ${String(response?.status ?? 'nothing')} (trace ${traceId}).`,
    code: outcome === 'accepted' || outcome === 'running' ? undefined : (cause?.code ?? outcome),
    cause,
    warnings: warningsOf(trace),
    notes: notesOf(trace),
    traceId,
  };
}

function seenInRecord(record: RequestRecord): Seen {
  const [trace] = [...known].flatMap((emulator) => emulator.trace(record.traceId) ?? []);
  if (trace !== undefined) return seenInTrace(trace);
  const { method, path, status, outcome, cause, warnings, notes, traceId } = record;
  return {
    told: `${method} ${path} was answered ${String(status ?? 'nothing')} (trace ${traceId}).`,
    code: outcome === 'accepted' || outcome === 'running' ? undefined : (cause?.code ?? outcome),
    cause: cause as Partial<TraceEntry> | undefined,
    warnings: warnings.map((code) => ({ code: code as WarningCode })),
    notes: notes.map((code) => ({ code: code as WarningCode })),
    traceId,
  };
}

function seenInAnswer({ status, headers }: AnswerLike): Seen {
  const header = (name: string): string | undefined => {
    const value = isHeaders(headers) ? headers.get(name) : headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const traceId = header('x-emulator-trace-id');
  const [trace] = traceId === undefined ? [] : [...known].flatMap((emulator) => emulator.trace(traceId) ?? []);
  if (trace !== undefined) return seenInTrace(trace);
  const code = header('x-emulator-cause');
  if (traceId === undefined) throw new TypeError(`This answer (${String(status)}) has no X-Emulator-Trace-Id: ${NO_TRACE}`);
  return {
    told: `It was answered ${String(status)} (trace ${traceId}).`,
    code,
    cause: undefined,
    warnings: undefined,
    notes: [],
    traceId,
  };
}

function isHeaders(headers: AnswerLike['headers']): headers is { get(name: string): unknown } {
  return typeof headers.get === 'function';
}

function causeInWords({ told, cause, traceId }: Seen): string {
  if (cause === undefined) return `${told}\nWhy stands in GET /_emulator/traces/${traceId ?? ''} of its emulator.`;
  const where = [cause.in, cause.pointer].filter((part) => part != null && part !== '').join(' ');
  return [
    told,
    ...(where === '' ? [] : [`  where     ${where}`]),
    `  expected  ${cause.expected ?? ''}`,
    `  received  ${cause.received ?? ''}`,
    `  remedy    ${cause.remedy ?? ''}`,
  ].join('\n');
}

function warningsInWords({ warnings = [] }: Seen): string {
  return warnings
    .map(({ code, message = '', remedy = '' }) => `\n  warning   ${code ?? ''} ${message} ${remedy}`.trimEnd())
    .join('');
}

/** What stands in the body wins, as the platform has it. */
function parametersOf({ query, body }: RequestRecord): Readonly<Record<string, unknown>> {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return Object.fromEntries(Object.entries({ ...query, ...fields }).filter(([name]) => /^p[1-9]$/.test(name)));
}

function signalInWords(record: RequestRecord, sent: Readonly<Record<string, unknown>>): string {
  const what = [`contactId ${record.contactId ?? 'none'}`, ...inWords(sent)].join(' ');
  return record.cause === null ? what : `${what}, refused with ${record.cause.code ?? ''}: ${record.cause.remedy}`;
}

function inWords(parameters: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(parameters).map(([name, value]) => `${name}=${typeof value === 'string' ? value : show(value)}`);
}

function boundsOf(count: Count = { atLeast: 1 }): { readonly least: number; readonly most: number } {
  return typeof count === 'number'
    ? { least: count, most: count }
    : { least: count.atLeast ?? 0, most: count.atMost ?? Infinity };
}

function boundsInWords(count: Count | undefined): string {
  const { least, most } = boundsOf(count);
  if (least === most) return `exactly ${String(least)} ${least === 1 ? 'signal' : 'signals'}`;
  const bounds = [...(least > 0 ? [`at least ${String(least)}`] : []), ...(most < Infinity ? [`at most ${String(most)}`] : [])];
  return `${listed(bounds)} ${most === 1 || (least === 1 && most === Infinity) ? 'signal' : 'signals'}`;
}
