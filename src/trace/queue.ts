/** A queue that gives up its oldest in constant time. A Map would have to step over all it has deleted, an Array to move all that is left. */

/** So many places at the front may stand empty before they are given back. */
const SLACK = 1024;

export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the oldest; undefined where there is none. */
  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head < this.#items.length) {
      this.#items[this.#head] = undefined;
      this.#head += 1;
    }
    if (this.#head > SLACK && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Counted from the oldest; undefined beyond the newest. */
  at(index: number): T | undefined {
    return this.#items[this.#head + index];
  }

  /** Newest first. */
  *newestFirst(): IterableIterator<T> {
    for (let index = this.#items.length - 1; index >= this.#head; index -= 1) yield this.#items[index] as T;
  }
}
