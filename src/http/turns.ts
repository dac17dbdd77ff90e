/** One request of a connection at a time: those that were pipelined behind it wait until its answer has been taken. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Turns {
  /**
   * Runs at once where no answer is on its way on this connection, else in its turn; also once the connection has closed, so
   * that every request leaves its trace. Without a response nothing follows on this connection.
   */
  take(socket: Duplex, response: ServerResponse | undefined, run: () => void): void;
}

interface Turn {
  readonly response: ServerResponse | undefined;
  readonly run: () => void;
}

/** Node parses all requests of a packet at once: each of them would be let in before the first answer weighs anything. */
export function createTurns(): Turns {
  const current = new WeakMap<Duplex, ServerResponse>();
  const waiting = new WeakMap<Duplex, Turn[]>();

  function advance(socket: Duplex, turns: Turn[]): void {
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      if (turn.response !== undefined) current.set(socket, turn.response);
      turn.run();
      if (socket.destroyed) continue;
      if (turn.response !== undefined) advanceAfter(turn.response, socket, turns);
      return;
    }
    waiting.delete(socket);
  }

  /** After all others who wait for the end of that response: what it held counts no longer then. */
  function advanceAfter(response: ServerResponse, socket: Duplex, turns: Turn[]): void {
    response.once('close', () => {
      process.nextTick(advance, socket, turns);
    });
  }

  return {
    take(socket, response, run) {
      const before = current.get(socket);
      const line = waiting.get(socket);
      if (line !== undefined) line.push({ response, run });
      else if (before === undefined || before.writableFinished || before.destroyed || socket.destroyed) {
        if (response !== undefined) current.set(socket, response);
        run();
      } else {
        const turns = [{ response, run }];
        waiting.set(socket, turns);
        advanceAfter(before, socket, turns);
      }
    },
  };
}
