/** The page behind something that holds back the stream of traces: it never says that it is live while nothing comes. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';
import { onTheWay } from '../support/on-the-way.js';
import { viewer } from '../support/viewer.js';

const SILENT = 'not live: read every few seconds';

const connection = (page: Page): Promise<string> => page.locator('.connection').innerText();

/** Moves the page's clock on until it is so. */
async function later(page: Page, isSo: () => Promise<boolean>): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.clock.fastForward(9000);
        return isSo();
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

describe.skipIf(!hasBrowser)('a stream that is held back', () => {
  test.each(['body', 'head'] as const)('is told, what it would bring is read all the same, until it comes: %s', async (what) => {
    const { url } = await emulator();
    const way = await onTheWay(url);
    const { page, rows } = await viewer(way.url, '', { goesAway: true });
    await page.clock.install();
    way.holds(what);
    await page.reload();
    await later(page, async () => (await connection(page)) === SILENT);
    expect(await page.locator('.connection').getAttribute('title')).toContain('something on the way holds it back');
    await send(url, { body: { sessionId: 'first' } });
    await later(page, async () => (await rows.count()) === 1);
    expect(await connection(page)).toBe(SILENT);
    way.holds('nothing');
    await later(page, async () => (await connection(page)) === 'live');
    await send(url, { body: { sessionId: 'second' } });
    await expect.poll(() => rows.count()).toBe(2);
    expect(await connection(page)).toBe('live');
  });

  test('after it broke off is told, though the browser’s own attempt hangs', async () => {
    const { url } = await emulator();
    const way = await onTheWay(url);
    const { page, live } = await viewer(way.url, '', { goesAway: true });
    await page.clock.install();
    await page.reload();
    await live();
    way.holds('head');
    way.cuts();
    await page.getByText('not connected, trying again').waitFor();
    await later(page, async () => (await connection(page)) === SILENT);
    way.holds('nothing');
    await later(page, async () => (await connection(page)) === 'live');
  });

  test('needs nobody to wait: Reload reads at once what it would bring', async () => {
    const { url } = await emulator();
    const way = await onTheWay(url);
    const { page, rows } = await viewer(way.url, '', { goesAway: true });
    way.holds('body');
    await send(url, { body: { sessionId: 'first' } });
    await page.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => rows.count()).toBe(1);
  });

  test('from some time on is noticed, also by who looks at a conversation', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    const way = await onTheWay(url);
    const { page, live } = await viewer(way.url, `#conversation=${CONVERSATION}`, { goesAway: true });
    await page.clock.install();
    await page.reload();
    await live();
    await page.locator('.badge.bot').waitFor();
    way.holds('body');
    await send(url, { method: 'POST', path: `/_emulator/conversations/${CONVERSATION}/end` });
    await later(page, async () => (await connection(page)) === SILENT);
    await page.locator('.badge.ended').waitFor();
  });
});
