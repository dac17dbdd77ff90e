/** The stream of traces as the browser has it, and whether anything comes over it: what lies on the way may hold it back. */
import type { Trace } from '../trace/trace.js';
import { STREAM_ADDRESS } from './api.js';

export interface TraceStreamListener {
  /** It is there, for the first time or again. */
  onOpen(): void;
  /** `size` in characters of JSON. */
  onTrace(trace: Trace, size: number): void;
  /** Some may be missing. */
  onMissing(message: string): void;
  /** Something came, the first since it was opened. */
  onHeard(): void;
  /** Nothing came for so long that something must be wrong. */
  onSilence(): void;
  /** It broke off; `gone` where the browser does not try again by itself. */
  onBroken(gone: boolean): void;
}

/** In milliseconds: so soon it brings something at first, because what the page asks is traced, too. */
const HEARD_WITHIN = 8000;
/** In milliseconds: so soon it brings something later on, because the emulator sends a sign of life every 15 seconds. */
const SILENT_AFTER = 40_000;

export class TraceStream {
  readonly #source: EventSource;
  readonly #listener: TraceStreamListener;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #heard = false;

  constructor(listener: TraceStreamListener) {
    this.#listener = listener;
    this.#source = new EventSource(STREAM_ADDRESS);
    this.listen();
    this.#source.addEventListener('open', () => {
      this.#heard = false;
      clearTimeout(this.#watch);
      listener.onOpen();
    });
    for (const name of ['trace', 'missed', 'dropped', 'alive'])
      this.#source.addEventListener(name, () => {
        this.#expect(SILENT_AFTER);
        if (this.#heard) return;
        this.#heard = true;
        listener.onHeard();
      });
    this.#source.addEventListener('trace', ({ data }: MessageEvent<string>) => {
      listener.onTrace(JSON.parse(data) as Trace, data.length);
    });
    for (const name of ['missed', 'dropped'])
      this.#source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        listener.onMissing((JSON.parse(data) as { readonly message: string }).message);
      });
    this.#source.addEventListener('error', () => {
      const gone = this.#source.readyState === EventSource.CLOSED;
      if (gone) clearTimeout(this.#watch);
      // What the browser tries may hang.
      else this.#expect(HEARD_WITHIN);
      listener.onBroken(gone);
    });
  }

  get isOpen(): boolean {
    return this.#source.readyState === EventSource.OPEN;
  }

  /** Whether something came since it was opened. */
  get heard(): boolean {
    return this.#heard;
  }

  /** Something is to come from now on: what the page has asked, at least. */
  listen(): void {
    if (!this.#heard) this.#expect(HEARD_WITHIN);
  }

  close(): void {
    clearTimeout(this.#watch);
    this.#source.close();
  }

  #expect(within: number): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#listener.onSilence();
    }, within);
  }
}
