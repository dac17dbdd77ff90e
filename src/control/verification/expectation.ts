/** What a test expects of a request, and how a request compares with it: yes, no with the differences, or not to be told. */
import { describe, listed, show } from '../../shared/format.js';
import { REDACTED } from '../../trace/redact.js';
import type { Outcome } from '../../trace/trace.js';
import type { RequestRecord } from './request-record.js';

/** Every part that is given must hold. */
export interface RequestPattern {
  readonly operationId?: string;
  readonly method?: string;
  /** Without the tenant's prefix and without the query. */
  readonly path?: string;
  readonly transport?: 'http' | 'script';
  readonly contactId?: string;
  readonly conversationId?: string;
  /** Some of the parameters; true is any value, false is none. */
  readonly query?: Readonly<Record<string, string | boolean>>;
  /** Some of the headers; true is any value, false is none. */
  readonly headers?: Readonly<Record<string, string | boolean>>;
  /** Of an object these members, each by the same rule; a list item by item; anything else as it is. */
  readonly body?: unknown;
  readonly status?: number;
  /** Where neither it nor status nor cause is given: accepted for what must come, any for what must not. */
  readonly outcome?: Outcome | 'any';
  /** A code of the catalogue. */
  readonly cause?: string;
  readonly warning?: string;
}

/** All that an expectation may have. */
export const EXPECTED_PARTS = [
  'operationId',
  'method',
  'path',
  'transport',
  'contactId',
  'conversationId',
  'query',
  'headers',
  'body',
  'status',
  'outcome',
  'cause',
  'warning',
  'count',
] as const satisfies readonly (keyof ExpectedRequest)[];

export interface ExpectedRequest extends RequestPattern {
  /** How many must match; at least one where it is not given. */
  readonly count?: number | { readonly atLeast?: number; readonly atMost?: number };
}

export interface Difference {
  /** `body`, `query`, `headers`, `outcome`, …, as the expectation calls it; `order` where it came too early. */
  readonly in: keyof RequestPattern | 'order';
  /** Inside a body, a query or headers. */
  readonly pointer: string | null;
  readonly expected: string;
  readonly received: string;
}

export interface Comparison {
  /** `unknown`: it depends on what the trace does not hold. */
  readonly verdict: 'yes' | 'no' | 'unknown';
  readonly differences: readonly Difference[];
  /** How far away it is; another operation is further away than another value. */
  readonly distance: number;
}

/** How many must match, from and to. */
export function boundsOf({ count }: ExpectedRequest): { readonly least: number; readonly most: number } {
  if (count === undefined) return { least: 1, most: Infinity };
  if (typeof count === 'number') return { least: count, most: count };
  return { least: count.atLeast ?? 0, most: count.atMost ?? Infinity };
}

/** Differences that say that it is another request altogether. */
const FAR: ReadonlySet<Difference['in']> = new Set(['operationId', 'method', 'path']);

export function compare(expected: ExpectedRequest, record: RequestRecord): Comparison {
  const found = new Findings();
  const plain = (part: 'operationId' | 'contactId' | 'conversationId' | 'transport', wanted: string | undefined): void => {
    if (wanted !== undefined) compareTexts(wanted, record[part], part, null, found);
  };
  plain('operationId', expected.operationId);
  if (expected.method !== undefined) compareTexts(expected.method.toUpperCase(), record.method, 'method', null, found);
  if (expected.path !== undefined) compareTexts(decoded(expected.path), decoded(record.path), 'path', null, found);
  plain('transport', expected.transport);
  plain('contactId', expected.contactId);
  plain('conversationId', expected.conversationId);
  compareFields('query', expected.query ?? {}, record.query, found);
  const headers = Object.entries(expected.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  compareFields('headers', Object.fromEntries(headers), record.headers, found);
  if (expected.body !== undefined) compareBodies(expected.body, record, found);
  if (expected.status !== undefined && expected.status !== record.status)
    found.no('status', null, String(expected.status), record.status === null ? 'no answer' : String(record.status));
  if (expected.cause !== undefined && expected.cause !== record.cause?.code)
    found.no('cause', null, expected.cause, record.cause?.code ?? 'none');
  const told = [...record.warnings, ...record.notes];
  if (expected.warning !== undefined && !told.includes(expected.warning))
    found.no('warning', null, expected.warning, told.length === 0 ? 'none' : listed(told));
  compareOutcomes(expected, record, found);
  return found.comparison;
}

class Findings {
  readonly #differences: Difference[] = [];
  #certain = false;
  #distance = 0;

  no(place: Difference['in'], pointer: string | null, expected: string, received: string): void {
    this.#certain = true;
    this.#distance += FAR.has(place) ? 10 : 1;
    this.#differences.push({ in: place, pointer, expected, received });
  }

  unknown(place: Difference['in'], pointer: string | null, expected: string, received: string): void {
    this.#distance += 0.5;
    this.#differences.push({ in: place, pointer, expected, received });
  }

  get comparison(): Comparison {
    const verdict = this.#certain ? 'no' : this.#differences.length > 0 ? 'unknown' : 'yes';
    return { verdict, differences: this.#differences, distance: this.#distance };
  }
}

const HIDDEN = 'a value that traces hide';

function compareTexts(
  expected: string,
  received: string | null,
  place: Difference['in'],
  pointer: string | null,
  found: Findings,
): void {
  if (received === expected) return;
  if (received !== null && mayHide(received, expected)) found.unknown(place, pointer, show(expected), HIDDEN);
  else found.no(place, pointer, show(expected), received === null ? 'nothing' : show(received));
}

/** Whether a text with hidden parts may have been this one. */
function mayHide(shown: string, text: string): boolean {
  const [beginning = '', ...pieces] = shown.split(REDACTED);
  const end = pieces.pop();
  if (end === undefined || !text.startsWith(beginning)) return false;
  let at = beginning.length;
  for (const piece of pieces) {
    const next = text.indexOf(piece, at);
    if (next === -1) return false;
    at = next + piece.length;
  }
  return text.length - end.length >= at && text.endsWith(end);
}

function compareFields(
  place: 'query' | 'headers',
  expected: Readonly<Record<string, string | boolean>>,
  received: Readonly<Record<string, string | readonly string[]>>,
  found: Findings,
): void {
  for (const [name, wanted] of Object.entries(expected)) {
    const pointer = pointerTo('', name);
    const values = Object.hasOwn(received, name) ? [received[name] ?? []].flat() : [];
    if (wanted === true) {
      if (values.length === 0) found.no(place, pointer, 'any value', 'nothing');
    } else if (wanted === false) {
      if (values.length > 0) found.no(place, pointer, 'nothing', show(values.join(', ')));
    } else if (!values.includes(wanted)) {
      const hidden = values.find((value) => mayHide(value, wanted));
      compareTexts(wanted, hidden ?? (values.length === 0 ? null : values.join(', ')), place, pointer, found);
    }
  }
}

function compareBodies(expected: unknown, { body, bodyComplete, headers }: RequestRecord, found: Findings): void {
  if (!bodyComplete) {
    found.unknown('body', '', show(expected), 'a body of which only the beginning was kept');
    return;
  }
  // What was hidden may have broken its form.
  if (typeof body === 'string' && typeof expected !== 'string' && body.includes(REDACTED)) {
    found.unknown('body', '', show(expected), HIDDEN);
    return;
  }
  if (typeof body === 'string' && typeof expected !== 'string') {
    const type = headers['content-type'];
    found.no('body', '', describe(expected), `${show(body)}, which is not JSON${type === undefined ? '' : ` (${type})`}`);
    return;
  }
  compareValues(expected, body, '', found);
}

function compareValues(expected: unknown, received: unknown, pointer: string, found: Findings): void {
  if (received === REDACTED && typeof expected !== 'string') {
    found.unknown('body', pointer, show(expected), HIDDEN);
  } else if (typeof expected === 'string' && typeof received === 'string') {
    compareTexts(expected, received, 'body', pointer, found);
  } else if (Array.isArray(expected) && Array.isArray(received)) {
    if (expected.length !== received.length)
      found.no('body', pointer, `${String(expected.length)} items`, `${String(received.length)} items`);
    else
      expected.forEach((item, index) => {
        compareValues(item, received[index], pointerTo(pointer, String(index)), found);
      });
  } else if (isObject(expected) && isObject(received)) {
    for (const [name, value] of Object.entries(expected))
      compareValues(value, Object.hasOwn(received, name) ? received[name] : undefined, pointerTo(pointer, name), found);
  } else if (!Object.is(expected, received)) {
    found.no('body', pointer, describe(expected), describe(received));
  }
}

function compareOutcomes(expected: ExpectedRequest, record: RequestRecord, found: Findings): void {
  const { outcome, status, cause } = expected;
  if (outcome === 'any') return;
  if (outcome !== undefined) {
    if (outcome !== record.outcome) found.no('outcome', null, outcome, record.outcome);
    return;
  }
  if (status !== undefined || cause !== undefined || boundsOf(expected).least === 0) return;
  if (record.outcome === 'rejected' || record.outcome === 'failed') found.no('outcome', null, 'accepted', record.outcome);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pointerTo(pointer: string, step: string): string {
  return `${pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `handOverConversation with conversationId "0b8f…" and body {"metadata":…}`. */
export function patternInWords(expected: ExpectedRequest): string {
  const { operationId, method, path, outcome } = expected;
  const route = method === undefined && path === undefined ? undefined : [method?.toUpperCase(), path].filter(Boolean).join(' ');
  const with_ = (['transport', 'contactId', 'conversationId', 'query', 'headers', 'body', 'status', 'cause', 'warning'] as const)
    .filter((name) => expected[name] !== undefined)
    .map(
      (name) =>
        `${name} ${name === 'body' || typeof expected[name] === 'object' ? show(expected[name]) : String(expected[name])}`,
    );
  const parts = [...with_, ...(outcome === undefined || outcome === 'any' ? [] : [`outcome ${outcome}`])];
  const subject = [operationId, route].filter((part) => part !== undefined).join(', ') || 'a request';
  return parts.length === 0 ? subject : `${subject} with ${listed(parts)}`;
}
