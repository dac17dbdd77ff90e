/** Bytes in flight over all connections: received bodies, pipelined requests that wait, and responses that are not read yet. */

export class MemoryBudget {
  readonly #limit: () => number;
  #bytes = 0;

  /** `limit` in bytes, as the config file has it now. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit();
  }

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

/** The share of one request. */
export class Reservation {
  readonly #budget: MemoryBudget;
  #bytes = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** Returns false, and reserves nothing, if there is no room. */
  take(bytes: number): boolean {
    if (!this.#budget.hasRoom(bytes)) return false;
    this.add(bytes);
    return true;
  }

  /** Counts what is in memory already, whatever the limit. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.count(bytes);
  }

  /** May be called more than once. */
  release(): void {
    this.#budget.count(-this.#bytes);
    this.#bytes = 0;
  }
}
