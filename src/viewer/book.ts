/** The traces that the page holds: the newest, bounded by count and by size, so that it stays steady for days. */
import type { Trace } from '../trace/trace.js';

export interface Entry {
  readonly trace: Trace;
  /** Which start of the emulator it is of, counted by the page. */
  readonly start: number;
}

const MOST_TRACES = 1000;
/** In characters of JSON. */
const LARGEST = 24_000_000;

export class Book {
  readonly #byId = new Map<string, { entry: Entry; size: number }>();
  #size = 0;
  #ordered: readonly Entry[] | undefined;

  /** Newest first. */
  get entries(): readonly Entry[] {
    this.#ordered ??= [...this.#byId.values()]
      .map(({ entry }) => entry)
      .sort(
        (one, other) =>
          // Not by their times: the tenant's clock can be set back.
          other.start - one.start || numberOf(other.trace.traceId) - numberOf(one.trace.traceId),
      );
    return this.#ordered;
  }

  get(traceId: string): Trace | undefined {
    return this.#byId.get(traceId)?.entry.trace;
  }

  /** One of the same id takes the place of the one before: its script has gone on. */
  add(trace: Trace, start: number, size = JSON.stringify(trace).length): void {
    const before = this.#byId.get(trace.traceId);
    // A list may have been asked for before a script went on, and be answered after.
    if (before !== undefined && before.entry.trace.entries.length > trace.entries.length) return;
    this.#size += size - (before?.size ?? 0);
    this.#byId.set(trace.traceId, { entry: { trace, start: before?.entry.start ?? start }, size });
    this.#ordered = undefined;
    if (this.#byId.size <= MOST_TRACES && this.#size <= LARGEST) return;
    // The oldest tenth at once, so that a full book does not sort itself for each trace.
    const { entries } = this;
    for (const { trace: oldest } of entries.slice(Math.floor(entries.length * 0.9))) this.#remove(oldest.traceId);
    this.#ordered = undefined;
  }

  clear(): void {
    this.#byId.clear();
    this.#size = 0;
    this.#ordered = undefined;
  }

  #remove(traceId: string): void {
    this.#size -= this.#byId.get(traceId)?.size ?? 0;
    this.#byId.delete(traceId);
  }
}

/** Trace ids end with a number that rises. */
function numberOf(traceId: string): number {
  return Number(/\d+$/.exec(traceId)?.[0] ?? 0);
}
