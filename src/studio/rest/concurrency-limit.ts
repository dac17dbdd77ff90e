/** The gate before REST calls: so many run at a time for each business unit, and the rest wait in order. */
import { Queue } from '../../trace/queue.js';

/** "100 concurrent requests per business unit; the rest queue" (NiCE's help on the REST API action). */
const MOST_AT_A_TIME = 100;

export interface Gate {
  /** The tenants that have calls running. */
  readonly size: number;
  /**
   * Waits for a place and takes it. The answer gives the place back, however often it is called.
   * Rejects with the signal's reason where `signal` aborts before there is a place.
   */
  enter(tenant: string, signal: AbortSignal): Promise<() => void>;
}

interface Waiter {
  /** Undefined once the waiter has its place, or has left. */
  admit: (() => void) | undefined;
}

interface Line {
  running: number;
  readonly waiting: Queue<Waiter>;
}

/** A gate that lets `most` calls of a tenant run at a time. A tenant without calls takes no memory. */
export function gate(most = MOST_AT_A_TIME): Gate {
  const lines = new Map<string, Line>();

  function place(tenant: string, line: Line): () => void {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      let next = line.waiting.shift();
      while (next !== undefined && next.admit === undefined) next = line.waiting.shift();
      if (next?.admit !== undefined) {
        next.admit();
        return;
      }
      line.running -= 1;
      if (line.running === 0) lines.delete(tenant);
    };
  }

  return {
    get size() {
      return lines.size;
    },
    enter(tenant, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const line = lines.get(tenant) ?? { running: 0, waiting: new Queue<Waiter>() };
        lines.set(tenant, line);
        if (line.running < most) {
          line.running += 1;
          resolve(place(tenant, line));
          return;
        }
        const leave = (): void => {
          waiter.admit = undefined;
          reject(signal.reason as Error);
        };
        const waiter: Waiter = {
          admit() {
            signal.removeEventListener('abort', leave);
            waiter.admit = undefined;
            resolve(place(tenant, line));
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        line.waiting.push(waiter);
      });
    },
  };
}
