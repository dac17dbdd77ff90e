/** Turns of the event loop: scripts that run on and on give way, so that others are answered meanwhile. */
import { Queue } from '../trace/queue.js';

/** In milliseconds: so long may scripts run, all together, before others have their turn. */
const SLICE = 10;

export class Turns {
  readonly #monotonic: () => number;
  readonly #waiting = new Queue<() => void>();
  #waits = 0;
  /** When scripts had their turn last. */
  #began: number;

  /** `monotonic` is in milliseconds. On a clock that stands a turn is never over, and all runs in the same order each time. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#began = monotonic();
  }

  /** Resolves in a turn that has time left. */
  async take(): Promise<void> {
    if (this.#monotonic() - this.#began >= SLICE) await this.next();
  }

  /** Resolves in a later turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#waits += 1;
      if (this.#waits === 1) setImmediate(this.#serve);
    });
  }

  /** One at a time: what is asked of the event loop in one turn all runs before it looks at its sockets again. */
  readonly #serve = (): void => {
    this.#began = this.#monotonic();
    this.#waiting.shift()?.();
    this.#waits -= 1;
    if (this.#waits > 0) setImmediate(this.#serve);
  };
}
