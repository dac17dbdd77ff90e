/** Bytes in flight: bodies that have come and answers that have not been taken, counted over all connections. */
import type { Duplex } from 'node:stream';

export interface InFlight {
  /** How many bytes may be in flight. */
  readonly limit: number;
  /** Whether no more may come. */
  readonly full: boolean;
  /** Begins to count for one request on a connection, or for its answer. */
  on(socket: Duplex): Held;
}

/** What one request or answer holds, until it is released or its connection closes. */
export interface Held {
  /** False where there is no room: nothing more is held then. */
  take(bytes: number): boolean;
  /** Counts what is in memory already, whatever the limit. */
  add(bytes: number): void;
  release(): void;
}

export function countInFlight(limit: () => number): InFlight {
  const bySocket = new Map<Duplex, number>();
  let total = 0;

  function add(socket: Duplex, bytes: number): void {
    const before = bySocket.get(socket);
    if (before === undefined) {
      if (bytes <= 0 || socket.destroyed) return;
      socket.once('close', () => {
        total -= bySocket.get(socket) ?? 0;
        bySocket.delete(socket);
      });
    }
    bySocket.set(socket, (before ?? 0) + bytes);
    total += bytes;
  }

  return {
    get limit() {
      return limit();
    },
    get full() {
      return total >= limit();
    },
    on(socket) {
      let held = 0;
      const hold = (bytes: number): void => {
        held += bytes;
        add(socket, bytes);
      };
      return {
        take(bytes) {
          if (total + bytes > limit()) return false;
          hold(bytes);
          return true;
        },
        add: hold,
        release() {
          hold(-held);
        },
      };
    },
  };
}
