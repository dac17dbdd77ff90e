/** The config file is read again: a good one takes effect, a bad one leaves all as it was. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../../src/index.js';
import { CONVERSATION, emulator, open, send } from '../support/client.js';

async function configured(
  text: string,
): Promise<{ started: Emulator; change: (text: string) => ReturnType<Emulator['reload']> }> {
  const folder = await mkdtemp(join(tmpdir(), 'reload-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = join(folder, 'emulator.yaml');
  await writeFile(config, text);
  const started = await emulator({ config });
  return {
    started,
    async change(changed) {
      await writeFile(config, changed);
      return started.reload();
    },
  };
}

test('a good one takes effect, and the state stays', async () => {
  const { started, change } = await configured('unknownFields: pass\n');
  await open(started.url);
  const message = { body: { sessionId: CONVERSATION, note: 'x' } };
  expect((await send(started.url, message)).status).toBe(200);
  expect(await change('unknownFields: reject\nerrors: { conversations: { 400: { nope: 1 } } }\n')).toEqual({
    changed: ['unknownFields', 'errors'],
    kept: [],
  });
  expect(await send(started.url, message)).toMatchObject({ status: 400, body: { nope: 1 } });
  expect((await send(started.url, { path: '/_emulator/conversations' })).body.total).toBe(1);
});

test('one that is being written, and empty for a moment, changes nothing', async () => {
  const { started, change } = await configured('auth: strict\n');
  await expect(change('')).rejects.toThrow(/emulator\.yaml:1:1: the file is empty/);
  expect(started.settings.auth).toBe('strict');
  expect(await change('# nothing but a comment\n')).toMatchObject({ changed: ['auth'] });
});

test('skills and conversations are there after the next reset', async () => {
  const { started, change } = await configured('{}\n');
  await open(started.url);
  await change('skills: [{ skillId: 7, name: Seven }]\nconversations: [{ contactId: "5" }]\n');
  const handover = { body: { sessionId: CONVERSATION, skillId: 7 } };
  expect((await send(started.url, handover)).headers['x-emulator-cause']).toBe('SKILL_UNKNOWN');
  await started.reset();
  await open(started.url);
  expect((await send(started.url, handover)).status).toBe(200);
  expect((await send(started.url, { path: '/api/v2/contacts/5/attributes' })).status).toBe(200);
});

test.each([
  ['no YAML', 'maxBody: [1\n', /emulator\.yaml:\d+:\d+/],
  ['a bad value', 'maxBody: lots\n', /maxBody must be a size/],
  ['a bad seed', 'maxBody: 10b\nconversations: [{ conversationId: abc }]\n', /conversations\.0\.conversationId/],
  ['a bad error body', 'maxBody: 10b\nerrors: { webhook: {} }\n', /did you mean webhooks/],
])('a bad one leaves all as it was: %s', async (_, text, fault) => {
  const { started, change } = await configured('maxBody: 100b\n');
  await expect(change(text)).rejects.toThrow(fault);
  expect(started.settings.maxBody).toBe(100);
  const answer = await send(started.url, { body: { sessionId: 'x'.repeat(200) } });
  expect(answer.headers['x-emulator-cause']).toBe('BODY_TOO_LARGE');
  expect((await send(started.url, { body: { sessionId: 'x'.repeat(20) } })).headers['x-emulator-cause']).toBe(
    'CONVERSATION_ID_FORMAT',
  );
  expect(await change('maxBody: 10b\n')).toMatchObject({ changed: ['maxBody'] });
});

test('what holds from the start on is told, and stays', async () => {
  const { started, change } = await configured('seed: one\n');
  const { url } = started;
  expect(await change('seed: two\nhost: localhost\nlogLevel: debug\n')).toEqual({
    changed: ['logLevel'],
    kept: ['host', 'seed'],
  });
  expect((await send(url, { path: '/_emulator/health' })).status).toBe(200);
});

test('many at once end with what the file says last', async () => {
  const { started, change } = await configured('{}\n');
  await Promise.all([change('maxBody: 10b\n'), change('maxBody: 20b\n'), change('maxBody: 30b\n')]);
  await change('maxBody: 40b\n');
  expect(started.settings.maxBody).toBe(40);
});
