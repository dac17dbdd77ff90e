/**
 * Follows the traces of the emulator: what it keeps first, then each as it comes; over lost connections and restarts. One
 * stream brings them all, those that do not fit what is listed, too: they tell what others do to the tenant meanwhile.
 */
import type { Trace } from '../trace/trace.js';
import { fits, type TraceFilter } from '../trace/filter.js';
import { api, type ApiError, type Query, STREAM_ADDRESS } from './api.js';
import { isReset, kindOf, mayChange } from './control-call.js';
import { Refresh } from './refresh.js';

export type Connection = 'connecting' | 'live' | 'lost';

export interface FeedListener {
  /** One that fits what is followed; `size` in characters of JSON, where it is known. */
  onTrace(trace: Trace, start: number, size?: number): void;
  /** One that does not fit what is followed; where its script went on, it may have fitted before. */
  onOther(trace: Trace, start: number): void;
  onConnection(connection: Connection): void;
  /** How many traces fit, of those that the emulator keeps. */
  onTotal(total: number): void;
  /** Something that the person should know. */
  onNote(text: string): void;
  /** These are all that the emulator has of this start that fit. */
  onWhole(traces: readonly Trace[], start: number): void;
  /** Somebody did this, after which the tenant may not be as it was. */
  onChange(trace: Trace): void;
  /** Somebody reset the tenant with this call: nothing from before is there. */
  onReset(trace: Trace, start: number): void;
  /** The emulator was started anew. */
  onRestart(): void;
}

/** So many are read at first. */
const AT_FIRST = 200;
/** How many are kept is asked again after so many more, or a tenth: the emulator drops the oldest meanwhile. */
const COUNTED_AFTER = 200;
/** In milliseconds. */
const TRIES_AGAIN_AFTER = 1500;

export class Feed {
  readonly #listener: FeedListener;
  #source: EventSource | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** Rises with each stream, so that what belongs to one before is not taken. */
  #turn = 0;
  #startedAt: string | undefined;
  #start = 0;
  /** How many fitted when it was asked last, and how many came since. */
  #counted = 0;
  #since = 0;
  /** How many came in all: nobody can say whether one that came while it was asked is among those that fitted. */
  #taken = 0;
  #query: Query = {};
  readonly #recount = new Refresh(() => this.#count());

  constructor(listener: FeedListener) {
    this.#listener = listener;
  }

  /** Which start of the emulator it is, as `onTrace` counts them. */
  get start(): number {
    return this.#start;
  }

  /** Follows those that fit the query, instead of what was followed before. */
  follow(query: Query): void {
    this.stop();
    this.#query = query;
    const turn = this.#turn;
    this.#listener.onConnection('connecting');
    const source = new EventSource(STREAM_ADDRESS);
    this.#source = source;
    /** What comes before it is known whether the emulator is still the same. */
    let waiting: { readonly trace: Trace; readonly size: number }[] | undefined = [];
    source.addEventListener('trace', ({ data }: MessageEvent<string>) => {
      const trace = JSON.parse(data) as Trace;
      if (waiting === undefined) this.#take(trace, data.length, query);
      else waiting.push({ trace, size: data.length });
    });
    for (const name of ['missed', 'dropped'])
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        // After a restart nothing of the one before can be there.
        if (waiting === undefined) this.#listener.onNote((JSON.parse(data) as { readonly message: string }).message);
      });
    source.addEventListener('open', () => {
      waiting ??= [];
      void this.#catchUp(query, turn).then((done) => {
        if (turn !== this.#turn) return;
        for (const { trace, size } of waiting ?? []) this.#take(trace, size, query);
        waiting = undefined;
        if (done) this.#listener.onConnection('live');
      });
    });
    source.addEventListener('error', () => {
      if (turn !== this.#turn) return;
      this.#listener.onConnection('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      this.#again = setTimeout(() => {
        this.follow(query);
      }, TRIES_AGAIN_AFTER);
    });
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#again);
    this.#source?.close();
  }

  /** Reads more of what is kept than was read at first. */
  async load(query: Query, limit: number): Promise<void> {
    const turn = this.#turn;
    const taken = this.#taken;
    const { items, total, dropped } = await api.traces({ ...query, limit: String(limit) });
    if (turn !== this.#turn) return;
    // What the emulator has dropped is true still, but not that it goes on.
    if (total === items.length && (dropped === 0 || query.outcome === 'running')) this.#listener.onWhole(items, this.#start);
    for (const trace of items) this.#listener.onTrace(trace, this.#start);
    this.#told(total, taken);
  }

  #told(total: number, takenWhenAsked: number): void {
    this.#counted = total;
    this.#since = 0;
    this.#listener.onTotal(total);
    if (this.#taken !== takenWhenAsked) this.#recount.soon();
  }

  async #count(): Promise<void> {
    const turn = this.#turn;
    const taken = this.#taken;
    try {
      const { total } = await api.traces({ ...this.#query, limit: '1' });
      if (turn === this.#turn) this.#told(total, taken);
    } catch {
      // The next ones ask again.
    }
  }

  #take(trace: Trace, size: number, query: Query): void {
    if (isReset(trace)) this.#listener.onReset(trace, this.#start);
    const filter = { ...query, control: query.control === 'true' } as TraceFilter;
    if (fits(trace, kindOf(trace), filter)) {
      this.#listener.onTrace(trace, this.#start, size);
      this.#taken += 1;
      this.#since += 1;
      if (this.#since >= Math.max(COUNTED_AFTER, this.#counted / 10)) this.#recount.soon();
    } else this.#listener.onOther(trace, this.#start);
    if (mayChange(trace)) this.#listener.onChange(trace);
  }

  async #catchUp(query: Query, turn: number): Promise<boolean> {
    try {
      const { startedAt } = await api.health();
      if (turn !== this.#turn) return false;
      const restarted = this.#startedAt !== undefined && this.#startedAt !== startedAt;
      this.#startedAt = startedAt;
      if (restarted) {
        this.#start += 1;
        this.#listener.onRestart();
      }
      await this.load(query, AT_FIRST);
      return true;
    } catch (problem) {
      if (turn === this.#turn) this.#listener.onNote((problem as ApiError).message);
      // What is listed may be refused, such as a filter; what comes is followed all the same.
      return (problem as ApiError).code !== undefined;
    }
  }
}
