/** The trace viewer in a headless Chromium. Whatever goes wrong in the page, or is asked of anybody but the emulator, fails the test. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

export interface Viewer {
  readonly page: Page;
  readonly rows: Locator;
  /** Waits until it follows the traces. */
  readonly live: () => Promise<void>;
  /** What was copied last. */
  readonly copied: () => Promise<string>;
  /** Clicks the button of this name, and answers what it copied. */
  readonly copies: (name: string) => Promise<string>;
}

export interface ViewerOptions extends BrowserContextOptions {
  /** Whether what the browser says of connections that fail is expected. */
  readonly goesAway?: true;
}

/** `url` is where the tenant is reached. */
export async function viewer(
  browser: Browser,
  url: string,
  fragment = '',
  { goesAway, ...options }: ViewerOptions = {},
): Promise<Viewer> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
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
  await page.goto(`${url}/_emulator/${fragment}`);
  const live = (): Promise<void> => page.locator('.connection.live').waitFor();
  await live();
  const copied = (): Promise<string> => page.evaluate('navigator.clipboard.readText()');
  return {
    page,
    rows: page.locator('.rows .row'),
    live,
    copied,
    async copies(name) {
      await page.evaluate('navigator.clipboard.writeText("")');
      await page.getByRole('button', { name, exact: true }).first().click();
      await expect.poll(copied).not.toBe('');
      return copied();
    },
  };
}
