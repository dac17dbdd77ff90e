/** The page by keyboard alone: whatever is pressed, the focus stays where the person is, and is never lost. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';
import { webhook, withScripts } from '../support/scripts.js';
import { viewer } from '../support/viewer.js';

const focused = (page: Page): Promise<string> =>
  page.evaluate(`(({ localName, className, ariaLabel, textContent }) =>
    [localName, className].filter(Boolean).join('.') + ': ' + (ariaLabel ?? textContent).trim())(document.activeElement)`);

describe.skipIf(!hasBrowser)('the keyboard', () => {
  test('goes from row to row, into the trace and back to its row', async () => {
    const { url } = await emulator();
    for (const sessionId of ['one', 'two', 'three']) await send(url, { body: { sessionId } });
    const { page, rows } = await viewer(url);
    await rows.first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.row[aria-current]').waitFor();
    await page.keyboard.press('j');
    await expect.poll(() => focused(page)).toMatch(/^a\.row.*two/);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('section.detail: Trace');
    expect(await page.locator('.row[aria-current]').innerText()).toContain('two');
    await page.getByRole('button', { name: 'Copy as curl' }).focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toMatch(/^a\.row.*two/);
  });

  test('copies, which is said aloud though the focus is elsewhere', async () => {
    const { url } = await emulator();
    await send(url, { body: { sessionId: 'one' } });
    const { page } = await viewer(url);
    await page.keyboard.press('j');
    await page.getByRole('button', { name: 'Copy as curl' }).waitFor();
    await page.keyboard.press('c');
    await page.getByRole('status').getByText('Copied', { exact: true }).waitFor();
  });

  test('goes into the trace on a narrow screen, which shows the list no more', async () => {
    const { url } = await emulator();
    await send(url, { body: { sessionId: 'one' } });
    const { page, rows } = await viewer(url, '', { viewport: { width: 380, height: 780 } });
    await rows.first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('section.detail: Trace');
    await page.getByRole('button', { name: '← All traces' }).press('Enter');
    await expect.poll(() => focused(page)).toMatch(/^a\.row.*one/);
  });

  test.each([
    ['Remove the filter code', 'button: Remove the filter outcome'],
    ['Clear', 'input.search: Search in what is listed'],
    ['Clear the filters', 'input.search: Search in what is listed'],
  ])('takes filters away: %s', async (name, next) => {
    const { url } = await emulator();
    const { page } = await viewer(url, '#outcome=failed&code=NONE');
    await page.getByRole('button', { name: 'Clear the filters' }).waitFor();
    await page.getByRole('button', { name, exact: true }).press('Enter');
    await expect.poll(() => focused(page)).toBe(next);
  });

  test('stays on the row of a script that goes on', async () => {
    const { url } = await withScripts(
      webhook('waits', { Wait: { type: 'WAIT', seconds: 60, next: 'Done' }, Done: { type: 'END' } }),
    );
    await send(url, { path: '/webhooks/waits', body: {} });
    const { page, rows } = await viewer(url);
    await rows.first().focus();
    await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '1h' } });
    await page.locator('.row.accepted').waitFor();
    expect(await focused(page)).toMatch(/^a\.row accepted/);
  });

  test('goes to a conversation and back, and answers what a reset asks', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    const { page } = await viewer(url, '#view=conversations');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: CONVERSATION }).press('Enter');
    await page.getByRole('heading', { name: CONVERSATION }).waitFor();
    expect(await focused(page)).toMatch(/^main:/);
    await page.getByRole('link', { name: 'All conversations' }).press('Enter');
    await page.getByRole('heading', { name: 'Skills and agents' }).waitFor();
    expect(await focused(page)).toMatch(/^main:/);
    for (const answer of ['No', 'Yes, reset']) {
      await page.getByRole('button', { name: 'Reset', exact: true }).press('Enter');
      await page.getByRole('button', { name: answer }).press('Enter');
      await expect.poll(() => focused(page)).toBe('button: Reset');
    }
  });
});
