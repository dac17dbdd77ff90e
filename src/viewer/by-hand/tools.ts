/** What one does by hand, in the order in which it stands on the page: one file each, one line each here. */
import type { Page } from '../page.js';
import { openTool } from './open.js';
import { resetTool } from './reset.js';

/** `done` is called when something has changed. */
export type Tool = (page: Page, done: () => void) => HTMLElement;

const TOOLS: readonly Tool[] = [openTool, resetTool];

export function tools(page: Page, done: () => void): HTMLElement[] {
  return TOOLS.map((tool) => tool(page, done));
}
