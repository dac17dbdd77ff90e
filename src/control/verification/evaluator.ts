/** Counts what matches each expectation as requests come, and judges whether that is what was asked for. */
import { listed } from '../../shared/format.js';
import type { Trace } from '../../trace/trace.js';
import { boundsOf, compare, type Difference, type ExpectedRequest, patternInWords } from './expectation.js';
import { arrivalOf, isRequest, recordOf, type RequestRecord } from './request-record.js';

export interface Expectations {
  readonly requests: readonly ExpectedRequest[];
  /** Whether they must have arrived one after another, in this order; others may come between. */
  readonly order?: boolean;
  /** Milliseconds to wait at most. Default: 0. */
  readonly within?: number;
}

export interface Verdict {
  /** `inconclusive`: it depends on dropped traces, on hidden values, or on what is over 8 KB of a body. */
  readonly result: 'passed' | 'failed' | 'inconclusive';
  readonly message: string;
  /** For each expectation, how many requests match it, and the first of their traces. */
  readonly matches: readonly { readonly count: number; readonly traceIds: readonly string[] }[];
  /** The request that came nearest to the first expectation that is not met. */
  readonly nearest: Nearest | null;
}

export interface Nearest {
  /** Its place in the list. */
  readonly expectation: number;
  readonly differences: readonly Difference[];
  readonly request: RequestRecord;
}

/** The first expectation that is not met. */
export interface Unmet {
  readonly expectation: number;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly unmet: Unmet | undefined;
  /** Whether waiting can change it. */
  readonly final: boolean;
}

/** So many traces are named. */
const MOST_NAMED = 10;

interface Match {
  readonly traceId: string;
  /** For each expectation. */
  readonly verdicts: readonly ('yes' | 'no' | 'unknown')[];
}

interface Candidate {
  readonly trace: Trace;
  readonly differences: readonly Difference[];
  readonly distance: number;
}

export class Tally {
  readonly #expectations: Expectations;
  readonly #tenant: string;
  #dropped: number;
  #seen = 0;
  /** By arrival; only those that match something, or may. */
  readonly #matching = new Map<number, Match>();
  readonly #nearest = new Map<number, Candidate>();
  readonly #counts: { yes: number; unknown: number }[];

  /** `dropped`: how many of the tenant’s requests may be missing; Infinity where that is not known. */
  constructor(expectations: Expectations, tenant: string, dropped: number) {
    this.#expectations = expectations;
    this.#tenant = tenant;
    this.#dropped = dropped;
    this.#counts = expectations.requests.map(() => ({ yes: 0, unknown: 0 }));
  }

  /** `again`: in place of an earlier trace of the same request. */
  put(trace: Trace, again = false): void {
    if (!isRequest(trace)) return;
    const number = arrivalOf(trace);
    if (!again) this.#seen += 1;
    else this.#takeBack(number, trace.traceId);
    const record = recordOf(trace);
    const verdicts = this.#expectations.requests.map((expected, index) => {
      const { verdict, differences, distance } = compare(expected, record);
      if (verdict !== 'yes') this.#consider(index, { trace, differences, distance });
      return verdict;
    });
    if (verdicts.every((verdict) => verdict === 'no')) return;
    this.#matching.set(number, { traceId: trace.traceId, verdicts });
    this.#count(verdicts, 1);
  }

  /** The tenant was reset: nothing of before counts. */
  clear(): void {
    this.#dropped = 0;
    this.#seen = 0;
    this.#matching.clear();
    this.#nearest.clear();
    for (const count of this.#counts) Object.assign(count, { yes: 0, unknown: 0 });
  }

  /** Whether waiting cannot change what `judge` says. */
  isFinal(): boolean {
    const bounds = this.#expectations.requests.map(boundsOf);
    const countOf = (index: number): number => this.#counts[index]?.yes ?? 0;
    const enough = bounds.every(({ least }, index) => countOf(index) >= least);
    const tooMany = bounds.some(({ most }, index) => countOf(index) > most);
    return (enough || tooMany) && this.judge().final;
  }

  judge(): Judgement {
    const { requests, order = false } = this.#expectations;
    const matching = this.#inOrder();
    const each = requests.map((expected, index) => this.#judgeOne(expected, index, matching));
    const sequence = order ? this.#judgeOrder(matching) : undefined;
    const results = [...each.map(({ result }) => result), ...(sequence === undefined ? [] : [sequence.result])];
    const result = results.includes('failed') ? 'failed' : results.includes('inconclusive') ? 'inconclusive' : 'passed';
    const matches = requests.map((_, index) => ({
      count: this.#counts[index]?.yes ?? 0,
      traceIds: namesOf(matching, index),
    }));
    const tooMany = each.some(({ tooMany: over }) => over);
    const mayStillCome = requests.some((expected) => boundsOf(expected).least === 0);
    const final = tooMany || (result === 'passed' && !mayStillCome);
    if (result === 'passed') {
      const message = each.map(({ met }) => met).join(' ') + (order ? ' They came in this order.' : '');
      return { verdict: { result, message, matches, nearest: null }, unmet: undefined, final };
    }
    const place = each.findIndex((one) => one.result === result);
    const index = place === -1 ? (sequence?.expectation ?? 0) : place;
    const unmet = place === -1 ? sequence : each[place];
    const nearest = place === -1 ? (sequence?.nearest ?? null) : (each[place]?.nearest ?? null);
    const received = unmet?.received ?? '';
    const expected = unmet?.expected ?? '';
    return {
      verdict: { result, message: `Expected ${expected}; ${received}`, matches, nearest },
      unmet: { expectation: index, expected, received, remedy: this.#remedy(nearest, result, unmet?.tooMany === true) },
      final,
    };
  }

  #judgeOne(expected: ExpectedRequest, index: number, matching: readonly Match[]): Judged {
    const { least, most } = boundsOf(expected);
    const { yes, unknown } = this.#counts[index] ?? { yes: 0, unknown: 0 };
    const possible = yes + unknown + this.#dropped;
    const words = patternInWords(expected);
    const tooMany = yes > most;
    const result = yes >= least && possible <= most ? 'passed' : possible < least || tooMany ? 'failed' : 'inconclusive';
    const nearest = tooMany || yes >= least ? undefined : this.#nearest.get(index);
    const asked = `${boundsInWords(least, most)} ${most === 0 || most === 1 || least === 1 ? 'request that is' : 'requests that are'} ${words}`;
    return {
      result,
      tooMany,
      expectation: index,
      met: `${requests(yes)} ${yes === 1 ? 'is' : 'are'} ${words}, as expected.`,
      expected: asked,
      received: this.#receivedInWords({ yes, unknown, surplus: tooMany ? namesOf(matching, index) : [], result, nearest }),
      nearest: nearest === undefined ? null : nearestOf(index, nearest),
    };
  }

  #receivedInWords(found: {
    readonly yes: number;
    readonly unknown: number;
    readonly surplus: readonly string[];
    readonly result: Verdict['result'];
    readonly nearest: Candidate | undefined;
  }): string {
    const { yes, unknown, surplus, result, nearest } = found;
    const came =
      this.#seen === 0
        ? `no request reached the tenant ${this.#tenant}`
        : `${String(yes)} of the ${requests(this.#seen)} to the tenant ${this.#tenant} ${yes === 1 ? 'is' : 'are'}`;
    if (surplus.length > 0) return `${came}: ${surplus.length === 1 ? 'trace' : 'traces'} ${listed(surplus)}.`;
    const doubts = [
      ...(unknown === 0
        ? []
        : [`of ${requests(unknown)} it cannot be told, because traces hide secrets and keep 8 KB of a body`]),
      ...(this.#dropped === 0
        ? []
        : [this.#dropped === Infinity ? MANY_DROPPED : `the traces of ${String(this.#dropped)} more were dropped`]),
    ];
    const doubt = result === 'inconclusive' ? `, and ${listed(doubts)}` : '';
    return `${came}${doubt}.${nearest === undefined ? '' : ` ${nearestInWords(nearest)}`}`;
  }

  /** Greedy is enough: the earliest match of each leaves most room for the next. */
  #judgeOrder(matching: readonly Match[]): Judged | undefined {
    const steps = this.#expectations.requests.flatMap((expected, index) =>
      Array.from({ length: boundsOf(expected).least }, () => index),
    );
    const sure = walk(steps, matching, (verdict) => verdict === 'yes');
    if (sure.taken.length === steps.length) return undefined;
    const possible = walk(steps.slice(Math.min(this.#dropped, steps.length)), matching, (verdict) => verdict !== 'no');
    const result = possible.taken.length === steps.length - Math.min(this.#dropped, steps.length) ? 'inconclusive' : 'failed';
    const index = steps[sure.taken.length] ?? 0;
    const before = steps[sure.taken.length - 1];
    const early = matching.find(({ traceId, verdicts }) => verdicts[index] === 'yes' && !sure.taken.includes(traceId));
    const place = `in this order ${this.#expectations.requests.map((expected, at) => `${String(at + 1)}. ${patternInWords(expected)}`).join(', ')}`;
    const last = sure.taken.at(-1);
    const after = last === undefined ? 'at all' : `after trace ${last} (${String((before ?? 0) + 1)}.)`;
    const trace = early === undefined ? '' : ` It came before that, in trace ${early.traceId}.`;
    return {
      result,
      tooMany: false,
      expectation: index,
      met: '',
      expected: place,
      received: `${String(index + 1)}. did not come ${after}.${trace}${result === 'inconclusive' ? ` But what is missing may stand in ${this.#dropped === Infinity ? 'some' : String(this.#dropped)} dropped traces, or in what traces hide.` : ''}`,
      nearest: null,
    };
  }

  #remedy(nearest: Nearest | null, result: Verdict['result'], tooMany: boolean): string {
    if (result === 'inconclusive')
      return this.#dropped > 0
        ? 'Keep more traces (--max-traces, --max-trace-bytes), or reset the tenant before the test: POST /_emulator/reset.'
        : 'Look for a part that the trace shows whole: of a header that it hides, true asks whether it came at all.';
    const cause = nearest?.request.cause;
    if (cause != null && nearest?.differences.every((difference) => difference.in === 'outcome') === true)
      return `It came and was refused: ${cause.code ?? ''}. ${cause.remedy}`;
    if (tooMany) return 'GET /_emulator/requests lists them all, newest first.';
    if (this.#seen === 0)
      return 'Send the requests to this tenant: those of another one are verified below its /t/… prefix. What comes later than the question needs "within".';
    return 'GET /_emulator/requests lists all that came, newest first. What comes later than the question needs "within".';
  }

  #inOrder(): Match[] {
    return [...this.#matching].sort(([one], [other]) => one - other).map(([, match]) => match);
  }

  /** Of those as near, the newest. */
  #consider(index: number, candidate: Candidate): void {
    const best = this.#nearest.get(index);
    if (best === undefined || candidate.distance <= best.distance) this.#nearest.set(index, candidate);
  }

  #takeBack(number: number, traceId: string): void {
    const before = this.#matching.get(number);
    if (before !== undefined) this.#count(before.verdicts, -1);
    this.#matching.delete(number);
    for (const [index, { trace }] of this.#nearest) if (trace.traceId === traceId) this.#nearest.delete(index);
  }

  #count(verdicts: Match['verdicts'], by: 1 | -1): void {
    verdicts.forEach((verdict, index) => {
      const count = this.#counts[index];
      if (count !== undefined && verdict !== 'no') count[verdict] += by;
    });
  }
}

/** The log remembers so many tenants only. */
const MANY_DROPPED = 'the traces of more were dropped, it is not known how many';

interface Judged {
  readonly result: Verdict['result'];
  readonly tooMany: boolean;
  readonly expectation: number;
  /** What is said where it is met. */
  readonly met: string;
  readonly expected: string;
  readonly received: string;
  readonly nearest: Nearest | null;
}

/** The first traces that match an expectation. */
function namesOf(matching: readonly Match[], index: number): string[] {
  const names: string[] = [];
  for (const { traceId, verdicts } of matching) {
    if (names.length === MOST_NAMED) break;
    if (verdicts[index] === 'yes') names.push(traceId);
  }
  return names;
}

function walk(
  steps: readonly number[],
  matching: readonly Match[],
  holds: (verdict: 'yes' | 'no' | 'unknown' | undefined) => boolean,
): { readonly taken: readonly string[] } {
  const taken: string[] = [];
  for (const { traceId, verdicts } of matching) {
    const step = steps[taken.length];
    if (step === undefined) break;
    if (holds(verdicts[step])) taken.push(traceId);
  }
  return { taken };
}

function nearestOf(expectation: number, { trace, differences }: Candidate): Nearest {
  return { expectation, differences, request: recordOf(trace) };
}

/** So many differences are told in the message; all of them stand in `nearest`. */
const MOST_TOLD = 4;

function nearestInWords({ trace, differences }: Candidate): string {
  const { method, path, cause } = recordOf(trace);
  const told = differences
    .slice(0, MOST_TOLD)
    .map(
      ({ in: place, pointer, expected, received }) =>
        `${[place, pointer].filter(Boolean).join(' ')} is ${received}, not ${expected}`,
    );
  const rest = differences.length - told.length;
  const more = rest > 0 ? `; and ${String(rest)} more` : '';
  const why = cause === null ? '' : ` (${cause.code ?? ''})`;
  return `The nearest is ${method} ${path}${why}, trace ${trace.traceId}: ${told.join('; ')}${more}.`;
}

function requests(count: number): string {
  return `${String(count)} ${count === 1 ? 'request' : 'requests'}`;
}

function boundsInWords(least: number, most: number): string {
  if (most === 0) return 'no';
  if (least === most) return `exactly ${String(least)}`;
  if (most === Infinity) return `at least ${String(least)}`;
  return least === 0 ? `at most ${String(most)}` : `${String(least)} to ${String(most)}`;
}
