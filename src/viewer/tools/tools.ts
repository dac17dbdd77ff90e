/** What one does by hand, in the order in which it stands on the page: one file each, one line each here. */
import type { Page } from '../page.js';
import { clockTool } from './clock.js';
import { faultsTool } from './faults.js';
import { openTool } from './open.js';
import { resetTool } from './reset.js';
import type { Tool, ToolMaker } from './tool.js';

const TOOLS: readonly ToolMaker[] = [openTool, clockTool, faultsTool, resetTool];

export function tools(page: Page, done: () => void): Tool[] {
  return TOOLS.map((make) => make(page, done));
}
