/** Reads the traces of a running emulator: one, a list, or each as it comes. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Trace } from '../../trace/trace.js';
import { callControl, noEmulator, Unanswered } from './control-call.js';

export type TraceQuery = Readonly<Record<string, string | undefined>>;

interface List {
  readonly items: readonly Trace[];
  readonly total: number;
}

/** In milliseconds. */
const TRIES_AGAIN_AFTER = 1000;
/** No trace has this id. */
const OF_ANOTHER_START = 'before';

export class TraceClient {
  readonly #control: string;

  /** `url` is where the tenant is reached, without a slash at the end. */
  constructor(url: string) {
    this.#control = `${url}/_emulator`;
  }

  /** Rejects with Unanswered where it is not kept. */
  async one(traceId: string): Promise<Trace> {
    return this.#read(`traces/${encodeURIComponent(traceId)}`, isTrace);
  }

  /** Newest first, and how many there are in all. */
  async list(query: TraceQuery): Promise<List> {
    return this.#read(`traces?${queryOf(query)}`, isList);
  }

  /**
   * Each trace as it comes, from now on or after the one that is named. Where the emulator goes away it is waited for, and
   * `tell` hears of it. Rejects with Unanswered where it cannot be reached at first.
   */
  async *follow(query: TraceQuery, after: string | undefined, tell: (note: string) => void): AsyncGenerator<Trace> {
    let last = after;
    let startedAt = await this.#startedAt();
    let events = await this.#events(query, last);
    for (;;) {
      try {
        for await (const { event, id, data } of events) {
          if (event === 'trace') {
            last = id;
            yield this.#sound(parsed(data), isTrace);
            // Neither a sign of life nor that no trace has the id of another start is news.
          } else if (event !== 'alive' && !(event === 'missed' && last === OF_ANOTHER_START))
            tell(this.#sound(parsed(data), isNote).message);
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      tell(`The stream of ${this.#control} ended; waiting for it.`);
      const before = startedAt;
      ({ events, startedAt, last } = await this.#again(query, last, before));
      if (startedAt !== before) tell('The emulator restarted: what follows is all that it keeps.');
    }
  }

  async #again(
    query: TraceQuery,
    last: string | undefined,
    before: string,
  ): Promise<{ events: AsyncGenerator<Event>; startedAt: string; last: string | undefined }> {
    for (;;) {
      await wait(TRIES_AGAIN_AFTER);
      try {
        const startedAt = await this.#startedAt();
        // With a seed the emulator gives the same ids after each start: all that this one keeps is new.
        const from = startedAt === before ? last : OF_ANOTHER_START;
        return { events: await this.#events(query, from), startedAt, last: from };
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
      }
    }
  }

  /** Which start of the emulator it is. */
  async #startedAt(): Promise<string> {
    return (await this.#read('health', isHealth)).startedAt;
  }

  async #events(query: TraceQuery, last: string | undefined): Promise<AsyncGenerator<Event>> {
    const response = await this.#ask(`traces/stream?${queryOf(query)}`, last === undefined ? {} : { 'last-event-id': last });
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
      throw noEmulator(this.#control, 'with no stream of traces');
    return eventsIn(response.body as unknown as AsyncIterable<Uint8Array>);
  }

  async #read<T>(path: string, fits: (body: unknown) => body is T): Promise<T> {
    const response = await this.#ask(path);
    // One that breaks off is none, too.
    return this.#sound(parsed(await response.text().catch(() => '')), fits);
  }

  /** Whatever else listens there may answer anything. */
  #sound<T>(body: unknown, fits: (body: unknown) => body is T): T {
    if (fits(body)) return body;
    throw noEmulator(this.#control, 'with something else than traces');
  }

  #ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return callControl(this.#control, path, { headers });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTrace(value: unknown): value is Trace {
  const { traceId, request, entries } = (value ?? {}) as Partial<Record<keyof Trace, unknown>>;
  return typeof traceId === 'string' && typeof request === 'object' && request !== null && Array.isArray(entries);
}

function isList(value: unknown): value is List {
  const { items, total } = (value ?? {}) as Partial<Record<keyof List, unknown>>;
  return typeof total === 'number' && Array.isArray(items) && items.every(isTrace);
}

function isHealth(value: unknown): value is { readonly startedAt: string } {
  return typeof (value as { readonly startedAt?: unknown } | undefined)?.startedAt === 'string';
}

function isNote(value: unknown): value is { readonly message: string } {
  return typeof (value as { readonly message?: unknown } | undefined)?.message === 'string';
}

function queryOf(query: TraceQuery): string {
  return new URLSearchParams(
    Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])),
  ).toString();
}

interface Event {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** Server-sent events, as the emulator writes them: one line of data each. */
async function* eventsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<Event> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const fields = new Map(text.slice(0, end).split('\n').map(fieldOf));
      text = text.slice(end + 2);
      const data = fields.get('data');
      if (data !== undefined) yield { event: fields.get('event') ?? 'message', id: fields.get('id') ?? '', data };
    }
  }
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
