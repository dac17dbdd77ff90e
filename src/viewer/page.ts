/** What the parts of the page share: what is shown, the traces that are held, and how to go elsewhere. */
import type { Trace } from '../trace/trace.js';
import type { Shown } from './address.js';
import type { TraceCache } from './trace-cache.js';

export interface Page {
  /** As the address says it now. */
  readonly shown: Shown;
  readonly cache: TraceCache;
  /** How many traces the emulator has that fit the filters; undefined until the list was read. */
  readonly total: number | undefined;
  readonly paused: boolean;
  /** The address that leads there. */
  link(change: Partial<Shown>): string;
  /** Shows something else; `replace` leaves no step to go back to. */
  go(change: Partial<Shown>, replace?: boolean): void;
  /** Stops or goes on following. */
  pause(): void;
  /** Loads as many traces as the page holds. */
  loadMore(): Promise<void>;
  /** Tells the person something, for a while. */
  say(text: string): void;
}

/** A part of the page. */
export interface Part {
  readonly element: HTMLElement;
  /** Draws what the page holds by now; it asks the emulator for nothing that it has read already. */
  update(): void;
  /** The tenant may not be as it was read: after this trace, or, without one, after whatever happened meanwhile. */
  changed?(trace?: Trace): void;
}
