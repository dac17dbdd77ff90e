/** A connection that sends bytes as they are and reads the answers: one exchange at a time, opened again when it was closed. */
import { createConnection } from 'node:net';

/** In milliseconds: no answer takes that long. */
const PATIENCE = 60_000;

const END_OF_HEAD = Buffer.from('\r\n\r\n');

export class Talker {
  #address;
  #socket;
  #pending = Buffer.alloc(0);
  #answers = [];
  #waiting;

  /** `address` as createConnection takes it. */
  constructor(address) {
    this.#address = address;
  }

  /** Answers so many answers, each `{status, body}`; rejects where the connection ends before. */
  exchange(bytes, count = 1) {
    return new Promise((resolve, reject) => {
      this.#answers = [];
      this.#waiting = { count, resolve, reject };
      this.#open().write(bytes);
    });
  }

  /** Sends, and closes the connection without waiting for an answer. */
  leave(bytes) {
    const socket = this.#open();
    return new Promise((resolve) => {
      socket.once('close', resolve);
      socket.write(bytes, () => socket.destroy());
    });
  }

  /** The other side has closed, or will: waits until it has. */
  closed() {
    const socket = this.#socket;
    if (socket === undefined) return undefined;
    return new Promise((resolve) => socket.once('close', resolve));
  }

  close() {
    this.#socket?.destroy();
  }

  #open() {
    if (this.#socket !== undefined) return this.#socket;
    const socket = createConnection({ ...this.#address, noDelay: true });
    this.#socket = socket;
    this.#pending = Buffer.alloc(0);
    const end = (problem) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#waiting?.reject(problem);
      this.#waiting = undefined;
    };
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`nothing came within ${String(PATIENCE)} ms`)));
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', end);
    socket.on('close', () => end(new Error('the connection was closed before the answer')));
    return socket;
  }

  #read(chunk) {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const end = this.#pending.indexOf(END_OF_HEAD);
      if (end === -1) return;
      const head = this.#pending.latin1Slice(0, end);
      const from = end + END_OF_HEAD.length;
      const to = from + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (this.#pending.length < to) return;
      this.#answers.push({ status: Number(head.slice(9, 12)), body: this.#pending.toString('utf8', from, to) });
      this.#pending = this.#pending.subarray(to);
      if (this.#answers.length !== this.#waiting?.count) continue;
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve(this.#answers);
    }
  }
}
