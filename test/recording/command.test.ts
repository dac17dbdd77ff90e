/** The command `record`: what it writes when it is stopped, what it refuses, what it says it left out. */
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Running, start } from '../support/cli.js';
import { CONVERSATION, open, send, talk } from '../support/client.js';
import { outcomeOf, recording } from '../support/recording.js';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'record-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const record = (...words: readonly string[]): Running => start(['record', ...words]);

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it: the file is there, whole, and the summary is told', async (name) => {
  const place = await folder();
  const out = join(place, 'session.yaml');
  await writeFile(out, 'from before');
  const { ended, printed, signal } = record('--out', out, '--port', '0', '--auth', 'strict');
  await expect.poll(printed).toMatch(/listens on http/);
  const url = /listens on (\S+)/.exec(printed())?.[1] ?? '';
  await open(url);
  expect((await send(url, { body: { sessionId: CONVERSATION } })).status).toBe(401);
  expect(await readFile(out, 'utf8')).toBe('from before');
  signal(name);
  expect((await ended).code).toBe(0);
  expect(printed()).toContain(`Recorded 1 step of the tenant default into ${out}.`);
  expect(await readdir(place)).toEqual(['session.yaml']);
  expect(await outcomeOf(out)).toBe('passed');
});

test('what an upstream answers otherwise is written as a config file', async () => {
  const place = await folder();
  const upstream = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"nope"}');
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  onTestFinished(() => {
    upstream.close();
  });
  const config = join(place, 'learned.yaml');
  const report = join(place, 'drift.json');
  const to = `http://127.0.0.1:${String((upstream.address() as AddressInfo).port)}`;
  const { ended, printed, signal } = record('--upstream', to, '--report', report, '--write-config', config, '--port', '0');
  await expect.poll(printed).toMatch(/listens on http/);
  await send(/listens on (\S+)/.exec(printed())?.[1] ?? '', { body: { sessionId: 'abc-123' } });
  signal('SIGINT');
  expect((await ended).code).toBe(0);
  expect(printed()).toContain(`${config} sets errors.`);
  expect(await readFile(config, 'utf8')).toContain("errors:\n  conversations:\n    '400':\n      error: nope\n");
  expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({ upstream: to, answered: 1 });
});

test('a file that cannot be written takes no other with it', async () => {
  const place = await folder();
  const out = join(place, 'session.yaml');
  const { ended, printed, signal } = record('--out', out, '--port', '0');
  await expect.poll(printed).toMatch(/listens on http/);
  const url = /listens on (\S+)/.exec(printed())?.[1] ?? '';
  for (const tenant of ['', '/t/alpha']) await send(`${url}${tenant}`, { body: { sessionId: 'abc-123' } });
  await mkdir(out);
  signal('SIGINT');
  expect((await ended).code).toBe(1);
  expect(printed()).toContain(`cxone-emulator stopped, but ${out} is no regular file.`);
  expect(printed()).toContain(`Recorded 1 step of the tenant alpha into ${join(place, 'session.alpha.yaml')}.`);
  expect((await readdir(place)).sort()).toEqual(['session.alpha.yaml', 'session.yaml']);
});

test.each([
  ['no file', [], '--out: name the scenario file to write'],
  [
    'a file in a folder that is not there',
    ['--out', '/nowhere/at/all/session.yaml'],
    '--out: the file cannot be written: ENOENT',
  ],
  ['a bad setting', ['--out', 'x.yaml', '--auth', 'none'], '--auth: auth must be lax or strict'],
  ['a report of nothing', ['--out', 'x.yaml', '--report', 'r.json'], '--report: it needs --upstream'],
  ['an upstream that is no address', ['--upstream', 'localhost:80'], '--upstream: it must be an address such as'],
  [
    'an upstream with credentials',
    ['--upstream', 'https://me:hunter22secret@a.example.com'],
    'not "https://me:[redacted]@a.example.com"',
  ],
  [
    'a bad time',
    ['--upstream', 'http://a.example.com', '--upstream-timeout', 'soon'],
    '--upstream-timeout: it must be milliseconds',
  ],
  [
    'a report in the file of the scenario',
    ['--upstream', 'http://a.example.com', '--out', 'x.yaml', '--report', './x.yaml'],
    '--report: --out is written into the same file: name another one',
  ],
  [
    'a scenario in the file of the traces',
    ['--out', 'x.yaml', '--trace-file', 'x.yaml'],
    '--out: --trace-file is written into the same file: name another one',
  ],
  ['a bad flag', ['--out', 'x.yaml', '--scrubb', 'a'], 'Did you mean --scrub?'],
])('2 for %s', async (_, args, told) => {
  const { ended, printed } = record(...args);
  expect((await ended).code).toBe(2);
  expect(printed()).toContain(told);
});

describe('what a scenario cannot say is said', () => {
  test('nothing came: no file', async () => {
    const { url, finish } = await recording();
    await send(url, { path: '/_emulator/health' });
    const { summary, text } = await finish();
    expect(summary).toMatch(/^Nothing was recorded, and .* was not written/);
    expect(text).toBe('');
  });

  test('what stands for it are comments, in their places; the rest replays', async () => {
    const { url, finish } = await recording({ maxBody: '1kb' });
    await open(url);
    await send(url, { body: { sessionId: 'abc-123' } });
    await send(url, { body: Buffer.from([0x7b, 0xff, 0xfe]) });
    await send(url, { body: `{"sessionId": "${'x'.repeat(2000)}"}` });
    await talk(url, `GET /api/v2/conversations HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n`);
    const zipped = gzipSync(JSON.stringify({ sessionId: CONVERSATION, skillId: 4001 }));
    const last = await send(url, { body: zipped, headers: { 'content-encoding': 'gzip' } });
    expect(last.status).toBe(200);
    const { summary, text, file } = await finish();
    expect(text).toMatch(
      /# Left out: POST \/api\/v2\/conversations\/webchat is answered 400 BODY_NOT_UTF8: its body has bytes that are not UTF-8\./,
    );
    expect(text).toMatch(/# Left out: POST \/api\/v2\/conversations\/webchat: it was answered 413 BODY_TOO_LARGE\./);
    expect(text.indexOf('BODY_TOO_LARGE')).toBeGreaterThan(text.indexOf('CONVERSATION_ID_FORMAT'));
    expect(text.indexOf('BODY_TOO_LARGE')).toBeLessThan(text.indexOf('is answered 200'));
    expect(summary).toMatch(/Recorded 2 steps[^]*left out {3}2 things/);
    expect(await outcomeOf(file)).toBe('passed');
  });

  test('a fault is a step, and so is what it answers; an answer that it breaks is left out', async () => {
    const { url, finish } = await recording({ frozenAt: '2026-03-01T09:30:00Z' });
    await open(url);
    const fault = (what: object): Promise<unknown> =>
      send(url, { path: '/_emulator/faults', body: { operationId: 'handOverConversation', times: 1, ...what } });
    await fault({ status: 429, headers: { 'Retry-After': '5' } });
    expect((await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 } })).status).toBe(429);
    await fault({ effect: 'reset' });
    await expect(send(url, { body: { sessionId: CONVERSATION, skillId: 4001 } })).rejects.toThrow();
    await send(url, { path: '/_emulator/faults', method: 'DELETE' });
    await send(url, { path: '/_emulator/clock', method: 'PUT', body: { advance: '2h' } });
    expect((await send(url, { body: { sessionId: CONVERSATION, skillId: 4001 } })).status).toBe(200);
    const { text, file, summary } = await finish();
    expect(text).toContain('cause: FAULT_INJECTED');
    expect(text).toContain('# Left out: POST /api/v2/conversations/webchat: a fault broke its answer');
    expect(summary).toContain('Recorded 6 steps');
    expect(await outcomeOf(file)).toBe('passed');
  });

  test('each tenant has a file of its own', async () => {
    const { url, finish, folder: place } = await recording();
    for (const tenant of ['', '/t/alpha']) {
      await open(`${url}${tenant}`);
      await send(`${url}${tenant}`, { body: { sessionId: CONVERSATION, skillId: 4001 } });
    }
    const { file } = await finish();
    expect((await readdir(place)).sort()).toEqual(['session.alpha.yaml', 'session.yaml']);
    expect(await outcomeOf(file)).toBe('passed');
    expect(await outcomeOf(join(place, 'session.alpha.yaml'))).toBe('passed');
  });
});

test('ids that were generated on the way are captured where they came from, a look at the control API included', async () => {
  const { url, finish } = await recording();
  await send(url, { path: '/api/v2/conversations?attribute=a&value=b' });
  await open(url, { attributes: { a: 'b' } });
  const { body } = await send(url, { path: '/_emulator/conversations' });
  const { conversationId } = body.items[0] as { conversationId: string };
  await send(url, { body: { sessionId: conversationId, skillId: 4001 } });
  await send(url, { path: `/_emulator/skills/4001`, method: 'PATCH', body: { agents: 0 } });
  await send(url, { body: { sessionId: conversationId, skillId: 4001, metadata: { again: true } } });
  await send(url, { path: '/_emulator/tokens', method: 'DELETE' });
  const { text, file } = await finish();
  expect(text).toContain("sessionId: '{{ captured.conversationId }}'");
  expect(text).not.toContain(conversationId);
  expect(text).toContain('- SKILL_UNSTAFFED');
  expect(await outcomeOf(file)).toBe('passed');
});
