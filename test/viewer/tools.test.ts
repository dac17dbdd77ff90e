/** What one does by hand on the page: the clock is moved, faults are set and ended; with the mouse, by keys, on a narrow screen. */
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.js';
import { emulator, open, send } from '../support/client.js';
import { webhook, withScripts } from '../support/scripts.js';
import { viewer } from '../support/viewer.js';

const WAITS = webhook('waits', {
  Wait: { type: 'WAIT', seconds: 60, next: 'Again' },
  Again: { type: 'WAIT', seconds: 3600, next: 'Done' },
  Done: { type: 'END' },
});
const START = '2026-03-01T09:30:00.000Z';

describe.skipIf(!hasBrowser)('the clock', () => {
  test('shows who waits, is moved to the next wait and on, and goes on from there', async () => {
    const { url } = await withScripts(WAITS, { clock: { now: () => Date.parse(START), monotonic: () => 0 } });
    const clock = async (): Promise<unknown> => (await send(url, { path: '/_emulator/clock' })).body;
    const { page } = await viewer(url, '#view=conversations', { timezoneId: 'UTC', locale: 'en-GB' });
    await page.getByText(/^Clock 09:3/).click();
    await page.getByText('No script waits for its time.').waitFor();
    expect(await page.getByRole('button', { name: 'Move to the next wait' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Let it stand' }).click();
    await page.getByText('It stands at 01/03/2026, 09:30:00.').waitFor();
    expect(await clock()).toMatchObject({ now: START, frozen: true });

    for (let number = 0; number < 2; number += 1) await send(url, { path: '/webhooks/waits', body: {} });
    await page.getByText('2 scripts wait, the next until 01/03/2026 09:31:00.000.').waitFor();
    await page.getByRole('button', { name: 'Move to the next wait' }).click();
    await page.getByText('It is 01/03/2026, 09:31:00. 2 waits went on.').waitFor();
    await page.getByText('Clock 09:31:00, stands', { exact: true }).waitFor();
    await page.getByLabel('by', { exact: true }).fill('1d');
    await page.getByRole('button', { name: 'Move it on' }).click();
    await page.getByText('It is 02/03/2026, 09:31:00. 2 waits went on.').waitFor();
    expect(await clock()).toEqual({ now: '2026-03-02T09:31:00.000Z', frozen: true, waiting: 0, nextAt: null });

    await page.getByLabel('by', { exact: true }).fill('a while');
    await page.getByRole('button', { name: 'Move it on' }).click();
    await page.locator('.said').getByText('Expected a duration such as 8h', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Let it go on' }).click();
    await page.getByText('It goes on.').waitFor();
    expect(await clock()).toMatchObject({ frozen: false });
  });
});

describe.skipIf(!hasBrowser)('faults', () => {
  test('are set, seen to fire, and ended one by one or all', async () => {
    const { url } = await emulator();
    const faults = async (): Promise<unknown> => (await send(url, { path: '/_emulator/faults' })).body.items;
    const { page } = await viewer(url, '#view=conversations');
    await page.getByText('Faults', { exact: true }).click();
    await page.getByText('No call fails on purpose.').waitFor();
    const add = async (calls: string, status: string, times: string): Promise<void> => {
      await page.getByLabel('operation or path').fill(calls);
      await page.getByLabel('status', { exact: true }).fill(status);
      await page.getByLabel('times', { exact: true }).fill(times);
      await page.getByRole('button', { name: 'Have them fail' }).click();
    };
    await add('handOverConversation', '429', '3');
    await page.getByText('Faults (1)', { exact: true }).waitFor();
    await add('/auth/token', '503', '');
    await page.getByText('Faults (2)', { exact: true }).waitFor();
    await add('', '500', '1');
    await page.getByText('Faults (3)', { exact: true }).waitFor();
    expect(await faults()).toMatchObject([
      { setting: { operationId: 'handOverConversation', status: 429, times: 3 } },
      { setting: { path: '/auth/token', status: 503 } },
      { setting: { status: 500, times: 1 } },
    ]);
    expect((await send(url, { body: {} })).status).toBe(429);
    await page.getByText('fault-1: fired at 1 of 1 call', { exact: true }).waitFor();
    expect(await page.locator('.faults li').allInnerTexts()).toEqual([
      expect.stringMatching(/^handOverConversation 429, 3 times\s/),
      expect.stringMatching(/^\/auth\/token 503\s/),
      expect.stringMatching(/^all calls 500, 1 time\s/),
    ]);

    await add('handoverConversation', '1000', 'x');
    await page.locator('.said').getByText('Expected', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Remove fault-2' }).click();
    await page.getByText('Faults (2)', { exact: true }).waitFor();
    expect(await page.getByText('/auth/token').count()).toBe(0);
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('No call fails on purpose.').waitFor();
    expect(await faults()).toEqual([]);
  });

  test('that tests have set are told with all that they are about', async () => {
    const { url } = await emulator();
    for (const body of [
      { method: 'POST', path: '/auth/token', effect: 'reset', performed: true, nth: 2 },
      { contactId: '<b>463012345678</b>', latency: 3000, probability: 0.5, seed: 'slow' },
    ])
      await send(url, { method: 'POST', path: '/_emulator/faults', body });
    const { page } = await viewer(url, '#view=conversations');
    await page.getByText('Faults (2)', { exact: true }).click();
    expect(await page.locator('.faults li').allInnerTexts()).toEqual([
      expect.stringMatching(/^POST \/auth\/token reset, carried out, from call 2 on\s/),
      expect.stringMatching(/^contact <b>463012345678<\/b> 3,000 ms late, with a chance of 0.5\s/),
    ]);
  });
});

describe.skipIf(!hasBrowser)('the tools', () => {
  test('are worked by keys: what was pressed keeps the focus, Escape folds what is unfolded', async () => {
    const { url } = await emulator({ frozenAt: START });
    for (const status of [500, 501, 502]) await send(url, { method: 'POST', path: '/_emulator/faults', body: { status } });
    const { page } = await viewer(url, '#view=conversations');
    const focused = (): Promise<unknown> =>
      page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent');
    await page.getByText('Faults (3)', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove fault-2' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Faults (2)', { exact: true }).waitFor();
    await expect.poll(focused).toBe('Remove fault-3');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Faults (2)');
    expect(await page.getByRole('button', { name: 'Remove fault-3' }).isVisible()).toBe(false);

    await page.getByText('Clock', { exact: false }).first().focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Let it go on' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('It goes on.').waitFor();
    await expect.poll(focused).toBe('Let it stand');

    await page.getByRole('button', { name: 'One agent more for Support' }).focus();
    for (const agents of ['2', '3']) {
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.stepper b').innerText()).toBe(agents);
      expect(await focused()).toBe('One agent more for Support');
    }
  });

  test.each([360, 700, 900, 1280])('fit a page that is %i wide', async (width) => {
    const { url: whole } = await emulator();
    const url = `${whole}/t/${'a'.repeat(64)}`;
    await open(url);
    await send(url, { body: {} });
    for (const status of [500, 501])
      await send(url, { method: 'POST', path: '/_emulator/faults', body: { status, contactId: 'x'.repeat(256) } });
    const { page } = await viewer(url, '#view=conversations', { viewport: { width, height: 640 } });
    await page.getByText('Faults (2)', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Reset' }).click();
    for (const name of ['Open a conversation', 'Clock', 'Faults']) {
      const tool = page.locator('details.tool').filter({ has: page.locator('summary', { hasText: name }) });
      await tool.locator('summary').click();
      const box = await tool.locator('> :not(summary)').boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      for (const inside of await tool.locator('button, input').all()) {
        const control = await inside.boundingBox();
        expect((control?.x ?? 0) + (control?.width ?? 0)).toBeLessThan((box?.x ?? 0) + (box?.width ?? 0));
      }
      expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBeLessThanOrEqual(0);
      expect(
        Number(
          await page.evaluate('document.querySelector(".sheet").scrollWidth - document.querySelector(".sheet").clientWidth'),
        ),
      ).toBeLessThanOrEqual(0);
    }
  });
});
