/** The message from outside that scripts go back to, which set them going or set the ones going that did: it counts them. */

/** So many scripts may one message set going: where each sets two going, their number doubles with each. */
export const MOST_RUNS = 500;

export class Origin {
  /** Those that are neither over nor waiting. */
  #atWork = 0;
  /** Those that began since none was at work. */
  #begun = 0;
  /** Those that are not over. */
  #live = 0;
  #full = false;

  /**
   * Counts a script that is set going. Answers whether it may run: where there are too many, of those that began since none
   * was at work or of those that are not over, none may before all are over.
   */
  admit(): boolean {
    this.#begun += 1;
    this.#live += 1;
    if (this.#begun > MOST_RUNS || this.#live > MOST_RUNS) this.#full = true;
    return !this.#full;
  }

  /** A script that was counted is over. */
  dismiss(): void {
    this.#live -= 1;
    if (this.#live === 0) this.#full = false;
  }

  /** One of its scripts goes to work. */
  begin(): void {
    this.#atWork += 1;
  }

  /** It rests, or is over. */
  end(): void {
    this.#atWork -= 1;
    if (this.#atWork === 0) this.#begun = 0;
  }
}
