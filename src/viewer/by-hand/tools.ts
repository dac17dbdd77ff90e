/** What one does by hand, in the order in which it stands on the page: one file each, one line each here. */
import type { Page } from '../page.js';
import { clockTool } from './clock.js';
import { faultsTool } from './faults.js';
import { openTool } from './open.js';
import { resetTool } from './reset.js';

export interface Tool {
  readonly element: HTMLElement;
  /** Reads anew what it shows of the tenant, where it shows something. */
  readonly read?: () => Promise<void>;
}

/** `done` is called when something has changed. */
export type ToolMaker = (page: Page, done: () => void) => Tool;

const TOOLS: readonly ToolMaker[] = [openTool, clockTool, faultsTool, resetTool];

export function tools(page: Page, done: () => void): Tool[] {
  return TOOLS.map((make) => make(page, done));
}
