/** How a run waits: for a time on the tenant's clock, for the customer, or for a signal, whatever comes first. */
import { MOST_MESSAGES } from '../cxone/model/message.js';
import type { Activity } from '../cxone/studio.js';
import type { Work } from './run-activity.js';

export interface Waiting {
  /** Undefined for as long as it takes. */
  readonly milliseconds: number | undefined;
  /** Aborted where the run is interrupted or stopped; the wait rejects with its reason. */
  readonly signal: AbortSignal;
  /** Calls back once the time is over; the answer takes it back. */
  readonly schedule: (milliseconds: number, callback: () => readonly Activity[]) => () => void;
  /** Gets what ends the wait before its time. */
  readonly wakenBy: ((wake: () => void) => void) | undefined;
}

/** Answers whether the time was over. The run rests meanwhile. */
export function wait(work: Work, { milliseconds, signal, schedule, wakenBy }: Waiting): Promise<boolean> {
  return work.resting(
    (goOn) =>
      new Promise((resolve, reject) => {
        const timer = { cancel: (): void => undefined };
        const end = (inTime: boolean): void => {
          timer.cancel();
          signal.removeEventListener('abort', interrupted);
          resolve(!inTime);
        };
        const interrupted = (): void => {
          timer.cancel();
          reject(signal.reason as Error);
        };
        if (signal.aborted) {
          interrupted();
          return;
        }
        if (milliseconds !== undefined)
          timer.cancel = schedule(milliseconds, () => {
            end(false);
            return goOn();
          });
        signal.addEventListener('abort', interrupted, { once: true });
        wakenBy?.(() => {
          end(true);
        });
      }),
  );
}

/** The customer's words that the script has not asked for yet. */
export class CustomerWords {
  readonly #unheard: string[] = [];
  #wake: (() => void) | undefined;

  /** Whether a script waits for them now. */
  get awaited(): boolean {
    return this.#wake !== undefined;
  }

  /** As many are kept as a conversation keeps. */
  say(text: string): void {
    this.#unheard.push(text);
    if (this.#unheard.length > MOST_MESSAGES) this.#unheard.shift();
    this.#wake?.();
  }

  /** The oldest of them; where there are none, `wait` rests until its wake is called. Undefined where it was in vain. */
  async next(wait: (wakenBy: (wake: () => void) => void) => Promise<unknown>): Promise<string | undefined> {
    if (this.#unheard.length > 0) return this.#unheard.shift();
    try {
      await wait((wake) => {
        this.#wake = wake;
      });
    } finally {
      this.#wake = undefined;
    }
    return this.#unheard.shift();
  }
}
