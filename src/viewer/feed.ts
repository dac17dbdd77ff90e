/**
 * Follows the traces of the emulator: what it keeps first, then each as it comes; over lost connections and restarts. One
 * stream brings them all, those that do not fit what is listed, too: they tell what others do to the tenant meanwhile.
 */
import type { Trace } from '../trace/trace.js';
import { fits, type TraceFilter } from '../trace/filter.js';
import { api, type ApiError, type Query, STREAM_ADDRESS } from './api.js';
import { isReset, kindOf, mayChange } from './control-call.js';
import { Refresh } from './refresh.js';

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

/** What one stream brings: while a list is read it waits, because nobody can say which of the two is newer. */
class Incoming {
  reads = 0;
  readonly waiting: { readonly trace: Trace; readonly size: number }[] = [];
  /** Whether it is known that the emulator is still the same. */
  caughtUp = false;
  /** Whether something came over the stream since it was opened. */
  heard = false;
}

/** So many are read at least. */
const AT_LEAST = 200;
/** How many are kept is asked again after so many more, or a tenth: the emulator drops the oldest meanwhile. */
const COUNTED_AFTER = 200;
/** In milliseconds. */
const TRIES_AGAIN_AFTER = 1500;
/** In milliseconds: so soon it brings something at first, because what the page asks is traced, too. */
const HEARD_WITHIN = 8000;
/** In milliseconds: so soon it brings something later on, because the emulator sends a sign of life every 15 seconds. */
const SILENT_AFTER = 40_000;

export const HELD_BACK =
  'Nothing comes over the stream of traces: something on the way holds it back, such as a proxy that buffers or compresses. ' +
  'The page reads every few seconds what it would bring.';

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
  #incoming = new Incoming();
  #watch: ReturnType<typeof setTimeout> | undefined;
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
    this.#query = query;
    const turn = this.#turn;
    this.#listener.onConnection(this.#silent ? 'silent' : 'connecting');
    const source = new EventSource(STREAM_ADDRESS);
    this.#source = source;
    const incoming = new Incoming();
    this.#incoming = incoming;
    const watch = (within: number): void => {
      clearTimeout(this.#watch);
      this.#watch = setTimeout(() => {
        void this.#unheard(source, query, turn);
      }, within);
    };
    watch(HEARD_WITHIN);
    for (const name of ['trace', 'missed', 'dropped', 'alive'])
      source.addEventListener(name, () => {
        if (turn !== this.#turn) return;
        watch(SILENT_AFTER);
        if (incoming.heard) return;
        incoming.heard = true;
        if (incoming.caughtUp) this.#live();
      });
    source.addEventListener('trace', ({ data }: MessageEvent<string>) => {
      const trace = JSON.parse(data) as Trace;
      if (incoming.reads === 0) this.#take(trace, data.length);
      else incoming.waiting.push({ trace, size: data.length });
    });
    for (const name of ['missed', 'dropped'])
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        // After a restart nothing of the one before can be there.
        if (incoming.caughtUp) this.#listener.onNote((JSON.parse(data) as { readonly message: string }).message);
      });
    source.addEventListener('open', () => {
      incoming.caughtUp = false;
      incoming.heard = false;
      clearTimeout(this.#watch);
      void this.#reading(() => this.#catchUp(query, turn)).then((done) => {
        if (turn !== this.#turn) return;
        incoming.caughtUp = true;
        if (!done) this.#lost(query);
        else if (incoming.heard) this.#live();
        else {
          watch(HEARD_WITHIN);
          if (this.#silent) this.#listener.onConnection('silent');
        }
      });
    });
    source.addEventListener('error', () => {
      if (turn !== this.#turn) return;
      this.#silent = false;
      clearTimeout(this.#watch);
      // The browser tries again by itself, but for some answers.
      if (source.readyState === EventSource.CLOSED) this.#lost(query);
      else this.#listener.onConnection('lost');
    });
  }

  #live(): void {
    this.#silent = false;
    this.#listener.onConnection('live');
  }

  /** Reads what the stream should have brought, and asks for another one: this one may be held back, or dead for long. */
  async #unheard(source: EventSource, query: Query, turn: number): Promise<void> {
    if (source.readyState !== EventSource.OPEN && !(await this.#reading(() => this.#catchUp(query, turn)))) {
      if (turn === this.#turn) this.#lost(query);
      return;
    }
    if (turn !== this.#turn) return;
    if (!this.#silent) this.#listener.onNote(HELD_BACK);
    this.#silent = true;
    this.follow(query);
  }

  #lost(query: Query): void {
    this.stop();
    this.#silent = false;
    this.#listener.onConnection('lost');
    this.#again = setTimeout(() => {
      this.follow(query);
    }, TRIES_AGAIN_AFTER);
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#again);
    clearTimeout(this.#watch);
    this.#source?.close();
  }

  /** Reads more of what is kept than was read at first. */
  async load(query: Query, limit: number): Promise<void> {
    const turn = this.#turn;
    await this.#reading(() => this.#read(query, limit, turn));
  }

  /** What the stream brings meanwhile is taken afterwards. */
  async #reading<T>(work: () => Promise<T>): Promise<T> {
    const incoming = this.#incoming;
    incoming.reads += 1;
    try {
      return await work();
    } finally {
      incoming.reads -= 1;
      if (incoming.reads === 0 && incoming === this.#incoming)
        for (const { trace, size } of incoming.waiting.splice(0)) this.#take(trace, size);
    }
  }

  async #read(query: Query, limit: number, turn: number): Promise<void> {
    const taken = this.#taken;
    const { items, total } = await api.traces({ ...query, limit: String(limit) });
    if (turn !== this.#turn) return;
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
    const turn = this.#turn;
    const taken = this.#taken;
    try {
      const { total } = await api.traces({ ...this.#query, limit: '1' });
      if (turn === this.#turn) this.#told(total, taken);
    } catch {
      // The next ones ask again.
    }
  }

  #take(trace: Trace, size: number): void {
    const query = this.#query;
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
      await this.#read(query, Math.max(AT_LEAST, this.#listener.held), turn);
      return true;
    } catch (problem) {
      if (turn === this.#turn) this.#listener.onNote((problem as ApiError).message);
      // What is listed may be refused, such as a filter; what comes is followed all the same.
      return (problem as ApiError).code !== undefined;
    }
  }
}
