/** axe-core finds nothing to object to: in any view, light and dark, wide and narrow. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { bot, says, type Talk, talkWith } from '../support/bots.js';
import { hasBrowser } from '../support/browser.js';
import { emulator, send } from '../support/client.js';
import { viewer } from '../support/viewer.js';
import { type Story, STORY_CONVERSATION, tell } from './story.js';

interface View {
  readonly name: string;
  readonly fragment: (ids: Story & Pick<Talk, 'conversationId'>) => string;
  readonly tenant?: string;
  /** Of the emulator in which customer, bot and agent talked, instead of the story's. */
  readonly talk?: true;
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
  {
    name: 'what customer, bot and agent said',
    fragment: ({ conversationId }) => `#conversation=${conversationId}`,
    talk: true,
    ready: (page) => page.locator('.timeline .message.agent').waitFor(),
  },
  {
    name: 'narrow: what customer, bot and agent said',
    fragment: ({ conversationId }) => `#conversation=${conversationId}`,
    talk: true,
    width: 360,
    ready: (page) => page.locator('.timeline .message.agent').waitFor(),
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

/** Somebody says what is markup, steers and has no end to a bot, and is taken by an agent. */
async function talked(): Promise<Talk> {
  const hostile = '<script>alert(1)</script>\u0000\u202e\ud800' + 'x'.repeat(5000);
  const bella = await bot(({ body }) =>
    body.userInput === 'a person' ? { branchName: 'ReturnControlToScript' } : says(body.userInput === '' ? 'Hello!' : hostile),
  );
  const talk = await talkWith(bella, {
    frozenAt: '2026-03-01T09:30:00.000Z',
    skills: [{ skillId: 4001, name: 'Support', agents: 1, answers: { after: 20, says: [hostile.slice(0, 1000)] } }],
  });
  await talk.say(hostile);
  await talk.say('a person');
  await send(talk.emulator.url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '20s' } });
  return talk;
}

/** The rules that a theme can break: it changes colours alone. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** What axe objects to. */
function violationsIn(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: { type: 'rule', values: rules } }) };
  return page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target.join(' ') + ' ' + failureSummary).join(' | ')))`,
  );
}

test.skipIf(!hasBrowser)('axe finds no fault in any view, light or dark', { timeout: 120_000 }, async () => {
  const { url } = await emulator({ scripts: 'scenarios/scripts', onNote: () => undefined });
  const story = await tell(url);
  await send(url, { method: 'POST', path: '/_emulator/faults', body: { operationId: 'issueToken', status: 503 } });
  const { conversationId, ...talk } = await talked();
  // Colours that are still changing into each other would be measured.
  const ofStory = await viewer(url, '', { reducedMotion: 'reduce' });
  const ofTalk = await viewer(talk.emulator.url, '', { reducedMotion: 'reduce' });
  for (const { name, fragment, tenant, talk: talks, width = 1280, ready } of VIEWS) {
    const { page, load } = talks === true ? ofTalk : ofStory;
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
    await load(fragment({ ...story, conversationId }), tenant);
    await ready(page);
    await page.evaluate(axe.source);
    expect(await violationsIn(page), name).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsIn(page, COLOUR_RULES), `${name}, dark`).toEqual([]);
  }
});

test.skipIf(!hasBrowser)(
  'where the system chooses the colours, the open trace and the view stand out',
  { timeout: 60_000 },
  async () => {
    const { url } = await emulator({ scripts: 'scenarios/scripts', onNote: () => undefined });
    const { refused } = await tell(url);
    const { page } = await viewer(url, `#trace=${refused}`, { forcedColors: 'active' });
    await page.locator('.row[aria-current]').waitFor();
    const bars = await page.evaluate<[string | null, string][]>(
      `[...document.querySelectorAll('.row')].map((row) => [row.ariaCurrent, getComputedStyle(row).borderLeftColor])`,
    );
    const [open, others] = [bars.filter(([current]) => current !== null), bars.filter(([current]) => current === null)];
    expect(open).toHaveLength(1);
    expect(others.length).toBeGreaterThan(0);
    for (const [, colour] of others) expect(colour).not.toBe(open[0]?.[1]);

    const tabs = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.top nav a')].map((tab) => getComputedStyle(tab).borderBottomColor)`,
    );
    expect(new Set(tabs).size).toBe(2);
  },
);
