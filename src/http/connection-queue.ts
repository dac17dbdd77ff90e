/** One request of a connection at a time: those that were pipelined behind it wait in line until its answer has been taken. */
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Held, type InFlight } from './memory-budget.js';

export interface Turns {
  /**
   * Runs at once where no answer is on its way on this connection, else in its turn; also once the connection has closed, so
   * that every request leaves its trace. Without a response nothing follows on this connection. False where the line has no
   * room: it never runs then, and the connection must be closed.
   */
  take(socket: Duplex, response: ServerResponse | undefined, run: () => void): boolean;
}

/**
 * In bytes, for one connection; all lines together count among the bytes in flight. 4,000 of the shortest requests fit. Node
 * stops reading while answers lie unread, but not behind one that is still being made, or that does not end, such as a
 * stream of traces.
 */
const LONGEST_LINE = 12 * 1024 * 1024;

/** What Node and Express make of a request, beside the bytes that were read, and of each name and value in its headers; measured on Node 20. */
const BYTES_OF_A_REQUEST = 2500;
const BYTES_OF_A_TEXT = 32;

interface Turn {
  readonly response: ServerResponse | undefined;
  readonly run: () => void;
  readonly bytes: number;
}

interface Line {
  readonly turns: Turn[];
  /** What all of them take. */
  readonly held: Held;
  /** How much had been read from the connection when the last one came. */
  read: number;
}

/** Node parses all requests of a packet at once: each of them would be let in before the first answer weighs anything. */
export function createTurns(inFlight: InFlight): Turns {
  const current = new WeakMap<Duplex, ServerResponse>();
  const lines = new WeakMap<Duplex, Line>();

  /** The answer that is on its way. */
  function ahead(socket: Duplex): ServerResponse | undefined {
    const response = current.get(socket);
    return response === undefined || response.writableFinished || response.destroyed || socket.destroyed ? undefined : response;
  }

  function lineBehind(response: ServerResponse, socket: Duplex): Line {
    const line = { turns: [], held: new Held(inFlight), read: readFrom(socket) };
    lines.set(socket, line);
    advanceAfter(response, socket, line);
    return line;
  }

  /** What is still to come of a packet when its connection closes is let in: it is traced at once. */
  function wait(socket: Duplex, line: Line, response: ServerResponse | undefined, run: () => void): boolean {
    const texts = response?.req.rawHeaders.length ?? 0;
    const bytes = BYTES_OF_A_REQUEST + texts * BYTES_OF_A_TEXT + readFrom(socket) - line.read;
    if (!socket.destroyed && (line.held.bytes + bytes > LONGEST_LINE || !inFlight.hasRoom(bytes))) return false;
    line.held.add(bytes);
    line.read = readFrom(socket);
    line.turns.push({ response, run, bytes });
    return true;
  }

  function advance(socket: Duplex, line: Line): void {
    for (let turn = line.turns.shift(); turn !== undefined; turn = line.turns.shift()) {
      line.held.give(turn.bytes);
      begin(socket, turn.response, turn.run);
      if (socket.destroyed) continue;
      advanceAfter(turn.response ?? socket, socket, line);
      return;
    }
    lines.delete(socket);
  }

  /** After all others who wait for that end: what the response held counts no longer then. */
  function advanceAfter(end: ServerResponse | Duplex, socket: Duplex, line: Line): void {
    end.once('close', () => {
      process.nextTick(advance, socket, line);
    });
  }

  function begin(socket: Duplex, response: ServerResponse | undefined, run: () => void): void {
    if (response !== undefined) current.set(socket, response);
    run();
  }

  return {
    take(socket, response, run) {
      const before = ahead(socket);
      const line = lines.get(socket) ?? (before === undefined ? undefined : lineBehind(before, socket));
      if (line !== undefined) return wait(socket, line, response, run);
      begin(socket, response, run);
      return true;
    },
  };
}

/** How many bytes have come on this connection. */
function readFrom(socket: Duplex): number {
  return socket instanceof Socket ? socket.bytesRead : 0;
}
