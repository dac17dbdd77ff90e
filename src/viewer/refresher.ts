/** Reads something again when asked to, one read at a time and with a pause after each. */
import type { Clock } from './records.js';

/** In milliseconds. */
const PAUSE = 300;
/** In milliseconds: what was due has been done by then. */
const DONE_AFTER = 100;
/** In milliseconds: the longest timer of a browser. */
const MAX_TIMER = 2 ** 31 - 1;

/** Returns how to ask. `read` must not reject. */
export function refresher(read: () => Promise<void>): () => void {
  let running = false;
  let wanted = false;
  const run = async (): Promise<void> => {
    running = true;
    while (wanted) {
      wanted = false;
      await read();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    running = false;
  };
  return () => {
    wanted = true;
    if (!running) void run();
  };
}

/**
 * Returns what to call with the tenant's clock: when its next wait is over, `ask` is called if the element is seen. No trace
 * tells that an agent took a conversation.
 */
export function afterNextWait(element: HTMLElement, ask: () => void): (clock: Clock) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return ({ now, frozen, nextAt }) => {
    clearTimeout(timer);
    if (frozen || nextAt === null) return;
    const rest = Math.max(0, Date.parse(nextAt) - Date.parse(now)) + DONE_AFTER;
    timer = setTimeout(
      () => {
        if (element.isConnected && !document.hidden) ask();
      },
      Math.min(rest, MAX_TIMER),
    );
  };
}
