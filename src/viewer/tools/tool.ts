/** What a tool of the page is. */
import type { Page } from '../page.js';

export interface Tool {
  readonly element: HTMLElement;
  /** Loads the tenant state that the tool shows; undefined if it shows none. */
  readonly read?: () => Promise<void>;
}

/** `done` is called when something has changed. */
export type ToolMaker = (page: Page, done: () => void) => Tool;
