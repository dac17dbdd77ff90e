/** A trace in words: the one source of what the terminal, `explain` and the viewer say of it. Pure; runs in a browser, too. */
import type { Provenance } from '../errors/catalogue.js';
import { causeOf, type Level, type Outcome, type RestCall, type Trace, type TraceEntry } from './trace.js';

/** A named text; from the wire, so that whoever shows it makes it harmless first. */
export interface Field {
  readonly name: string;
  readonly text: string;
}

/** What the emulator has to say of one fault, or of what would be a fault elsewhere. */
export interface Finding {
  /** `cause`, `and also` (a further fault of the same stage), `warning` or `note`. */
  readonly label: 'cause' | 'and also' | 'warning' | 'note';
  readonly level: Level;
  readonly code: string;
  readonly message: string;
  /** action, where, expected, received, remedy, known from; those that there are. */
  readonly fields: readonly Field[];
  readonly entry: TraceEntry;
}

/** One step of the way: what a stage saw, or what an action of a script did. */
export interface Rung {
  /** `0.6 ms` since the message arrived. */
  readonly at: string;
  readonly level: Level;
  /** The stage, or the action with its type: `Lookup (RESTAPI)`. */
  readonly step: string;
  readonly isAction: boolean;
  readonly code: string | null;
  readonly text: string;
  /** The branch that an action took, or that the script `ends` or `breaks off` there; undefined for a stage. */
  readonly branch: string | undefined;
  /** With their values as JSON. */
  readonly variables: readonly Field[];
  readonly calls: readonly CallTold[];
}

/** A script's own REST call. */
export interface CallTold {
  /** `POST http://127.0.0.1:8400/api/v2/conversations/webchat` */
  readonly title: string;
  /** `400`, or that none came. */
  readonly answer: string;
  readonly duration: string;
  /** The trace of the emulator's own side; null where the call went elsewhere. */
  readonly traceId: string | null;
  readonly call: RestCall;
}

export interface Ladder {
  /** `POST /api/v2/conversations/webchat` */
  readonly title: string;
  readonly outcome: Outcome;
  /** `400 rejected`, `200 accepted`, `200, then waits`, … */
  readonly verdict: string;
  /** The code of the cause; null where there is none. */
  readonly code: string | null;
  readonly duration: string;
  /** What it is about: operation, script, conversation, contact, tenant, what set it going. */
  readonly facts: readonly Field[];
  /** The cause first, then further faults, warnings and notes. */
  readonly findings: readonly Finding[];
  readonly rungs: readonly Rung[];
}

export function ladderOf(trace: Trace): Ladder {
  return {
    title: `${trace.request.method} ${trace.request.path}`,
    outcome: trace.outcome,
    verdict: verdictOf(trace),
    code: causeOf(trace)?.code ?? null,
    duration: milliseconds(trace.durationMs),
    facts: factsOf(trace),
    findings: findingsOf(trace),
    rungs: trace.entries.map(rungOf),
  };
}

/** What became of a script that nobody waits for, or waits for no more. */
const ENDS: Readonly<Record<Outcome, string>> = {
  accepted: 'ended',
  running: 'waits',
  rejected: 'ended',
  failed: 'broke off',
};

/** What was answered. `goneOn`: it is a script's, which went on after the answer. */
export function statusOf(
  { response, script, outcome }: Trace,
  goneOn = outcome === 'running' || (outcome === 'failed' && (response?.status ?? 0) < 400),
): string {
  const status = response === null ? 'no answer' : String(response.status);
  if (script === null) return status;
  if (response === null) return ENDS[outcome];
  return goneOn ? `${status}, then ${ENDS[outcome]}` : status;
}

/** The status, and the outcome by the word that filters take. */
function verdictOf(trace: Trace): string {
  const status = statusOf(trace);
  return /^[0-9]+$/.test(status) || trace.script === null ? `${status} ${trace.outcome}` : status;
}

export function milliseconds(duration: number): string {
  if (duration < 1000) return `${duration.toFixed(1)} ms`;
  return `${(duration / 1000).toFixed(duration < 60_000 ? 2 : 0)} s`;
}

function factsOf(trace: Trace): Field[] {
  const facts: readonly (readonly [string, string | null])[] = [
    ['operation', trace.operationId],
    ['script', trace.script],
    ['conversation', trace.conversationId],
    ['contact', trace.contactId],
    ['tenant', trace.tenant === 'default' ? null : trace.tenant],
    ['set going by', trace.parent],
  ];
  return facts.flatMap(([name, text]) => (text === null ? [] : [{ name, text }]));
}

/** In the order of what a reader looks for first. */
const RANK: Readonly<Record<Level, number>> = { error: 0, warn: 1, info: 2 };

function findingsOf(trace: Trace): Finding[] {
  const cause = causeOf(trace);
  return trace.entries
    .flatMap((entry) => (entry.code === null ? [] : [findingOf(entry, entry.code, entry === cause)]))
    .sort((one, other) => RANK[one.level] - RANK[other.level]);
}

function findingOf(entry: TraceEntry, code: string, isCause: boolean): Finding {
  const label = entry.level === 'warn' ? 'warning' : entry.level === 'info' ? 'note' : isCause ? 'cause' : 'and also';
  return { label, level: entry.level, code, message: entry.message, fields: fieldsOf(entry), entry };
}

/** How a fact about the platform is known. */
const KNOWN_FROM: Readonly<Record<Provenance, string>> = {
  doc: 'NiCE’s public documentation',
  client: 'the source of a public client',
  report: 'what users told in public',
  assumed: 'nobody outside: it is assumed, so check it on your own tenant',
  emulator: 'the emulator itself, not the platform',
};

/** What an entry with a code explains. */
export function fieldsOf(entry: TraceEntry): Field[] {
  const place = placeOf(entry);
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['action', entry.action],
    ['where', place === '' ? undefined : place],
    ['expected', entry.expected],
    ['received', entry.received],
    ['remedy', entry.remedy],
    ['known from', entry.provenance === undefined ? undefined : KNOWN_FROM[entry.provenance]],
  ];
  return fields.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [{ name, text }]));
}

/** `body /sessionId`; empty where it is not in one part of the request. */
function placeOf(entry: TraceEntry): string {
  return [entry.in ?? '', entry.pointer ?? ''].join(' ').trim();
}

function rungOf(entry: TraceEntry): Rung {
  const { action, branch } = entry;
  return {
    at: milliseconds(entry.at),
    level: entry.level,
    step: action ?? entry.stage,
    isAction: action !== undefined,
    code: entry.code,
    text: entry.message,
    branch: branch ?? (branch === undefined ? undefined : entry.level === 'error' ? 'breaks off' : 'ends'),
    variables: Object.entries(entry.variables ?? {}).map(([name, value]) => ({ name, text: JSON.stringify(value) })),
    calls: (entry.calls ?? []).map(callOf),
  };
}

function callOf(call: RestCall): CallTold {
  return {
    title: `${call.request.method} ${call.request.url}`,
    answer: call.response === null ? 'no answer' : String(call.response.status),
    duration: milliseconds(call.durationMs),
    traceId: call.traceId,
    call,
  };
}

/** Why a body is shown that is not all of it; undefined where it is. */
export function cutNote({ body, bodyBytes, bodyComplete }: Trace['request']): string | undefined {
  return bodyComplete ? undefined : `the first ${String((body ?? '').length)} characters of ${String(bodyBytes)} bytes`;
}
