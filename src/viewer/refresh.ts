/** Reads something anew, at once or soon, but never twice at a time nor more than once a second. */

/** In milliseconds. */
const AT_MOST_EVERY = 1000;

export class Refresh {
  readonly #work: () => Promise<void>;
  #running = false;
  #wanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  now(): void {
    this.#wanted = true;
    if (this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run();
  }

  soon(): void {
    this.#wanted = true;
    if (this.#running || this.#timer !== undefined) return;
    this.#run();
  }

  #run(): void {
    this.#running = true;
    this.#wanted = false;
    void this.#work().finally(() => {
      this.#running = false;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (this.#wanted) this.#run();
      }, AT_MOST_EVERY);
    });
  }
}
