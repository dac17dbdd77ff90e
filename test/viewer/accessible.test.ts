/** axe-core finds nothing to object to: in any view, light and dark, wide and narrow. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browser, hasBrowser } from '../support/browser.js';
import { emulator, send } from '../support/client.js';
import { viewer } from '../support/viewer.js';
import { type Story, STORY_CONVERSATION, tell } from './story.js';

interface View {
  readonly name: string;
  readonly fragment: (story: Story) => string;
  readonly tenant?: string;
  readonly width?: number;
  readonly ready: (page: Page) => Promise<unknown>;
}

const VIEWS: readonly View[] = [
  {
    name: 'nothing yet',
    fragment: () => '',
    tenant: '/t/alpha',
    ready: (page) => page.getByText('traces of other tenants').waitFor(),
  },
  { name: 'the list', fragment: () => '', ready: (page) => page.locator('.row').first().waitFor() },
  { name: 'a refusal', fragment: ({ refused }) => `#trace=${refused}`, ready: (page) => page.locator('.card').waitFor() },
  {
    name: 'warnings and notes',
    fragment: ({ handover }) => `#trace=${handover}`,
    ready: (page) => page.locator('.card.warn').waitFor(),
  },
  {
    name: 'a script, unfolded',
    fragment: ({ brokenScript }) => `#trace=${brokenScript}`,
    ready: async (page) => {
      await page.locator('.ladder').waitFor();
      for (const summary of await page.locator('.ladder summary').all()) await summary.click();
    },
  },
  {
    name: 'filters, and none that fits',
    fragment: () => '#script=none&outcome=failed&q=x',
    ready: async (page) => {
      await page.getByText('No trace fits').waitFor();
      await page.getByText('Filters', { exact: true }).click();
    },
  },
  { name: 'paused', fragment: () => '', ready: (page) => page.getByRole('button', { name: 'Pause' }).click() },
  {
    name: 'conversations, with one to open and a reset to confirm',
    fragment: () => '#view=conversations',
    ready: async (page) => {
      await page.locator('tbody tr').first().waitFor();
      await page.getByRole('button', { name: 'Reset' }).click();
      await page.getByText('Open a conversation', { exact: true }).click();
    },
  },
  {
    name: 'the clock',
    fragment: () => '#view=conversations',
    ready: async (page) => page.getByText(/^Clock \d/).click(),
  },
  {
    name: 'narrow: the faults',
    fragment: () => '#view=conversations',
    width: 360,
    ready: async (page) => {
      await page.getByText('Faults (1)').click();
      await page.getByText('fault-1').waitFor();
    },
  },
  {
    name: 'the way of a conversation',
    fragment: () => `#conversation=${STORY_CONVERSATION}`,
    ready: (page) => page.locator('.timeline').waitFor(),
  },
  { name: 'the keys', fragment: () => '', ready: async (page) => page.getByRole('button', { name: 'Keys' }).click() },
  { name: 'a trace that is gone', fragment: () => '#trace=nope', ready: (page) => page.getByText('is not there').waitFor() },
  {
    name: 'narrow: a trace',
    fragment: ({ brokenScript }) => `#trace=${brokenScript}`,
    width: 390,
    ready: (page) => page.locator('.card').first().waitFor(),
  },
  {
    name: 'narrow: conversations',
    fragment: () => '#view=conversations',
    width: 390,
    ready: (page) => page.locator('tbody tr').first().waitFor(),
  },
];

describe.skipIf(!hasBrowser)('without a fault', () => {
  test.each(['light', 'dark'] as const)('%s', { timeout: 120_000 }, async (colorScheme) => {
    const { url } = await emulator({ scripts: 'scenarios/scripts', onNote: () => undefined });
    const story = await tell(url);
    await send(url, { method: 'POST', path: '/_emulator/faults', body: { operationId: 'issueToken', status: 503 } });
    const chromium = await browser();
    for (const { name, fragment, tenant = '', width = 1280, ready } of VIEWS) {
      const { page } = await viewer(chromium, url + tenant, fragment(story), { colorScheme, viewport: { width, height: 800 } });
      await ready(page);
      await page.evaluate(axe.source);
      const violations = await page.evaluate<string[]>(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target.join(' ') + ' ' + failureSummary).join(' | ')))`,
      );
      expect(violations, name).toEqual([]);
    }
  });
});
