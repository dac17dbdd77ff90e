/** GET /_emulator/requests and POST /_emulator/verify: what reached the platform, and whether it is what a test expects. */
import { clearTimeout, setTimeout } from 'node:timers';
import type { Operations } from '../../cxone/handler.js';
import { reject } from '../../errors/catalogue.js';
import type { TraceLog } from '../../trace/log.js';
import { DEFAULT_LIMIT } from '../records.js';
import { compare, type RequestPattern } from './expectation.js';
import { arrivalOf, isRequest, recordOf, type RequestRecord } from './request-record.js';
import { requireSound } from './validate-expectations.js';
import { type Expectations, type Judgement, Tally } from './evaluator.js';

export interface RequestList {
  /** By their arrival, newest first, as all lists of this API are. */
  readonly items: readonly RequestRecord[];
  /** How many match. */
  readonly total: number;
  /** How many of any kind were dropped to keep the log bounded. */
  readonly dropped: number;
}

export type RequestFilter = Pick<
  RequestPattern,
  'operationId' | 'method' | 'path' | 'conversationId' | 'contactId' | 'transport'
> & {
  readonly outcome?: RequestRecord['outcome'];
  /** How many at most. Default: all that are kept. */
  readonly limit?: number;
};

export function requestsOf(traces: TraceLog, tenant: string, { limit, ...filter }: RequestFilter = {}): RequestList {
  const matching = traces
    .list(tenant)
    .items.filter(isRequest)
    .map((trace) => ({ number: arrivalOf(trace), record: recordOf(trace) }))
    .filter(({ record }) => compare({ ...filter, outcome: filter.outcome ?? 'any' }, record).verdict === 'yes')
    .sort((one, other) => other.number - one.number)
    .map(({ record }) => record);
  return { items: matching.slice(0, limit), total: matching.length, dropped: traces.droppedOfPlatform(tenant) };
}

/** Of what came so far. */
export function tallyOf(expectations: Expectations, tenant: string, traces: TraceLog): Tally {
  const tally = new Tally(expectations, tenant, traces.mayBeMissing(tenant));
  for (const trace of traces.list(tenant).items.toReversed()) tally.put(trace);
  return tally;
}

/** The questions that wait for what is still to come; once closed, none waits any more. */
export class Waiting {
  readonly #waiting = new Set<(closing: boolean) => void>();
  #closed = false;

  close(): void {
    this.#closed = true;
    for (const end of [...this.#waiting]) end(true);
  }

  /** Judges what came, and what comes within the time that is asked for. */
  async judge(expectations: Expectations, tenant: string, traces: TraceLog): Promise<Judgement> {
    const tally = tallyOf(expectations, tenant, traces);
    const { within = 0 } = expectations;
    const judgement = tally.judge();
    if (within === 0 || this.#closed || judgement.final) return judgement;
    return new Promise((resolve) => {
      let looking: NodeJS.Immediate | undefined;
      const end = (closing: boolean): void => {
        clearTimeout(timer);
        clearImmediate(looking);
        stopFollowing();
        stopWatching();
        this.#waiting.delete(end);
        const last = tally.judge();
        resolve(closing && !last.final ? brokenOff(last) : last);
      };
      const timer = setTimeout(end, within, false);
      // Under load many traces come at a time, and are judged together.
      const look = (): void => {
        looking ??= setImmediate(() => {
          looking = undefined;
          if (tally.isFinal()) end(false);
        });
      };
      const stopFollowing = traces.subscribe((trace, kind, again) => {
        if (trace.tenant !== tenant || kind !== 'platform') return;
        tally.put(trace, again);
        look();
      });
      const stopWatching = traces.onClear((cleared) => {
        if (cleared === tenant) tally.clear();
      });
      this.#waiting.add(end);
    });
  }
}

/** What might still have come is not known. */
function brokenOff({ verdict, unmet }: Judgement): Judgement {
  const message = `The emulator was closed while it waited. Until then: ${verdict.message}`;
  return {
    verdict: { ...verdict, result: 'inconclusive', message },
    unmet: {
      expectation: unmet?.expectation ?? 0,
      expected: unmet?.expected ?? 'an emulator that runs until the time is over',
      received: unmet?.received ?? 'one that was closed before',
      remedy: 'Close the emulator after the verification, or wait for a shorter time.',
    },
    final: true,
  };
}

export function verificationOperations(traces: TraceLog, waiting: Waiting, operationIds: readonly string[]): Operations {
  return {
    listRequests: {
      answer: (call) => ({
        status: 200,
        body: requestsOf(traces, call.tenant, { limit: DEFAULT_LIMIT, ...(call.query as RequestFilter) }),
      }),
    },
    verifyRequests: {
      async perform(call) {
        const expectations = call.body as Expectations;
        requireSound(expectations, operationIds);
        const { verdict, unmet } = await waiting.judge(expectations, call.tenant, traces);
        if (unmet === undefined) return { status: 200, body: verdict };
        const { expectation, expected, received, remedy } = unmet;
        throw reject(
          verdict.result === 'failed' ? 'VERIFICATION_FAILED' : 'VERIFICATION_INCONCLUSIVE',
          {
            message: verdict.message,
            in: 'body',
            pointer: `/requests/${String(expectation)}`,
            expected,
            received,
            remedy,
          },
          { members: { ...verdict } },
        );
      },
    },
  };
}
