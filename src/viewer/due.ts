/** Looks again when whoever waits next on the tenant's clock went on: no trace tells that an agent took a conversation. */
import type { Clock } from './records.js';

/** In milliseconds. */
const AT_MOST_EVERY = 1000;
/** In milliseconds: what was due has been done by then. */
const DONE_AFTER = 100;
/** In milliseconds: the longest that a browser waits. */
const LONGEST = 2 ** 31 - 1;

export class Due {
  readonly #element: HTMLElement;
  readonly #look: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Looks only while somebody sees the element. */
  constructor(element: HTMLElement, look: () => void) {
    this.#element = element;
    this.#look = look;
  }

  /** As the clock was read just now. */
  wait({ now, frozen, nextAt }: Clock): void {
    clearTimeout(this.#timer);
    if (frozen || nextAt === null) return;
    const rest = Date.parse(nextAt) - Date.parse(now) + DONE_AFTER;
    this.#timer = setTimeout(
      () => {
        if (this.#element.isConnected && !document.hidden) this.#look();
      },
      Math.min(Math.max(rest, AT_MOST_EVERY), LONGEST),
    );
  }
}
