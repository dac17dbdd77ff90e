/** A list of what arrived: it keeps its newest records, counts those that it dropped, and can take each step back. */
import type { Kept } from './store.js';
import { weightOf } from './size-estimate.js';

/** So many records are kept. */
const MOST_RECORDS = 1000;

interface Contents<T> {
  /** Oldest first. */
  readonly list: readonly T[];
  readonly dropped: number;
  readonly bytes: number;
}

export class RecordList<T extends { readonly order: number }> {
  #now: Contents<T> = { list: [], dropped: 0, bytes: 0 };

  /** Oldest first. */
  get list(): readonly T[] {
    return this.#now.list;
  }

  get kept(): Kept<T> {
    return { items: this.#now.list.toReversed(), dropped: this.#now.dropped };
  }

  /** In memory, roughly. */
  get bytes(): number {
    return this.#now.bytes;
  }

  /** Answers what takes it back. */
  add(record: T): () => void {
    const before = this.#now;
    this.#now = { ...before, list: [...before.list, record], bytes: before.bytes + weightOf(record) };
    if (this.#now.list.length > MOST_RECORDS) this.drop(({ order }) => order === before.list[0]?.order);
    return () => {
      this.#now = before;
    };
  }

  /** Puts a list in place of an empty one, of which so many were dropped before. */
  restore(list: readonly T[], dropped: number): void {
    for (const record of list) this.add(record);
    this.#now = { ...this.#now, dropped: this.#now.dropped + dropped };
  }

  /** Drops those that are lost, and answers how many they were. */
  drop(lost: (record: T) => boolean): number {
    const { list, dropped, bytes } = this.#now;
    const gone = list.filter(lost);
    if (gone.length === 0) return 0;
    this.#now = {
      list: list.filter((record) => !lost(record)),
      dropped: dropped + gone.length,
      bytes: gone.reduce((left, record) => left - weightOf(record), bytes),
    };
    return gone.length;
  }
}
