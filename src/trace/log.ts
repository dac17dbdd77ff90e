/** The log of traces: bounded by count and by bytes over all tenants, so that memory stays flat for ever. */
import { fits, type TraceFilter, type TraceKind } from './filter.js';
import { NameFilter } from './name-filter.js';
import { Queue } from './queue.js';
import type { Trace } from './trace.js';

export interface TraceList {
  /** Newest first. */
  readonly items: readonly Trace[];
  /** How many match. */
  readonly total: number;
  /** How many of this tenant were dropped to keep the log bounded; at least so many, where `mayBeMissing` is Infinity. */
  readonly dropped: number;
}

/** `again`: the trace was there before, and its script has gone on since. */
export type TraceListener = (trace: Trace, kind: TraceKind, again: boolean) => void;

/** Reads one tenant's traces in the order in which they were added, at the reader's own pace. */
export interface TraceReader {
  /** undefined where none has come yet; `missed` where some were dropped before this reader had them. */
  next(): Trace | 'missed' | undefined;
}

interface Kept {
  /** Rises over all tenants. */
  readonly number: number;
  /** That of the first one of the same message: who has read it may have missed what came between. */
  readonly first: number;
  /** undefined where a later one of the same message has taken its place. */
  trace: Trace | undefined;
  readonly kind: TraceKind;
  bytes: number;
}

interface Shelf {
  readonly tenant: string;
  kept: Queue<Kept>;
  /** Traces that are kept, by their ids; the queues may hold places of others still. */
  readonly byId: Map<string, Kept>;
  /** Those of the control API. */
  readonly control: Queue<Kept>;
  /** How many of them are kept. */
  controls: number;
  /** The number of the last one that was dropped, and of the last that was no call of the control API. */
  lastDropped: number;
  lastDroppedOfPlatform: number;
  bytes: number;
  dropped: number;
  /** How many of those were no calls of the control API. */
  droppedOfPlatform: number;
  /** Whether it may have dropped more, before it was made. */
  readonly forgotten: boolean;
}

export interface TraceBounds {
  readonly count: number;
  readonly bytes: number;
}

/** Of so many tenants it is remembered how much they dropped after their last trace has gone; of others only that they did. */
const MOST_EMPTIED = 1000;

/** So many places of traces that others have replaced may stand empty, beside as many as there are traces. */
const MOST_EMPTY_PLACES = 1000;

/** What a tenant may take of the log before its own traces go first. */
const SHARE = 0.1;

/**
 * What calls of the control API may take of a tenant's own traces before they go first: whoever looks over and over what
 * has become of a handover does not push out the handover.
 */
const SHARE_OF_CONTROL = 0.1;

export class TraceLog {
  readonly #bounds: () => TraceBounds;
  /** Those that hold traces; the tenant that has been quiet for longest stands first. */
  readonly #shelves = new Map<string, Shelf>();
  #latest: Shelf | undefined;
  /** Those whose last trace was dropped. */
  readonly #emptied = new Map<string, Shelf>();
  /** Those that dropped something and are remembered no more. */
  readonly #forgotten = new NameFilter();
  /** Those that hold more than a tenant's share. */
  readonly #noisy = new Set<Shelf>();
  readonly #listeners = new Set<TraceListener>();
  readonly #clearListeners = new Set<(tenant: string) => void>();
  /** The bounds by which the noisy ones were told. */
  #judged: TraceBounds = { count: 0, bytes: 0 };
  #count = 0;
  #newest = 0;
  #bytes = 0;

  /** `bounds` gives them as the config file has them now. */
  constructor(bounds: () => TraceBounds) {
    this.#bounds = bounds;
  }

  add(trace: Trace, kind: TraceKind): void {
    this.#keep(trace, kind, false);
  }

  /** Takes the place of a trace of the same id, as the newest one; not where that is kept no more. */
  replace(trace: Trace): void {
    const shelf = this.#find(trace.tenant);
    const before = shelf?.byId.get(trace.traceId);
    if (shelf === undefined || before === undefined) return;
    shelf.bytes -= before.bytes;
    this.#bytes -= before.bytes;
    before.trace = undefined;
    before.bytes = 0;
    if (before.kind === 'control') shelf.controls -= 1;
    this.#count -= 1;
    this.#close(shelf);
    this.#keep(trace, before.kind, true, before.first);
  }

  /** A script that waits over and over must not fill the queue with places of its older traces, nor may calls that go first. */
  #close(shelf: Shelf): void {
    if (shelf.kept.size <= 2 * shelf.byId.size + MOST_EMPTY_PLACES) return;
    const kept = [...shelf.kept.newestFirst()].filter(({ trace }) => trace !== undefined).reverse();
    shelf.kept = new Queue();
    for (const one of kept) shelf.kept.push(one);
  }

  #keep(trace: Trace, kind: TraceKind, again: boolean, first = this.#newest + 1): void {
    const bytes = weigh(trace);
    const shelf = this.#latest?.tenant === trace.tenant ? this.#latest : this.#toTheEnd(trace.tenant);
    this.#newest += 1;
    const kept: Kept = { number: this.#newest, first, trace, kind, bytes };
    shelf.kept.push(kept);
    shelf.byId.set(trace.traceId, kept);
    if (kind === 'control') {
      shelf.control.push(kept);
      shelf.controls += 1;
    }
    shelf.bytes += bytes;
    this.#judge(shelf);
    this.#bytes += bytes;
    this.#count += 1;
    const most = this.#bounds();
    if (most.count !== this.#judged.count || most.bytes !== this.#judged.bytes) {
      this.#judged = most;
      for (const each of this.#shelves.values()) this.#judge(each);
    }
    while (this.#count > 1 && (this.#count > most.count || this.#bytes > most.bytes)) this.#dropOne();
    for (const listener of this.#listeners) listener(trace, kind, again);
  }

  get(tenant: string, traceId: string): Trace | undefined {
    return this.#find(tenant)?.byId.get(traceId)?.trace;
  }

  /** Of whichever tenant. */
  find(traceId: string): Trace | undefined {
    for (const { byId } of this.#shelves.values()) {
      const trace = byId.get(traceId)?.trace;
      if (trace !== undefined) return trace;
    }
    return undefined;
  }

  list(tenant: string, filter: TraceFilter = {}): TraceList {
    const shelf = this.#find(tenant);
    const matching: Trace[] = [];
    for (const { trace, kind } of shelf?.kept.newestFirst() ?? []) {
      if (trace !== undefined && fits(trace, kind, filter)) matching.push(trace);
    }
    return { items: matching.slice(0, filter.limit), total: matching.length, dropped: (shelf ?? this.#made(tenant)).dropped };
  }

  /**
   * Reads what is added from now on, or what was added after the trace `after`. Where that one is not kept any more, all
   * that is kept, after `missed`.
   */
  follow(tenant: string, filter: TraceFilter, after?: string): TraceReader {
    const from = after === undefined ? this.#newest : this.#find(tenant)?.byId.get(after)?.first;
    let missed = from === undefined;
    let position = from ?? 0;
    /** The reader knows that what was dropped up to here is missing. */
    let known = position;
    return {
      next: () => {
        const shelf = this.#find(tenant);
        const lost = (filter.control === true ? shelf?.lastDropped : shelf?.lastDroppedOfPlatform) ?? 0;
        if (missed || lost > Math.max(position, known)) {
          missed = false;
          known = lost;
          return 'missed';
        }
        if (shelf === undefined) return undefined;
        for (let index = firstAfter(shelf.kept, position); index < shelf.kept.size; index += 1) {
          const { number = position, trace, kind } = shelf.kept.at(index) ?? {};
          position = number;
          if (trace !== undefined && kind !== undefined && fits(trace, kind, filter)) return trace;
        }
        return undefined;
      },
    };
  }

  /** Forgets a tenant's traces. */
  clear(tenant: string): void {
    for (const listener of this.#clearListeners) listener(tenant);
    const shelf = this.#shelves.get(tenant);
    if (shelf !== undefined) {
      this.#count -= shelf.byId.size;
      this.#bytes -= shelf.bytes;
      this.#noisy.delete(shelf);
    }
    this.#emptied.delete(tenant);
    this.#shelves.delete(tenant);
    if (this.#latest?.tenant === tenant) this.#latest = undefined;
    // Its name stays where it is taken for one that is forgotten, so that it must be known that nothing of it is missing.
    if (this.#forgotten.mayHave(tenant)) this.#remember(newShelf(tenant));
  }

  /** Calls back with each trace that is added from now on; the answer stops it. */
  subscribe(listener: TraceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back with each tenant whose traces are forgotten from now on; the answer stops it. */
  onClear(listener: (tenant: string) => void): () => void {
    this.#clearListeners.add(listener);
    return () => this.#clearListeners.delete(listener);
  }

  /** The tenants of which traces are kept that are no calls of the control API; the one with the newest first. */
  tenants(): { readonly name: string; readonly traces: number; readonly latestAt: string }[] {
    const newest = [...this.#shelves.keys()].flatMap((name) => {
      const { items, total } = this.list(name);
      return items[0] === undefined ? [] : [{ name, traces: total, latest: items[0] }];
    });
    newest.sort((one, other) => this.#numberOf(other.latest) - this.#numberOf(one.latest));
    return newest.map(({ name, traces, latest }) => ({ name, traces, latestAt: latest.startedAt }));
  }

  /** How many traces of this tenant were dropped, without those of the control API; at least so many, as above. */
  droppedOfPlatform(tenant: string): number {
    return (this.#find(tenant) ?? this.#made(tenant)).droppedOfPlatform;
  }

  /** How many of those there may have been: Infinity where it is not known any more. */
  mayBeMissing(tenant: string): number {
    const { forgotten, droppedOfPlatform } = this.#find(tenant) ?? this.#made(tenant);
    return forgotten ? Infinity : droppedOfPlatform;
  }

  /**
   * The oldest trace of the tenant that holds most, where that is more than its share: a load test does not push out the
   * others. Else that of the tenant that has been quiet for longest: many small tests do not keep the newest from its own.
   */
  #dropOne(): void {
    const shelf = this.#noisiest() ?? this.#shelves.values().next().value;
    if (shelf === undefined) return;
    const queue = shelf.controls > Math.max(1, shelf.byId.size * SHARE_OF_CONTROL) ? shelf.control : shelf.kept;
    const dropped = firstKept(queue);
    if (dropped?.trace === undefined) return;
    shelf.byId.delete(dropped.trace.traceId);
    shelf.bytes -= dropped.bytes;
    this.#bytes -= dropped.bytes;
    this.#count -= 1;
    dropped.trace = undefined;
    dropped.bytes = 0;
    shelf.dropped += 1;
    shelf.lastDropped = Math.max(shelf.lastDropped, dropped.number);
    if (dropped.kind === 'control') shelf.controls -= 1;
    else {
      shelf.droppedOfPlatform += 1;
      shelf.lastDroppedOfPlatform = dropped.number;
    }
    firstKept(shelf.control);
    this.#close(shelf);
    this.#judge(shelf);
    if (shelf.byId.size === 0) this.#remember(shelf);
  }

  /** The tenant's shelf, behind those of all others. */
  #toTheEnd(tenant: string): Shelf {
    const shelf = this.#find(tenant) ?? this.#made(tenant);
    this.#emptied.delete(tenant);
    this.#shelves.delete(tenant);
    this.#shelves.set(tenant, shelf);
    this.#latest = shelf;
    return shelf;
  }

  #judge(shelf: Shelf): void {
    if (this.#share(shelf) > SHARE) this.#noisy.add(shelf);
    else this.#noisy.delete(shelf);
  }

  #noisiest(): Shelf | undefined {
    let noisiest: Shelf | undefined;
    for (const shelf of this.#noisy) {
      if (noisiest === undefined || this.#share(shelf) > this.#share(noisiest)) noisiest = shelf;
    }
    return noisiest;
  }

  /** How much of the log a tenant takes, from 0 to 1. */
  #share(shelf: Shelf): number {
    const { count, bytes } = this.#bounds();
    return Math.max(shelf.byId.size / count, shelf.bytes / bytes);
  }

  #remember(shelf: Shelf): void {
    if (shelf === this.#latest) this.#latest = undefined;
    this.#shelves.delete(shelf.tenant);
    this.#emptied.set(shelf.tenant, shelf);
    if (this.#emptied.size <= MOST_EMPTIED) return;
    for (const [tenant, { forgotten, droppedOfPlatform }] of this.#emptied) {
      this.#emptied.delete(tenant);
      if (forgotten || droppedOfPlatform > 0) this.#forgotten.add(tenant);
      return;
    }
  }

  /** A tenant that is not known, or not any more. */
  #made(tenant: string): Shelf {
    return newShelf(tenant, this.#forgotten.mayHave(tenant));
  }

  #numberOf({ tenant, traceId }: Trace): number {
    return this.#find(tenant)?.byId.get(traceId)?.number ?? 0;
  }

  #find(tenant: string): Shelf | undefined {
    return this.#shelves.get(tenant) ?? this.#emptied.get(tenant);
  }
}

function newShelf(tenant: string, forgotten = false): Shelf {
  const dropped = forgotten ? 1 : 0;
  return {
    tenant,
    kept: new Queue(),
    byId: new Map(),
    control: new Queue(),
    controls: 0,
    bytes: 0,
    dropped,
    droppedOfPlatform: dropped,
    lastDropped: 0,
    lastDroppedOfPlatform: 0,
    forgotten,
  };
}

/** The oldest one that is kept; the empty places before it are given up. */
function firstKept(queue: Queue<Kept>): Kept | undefined {
  while (queue.size > 0 && queue.at(0)?.trace === undefined) queue.shift();
  return queue.at(0);
}

/** The index of the first one with a higher number. */
function firstAfter(kept: Queue<Kept>, number: number): number {
  let [low, high] = [0, kept.size];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((kept.at(middle)?.number ?? 0) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What an empty trace and each entry take in memory, roughly; measured on Node 20. */
const BYTES_OF_A_TRACE = 1500;
const BYTES_OF_AN_ENTRY = 200;

function weigh(trace: Trace): number {
  let bytes =
    BYTES_OF_A_TRACE + trace.request.path.length + (trace.request.body?.length ?? 0) + (trace.response?.body?.length ?? 0);
  for (const name in trace.request.headers) bytes += name.length + (trace.request.headers[name]?.length ?? 0);
  for (const entry of trace.entries) {
    bytes +=
      BYTES_OF_AN_ENTRY +
      entry.message.length +
      (entry.pointer?.length ?? 0) +
      (entry.received?.length ?? 0) +
      (entry.remedy?.length ?? 0);
    if (entry.variables !== undefined || entry.calls !== undefined)
      bytes += JSON.stringify([entry.variables, entry.calls]).length;
  }
  return bytes;
}
