/**
 * Follows the traces of the emulator: what it keeps first, then each as it comes; over lost connections and restarts. One
 * stream brings them all, those that do not fit what is listed, too: they tell what others do to the tenant meanwhile.
 */
import type { Trace } from '../trace/trace.js';
import { fits, type TraceFilter } from '../trace/filter.js';
import { api, type ApiError, type Query } from './api.js';
import { isReset, kindOf, mayChange } from './control-call.js';
import { Refresh } from './refresh.js';
import { TraceStream } from './trace-stream.js';

/** `silent`: the emulator answers, but nothing comes over the stream; what is listed is read every few seconds instead. */
export type Connection = 'connecting' | 'live' | 'lost' | 'silent';

export interface FeedListener {
  /** How many traces are held. */
  readonly held: number;
  /** One that fits what is followed; `size` in characters of JSON. */
  onTrace(trace: Trace, start: number, size: number): void;
  /** One that does not fit what is followed; where its script went on, it may have fitted before. */
  onOther(trace: Trace, start: number): void;
  onConnection(connection: Connection): void;
  /** How many traces fit, of those that the emulator keeps. */
  onTotal(total: number): void;
  /** Something that the person should know. */
  onNote(text: string): void;
  /** These are the newest that fit, and of this start the only ones of which it is known how they stand. */
  onNewest(traces: readonly Trace[], start: number): void;
  /** Somebody did this, after which the tenant may not be as it was. */
  onChange(trace: Trace): void;
  /** Somebody reset the tenant with this call: nothing from before is there. */
  onReset(trace: Trace, start: number): void;
  /** The emulator was started anew. */
  onRestart(): void;
}

/** What is followed over one stream. What that brings while a list is read waits: nobody can say which of the two is newer. */
class Following {
  readonly query: Query;
  reads = 0;
  readonly waiting: { readonly trace: Trace; readonly size: number }[] = [];
  /** Whether it is known that the emulator is still the same. */
  caughtUp = false;

  constructor(query: Query) {
    this.query = query;
  }
}

/** So many are read at least. */
const AT_LEAST = 200;
/** How many are kept is asked again after so many more, or a tenth: the emulator drops the oldest meanwhile. */
const COUNTED_AFTER = 200;
/** In milliseconds. */
const TRIES_AGAIN_AFTER = 1500;

export const HELD_BACK =
  'Nothing comes over the stream of traces: something on the way holds it back, such as a proxy that buffers or compresses. ' +
  'The page reads every few seconds what it would bring.';

export class Feed {
  readonly #listener: FeedListener;
  #stream: TraceStream | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** What belongs to another one is not taken any more. */
  #now = new Following({});
  #startedAt: string | undefined;
  #start = 0;
  /** How many fitted when it was asked last, and how many came since. */
  #counted = 0;
  #since = 0;
  /** How many came in all: nobody can say whether one that came while it was asked is among those that fitted. */
  #taken = 0;
  /** Whether nothing came over the stream before this one. */
  #silent = false;
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
    const now = new Following(query);
    this.#now = now;
    this.#listener.onConnection(this.#silent ? 'silent' : 'connecting');
    const stream = new TraceStream({
      onOpen: () => {
        void this.#opened(stream, now);
      },
      onTrace: (trace, size) => {
        if (now.reads === 0) this.#take(trace, size);
        else now.waiting.push({ trace, size });
      },
      onMissing: (message) => {
        // After a restart nothing of the one before can be there.
        if (now.caughtUp) this.#listener.onNote(message);
      },
      onHeard: () => {
        if (now.caughtUp) this.#live();
      },
      onSilence: () => {
        void this.#unheard(stream, now);
      },
      onBroken: (gone) => {
        this.#silent = false;
        if (gone) this.#lost(now);
        else this.#listener.onConnection('lost');
      },
    });
    this.#stream = stream;
  }

  stop(): void {
    this.#now = new Following(this.#now.query);
    clearTimeout(this.#again);
    this.#stream?.close();
  }

  /** Reads more of what is kept than was read at first. */
  async load(limit: number): Promise<void> {
    const now = this.#now;
    await this.#reading(now, () => this.#read(now, limit));
  }

  async #opened(stream: TraceStream, now: Following): Promise<void> {
    now.caughtUp = false;
    const done = await this.#reading(now, () => this.#catchUp(now));
    if (now !== this.#now) return;
    now.caughtUp = true;
    if (!done) this.#lost(now);
    else if (stream.heard) this.#live();
    else {
      stream.listen();
      if (this.#silent) this.#listener.onConnection('silent');
    }
  }

  #live(): void {
    this.#silent = false;
    this.#listener.onConnection('live');
  }

  /** Asks for another stream: this one may be dead, such as after the machine slept, or held back from its beginning. */
  async #unheard(stream: TraceStream, now: Following): Promise<void> {
    // Without its head nothing that it should have brought was read.
    if (!stream.isOpen && !(await this.#reading(now, () => this.#catchUp(now)))) {
      if (now === this.#now) this.#lost(now);
      return;
    }
    if (now !== this.#now) return;
    if (!stream.heard) {
      if (!this.#silent) this.#listener.onNote(HELD_BACK);
      this.#silent = true;
    }
    this.follow(now.query);
  }

  #lost({ query }: Following): void {
    this.stop();
    this.#silent = false;
    this.#listener.onConnection('lost');
    this.#again = setTimeout(() => {
      this.follow(query);
    }, TRIES_AGAIN_AFTER);
  }

  /** What the stream brings meanwhile is taken afterwards. */
  async #reading<T>(now: Following, work: () => Promise<T>): Promise<T> {
    now.reads += 1;
    try {
      return await work();
    } finally {
      now.reads -= 1;
      if (now.reads === 0 && now === this.#now) for (const { trace, size } of now.waiting.splice(0)) this.#take(trace, size);
    }
  }

  async #read(now: Following, limit: number): Promise<void> {
    const taken = this.#taken;
    const { items, total } = await api.traces({ ...now.query, limit: String(limit) });
    if (now !== this.#now) return;
    this.#listener.onNewest(items, this.#start);
    this.#told(total, taken);
  }

  #told(total: number, takenWhenAsked: number): void {
    this.#counted = total;
    this.#since = 0;
    this.#listener.onTotal(total);
    if (this.#taken !== takenWhenAsked) this.#recount.soon();
  }

  async #count(): Promise<void> {
    const now = this.#now;
    const taken = this.#taken;
    try {
      const { total } = await api.traces({ ...now.query, limit: '1' });
      if (now === this.#now) this.#told(total, taken);
    } catch {
      // The next ones ask again.
    }
  }

  #take(trace: Trace, size: number): void {
    const { query } = this.#now;
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

  async #catchUp(now: Following): Promise<boolean> {
    try {
      const { startedAt } = await api.health();
      if (now !== this.#now) return false;
      const restarted = this.#startedAt !== undefined && this.#startedAt !== startedAt;
      this.#startedAt = startedAt;
      if (restarted) {
        this.#start += 1;
        this.#listener.onRestart();
      }
      await this.#read(now, Math.max(AT_LEAST, this.#listener.held));
      return true;
    } catch (problem) {
      if (now === this.#now) this.#listener.onNote((problem as ApiError).message);
      // What is listed may be refused, such as a filter; what comes is followed all the same.
      return (problem as ApiError).code !== undefined;
    }
  }
}
