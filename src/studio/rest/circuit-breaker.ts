/** The circuit breaker of REST calls: where too many of a business unit fail, none is made for a while. */
import type { Words } from './hosts.js';

export interface BreakerSettings {
  /** Calls a second, over the whole window, from which on it may open. */
  readonly requestsPerSecond: number;
  /** The share of failed ones, from 0 to 1, at which it opens. */
  readonly failures: number;
  /** In milliseconds. */
  readonly window: number;
  /** In milliseconds. */
  readonly pause: number;
}

/** "With at least 100 requests a second and 50 % failures in a rolling 30 s window, nothing is executed for 30 s" (NiCE's help). */
export const BREAKER: BreakerSettings = { requestsPerSecond: 100, failures: 0.5, window: 30_000, pause: 30_000 };

/** `now` is in milliseconds, on the tenant's clock; where it is set back, what was counted keeps its age. */
export interface Breaker {
  /** The tenants that are remembered. */
  readonly size: number;
  /** The milliseconds for which no call of the tenant is made; 0 where calls are made. */
  open(tenant: string, now: number): number;
  /** Counts a call that is over. Those that end during a pause do not count: the window is empty after it. */
  record(tenant: string, failed: boolean, now: number): void;
}

/** In milliseconds. */
const BUCKET = 1000;

/** The calls that ended within a second. */
interface Bucket {
  readonly start: number;
  calls: number;
  failed: number;
}

interface Line {
  /** In the order of time; at most one more than the window has seconds. */
  buckets: Bucket[];
  openUntil: number;
  /** The latest time that was seen. */
  latest: number;
  /** By how much the clock was set back since. */
  setBack: number;
}

/** So many tenants are remembered; the one that called longest ago goes first. */
const MOST_LINES = 1000;

export function breaker(settings: BreakerSettings = BREAKER): Breaker {
  const { requestsPerSecond, failures, window, pause } = settings;
  const least = (requestsPerSecond * window) / 1000;
  /** The one that called longest ago comes first. */
  const lines = new Map<string, Line>();

  function lineOf(tenant: string): Line {
    const line = lines.get(tenant) ?? { buckets: [], openUntil: -Infinity, latest: -Infinity, setBack: 0 };
    lines.delete(tenant);
    lines.set(tenant, line);
    const [idle] = lines.keys();
    if (lines.size > MOST_LINES && idle !== undefined) lines.delete(idle);
    return line;
  }

  /** A time that never runs backwards. */
  function steady(line: Line, now: number): number {
    if (now + line.setBack < line.latest) line.setBack = line.latest - now;
    line.latest = now + line.setBack;
    return line.latest;
  }

  return {
    get size() {
      return lines.size;
    },
    open(tenant, now) {
      const line = lines.get(tenant);
      return line === undefined ? 0 : Math.max(0, line.openUntil - steady(line, now));
    },
    record(tenant, failed, now) {
      const line = lineOf(tenant);
      const time = steady(line, now);
      if (line.openUntil > time) return;
      if ((line.buckets[0]?.start ?? time) <= time - window)
        line.buckets = line.buckets.filter(({ start }) => start > time - window);
      let bucket = line.buckets.at(-1);
      if (bucket === undefined || time - bucket.start >= BUCKET) {
        bucket = { start: time, calls: 0, failed: 0 };
        line.buckets.push(bucket);
      }
      bucket.calls += 1;
      if (failed) bucket.failed += 1;
      const calls = line.buckets.reduce((sum, each) => sum + each.calls, 0);
      const failedOnes = line.buckets.reduce((sum, each) => sum + each.failed, 0);
      if (calls < least || failedOnes < calls * failures) return;
      line.openUntil = time + pause;
      line.buckets = [];
    },
  };
}

/** REST_CIRCUIT_OPEN in words; `left` in milliseconds. */
export function circuitOpen(left: number, { requestsPerSecond, failures, window, pause }: BreakerSettings = BREAKER): Words {
  const seconds = (milliseconds: number): string => `${String(Math.ceil(milliseconds / 1000))} s`;
  return {
    message: 'Too many REST calls of this business unit failed, so none is made for a while.',
    expected: `fewer than ${String(requestsPerSecond)} calls a second over ${seconds(window)}, or fewer than ${String(failures * 100)} % of them failed`,
    received: `a call during the pause of ${seconds(pause)}, of which ${seconds(left)} are left`,
    remedy:
      'Mend what the calls that failed before this one went to: their traces say why. The next calls are made when the pause is over, and counted anew.',
  };
}
