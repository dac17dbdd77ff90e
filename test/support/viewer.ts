/** The trace viewer in a headless Chromium. Whatever goes wrong in the page, or is asked of anybody but the emulator, fails the test. */
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { browserContext } from './browser.js';

export interface Viewer {
  readonly page: Page;
  readonly rows: Locator;
  /** Waits until it follows the traces. */
  readonly live: () => Promise<void>;
  /** Reloads the page with this fragment of its address. */
  readonly load: (fragment: string, tenant?: string) => Promise<void>;
  /** Opens this trace in the page that is loaded. */
  readonly opens: (traceId: string) => Promise<void>;
  /** What was copied last. */
  readonly copied: () => Promise<string>;
  /** Clicks the button of this name, and answers what it copied. */
  readonly copies: (name: string) => Promise<string>;
}

export interface ViewerOptions extends BrowserContextOptions {
  /** Whether what the browser says of connections that fail is expected. */
  readonly goesAway?: true;
  /** Whether going back finds a page as it was left, as in a browser that nothing drives. */
  readonly keepsPages?: true;
}

/** `url` is where the tenant is reached. */
export async function viewer(url: string, fragment = '', { goesAway, ...options }: ViewerOptions = {}): Promise<Viewer> {
  const context = await browserContext({ viewport: { width: 1280, height: 800 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrong: string[] = [];
  const { origin } = new URL(url);
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on('dialog', (dialog) => wrong.push(`a dialog: ${dialog.message()}`));
  page.on('console', (message) => {
    const refused = message.text().includes('the server responded with a status of 4');
    if (message.type() === 'error' && !refused && goesAway !== true) wrong.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:'))
      wrong.push(`a request to ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(wrong).toEqual([]);
  });
  const live = (): Promise<void> => page.locator('.connection.live').waitFor();
  const load = async (part: string, tenant = ''): Promise<void> => {
    // Without this, an address that differs in its fragment alone loads nothing.
    if (page.url() !== 'about:blank') await page.goto('about:blank');
    await page.goto(`${url}${tenant}/_emulator/${part}`);
    await live();
  };
  await load(fragment);
  const copied = (): Promise<string> => page.evaluate('navigator.clipboard.readText()');
  return {
    page,
    rows: page.locator('.rows .row'),
    live,
    load,
    async opens(traceId) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#trace=${traceId}`)}`);
      await page.locator('.facts').getByText(traceId).waitFor();
    },
    copied,
    async copies(name) {
      await page.evaluate('navigator.clipboard.writeText("")');
      await page.getByRole('button', { name, exact: true }).first().click();
      await expect.poll(copied).not.toBe('');
      return copied();
    },
  };
}
