/** Bytes in flight: bodies that have come, requests that wait for their turn and answers that have not been taken, counted over all connections. */

export class InFlight {
  readonly #limit: () => number;
  #bytes = 0;

  /** `limit` in bytes, as the config file has it now. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit();
  }

  /** Whether no more may come. */
  get full(): boolean {
    return this.#bytes >= this.#limit();
  }

  hasRoom(bytes: number): boolean {
    return this.#bytes + bytes <= this.#limit();
  }

  count(bytes: number): void {
    this.#bytes += bytes;
  }
}

/** What a request, an answer or the line of a connection holds until it is released. */
export class Held {
  readonly #inFlight: InFlight;
  #bytes = 0;

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False where there is no room: nothing more is held then. */
  take(bytes: number): boolean {
    if (!this.#inFlight.hasRoom(bytes)) return false;
    this.add(bytes);
    return true;
  }

  /** Counts what is in memory already, whatever the limit. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#inFlight.count(bytes);
  }

  /** Lets go of a part. */
  give(bytes: number): void {
    this.#bytes -= bytes;
    this.#inFlight.count(-bytes);
  }

  /** Lets go of all; may be called more than once. */
  release(): void {
    this.give(this.#bytes);
  }
}
