/** The page beside others who work on the same tenant: tests, colleagues, another tab. It never shows for true what is gone. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';
import { webhook, withScripts } from '../support/scripts.js';
import { viewer } from '../support/viewer.js';

const post = (url: string, path: string, body?: object): Promise<unknown> =>
  send(url, { method: 'POST', path: `/_emulator/${path}`, ...(body === undefined ? {} : { body }) });

async function sendMany(url: string, number: number): Promise<void> {
  for (let sent = 0; sent < number; sent += 1) await send(url, { body: { sessionId: `s-${String(sent)}` } });
}

function look(page: Page, hidden: boolean): Promise<unknown> {
  return page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${String(hidden)}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));`,
  );
}

describe.skipIf(!hasBrowser)('what others do', () => {
  test('to conversations, clock, faults and staff is seen without any trace, whatever is filtered', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    const { page } = await viewer(url, '#view=conversations&outcome=failed');
    const one = await viewer(url, `#conversation=${CONVERSATION}&control=true`);
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

  test('to other conversations is no reason to read all of this one again', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    const { page } = await viewer(url, `#conversation=${CONVERSATION}`);
    await page.locator('.badge.bot').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
    const looks = (): number => asked.filter((path) => path.endsWith(CONVERSATION)).length;
    for (let times = 1; times <= 3; times += 1) {
      const before = looks();
      await send(url, { body: { sessionId: 'abc-123' } });
      await open(url, { contactId: String(463012345670 + times) });
      await expect.poll(looks).toBeGreaterThan(before);
    }
    // The page may read all of it once more as it begins to follow.
    expect(asked.filter((path) => path.includes('traces?conversationId=')).length).toBeLessThanOrEqual(1);
    await send(url, { body: { sessionId: CONVERSATION } });
    await page.locator('.timeline').getByText('/api/v2/conversations/webchat').waitFor();
  });

  test.each([['#conversation=' + CONVERSATION], ['#view=conversations']])(
    'an agent who takes the conversation after a while is seen without anybody calling: %s',
    async (fragment) => {
      const { url } = await emulator({
        skills: [{ skillId: 4001, name: 'Support', agents: 1, answers: { after: 1, says: [] } }],
      });
      await open(url, { conversationId: CONVERSATION });
      const { page } = await viewer(url, fragment);
      await page.locator('.badge.bot').waitFor();
      await send(url, { body: { sessionId: CONVERSATION, metadata: { intent: 'billing' }, skillId: 4001 } });
      await page.locator('.badge.agent').waitFor();
    },
  );

  test('a reset empties the list, but for the trace that is being read', async () => {
    const { url } = await emulator();
    for (const sessionId of ['first', 'second']) await send(url, { body: { sessionId } });
    const { page, rows } = await viewer(url);
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

  test('a script that goes on leaves a list that it fits no more; where it is open it is seen to go on', async () => {
    const { url } = await withScripts(
      webhook('waits', { Wait: { type: 'WAIT', seconds: 60, next: 'Done' }, Done: { type: 'END' } }),
    );
    await send(url, { path: '/webhooks/waits', body: {} });
    const { page, rows } = await viewer(url, '#outcome=running');
    await rows.first().click();
    await page.locator('.verdict').getByText('200, then waits').waitFor();
    await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '1h' } });
    await page.locator('.verdict').getByText('200 accepted').waitFor();
    await page.getByText('No trace fits these filters').waitFor();
    expect(await page.locator('.count').innerText()).toBe('0 traces');
  });

  test('other filters hold though the list is paused', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    await send(url, { body: { sessionId: CONVERSATION } });
    await send(url, { body: { sessionId: 'first' } });
    const { page, rows } = await viewer(url);
    await expect.poll(() => rows.count()).toBe(2);
    await page.keyboard.press('p');
    await page.getByLabel('Outcome').selectOption('accepted');
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining(CONVERSATION)]);
    await send(url, { body: { sessionId: CONVERSATION } });
    await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor();
    expect(await rows.count()).toBe(1);
  });

  test('a way of more traces than it shows says so', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    for (let times = 1; times <= 8; times += 1)
      await Promise.all(Array.from({ length: 50 }, () => send(url, { body: { sessionId: CONVERSATION } })));
    const { page } = await viewer(url, `#conversation=${CONVERSATION}`);
    await page.getByText(/^10\d traces before$/).waitFor();
  });

  test('a reset while nobody looked at the page is seen when somebody does', async () => {
    const { url } = await emulator();
    for (const sessionId of ['first', 'second']) await send(url, { body: { sessionId } });
    const { page, rows } = await viewer(url);
    await expect.poll(() => rows.count()).toBe(2);
    await look(page, true);
    await post(url, 'reset');
    await send(url, { body: { sessionId: 'third' } });
    await look(page, false);
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('third')]);
  });

  test('is listed without a hole, though more came while nobody looked than are read at once', async () => {
    const { url } = await emulator();
    await send(url, { body: { sessionId: 'first' } });
    const { page, rows } = await viewer(url, '#q=first');
    await expect.poll(() => rows.count()).toBe(1);
    await look(page, true);
    await sendMany(url, 250);
    await look(page, false);
    await page.getByText('No trace fits these filters').waitFor();
    await page.getByRole('button', { name: 'Read up to 1,000 of the 251 traces' }).click();
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('first')]);
    await look(page, true);
    await look(page, false);
    await page.locator('.connection.live').waitFor();
    expect(await rows.count()).toBe(1);
    await look(page, true);
    await post(url, 'reset');
    await sendMany(url, 250);
    await look(page, false);
    await page.getByText('No trace fits these filters').waitFor();
  });

  test('while more traces are read is not lost', async () => {
    const { url } = await emulator();
    await sendMany(url, 210);
    const { page, rows } = await viewer(url);
    await page.evaluate(
      'new Promise((follows) => { const stream = new EventSource("traces/stream"); stream.onopen = follows; window.late = new Promise((resolve) => stream.addEventListener("trace", resolve)); })',
    );
    await page.route('**/traces?limit=1000', async (route) => {
      const response = await route.fetch();
      await send(url, { body: { sessionId: 'late' } });
      await page.evaluate('window.late');
      await route.fulfill({ response });
    });
    await page.getByRole('button', { name: 'Read up to 1,000 of the 210 traces' }).click();
    await expect.poll(() => page.locator('.count').innerText()).toBe('211 traces');
    expect(await rows.first().textContent()).toContain('late');
  });

  test('is not counted as new on a paused list only because the page connected anew', async () => {
    const { url } = await emulator();
    await sendMany(url, 2);
    const { page } = await viewer(url);
    await page.keyboard.press('p');
    await look(page, true);
    await sendMany(url, 1);
    await look(page, false);
    await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor();
  });

  test('is not counted as new where more of what came before is read on a paused list: that is listed', async () => {
    const { url } = await emulator();
    await sendMany(url, 250);
    const { page, rows } = await viewer(url);
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Read up to 1,000 of the 250 traces' }).click();
    await expect.poll(() => rows.count()).toBe(250);
    await page.getByRole('button', { name: 'Resume', exact: true }).waitFor();
    await sendMany(url, 60);
    await page.getByRole('button', { name: 'Resume (60 new)' }).click();
    await expect.poll(() => rows.count()).toBe(300);
    await page.getByText('The newest 300 traces are shown: search and filters find the others.').waitFor();
  });

  test('is not said to be none before it is read', async () => {
    const { url } = await emulator();
    await sendMany(url, 1);
    const { page } = await viewer(url);
    await page.route('**/traces?outcome=rejected*', async (route) => {
      await page.locator('.count').getByText('Not read yet').waitFor();
      await route.continue();
    });
    await page.getByLabel('Outcome').selectOption('rejected');
    await page.locator('.count').getByText('1 trace', { exact: true }).waitFor();
  });

  test('is followed once it can be asked which start of the emulator it is', async () => {
    const { url } = await emulator();
    const { page, rows, live } = await viewer(url, '', { goesAway: true });
    await page.route('**/_emulator/health', (route) => route.abort(), { times: 1 });
    await look(page, true);
    await look(page, false);
    await page.getByText('not connected, trying again').waitFor();
    await live();
    await sendMany(url, 1);
    await expect.poll(() => rows.count()).toBe(1);
  });
});

describe.skipIf(!hasBrowser)('a script that went on while nobody told the page of it', () => {
  const waits = webhook('waits', { Wait: { type: 'WAIT', seconds: 60, next: 'Done' }, Done: { type: 'END' } });

  test.each<readonly [string, (page: Page) => Promise<unknown>, (page: Page) => Promise<unknown>]>([
    ['its trace was closed', (page) => page.keyboard.press('Escape'), (page) => page.goBack()],
    [
      'the conversations were looked at',
      (page) => page.getByRole('link', { name: 'Conversations', exact: true }).click(),
      (page) => page.getByRole('link', { name: 'Traces', exact: true }).click(),
    ],
    ['nobody looked', (page) => look(page, true), (page) => look(page, false)],
  ])('is seen to have ended, though no list holds it: %s', async (_, leave, comeBack) => {
    const { url } = await withScripts(waits);
    const { headers } = await send(url, { path: '/webhooks/waits', body: {} });
    const { page } = await viewer(url, `#outcome=rejected&trace=${String(headers['x-emulator-trace-id'])}`);
    await page.locator('.verdict').getByText('200, then waits').waitFor();
    await leave(page);
    await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '1h' } });
    await comeBack(page);
    await page.locator('.verdict').getByText('200 accepted').waitFor();
  });

  test('is seen to have ended while its trace was being read', async () => {
    const { url } = await withScripts(waits);
    const { headers } = await send(url, { path: '/webhooks/waits', body: {} });
    const id = String(headers['x-emulator-trace-id']);
    const { page } = await viewer(url, '#outcome=rejected');
    await page.route(`**/traces/${id}`, async (route) => {
      const response = await route.fetch();
      await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '1h' } });
      await page.locator('.verdict').getByText('200 accepted').waitFor();
      await route.fulfill({ response });
    });
    const answered = page.waitForResponse(`**/traces/${id}`);
    await page.evaluate(`location.hash = '#outcome=rejected&trace=${id}'`);
    await (await answered).finished();
    await page.evaluate('fetch("health").then(() => new Promise(requestAnimationFrame))');
    expect(await page.locator('.verdict').innerText()).toContain('200 accepted');
  });

  test('stays ended, though the list that told so holds its trace no more', async () => {
    const { url } = await withScripts(waits);
    const { headers } = await send(url, { path: '/webhooks/waits', body: {} });
    const id = String(headers['x-emulator-trace-id']);
    const { page, rows } = await viewer(url, `#outcome=accepted&trace=${id}`, { goesAway: true });
    await page.locator('.verdict').getByText('200, then waits').waitFor();
    await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '1h' } });
    await expect.poll(() => rows.count()).toBe(1);
    await page.locator('.verdict').getByText('200 accepted').waitFor();
    await page.route(`**/traces/${id}`, (route) => route.abort());
    await page.getByLabel('Outcome', { exact: true }).selectOption('rejected');
    await page.getByText('No trace fits these filters').waitFor();
    expect(await page.locator('.verdict').innerText()).toContain('200 accepted');
  });

  test('is seen to have ended in a list of which the page reads the newest part only', async () => {
    const { url } = await withScripts(waits);
    const { headers } = await send(url, { path: '/webhooks/waits', body: {} });
    const { page, rows } = await viewer(url, `#trace=${String(headers['x-emulator-trace-id'])}`);
    await page.locator('.verdict').getByText('200, then waits').waitFor();
    await look(page, true);
    await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '1h' } });
    await sendMany(url, 250);
    await look(page, false);
    await page.locator('.verdict').getByText('200 accepted').waitFor();
    await page.getByRole('button', { name: 'Read up to 1,000 of the 251 traces' }).click();
    await expect.poll(() => rows.last().textContent()).toMatch(/webhooks\/waits\s*200\D/);
  });
});

test.skipIf(!hasBrowser).each(['#outcome=nope', '#control=maybe', `#conversationId=${'x'.repeat(40_000)}`])(
  'a filter that makes no sense leaves the page connected: %j',
  async (fragment) => {
    const { url } = await emulator();
    const { page } = await viewer(url, fragment);
    expect(await page.locator('.connection').innerText()).toBe('live');
  },
);

test.skipIf(!hasBrowser)('who comes back from the page of another tenant finds the name of the own one', async () => {
  const { url } = await emulator();
  await send(`${url}/t/alpha`, { body: { sessionId: 'one' } });
  const { page, live } = await viewer(url, '', { keepsPages: true });
  await page.evaluate('window.kept = true');
  const tenant = page.getByLabel('Tenant');
  await tenant.focus();
  await tenant.locator('option[value=alpha]').waitFor({ state: 'attached' });
  await tenant.selectOption('alpha');
  await page.waitForURL('**/t/alpha/_emulator/');
  await live();
  await page.goBack({ waitUntil: 'commit' });
  await live();
  expect(await page.evaluate('[location.pathname, window.kept]')).toEqual(['/_emulator/', true]);
  await expect.poll(() => tenant.inputValue()).toBe('default');
});

describe.skipIf(!hasBrowser)('what is not there', () => {
  test('is said of the trace that the address names, whichever was read before', async () => {
    const { url } = await emulator();
    await send(url, { body: { sessionId: 'first' } });
    const { page, rows } = await viewer(url, '#trace=nope');
    const detail = page.getByRole('region', { name: 'Trace', exact: true });
    await detail.getByText('This trace is not there').waitFor();
    await rows.first().click();
    await detail.getByRole('region', { name: 'cause' }).waitFor();
    await page.goBack();
    await detail.getByText('This trace is not there').waitFor();
    await page.keyboard.press('Escape');
    await detail.getByText('Choose a trace').waitFor();
  });

  test('is not said while it is read, nor where the emulator is away', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION });
    const { headers } = await send(url, { body: { sessionId: 'first' } });
    const traceId = String(headers['x-emulator-trace-id']);
    const { page } = await viewer(url, '#script=none', { goesAway: true });
    let letThrough: (() => void) | undefined;
    const slow = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    for (const path of [`conversations/${CONVERSATION}`, `traces/${traceId}`])
      await page.route(`${url}/_emulator/${path}`, async (route) => {
        await slow;
        await route.continue();
      });
    const lead = (fragment: string): Promise<unknown> => page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
    await lead(`#script=none&trace=${traceId}`);
    await page.getByText('Reading this trace …').waitFor();
    await lead(`#conversation=${CONVERSATION}`);
    await page.getByText('Reading its way …').waitFor();
    letThrough?.();
    await page.locator('.timeline').waitFor();
    await page.route(`${url}/_emulator/conversations/**`, (route) => route.abort());
    await send(url, { body: { sessionId: CONVERSATION } });
    await page.getByText('The emulator cannot be reached').waitFor();
    expect(await page.locator('.timeline').count()).toBe(1);
    await lead('#conversation=another');
    await page.getByText('This conversation cannot be read now').waitFor();
    await page.unroute(`${url}/_emulator/conversations/**`);
    await send(url, { body: { sessionId: 'second' } });
    await page.getByText('This conversation is not there').waitFor();
  });
});
