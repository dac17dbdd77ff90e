/** The traces that the page holds: the newest, bounded by count and by size, so that it stays steady for days. */
import type { Trace } from '../trace/trace.js';

export interface Entry {
  readonly trace: Trace;
  /** The start of the emulator that it belongs to, counted by the page. */
  readonly start: number;
}

interface Held {
  readonly entry: Entry;
  /** In characters of JSON. */
  readonly size: number;
}

export const MAX_TRACES = 1000;
/** In characters of JSON. */
const MAX_SIZE = 24_000_000;

export class TraceCache {
  readonly #byId = new Map<string, Held>();
  #size = 0;
  #ordered: readonly Entry[] | undefined;
  #start = 0;
  #startedAt: string | undefined;

  /** The start of the emulator that new traces belong to. */
  get start(): number {
    return this.#start;
  }

  /** Newest first: by start and number, because the tenant's clock can be set back. */
  get entries(): readonly Entry[] {
    this.#ordered ??= [...this.#byId.values()]
      .map(({ entry }) => entry)
      .sort((one, other) => other.start - one.start || numberOf(other.trace) - numberOf(one.trace));
    return this.#ordered;
  }

  get(traceId: string): Trace | undefined {
    return this.#byId.get(traceId)?.entry.trace;
  }

  /** Returns true if the emulator has restarted since the last call. */
  startedAt(time: string): boolean {
    const restarted = this.#startedAt !== undefined && this.#startedAt !== time;
    this.#startedAt = time;
    if (restarted) this.#start += 1;
    return restarted;
  }

  /** Replaces the trace of the same id, unless that one is newer. Returns true if the trace is new in this start. */
  add(trace: Trace, size = JSON.stringify(trace).length): boolean {
    const replaced = this.#byId.get(trace.traceId);
    // With a seed, the emulator uses the same ids again after a restart.
    const known = replaced?.entry.start === this.#start ? replaced : undefined;
    // A list can arrive after the stream has brought more of a script.
    if (known !== undefined && known.entry.trace.entries.length > trace.entries.length) return false;
    // The same object stays, so that nothing is drawn again.
    if (known?.size === size && JSON.stringify(known.entry.trace) === JSON.stringify(trace)) return false;
    this.#size += size - (replaced?.size ?? 0);
    this.#byId.set(trace.traceId, { entry: { trace, start: this.#start }, size });
    this.#ordered = undefined;
    if (this.#byId.size > MAX_TRACES || this.#size > MAX_SIZE) {
      // A tenth at once, so that a full cache is not sorted for each trace.
      const { entries } = this;
      for (const { trace: oldest } of entries.slice(Math.floor(entries.length * 0.9))) this.#remove(oldest.traceId);
    }
    return known === undefined;
  }

  /** Replaces all traces of this start by these. */
  replace(traces: readonly Trace[]): void {
    const ids = new Set(traces.map(({ traceId }) => traceId));
    this.#keep(({ start, trace }) => start !== this.#start || ids.has(trace.traceId));
    for (const trace of traces) this.add(trace);
  }

  /** Keeps only the traces of this start that are newer than this one. */
  removeUntil(trace: Trace): void {
    this.#keep((entry) => entry.start === this.#start && numberOf(entry.trace) > numberOf(trace));
  }

  /** Returns false if there is no such trace of this start. */
  remove(traceId: string): boolean {
    if (this.#byId.get(traceId)?.entry.start !== this.#start) return false;
    this.#remove(traceId);
    return true;
  }

  clear(): void {
    this.#keep(() => false);
  }

  #keep(wanted: (entry: Entry) => boolean): void {
    for (const [traceId, { entry }] of this.#byId) if (!wanted(entry)) this.#remove(traceId);
  }

  #remove(traceId: string): void {
    this.#size -= this.#byId.get(traceId)?.size ?? 0;
    this.#byId.delete(traceId);
    this.#ordered = undefined;
  }
}

/** Trace ids end with a number that rises. */
export function numberOf({ traceId }: Trace): number {
  return Number(/\d+$/.exec(traceId)?.[0] ?? 0);
}
