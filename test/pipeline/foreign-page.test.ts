/** A page of a foreign origin, in a real browser: whatever it tries, it reads nothing and changes nothing. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browserContext, foreignSite, hasBrowser } from '../support/browser.js';
import { CONVERSATION, emulator, HANDOVER, open, send } from '../support/client.js';

/** Runs in the page: the body of an async function that answers what the page got to know. `emulator` is the address. */
function inPage(page: Page, url: string, code: string): Promise<unknown> {
  return page.evaluate(`(async (emulator) => { ${code} })(${JSON.stringify(url)}).catch((problem) => 'failed: ' + problem.name)`);
}

/** What a page can send without asking, and what it must ask for (a preflight). */
const ATTEMPTS: readonly { readonly name: string; readonly code: string; readonly got: unknown }[] = [
  {
    name: 'reads the state',
    code: `return (await fetch(emulator + '/_emulator/state')).text();`,
    got: 'failed: TypeError',
  },
  {
    name: 'reads a contact',
    code: `return (await fetch(emulator + '/api/v2/contacts?attribute=secret&value=s-1')).text();`,
    got: 'failed: TypeError',
  },
  {
    name: 'reads the traces as a script',
    code: `return new Promise((resolve) => {
      const script = document.createElement('script');
      script.onload = () => resolve('loaded');
      script.onerror = () => resolve('refused');
      script.src = emulator + '/_emulator/traces';
      document.body.append(script);
    });`,
    got: 'refused',
  },
  {
    name: 'follows the traces',
    code: `return new Promise((resolve) => {
      const source = new EventSource(emulator + '/_emulator/traces/stream');
      source.onmessage = source.onopen = () => resolve('open');
      source.onerror = () => { source.close(); resolve('refused'); };
    });`,
    got: 'refused',
  },
  {
    name: 'looks into a frame',
    code: `const frame = document.createElement('iframe');
      frame.src = emulator + '/_emulator/state';
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      document.body.append(frame);
      await loaded;
      return String(frame.contentDocument);`,
    got: 'null',
  },
  {
    name: 'resets, without wanting the answer',
    code: `return (await fetch(emulator + '/_emulator/reset', { method: 'POST', mode: 'no-cors' })).type;`,
    got: 'opaque',
  },
  {
    name: 'resets with a beacon',
    code: `return navigator.sendBeacon(emulator + '/_emulator/reset', 'x');`,
    got: true,
  },
  {
    name: 'resets with a form',
    code: `const frame = document.createElement('iframe');
      frame.name = 'target';
      document.body.append(frame);
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', enctype: 'text/plain', action: emulator + '/_emulator/reset', target: 'target' });
      document.body.append(form);
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      form.submit();
      await loaded;
      return 'sent';`,
    got: 'sent',
  },
  {
    name: 'ends the conversation',
    code: `return (await fetch(emulator + '/_emulator/conversations/${CONVERSATION}/end', { method: 'POST', mode: 'no-cors' })).type;`,
    got: 'opaque',
  },
  {
    name: 'hands the conversation over, with JSON',
    code: `return (await fetch(emulator + '${HANDOVER}', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"sessionId":"${CONVERSATION}"}',
    })).text();`,
    got: 'failed: TypeError',
  },
  {
    name: 'hands the conversation over, with what needs no leave',
    code: `const body = '{"sessionId":"${CONVERSATION}"}';
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
        await fetch(emulator + '${HANDOVER}', { method: 'POST', mode: 'no-cors', headers: { 'content-type': type }, body });
      return (await fetch(emulator + '${HANDOVER}', { method: 'POST', mode: 'no-cors', body: new Blob([body]) })).type;`,
    got: 'opaque',
  },
  {
    name: 'sets an attribute',
    code: `return (await fetch(emulator + '/api/v2/contacts/5/attributes', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"secret":"changed"}',
    })).text();`,
    got: 'failed: TypeError',
  },
];

const SECRET = { conversationId: CONVERSATION, contactId: '5', attributes: { secret: 's-1' } };

describe.skipIf(!hasBrowser)('a page of a foreign origin', () => {
  test('reads nothing and changes nothing', async () => {
    const { url } = await emulator();
    await open(url, SECRET);
    const before = (await send(url, { path: '/_emulator/state' })).text;
    const page = await (await browserContext()).newPage();
    await page.goto(await foreignSite('evil.example'));
    for (const { name, code, got } of ATTEMPTS) {
      expect(await inPage(page, url, code), name).toEqual(got);
      expect((await send(url, { path: '/_emulator/state' })).text, name).toBe(before);
    }
  });

  test('that --cors-origins names does read, so that the attempts above are no blanks', async () => {
    const site = await foreignSite('friend.example');
    const { url } = await emulator({ corsOrigins: [new URL(site).origin] });
    await open(url, SECRET);
    const page = await (await browserContext()).newPage();
    await page.goto(site);
    for (const name of ['reads the state', 'reads a contact', 'hands the conversation over, with JSON', 'sets an attribute'])
      expect(await inPage(page, url, ATTEMPTS.find((attempt) => attempt.name === name)?.code ?? ''), name).toMatch(/s-1|changed/);
    expect(await inPage(page, url, ATTEMPTS.find(({ name }) => name === 'follows the traces')?.code ?? '')).toBe('open');
    expect(await inPage(page, url, `return (await fetch(emulator + '/_emulator/reset', { method: 'POST' })).status;`)).toBe(204);
    expect((await send(url, { path: '/_emulator/conversations' })).body.total).toBe(0);
  });

  test('whose name was turned to this machine (DNS rebinding) does not reach the control API', async () => {
    const { url } = await emulator();
    await open(url, SECRET);
    const before = (await send(url, { path: '/_emulator/state' })).text;
    const rebound = `http://evil.example:${new URL(url).port}`;
    const page = await (await browserContext()).newPage();
    await page.goto(`${rebound}/api/v2/nothing`);
    for (const [method, path] of [
      ['GET', '/_emulator/state'],
      ['GET', '/_emulator/traces'],
      ['POST', '/_emulator/reset'],
      ['PUT', '/_emulator/state'],
    ] as const) {
      const got = await inPage(page, rebound, `return (await fetch(emulator + '${path}', { method: '${method}' })).json();`);
      expect(got, path).toMatchObject({ cause: { code: 'HOST_REFUSED' } });
    }
    expect((await send(url, { path: '/_emulator/state' })).text).toBe(before);
  });
});
