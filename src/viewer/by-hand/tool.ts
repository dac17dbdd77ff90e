/** What a tool of the page is. */
import type { Page } from '../page.js';

export interface Tool {
  readonly element: HTMLElement;
  /** Reads anew what it shows of the tenant, where it shows something. */
  readonly read?: () => Promise<void>;
}

/** `done` is called when something has changed. */
export type ToolMaker = (page: Page, done: () => void) => Tool;
