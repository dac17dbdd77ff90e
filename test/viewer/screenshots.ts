/** Takes the pictures of the README: `npm run screenshots`, after a build. Needs Chromium, or what CHROMIUM names. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createEmulator } from '../../src/index.js';
import { chromiumPath } from '../support/browser.js';
import { STORY_CONVERSATION, tell } from './story.js';

const FOLDER = fileURLToPath(new URL('../../.github/screenshots/', import.meta.url));

const emulator = await createEmulator({ port: 0, seed: 'pictures', scripts: 'scenarios/scripts', onNote: () => undefined });
const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
try {
  await mkdir(FOLDER, { recursive: true });
  const { refused, script } = await tell(emulator.url);
  const pictures: readonly (readonly [name: string, fragment: string, theme: 'light' | 'dark', width: number, height: number])[] =
    [
      ['cause', `trace=${refused}`, 'light', 1360, 860],
      ['script', `trace=${script}`, 'dark', 1360, 860],
      ['conversation', `conversation=${STORY_CONVERSATION}`, 'light', 1100, 720],
    ];
  for (const [name, fragment, colorScheme, width, height] of pictures) {
    const page = await browser.newPage({
      colorScheme,
      viewport: { width, height },
      timezoneId: 'Europe/Berlin',
      locale: 'en-GB',
    });
    await page.goto(`${emulator.url}/_emulator/#${fragment}`);
    await page.locator('.connection.live').waitFor();
    await page.locator('.tracehead, .timeline').waitFor();
    await page.screenshot({ path: `${FOLDER}${name}.png` });
    await page.close();
  }
} finally {
  await browser.close();
  await emulator.close();
}
