/** The trace viewer as a person meets it, in a real browser. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { hasBrowser } from '../support/browser.js';
import { run } from '../support/cli.js';
import { CONTACT, CONVERSATION, emulator, HANDOVER, open, send, traceOf } from '../support/client.js';
import { replayed, scenarioFolder } from '../support/replay.js';
import { hasCurl } from '../support/runs.js';
import { signalTo, withScripts } from '../support/scripts.js';
import { viewer } from '../support/viewer.js';
import { STORY_CONVERSATION, tell } from './story.js';

const THREAD = { sessionId: 'abc-123', metadata: { intent: 'billing' } };
const withSamples = { scripts: 'scenarios/scripts', onNote: () => undefined };

/** What a shell makes of a command. */
async function shell(command: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', command], { env: { PATH: process.env.PATH, ...environment } })).stdout;
}

describe.skipIf(!hasBrowser)('the list', () => {
  test('shows each trace as it comes: time, method, path, conversation, status and cause', async () => {
    const { url } = await emulator();
    const { page, rows } = await viewer(url);
    await page.getByText('Nothing has arrived yet').waitFor();
    await open(url);
    await send(url, { body: THREAD });
    await rows.first().waitFor();
    expect(await rows.first().innerText()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3}\s+POST \/api\/v2\/conversations\/webchat\s+400 rejected\s+abc-123\s+CONVERSATION_ID_FORMAT$/,
    );
    await send(url, { body: { sessionId: CONVERSATION } });
    await expect.poll(() => rows.count()).toBe(2);
    expect(await rows.first().innerText()).toMatch(/200\s+0b8f4c1e[^]*▲ HANDOVER_UNROUTED$/);
    expect(await page.getByText('Nothing has arrived yet').isVisible()).toBe(false);
    await rows.nth(1).click();
    const cause = page.getByRole('region', { name: 'cause' });
    expect(await cause.innerText()).toMatch(
      /CAUSE\s+CONVERSATION_ID_FORMAT[^]*where\s+body \/sessionId[^]*expected[^]*received[^]*remedy[^]*known from/,
    );
  });

  test.skipIf(!hasCurl).each(['lax', 'strict'] as const)(
    'where nothing came yet it says what to send, which works as it stands (--auth %s)',
    async (auth) => {
      const { url } = await emulator({ auth });
      const { page, rows } = await viewer(`${url}/t/alpha`);
      await expect.poll(() => page.locator('.command').count()).toBe(auth === 'strict' ? 3 : 2);
      const commands = await page.locator('.command pre').allInnerTexts();
      const answers = await shell(commands.join('\n'));
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 201']);
      await expect.poll(() => rows.first().innerText()).toContain('CONVERSATION_ID_FORMAT');
    },
  );

  test('is filtered by what the address says, and says in the address what it is filtered by', async () => {
    const { url } = await emulator();
    await open(url);
    await send(url, { body: { sessionId: CONVERSATION } });
    const refused = await send(url, { body: THREAD });
    await send(url, { path: '/api/v2/nothing' });
    const id = refused.headers['x-emulator-trace-id'] ?? '';

    const { page, rows, live } = await viewer(url, `#outcome=rejected&code=CONVERSATION_ID_FORMAT&trace=${id}`);
    expect(await rows.count()).toBe(1);
    expect(await page.getByRole('region', { name: 'cause' }).innerText()).toContain('"abc-123"');
    await send(url, { path: '/api/v2/nothing' });
    await send(url, { body: { sessionId: 'another' } });
    await expect.poll(() => rows.count()).toBe(2);

    await page.getByRole('button', { name: 'Remove the filter code' }).click();
    await expect.poll(() => rows.count()).toBe(4);
    await page.getByLabel('Outcome', { exact: true }).selectOption('accepted');
    await expect.poll(() => rows.count()).toBe(1);
    expect(new URL(page.url()).hash).toContain('outcome=accepted');
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(4);

    await page.keyboard.press('/');
    await page.keyboard.type('another');
    await expect.poll(() => rows.count()).toBe(1);
    await page.reload();
    await live();
    await expect.poll(() => rows.count()).toBe(1);
    expect(await page.getByLabel('Search in what is listed').inputValue()).toBe('another');
    await page.getByLabel('Search in what is listed').fill('nowhere to be found');
    await page.getByText('No trace fits these filters').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await expect.poll(() => rows.count()).toBe(5);
    // A filter of what a trace is about.
    await page.locator('.facts').getByRole('button', { name: 'Only those of this conversation' }).click();
    await expect.poll(() => rows.count()).toBe(1);
    expect(new URL(page.url()).hash).toContain('conversationId=abc-123');
  });

  test('stands still while it is paused, and says what came', async () => {
    const { url } = await emulator();
    await send(url, { body: THREAD });
    const { page, rows } = await viewer(url);
    await expect.poll(() => rows.count()).toBe(1);
    await page.keyboard.press('p');
    await send(url, { body: THREAD });
    await send(url, { body: THREAD });
    await page.getByRole('button', { name: 'Resume (2 new)' }).waitFor();
    expect(await rows.count()).toBe(1);
    await page.keyboard.press('p');
    await expect.poll(() => rows.count()).toBe(3);
  });

  test('is gone through by keys', async () => {
    const { url } = await emulator();
    const ids: string[] = [];
    for (const sessionId of ['one', 'two', 'three'])
      ids.push((await send(url, { body: { sessionId } })).headers['x-emulator-trace-id'] ?? '');
    const { page, rows } = await viewer(url);
    await expect.poll(() => rows.count()).toBe(3);
    const shown = (): string => new URL(page.url()).hash;
    for (const [key, id] of [
      ['j', ids[2]],
      ['j', ids[1]],
      ['j', ids[0]],
      ['j', ids[0]],
      ['k', ids[1]],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(shown).toBe(`#trace=${id ?? ''}`);
    }
    expect(await page.locator('.row[aria-current]').innerText()).toContain('two');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.className')).toBe('detail');
    await page.keyboard.press('Escape');
    await expect.poll(shown).toBe('');
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('copy the request as curl').waitFor();
    await page.keyboard.press('j');
    expect(shown()).toBe('');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('stays as it is while a thousand traces come, and holds no more than it may', async () => {
    const { url } = await emulator();
    const first = await send(url, { body: { sessionId: 'first' } });
    const { page, rows } = await viewer(url, `#trace=${first.headers['x-emulator-trace-id'] ?? ''}`);
    await page.evaluate('window.card = document.querySelector(".card")');
    const metadata = { note: 'x'.repeat(5000) };
    for (let number = 0; number < 1200; number += 1) await send(url, { body: { sessionId: `s-${String(number)}`, metadata } });
    await expect.poll(() => rows.first().innerText(), { timeout: 20_000 }).toContain('s-1199');
    expect(await rows.count()).toBe(300);
    await expect.poll(() => page.locator('.count').innerText(), { timeout: 5000 }).toBe('300 of 1,201 traces');
    expect(await page.evaluate('window.card === document.querySelector(".card")')).toBe(true);
    expect(Number(await page.evaluate('document.querySelectorAll("*").length'))).toBeLessThan(6000);
    await rows.nth(5).click();
    await page.getByRole('region', { name: 'cause' }).getByText('"s-1194"', { exact: false }).first().waitFor();
  });

  test('names the number that is kept, though more come while it is counted', async () => {
    const { url } = await emulator();
    // More than the page reads at first.
    for (let number = 0; number < 210; number += 1) await send(url, { body: { sessionId: `before-${String(number)}` } });
    const { page, rows } = await viewer(url);
    await page.evaluate(
      'new Promise((follows) => { const stream = new EventSource("traces/stream"); stream.onopen = follows; window.late = new Promise((resolve) => stream.addEventListener("trace", ({ data }) => { if (data.includes("late-3")) resolve(); })); })',
    );
    const counted = page.waitForResponse('**/traces?limit=1');
    await page.route(
      '**/traces?limit=1',
      async (route) => {
        const response = await route.fetch();
        for (let late = 1; late <= 3; late += 1) await send(url, { body: { sessionId: `late-${String(late)}` } });
        await page.evaluate('window.late');
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    for (let number = 0; number < 200; number += 1) await send(url, { body: { sessionId: `s-${String(number)}` } });
    await (await counted).finished();
    await send(url, { body: { sessionId: 'last' } });
    await expect.poll(() => rows.first().innerText()).toContain('last');
    await expect.poll(() => page.locator('.count').innerText(), { timeout: 5000 }).toBe('300 of 414 traces');
  });

  test('goes on after the emulator restarted, and gives the ids of the start before again', async () => {
    const first = await emulator({ seed: 'same' });
    const { page, rows, live } = await viewer(first.url, '', { goesAway: true });
    for (let number = 0; number < 20; number += 1) await send(first.url, { body: { sessionId: `before-${String(number)}` } });
    await expect.poll(() => rows.count()).toBe(20);
    await rows.first().click();
    await first.close();
    await page.getByText('not connected, trying again').waitFor();
    const second = await emulator({ port: Number(new URL(first.url).port), seed: 'same' });
    await live();
    for (let number = 0; number < 40; number += 1) await send(second.url, { body: '{"after' });
    await expect.poll(() => rows.filter({ hasText: 'BODY_NOT_JSON' }).count()).toBe(40);
    await page.getByRole('region', { name: 'cause' }).getByText('BODY_NOT_JSON').waitFor();
  });

  test('keeps what came before a restart, also an open trace that it does not list, though other calls have their ids now', async () => {
    const first = await emulator({ seed: 'same' });
    const { page, rows, live } = await viewer(first.url, '', { goesAway: true });
    const ids: string[] = [];
    for (let number = 0; number < 40; number += 1)
      ids.push((await traceOf(first.url, await send(first.url, { body: { sessionId: `before-${String(number)}` } }))).traceId);
    await expect.poll(() => rows.count()).toBe(40);
    const opened = ids.at(-2) ?? '';
    const unlisted = await viewer(first.url, `#outcome=accepted&trace=${opened}`, { goesAway: true });
    await unlisted.page.getByText('"before-38"').first().waitFor();
    await first.close();
    for (const one of [page, unlisted.page]) await one.getByText('not connected, trying again').waitFor();
    const second = await emulator({ port: Number(new URL(first.url).port), seed: 'same' });
    await Promise.all([live(), unlisted.live()]);
    const others: string[] = [];
    while (others.at(-1) !== ids.at(-1))
      others.push((await send(second.url, { path: '/_emulator/conversations', body: {} })).headers['x-emulator-trace-id'] ?? '');
    expect(others).toContain(opened);
    await send(second.url, { body: { sessionId: 'after' } });
    await expect.poll(() => rows.first().innerText()).toContain('after');
    expect(await rows.count()).toBe(41);
    await open(second.url);
    await send(second.url, { body: { sessionId: CONVERSATION } });
    await expect.poll(() => unlisted.rows.count()).toBe(1);
    expect(await unlisted.page.locator('.tracehead').innerText()).toContain('before-38');
  });

  test('goes on after the emulator restarted', async () => {
    const first = await emulator();
    await send(first.url, { body: { sessionId: 'before' } });
    const { page, rows, live } = await viewer(first.url, '', { goesAway: true });
    await expect.poll(() => rows.count()).toBe(1);
    await first.close();
    await page.getByText('not connected, trying again').waitFor();
    const second = await emulator({ port: Number(new URL(first.url).port) });
    await send(second.url, { body: { sessionId: 'meanwhile' } });
    await live();
    await send(second.url, { body: { sessionId: 'after' } });
    await expect.poll(() => rows.count()).toBe(3);
    expect((await rows.allInnerTexts()).map((text) => /before|meanwhile|after/.exec(text)?.[0])).toEqual([
      'after',
      'meanwhile',
      'before',
    ]);
    expect(await page.locator('.below').count()).toBe(1);
    // What is no longer there is held by the page.
    await rows.nth(2).click();
    await page.getByRole('region', { name: 'cause' }).waitFor();
  });

  test('holds no connection while nobody looks, and catches up', async () => {
    const { url } = await emulator();
    const { page, rows } = await viewer(url);
    const look = (hidden: boolean): Promise<unknown> =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${String(hidden)}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));`,
      );
    await look(true);
    await send(url, { body: { sessionId: 'meanwhile' } });
    await page.evaluate('fetch("health").then(() => new Promise(requestAnimationFrame))');
    expect(await rows.count()).toBe(0);
    await look(false);
    await expect.poll(() => rows.count()).toBe(1);
  });

  test('of another tenant is a page of its own, which the empty one leads to', async () => {
    const { url } = await emulator();
    await send(url, { path: `/t/alpha${HANDOVER}`, body: THREAD });
    const { page, rows } = await viewer(url);
    await page.getByRole('link', { name: 'alpha' }).click();
    await rows.first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/t/alpha/_emulator/');
    await page.getByLabel('Tenant').selectOption('default');
    await page.getByText('Nothing has arrived yet').waitFor();
    expect(new URL(page.url()).pathname).toBe('/_emulator/');
  });
});

describe.skipIf(!hasBrowser)('a trace', () => {
  test('of a script is a ladder: actions, branches, variables, and calls that lead to their own traces', async () => {
    const { url } = await emulator(withSamples);
    const { script } = await tell(url);
    const { page } = await viewer(url, `#trace=${script}`);
    const ladder = page.getByRole('region', { name: 'Ladder' });
    const actions = ladder.locator('li.action');
    expect(await actions.locator('.step').allInnerTexts()).toEqual([
      'MapId\nASSIGN',
      'Lookup\nRESTAPI',
      'IsOne\nIF',
      'MapConversation\nASSIGN',
      'HandOver\nRESTPROXY',
      'Done\nRESPOND',
    ]);
    expect(await actions.locator('.branch').allInnerTexts()).toEqual([
      '→ Default',
      '→ Default',
      '→ OnTrue',
      '→ Default',
      '→ Default',
      '→ ends',
    ]);
    expect(await actions.first().innerText()).toContain('externalSessionId = "abc-777"');
    await actions.nth(1).getByText('5 variables').click();
    expect(await actions.nth(1).locator('.variables').innerText()).toContain('"total": 1');
    await actions.nth(4).locator('summary.call').click();
    expect(await actions.nth(4).locator('.messages').innerText()).toMatch(
      /What it sent[^]*\[redacted\][^]*"intent": "billing"[^]*What came back: 200/,
    );
    await actions
      .nth(4)
      .getByRole('link', { name: /trace / })
      .click();
    await page.getByText('set going by').waitFor();
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('POST /api/v2/conversations/webchat');
    await page.getByRole('link', { name: script }).click();
    await expect.poll(() => actions.count()).toBe(6);
  });

  test('of a script that goes on is drawn anew, and what was unfolded stays so', async () => {
    const actions = {
      Set: { type: 'ASSIGN', set: { one: 1, two: 2 }, next: 'Wait' },
      Wait: { type: 'WAIT' },
      On: { type: 'ONSIGNAL', next: 'Last' },
      Last: { type: 'ASSIGN', set: { three: 3 }, next: 'Gone' },
      Gone: { type: 'END' },
    };
    const { url } = await withScripts({
      'waits.yaml': { name: 'waits', trigger: { conversation: { channel: 'voice' } }, actions },
    });
    const { contactId } = (await open(url, { channel: 'voice' })) as { contactId: string };
    const { page, rows } = await viewer(url);
    expect(await rows.first().innerText()).toContain('waits');
    await rows.first().click();
    await page.getByText('2 variables').click();
    await send(url, await signalTo(url, contactId, 'x'));
    await page.getByText('Sets three.').waitFor();
    await expect.poll(() => page.locator('.variables').first().isVisible()).toBe(true);
  });

  test.each<readonly [string, Parameters<typeof send>[1], string, string | undefined]>([
    ['a value', { body: THREAD }, '"abc-123"', undefined],
    ['a value deep inside', { body: { sessionId: 5, metadata: {} } }, '5', undefined],
    ['a name that is nearly right', { body: { sessionID: 'x' } }, '"sessionID": "x"', 'not sessionId'],
    ['a field that is missing', { body: { metadata: { intent: 'billing' } } }, '{', 'sessionId is missing here'],
    ['where the body stops being JSON', { body: "{\n  'a': 1}" }, "'", undefined],
  ])('marks in the body %s', async (_, message, marked, told) => {
    const { url } = await emulator();
    const trace = await traceOf(url, await send(url, message));
    const { page } = await viewer(url, `#trace=${trace.traceId}`);
    const request = page.getByRole('region', { name: 'Request' });
    expect(await request.locator('mark.error').innerText()).toBe(marked);
    if (told !== undefined) expect((await request.locator('.missing').innerText()).trim()).toBe(told);
    expect(await page.getByRole('region', { name: 'cause' }).locator('mark').innerText()).toBe(marked);
  });

  test.each<readonly [string, Parameters<typeof send>[1], string]>([
    ['the path', { path: `${HANDOVER}/abc-123` }, 'abc-123'],
    ['the query', { path: '/_emulator/traces?code=x&limit=abc' }, 'limit=abc'],
    ['a header', { body: THREAD, headers: { 'content-type': 'text/plain' } }, 'text/plain'],
  ])('marks in %s', async (_, message, marked) => {
    const { url } = await emulator();
    const trace = await traceOf(url, await send(url, message));
    const { page } = await viewer(url, `#trace=${trace.traceId}`);
    expect(await page.locator('.tracehead mark, .headers mark').innerText()).toBe(marked);
  });

  test('is told in the same words by the page, by trace and by explain', async () => {
    const { url } = await emulator();
    const { page, copies, opens } = await viewer(url);
    for (const body of [JSON.stringify(THREAD), '{"sessionID": "x"}', "{'a': 1}", '{"sessionId": "{{context.id}}"}']) {
      const answer = await send(url, { body, headers: { accept: '*/*', host: undefined } });
      const id = answer.headers['x-emulator-trace-id'] ?? '';
      await opens(id);
      const copied = await copies('Copy as text');
      const [{ out: printed }, { out: explained }] = await Promise.all([
        run(['trace', id, '--url', url]),
        run(['explain', '-'], body),
      ]);
      expect(`${copied}\n`).toBe(printed);
      const timeless = (text: string): string =>
        text.replace(/ *\d+\.\d ms/g, ' # ms').replace(/^ {2}(?:trace|began) .*\n/gm, '');
      expect(timeless(printed)).toBe(timeless(explained));
      // And what the page shows is what it copies.
      const shown = (await page.locator('.detail').innerText()).replace(/\s+/g, ' ');
      const lines = printed.slice(0, printed.indexOf('\n  request\n')).split('\n').slice(3);
      for (const text of lines
        .map((line) => line.replace(/^ +(?:[\d.]+ ms {2}\S+|\S+(?: also| from)?) +/, '').replace(/\s+/g, ' '))
        .filter(Boolean))
        expect(shown).toContain(text);
    }
  });

  test.skipIf(!hasCurl)('as curl does the same again', async () => {
    const { url } = await emulator();
    const { copies, opens } = await viewer(url);
    const hostile = { sessionId: `it's $HOME \`x\` "q" \\ ä €`, metadata: { 'k"': "'; echo hacked; '" } };
    for (const message of [
      { body: hostile },
      { body: 'a=1&b=2', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      { body: '{}', headers: { 'content-type': undefined, accept: undefined } },
      { method: 'PUT', body: THREAD },
      { method: 'GET', path: "/api/v2/conversations?attribute=a'b&value=[1]{2}" },
      { method: 'GET', path: '/api/v2/../v2/conversations' },
    ] as const) {
      const trace = await traceOf(url, await send(url, message));
      await opens(trace.traceId);
      const answered = await shell(`${await copies('Copy as curl')} -s`);
      const again = (await send(url, { path: `/_emulator/traces/${/x-emulator-trace-id: (\S+)/i.exec(answered)?.[1] ?? ''}` }))
        .body;
      const told = ({ request, outcome, entries }: typeof trace): unknown => ({
        method: request.method,
        path: request.path,
        body: request.body,
        accept: request.headers.accept,
        type: request.headers['content-type'],
        outcome,
        codes: entries.map(({ code }) => code),
      });
      expect(told(again)).toEqual(told(trace));
    }
  });

  test('as a step of a scenario passes', async () => {
    const { url } = await emulator();
    await open(url, { conversationId: CONVERSATION, contactId: CONTACT });
    const { copies, opens } = await viewer(url);
    const steps: string[] = [];
    for (const message of [
      { body: THREAD },
      { body: { sessionId: CONVERSATION, metadata: { intent: '{{context.intent}}', '{% x %}': 'yes' }, skillId: 4001 } },
      { body: '{"sessionId": 12345678901234567890}' },
      { body: { sessionId: '{% raw %}{{{a}}}{%- endraw -%}{%', '{{endraw}}': 'x' } },
      { body: '{% endraw %}{{' },
      { body: "{'a': 1}", headers: { 'content-type': undefined, accept: undefined } },
      { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Bearer abcdefgh12345678' } },
      { method: 'GET', path: '/api/v2/conversations?attribute=a&value={{b}}' },
      { method: 'PUT', body: THREAD },
      { body: THREAD, headers: { origin: 'https://bot.example' } },
    ] as const) {
      const trace = await traceOf(url, await send(url, message));
      await opens(trace.traceId);
      steps.push(await copies('Copy as scenario step'));
    }
    const file = `name: copied\ngiven: { conversations: [{ conversationId: ${CONVERSATION}, contactId: '${CONTACT}' }] }\nsteps:\n${steps.join('\n').replace(/^/gm, '  ')}\n`;
    const folder = await scenarioFolder({ 'copied.yaml': file });
    await writeFile(join(folder, 'copied.yaml'), file);
    const { code, out, err } = await replayed([folder], { reporter: 'pretty' });
    expect({ code, err }, out).toEqual({ code: 0, err: '' });
  });

  test.skipIf(!hasCurl)('that fetches a token asks for the client again, which the trace hides', async () => {
    const { url } = await emulator();
    const trace = await traceOf(
      url,
      await send(url, {
        path: '/auth/token',
        body: 'grant_type=client_credentials',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
        },
      }),
    );
    expect(trace.outcome).toBe('accepted');
    const { copies } = await viewer(url, `#trace=${trace.traceId}`);
    const client = { CLIENT_ID: 'me', CLIENT_SECRET: 'secret' };
    expect(await shell(`${await copies('Copy as curl')} -s`, client)).toMatch(/^HTTP\/1.1 200 /);
    for (const [name, value] of Object.entries(client)) vi.stubEnv(name, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const step = await copies('Copy as scenario step');
    const folder = await scenarioFolder({ 'copied.yaml': `name: copied\nsteps:\n${step.replace(/^/gm, '  ')}` });
    const { code, out, err } = await replayed([folder], { reporter: 'pretty' });
    expect({ code, err }, out).toEqual({ code: 0, err: '' });
  });

  test('that is not kept says so, and what to do', async () => {
    const { url } = await emulator();
    const { page } = await viewer(url, '#trace=nope');
    await page.getByText('This trace is not there').waitFor();
    await page.getByText('List the traces with GET /_emulator/traces', { exact: false }).waitFor();
  });
});

describe.skipIf(!hasBrowser)('a conversation', () => {
  test('is opened by hand, copied, ended; agents are changed; a reset asks first', async () => {
    const { url } = await emulator();
    const { page, copies } = await viewer(url, '#view=conversations');
    await page.getByText('No conversation is open').waitFor();
    await page.getByText('Open a conversation', { exact: true }).click();
    await page.getByLabel('channel').fill('chat');
    await page.getByLabel('attributes').fill('externalSessionId=abc-123, tier=gold=1');
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.locator('.opened').getByText('Opened').waitFor();
    const id = await copies('Copy id');
    const { body } = await send(url, { path: `/_emulator/conversations/${id}` });
    expect(body).toMatchObject({ channel: 'chat', state: 'bot', attributes: { externalSessionId: 'abc-123', tier: 'gold=1' } });

    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Skills and agents' }).click();
    await page.getByRole('button', { name: 'One agent less for Support' }).click();
    await expect.poll(async () => (await send(url, { path: '/_emulator/skills' })).body.items[0].agents).toBe(0);
    await page.getByRole('button', { name: `End ${id}` }).click();
    await page.locator('.badge.ended').waitFor();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('button', { name: 'No', exact: true }).click();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('button', { name: 'Yes, reset' }).click();
    await page.getByText('No conversation is open').waitFor();
    expect((await send(url, { path: '/_emulator/conversations' })).body.total).toBe(0);
  });

  test('is not opened where a tunnel answers instead, which is told', async () => {
    const { url } = await emulator();
    const { page } = await viewer(url, '#view=conversations', { goesAway: true });
    await page.route('**/_emulator/conversations', (route) => route.fulfill({ status: 502, body: '<html>Bad Gateway' }));
    await page.getByText('Open a conversation', { exact: true }).click();
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.locator('.said').getByText('something on the way: 502', { exact: false }).waitFor();
  });

  test('that cannot be opened says why', async () => {
    const { url } = await emulator();
    const { page } = await viewer(url, '#view=conversations');
    await page.getByText('Open a conversation', { exact: true }).click();
    await page.getByLabel('conversation id').fill('abc');
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.locator('.said').getByText('received "abc"', { exact: false }).waitFor();
  });

  test('has its way as a time line, with messages, signals and scripts, and follows it', async () => {
    const { url } = await emulator(withSamples);
    const { refused } = await tell(url);
    const { page } = await viewer(url, `#trace=${refused}`);
    await page.getByRole('link', { name: 'Conversations', exact: true }).click();
    await page.getByRole('link', { name: STORY_CONVERSATION }).click();
    const line = page.locator('.timeline');
    await line.waitFor();
    const text = await line.innerText();
    for (const part of [
      'opened',
      'Hello! How can I help?',
      'My bill is wrong',
      'transcript',
      'script handover-mapped-variable',
      'queued',
      'for skill 4001',
      `signal to 463012345678`,
      'p1=Escalate  p2=billing',
      'SIGNAL_UNHEARD',
    ])
      expect(text).toContain(part);
    await page.getByRole('button', { name: 'End it' }).click();
    await line.getByText('ended').waitFor();
    await line.getByRole('link', { name: 'script handover-mapped-variable' }).click();
    await page.getByRole('region', { name: 'Ladder' }).waitFor();
    await page.getByText('MapId').waitFor();
  });
});
