/** What the page shows of a tenant whose clock is moved on by more than a day, or set back: times of day alone would not tell. */
import { expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';
import { viewer } from '../support/viewer.js';

const setTo = (url: string, now: string): Promise<unknown> =>
  send(url, { method: 'PUT', path: '/_emulator/clock', body: { now, frozen: true } });

test.skipIf(!hasBrowser)('the list and the way of a conversation name the day where it changes', async () => {
  const { url } = await emulator();
  await setTo(url, '2026-03-01T12:00:00Z');
  await open(url, { conversationId: CONVERSATION });
  await send(url, { body: { sessionId: 'first' } });
  const { page, rows } = await viewer(url, '', { locale: 'en-GB', timezoneId: 'UTC' });
  await expect.poll(() => rows.count()).toBe(1);
  expect(await page.locator('.below').count()).toBe(0);
  await page.getByRole('link', { name: 'Conversations', exact: true }).click();
  await page.getByText('01/03/2026, 12:00:00', { exact: true }).waitFor();
  await page.getByRole('link', { name: CONVERSATION }).click();
  await page.getByText('opened', { exact: true }).waitFor();
  expect(await page.locator('.day').count()).toBe(0);

  await setTo(url, '2026-03-03T12:00:01Z');
  await send(url, { body: { sessionId: CONVERSATION } });
  await expect.poll(() => page.locator('.day').allInnerTexts()).toEqual(['Sunday, 1 March 2026', 'Tuesday, 3 March 2026']);
  await setTo(url, '2026-03-02T12:00:02Z');
  await send(url, { body: { sessionId: 'last' } });
  await page.getByRole('link', { name: 'Traces', exact: true }).click();
  await expect
    .poll(() => page.locator('.below').allInnerTexts())
    .toEqual(['What is below is of Tuesday, 3 March 2026.', 'What is below is of Sunday, 1 March 2026.']);
});
