/** Every code of the catalogue has a test. */
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CATALOGUE, type Code } from '../../src/index.js';

/** Codes of bots and of upstreams, by the file that tests them. */
const ELSEWHERE: Readonly<Record<string, readonly Code[]>> = {
  'test/studio/bots/faults.test.ts': ['BOT_UNREACHABLE', 'BOT_RESPONSE_INVALID'],
  'test/studio/bots/turns.test.ts': ['BOT_ERROR'],
  'test/stub-bot/turns.test.ts': ['BOT_TURN_INVALID'],
  'test/recording/upstream.test.ts': ['UPSTREAM_FAILED', 'UPSTREAM_TIMEOUT'],
};

/** `refusals('CODE', …)`, `warnings('CODE', …)` and `test('CODE: …', …)`. */
const TESTED_CODE = /\(\s*'([A-Z0-9_]+)[':]/g;

test('every code of the catalogue has a test', async () => {
  const files = (await readdir('test/refusals')).filter((name) => name.endsWith('.test.ts'));
  const texts = await Promise.all(files.map((name) => readFile(`test/refusals/${name}`, 'utf8')));
  const tested = new Set(texts.flatMap((text) => [...text.matchAll(TESTED_CODE)].map(([, code]) => code)));
  for (const [file, codes] of Object.entries(ELSEWHERE)) {
    const text = await readFile(file, 'utf8');
    for (const code of codes) if (text.includes(`'${code}'`)) tested.add(code);
  }
  expect(Object.keys(CATALOGUE).filter((code) => !tested.has(code))).toEqual([]);
});
