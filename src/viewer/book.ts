/** The traces that the page holds: the newest, bounded by count and by size, so that it stays steady for days. */
import type { Trace } from '../trace/trace.js';

export interface Entry {
  readonly trace: Trace;
  /** Which start of the emulator it is of, counted by the page. */
  readonly start: number;
}

interface Held {
  readonly entry: Entry;
  readonly size: number;
}

const MOST_TRACES = 1000;
/** In characters of JSON. */
const LARGEST = 24_000_000;

export class Book {
  readonly #byId = new Map<string, Held>();
  #size = 0;
  #ordered: readonly Entry[] | undefined;

  /** Newest first. */
  get entries(): readonly Entry[] {
    this.#ordered ??= [...this.#byId.values()]
      .map(({ entry }) => entry)
      .sort(
        (one, other) =>
          // Not by their times: the tenant's clock can be set back.
          other.start - one.start || numberOf(other.trace) - numberOf(one.trace),
      );
    return this.#ordered;
  }

  get(traceId: string): Trace | undefined {
    return this.#byId.get(traceId)?.entry.trace;
  }

  /**
   * One of the same id takes the place of the one before: its script has gone on, or it is of another start.
   * Answers whether it is a new one.
   */
  add(trace: Trace, start: number, size = JSON.stringify(trace).length): boolean {
    const known = this.#byId.get(trace.traceId);
    // With a seed the emulator gives the same ids after each start.
    const before = known?.entry.start === start ? known : undefined;
    // A list may have been asked for before a script went on, and be answered after.
    if (before !== undefined && before.entry.trace.entries.length > trace.entries.length) return false;
    // Whoever shows it need not do so again.
    if (before?.size === size && JSON.stringify(before.entry.trace) === JSON.stringify(trace)) return false;
    this.#size += size - (known?.size ?? 0);
    this.#byId.set(trace.traceId, { entry: { trace, start }, size });
    this.#ordered = undefined;
    const isNew = before === undefined;
    if (this.#byId.size <= MOST_TRACES && this.#size <= LARGEST) return isNew;
    // The oldest tenth at once, so that a full book does not sort itself for each trace.
    const { entries } = this;
    for (const { trace: oldest } of entries.slice(Math.floor(entries.length * 0.9))) this.#remove(oldest.traceId);
    this.#ordered = undefined;
    return isNew;
  }

  /** Forgets all but those of this start that came after this one: it was a reset. */
  forgetBefore(trace: Trace, start: number): void {
    this.#keep(({ entry }) => entry.start === start && numberOf(entry.trace) > numberOf(trace));
  }

  /**
   * Of this start it holds these only. Of others nobody can say how they stand by now, and between these and older ones
   * some may be missing.
   */
  renew(traces: readonly Trace[], start: number): void {
    const ids = new Set(traces.map(({ traceId }) => traceId));
    this.#keep(({ entry }) => entry.start !== start || ids.has(entry.trace.traceId));
    for (const trace of traces) this.add(trace, start);
  }

  /** False where it holds no such trace of this start. */
  forget(traceId: string, start: number): boolean {
    if (this.#byId.get(traceId)?.entry.start !== start) return false;
    this.#remove(traceId);
    this.#ordered = undefined;
    return true;
  }

  clear(): void {
    this.#keep(() => false);
  }

  #keep(wanted: (held: Held) => boolean): void {
    for (const [traceId, held] of this.#byId) if (!wanted(held)) this.#remove(traceId);
    this.#ordered = undefined;
  }

  #remove(traceId: string): void {
    this.#size -= this.#byId.get(traceId)?.size ?? 0;
    this.#byId.delete(traceId);
  }
}

/** Trace ids end with a number that rises. */
export function numberOf({ traceId }: Trace): number {
  return Number(/\d+$/.exec(traceId)?.[0] ?? 0);
}
