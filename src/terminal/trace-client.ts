/** Reads the traces of a running emulator: one, a list, or each as it comes. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Trace } from '../trace/trace.js';

/** The emulator could not be asked, or refused to answer; the message is for a person. */
export class NoTraces extends Error {}

export type TraceQuery = Readonly<Record<string, string | undefined>>;

/** In milliseconds. */
const TRIES_AGAIN_AFTER = 1000;

export class TraceClient {
  readonly #control: string;

  /** `url` is where the tenant is reached, without a slash at the end. */
  constructor(url: string) {
    this.#control = `${url}/_emulator`;
  }

  /** Rejects with NoTraces where it is not kept. */
  async one(traceId: string): Promise<Trace> {
    return (await (await this.#ask(`traces/${encodeURIComponent(traceId)}`)).json()) as Trace;
  }

  /** Newest first. */
  async list(query: TraceQuery): Promise<readonly Trace[]> {
    const { items } = (await (await this.#ask(`traces?${queryOf(query)}`)).json()) as { readonly items: readonly Trace[] };
    return items;
  }

  /**
   * Each trace as it comes, from now on or after the one that is named. Where the emulator goes away it is waited for, and
   * `tell` hears of it. Rejects with NoTraces where it cannot be reached at first.
   */
  async *follow(query: TraceQuery, after: string | undefined, tell: (note: string) => void): AsyncGenerator<Trace> {
    let last = after;
    let events = await this.#events(query, last);
    for (;;) {
      try {
        for await (const { event, id, data } of events) {
          if (event === 'trace') {
            last = id;
            yield JSON.parse(data) as Trace;
          } else tell((JSON.parse(data) as { readonly message: string }).message);
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      tell(`The stream of ${this.#control} ended; waiting for it.`);
      events = await this.#eventsAgain(query, last);
    }
  }

  async #eventsAgain(query: TraceQuery, last: string | undefined): Promise<AsyncGenerator<Event>> {
    for (;;) {
      await wait(TRIES_AGAIN_AFTER);
      try {
        return await this.#events(query, last);
      } catch (error) {
        if (!(error instanceof NoTraces)) throw error;
      }
    }
  }

  async #events(query: TraceQuery, last: string | undefined): Promise<AsyncGenerator<Event>> {
    const response = await this.#ask(`traces/stream?${queryOf(query)}`, last === undefined ? {} : { 'last-event-id': last });
    return eventsIn(response.body as unknown as AsyncIterable<Uint8Array>);
  }

  async #ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.#control}/${path}`, { headers });
    } catch (error) {
      const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } };
      throw new NoTraces(
        cause?.code === 'ECONNREFUSED'
          ? `nothing listens at ${this.#control}; --url names another address`
          : `${this.#control} cannot be reached (${cause?.code ?? message})`,
      );
    }
    if (response.ok) return response;
    throw new NoTraces(await refusalIn(response, this.#control));
  }
}

async function refusalIn(response: Response, control: string): Promise<string> {
  const body = (await response.json().catch(() => undefined)) as
    | {
        readonly cause?: { readonly code: string; readonly expected: string; readonly received: string; readonly remedy: string };
      }
    | undefined;
  const cause = body?.cause;
  if (cause === undefined) return `what listens at ${control} is no emulator: it answered ${String(response.status)}`;
  return `${String(response.status)} ${cause.code}: expected ${cause.expected}, received ${cause.received}. ${cause.remedy}`;
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
