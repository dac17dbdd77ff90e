/** The page beside others who work on the same tenant: tests, colleagues, another tab. It never shows for true what is gone. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browser, hasBrowser } from '../support/browser.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';
import { viewer } from '../support/viewer.js';

const post = (url: string, path: string, body?: object): Promise<unknown> =>
  send(url, { method: 'POST', path: `/_emulator/${path}`, ...(body === undefined ? {} : { body }) });

function look(page: Page, hidden: boolean): Promise<unknown> {
  return page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${String(hidden)}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));`,
  );
}

describe.skipIf(!hasBrowser)('what others do', () => {
  test('to conversations, clock, faults and staff is seen without any trace, whatever is filtered', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    const chromium = await browser();
    const { page } = await viewer(chromium, url, '#view=conversations&outcome=failed');
    const one = await viewer(chromium, url, `#conversation=${CONVERSATION}&control=true`);
    await page.locator('.badge.bot').waitFor();
    await one.page.locator('.badge.bot').waitFor();
    await post(url, `conversations/${CONVERSATION}/end`);
    await page.locator('.badge.ended').waitFor();
    await one.page.locator('.badge.ended').waitFor();
    await post(url, 'faults', { status: 503 });
    await page.getByText('Faults (1)', { exact: true }).waitFor();
    await send(url, { method: 'PUT', path: '/_emulator/clock', body: { frozen: true } });
    await page.getByText(/^Clock .*, stands$/).waitFor();
    await send(url, { method: 'PATCH', path: '/_emulator/skills/4001', body: { agents: 7 } });
    await page.getByText('7', { exact: true }).waitFor();
    await post(url, 'reset');
    await page.getByText('No conversation is open').waitFor();
    await one.page.getByText('This conversation is not there').waitFor();
  });

  test('a reset empties the list, but for the trace that is being read', async () => {
    const { url } = await emulator();
    for (const sessionId of ['first', 'second']) await send(url, { body: { sessionId } });
    const { page, rows } = await viewer(await browser(), url);
    await rows.first().click();
    await post(url, 'reset');
    await page.getByText('Nothing has arrived yet').waitFor();
    expect(await rows.count()).toBe(0);
    expect(await page.locator('.count').innerText()).toBe('0 traces');
    await page.getByRole('region', { name: 'cause' }).waitFor();
    await send(url, { body: { sessionId: 'third' } });
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('third')]);
    expect(await page.locator('.count').innerText()).toBe('1 trace');
  });

  test('a reset while nobody looked at the page is seen when somebody does', async () => {
    const { url } = await emulator();
    for (const sessionId of ['first', 'second']) await send(url, { body: { sessionId } });
    const { page, rows } = await viewer(await browser(), url);
    await expect.poll(() => rows.count()).toBe(2);
    await look(page, true);
    await post(url, 'reset');
    await send(url, { body: { sessionId: 'third' } });
    await look(page, false);
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('third')]);
  });
});

test.skipIf(!hasBrowser).each(['#outcome=nope', '#control=maybe', `#conversationId=${'x'.repeat(40_000)}`])(
  'a filter that makes no sense leaves the page connected: %j',
  async (fragment) => {
    const { url } = await emulator();
    const { page } = await viewer(await browser(), url, fragment);
    expect(await page.locator('.connection').innerText()).toBe('live');
  },
);
