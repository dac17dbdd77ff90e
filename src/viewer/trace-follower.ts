/** Follows the traces of the tenant: reads the list whenever the stream opens, and adds each trace that the stream brings. */
import { fits, type TraceFilter } from '../trace/filter.js';
import type { Trace } from '../trace/trace.js';
import { api, type ApiError, type Query, STREAM_ADDRESS } from './api.js';
import { isReset, kindOf, mayChange } from './control-call.js';
import { MAX_TRACES, TraceCache } from './trace-cache.js';

/** `silent`: the emulator responds, but the stream brings nothing, so that the page reads the list every few seconds. */
export type Connection = 'connecting' | 'live' | 'lost' | 'silent';

export interface FollowerListener {
  /** Traces, their total or the connection have changed. */
  onUpdate(): void;
  /** The tenant may have changed: by this request or, without one, since it was read. */
  onChange(trace?: Trace): void;
  /** A message for the person. */
  onNote(text: string): void;
}

const FIRST_READ = 200;
/** The total is read again after so many new traces, because the emulator drops its oldest. */
const COUNTED_AFTER = 200;
/** In milliseconds. */
const RETRY_AFTER = 1500;
/** In milliseconds. A stream that has just opened brings the page's own requests at once. */
const HEARD_WITHIN = 8000;
/** In milliseconds. The emulator sends an event at least every 15 seconds. */
const SILENT_AFTER = 40_000;

export const HELD_BACK =
  'The stream of traces brings nothing: something on the way holds it back, such as a proxy that buffers or compresses. ' +
  'The page reads the list every few seconds instead.';

export class TraceFollower {
  readonly cache = new TraceCache();
  readonly #listener: FollowerListener;
  #query: Query = {};
  #total: number | undefined;
  #connection: Connection = 'connecting';
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether this stream has brought anything. */
  #heard = false;
  /** Whether the list was read since the stream opened. */
  #caughtUp = false;
  #reads = 0;
  /** What the stream brings during a read is added afterwards: it is not known which of the two is newer. */
  #waiting: MessageEvent<string>[] = [];
  #sinceCounted = 0;

  constructor(listener: FollowerListener) {
    this.#listener = listener;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** How many traces of the emulator fit the filters; undefined until the list was read. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Reconnects. If the filters have changed, empties the cache. */
  follow(query: Query): void {
    if (JSON.stringify(query) !== JSON.stringify(this.#query)) {
      this.#query = query;
      this.cache.clear();
      this.#total = undefined;
    }
    if (document.hidden) this.stop();
    else this.#connect(this.#connection === 'silent' ? 'silent' : 'connecting');
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  /** Reads as many traces as the cache can hold. Rejects with ApiError. */
  loadAll(): Promise<void> {
    return this.#reading(() => this.#readList(MAX_TRACES));
  }

  #connect(connection: Connection): void {
    this.stop();
    const source = new EventSource(STREAM_ADDRESS);
    this.#source = source;
    this.#heard = this.#caughtUp = false;
    this.#reads = 0;
    this.#waiting = [];
    source.addEventListener('open', () => {
      this.#heard = false;
      clearTimeout(this.#timer);
      void this.#opened();
    });
    for (const name of ['trace', 'missed', 'dropped', 'alive'])
      source.addEventListener(name, (event: MessageEvent<string>) => {
        this.#receive(event);
      });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) {
        this.#lost();
        return;
      }
      this.#tell('lost');
      // The browser's own attempt to reconnect may hang.
      this.#expectWithin(HEARD_WITHIN);
    });
    this.#expectWithin(HEARD_WITHIN);
    this.#tell(connection);
  }

  async #opened(): Promise<void> {
    if (!(await this.#catchUp())) return;
    if (this.#heard) this.#tell('live');
    else this.#expectWithin(HEARD_WITHIN);
  }

  #receive(event: MessageEvent<string>): void {
    this.#heard = true;
    this.#expectWithin(SILENT_AFTER);
    if (event.type === 'trace') {
      if (this.#reads === 0) this.#take(event);
      else this.#waiting.push(event);
    } else if (event.type !== 'alive' && this.#caughtUp)
      this.#listener.onNote((JSON.parse(event.data) as { readonly message: string }).message);
    if (this.#caughtUp) this.#tell('live');
  }

  #expectWithin(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#silence();
    }, milliseconds);
  }

  /** The stream may be dead, such as after the machine slept, or held back: reads the list, and reconnects. */
  async #silence(): Promise<void> {
    const heard = this.#heard;
    if (!(await this.#catchUp())) return;
    if (!heard && this.#connection !== 'silent') this.#listener.onNote(HELD_BACK);
    this.#connect(heard ? 'connecting' : 'silent');
  }

  #lost(): void {
    this.stop();
    this.#tell('lost');
    this.#timer = setTimeout(() => {
      this.#connect('connecting');
    }, RETRY_AFTER);
  }

  #tell(connection: Connection): void {
    const changes = connection !== this.#connection || connection === 'silent';
    this.#connection = connection;
    if (!changes) return;
    this.#listener.onUpdate();
    if (connection === 'live' || connection === 'silent') this.#listener.onChange();
  }

  /** Returns false if it has failed, or if another stream has taken the place of this one. */
  async #catchUp(): Promise<boolean> {
    const source = this.#source;
    this.#caughtUp = false;
    try {
      await this.#reading(async () => {
        const { startedAt } = await api.health();
        if (source !== this.#source) return;
        if (this.cache.startedAt(startedAt)) this.#listener.onNote('The emulator restarted.');
        await this.#readList(Math.max(FIRST_READ, this.cache.entries.length));
      });
    } catch (problem) {
      if (source !== this.#source) return false;
      this.#listener.onNote((problem as ApiError).message);
      // If the emulator refuses the filters, the page still follows the rest.
      if ((problem as ApiError).code === undefined) {
        this.#lost();
        return false;
      }
    }
    this.#caughtUp = source === this.#source;
    return this.#caughtUp;
  }

  async #reading(work: () => Promise<void>): Promise<void> {
    const source = this.#source;
    this.#reads += 1;
    try {
      await work();
    } finally {
      if (source === this.#source) {
        this.#reads -= 1;
        if (this.#reads === 0) for (const event of this.#waiting.splice(0)) this.#take(event);
      }
    }
  }

  async #readList(limit: number): Promise<void> {
    const source = this.#source;
    const { items, total } = await api.traces({ ...this.#query, limit: String(limit) });
    if (source !== this.#source) return;
    // With a limit of 1 only the total is asked for.
    if (limit > 1) this.cache.replace(items);
    this.#total = total;
    this.#sinceCounted = 0;
    this.#listener.onUpdate();
  }

  #take({ data }: MessageEvent<string>): void {
    const trace = JSON.parse(data) as Trace;
    if (isReset(trace)) {
      this.cache.removeUntil(trace);
      this.#total = this.cache.entries.length;
      this.#listener.onNote('The tenant is as on the first day.');
    }
    const filter = { ...this.#query, control: this.#query.control === 'true' } as TraceFilter;
    const wanted = fits(trace, kindOf(trace), filter);
    if (wanted) this.#sinceCounted += 1;
    const by = wanted ? Number(this.cache.add(trace, data.length)) : -Number(this.cache.remove(trace.traceId));
    if (this.#total !== undefined) this.#total += by;
    this.#listener.onUpdate();
    if (mayChange(trace)) this.#listener.onChange(trace);
    if (this.#sinceCounted >= COUNTED_AFTER) this.#count();
  }

  #count(): void {
    this.#sinceCounted = 0;
    this.#reading(() => this.#readList(1)).catch(() => {
      // The next traces try again.
    });
  }
}
