/** Whatever comes over the wire is text on the page: scripts, markup, marks that turn its direction, a megabyte. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.js';
import { CREDENTIALS, emulator, HANDOVER, send } from '../support/client.js';
import { withScripts } from '../support/scripts.js';
import { viewer } from '../support/viewer.js';

const MARKUP = `<script>window.hacked=1</script><img src=x onerror="window.hacked=2"><svg onload=window.hacked=3>`;
const TURNED = '\u202Egnp.exe\u2066';
const HOSTILE = `${MARKUP}"'${TURNED}javascript:window.hacked=4`;
const MEGABYTE = 'm'.repeat(1_000_000);

/** Looks at all that can be unfolded, and that none of it came to life. */
async function harmless(page: Page): Promise<string> {
  await page.evaluate('document.querySelectorAll(".detail details").forEach((details) => { details.open = true; })');
  expect(await page.evaluate('window.hacked')).toBeUndefined();
  expect(await page.evaluate('document.querySelectorAll("script").length')).toBe(1);
  expect(await page.locator('main img, main svg, main iframe, a[href^="javascript:" i]').count()).toBe(0);
  expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBeLessThanOrEqual(0);
  const text = await page.locator('main').innerText();
  expect(text).not.toMatch(/[\u202e\u2066]/);
  return text;
}

describe.skipIf(!hasBrowser)('hostile', () => {
  test('requests: in path, query, headers, body, and whatever names them', async () => {
    const { url } = await emulator();
    const encoded = encodeURIComponent(HOSTILE);
    const ids: string[] = [];
    for (const message of [
      { body: { sessionId: HOSTILE, [HOSTILE]: HOSTILE } },
      { path: `${HANDOVER}/${encoded}` },
      { path: `/api/v2/conversations?attribute=${encoded}&value=${encoded}&${encoded}=1` },
      { path: `/${encoded}`, method: 'GET' },
      {
        body: HOSTILE,
        headers: { 'content-type': `text/${MARKUP.replace(/[^\x20-\x7e]/g, '')}`, 'x-hostile': MARKUP, accept: MARKUP },
      },
      { body: `{"sessionId": "${TURNED}`, headers: {} },
      { body: { sessionId: MEGABYTE.slice(0, 900_000) } },
    ])
      ids.push((await send(url, message)).headers['x-emulator-trace-id'] ?? '');
    const { page, rows } = await viewer(url);
    await expect.poll(() => rows.count()).toBe(ids.length);
    await harmless(page);
    for (const id of ids) {
      await page.locator(`.row[href="#trace=${id}"]`).click();
      await page.locator('.facts').getByText(id).waitFor();
      await harmless(page);
    }
    expect(await page.locator('.tracehead ~ .messages').innerText()).toContain('of 900016 bytes');
    // What names a filter may be hostile, too.
    await page.goto(`${url}/_emulator/#q=${encoded}&script=${encoded}&trace=${encoded}&conversationId=${encoded}`);
    await page.getByText('No trace fits these filters').waitFor();
    expect(await harmless(page)).toContain('script <script>');
  });

  test('a path of thousands of characters leaves its cause in sight', async () => {
    const { url } = await emulator();
    const { headers } = await send(url, { path: `/api/v2/nothing?${'q'.repeat(4000)}=1` });
    const viewport = { width: 360, height: 760 };
    const { page } = await viewer(url, `#trace=${headers['x-emulator-trace-id'] ?? ''}`, { viewport });
    const cause = page.getByRole('region', { name: 'cause' });
    await cause.waitFor();
    expect((await cause.boundingBox())?.y).toBeLessThan(viewport.height);
    await page.locator('.tracehead h2').getByRole('button', { name: 'Show all' }).click();
    expect((await page.locator('.tracehead h2').innerText()).length).toBeGreaterThan(4000);
  });

  test('scripts: in their variables, their branches and the calls that they make', async () => {
    const { url } = await withScripts({
      'hostile.yaml': {
        name: 'hostile',
        trigger: { webhook: { path: '/webhooks/hostile' } },
        actions: {
          Set: { type: 'ASSIGN', set: { value: '{{ context.value }}' }, next: 'Call' },
          Call: {
            type: 'RESTAPI',
            method: 'POST',
            url: '{{ env.CXONE }}/api/v2/conversations/webchat',
            headers: { 'X-Hostile': MARKUP },
            body: { sessionId: '{{ context.value }}' },
            branches: { OnError: 'Say' },
          },
          Say: { type: 'TRACE', message: '{{ context.value }}' },
        },
      },
    });
    for (const value of [HOSTILE, MEGABYTE.slice(0, 500_000)]) {
      const answer = await send(url, { method: 'POST', path: '/webhooks/hostile', body: { value } });
      const { page } = await viewer(url, `#trace=${answer.headers['x-emulator-trace-id'] ?? ''}`);
      await page.getByRole('region', { name: 'Ladder' }).waitFor();
      await harmless(page);
    }
  });

  test('conversations: in ids, channels, attributes, metadata, signals and what was said', async () => {
    const { url } = await emulator({ conversationId: { pattern: '[^]{1,2000}', example: 'x' } });
    const conversationId = HOSTILE.replaceAll('/', '!');
    await send(url, {
      path: '/_emulator/conversations',
      body: {
        conversationId,
        contactId: '5',
        channel: MARKUP.slice(0, 60),
        userId: HOSTILE,
        attributes: { [HOSTILE]: HOSTILE, large: MEGABYTE },
      },
    });
    await send(url, { body: { sessionId: conversationId, metadata: { [HOSTILE]: HOSTILE } } });
    const token = (await send(url, { path: '/auth/token', ...CREDENTIALS })).body.access_token as string;
    const headers = { authorization: `Bearer ${token}` };
    await send(url, {
      method: 'POST',
      path: `/inContactAPI/services/v30.0/interactions/5/signal?p1=${encodeURIComponent(HOSTILE)}`,
      headers,
    });
    const said = { participantId: HOSTILE, messageBody: HOSTILE, messageContentType: 'TRANSCRIPT', utcDateTime: MARKUP };
    await send(url, {
      path: '/aai/tms/transcripts/post',
      headers,
      body: {
        vendorId: HOSTILE,
        busId: '1',
        virtualAgentId: '',
        contactId: '5',
        contactState: 'SELF_SERVICE',
        mediaType: 'Digital',
        selfServiceSessionDetails: {
          transcriptPublishSettingOption: 'PUBLISH_TRANSCRIPTS_ONLY',
          sessionCompletionType: 'ESCALATED',
          sessionCompletionDetails: '',
          transcriptSummary: '',
          transcripts: [said, { ...said, messageBody: MEGABYTE.slice(0, 600_000) }],
        },
      },
    });
    const { page } = await viewer(url, '#view=conversations');
    await page.locator('tbody td a').first().waitFor();
    await harmless(page);
    await page.locator('tbody td a').first().click();
    await page.locator('.timeline').waitFor();
    const text = await harmless(page);
    expect(text).toContain('Show all 1,000,000 characters');
    expect(text.length).toBeLessThan(60_000);
    await page.getByRole('button', { name: 'Show all 1,000,000 characters' }).click();
    await expect.poll(async () => (await page.locator('.facts').innerText()).length).toBeGreaterThan(1_000_000);
  });
});
