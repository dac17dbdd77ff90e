/** A clock that stands until a test moves it. */
import type { Clock } from '../../src/index.js';

export interface StandingClock extends Clock {
  /** How many are waiting for their time. */
  readonly waiting: number;
  /** Moves on by so many milliseconds, and calls back what is due, in order. */
  advance(milliseconds: number): void;
}

export function standingClock(start = Date.parse('2026-03-01T09:30:00.000Z')): StandingClock {
  let now = start;
  const due = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    monotonic: () => now - start,
    schedule(milliseconds, callback) {
      const entry = { at: now + milliseconds, callback };
      due.add(entry);
      return () => {
        due.delete(entry);
      };
    },
    get waiting() {
      return due.size;
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const entry of [...due].filter(({ at }) => at <= now).sort((one, other) => one.at - other.at)) {
        due.delete(entry);
        entry.callback();
      }
    },
  };
}
