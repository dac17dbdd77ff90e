/** The README says what is: its tables are those of the code, its example is what the emulator answers, its commands exist. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/index.js';
import { emulator, send, traceOf } from '../support/client.js';
import { README, renewed } from './sections.js';

const readme = await readFile(README, 'utf8');

test('the generated tables are up to date (npm run readme renews them)', async () => {
  expect(await renewed(readme)).toBe(readme);
  for (const code of Object.keys(CATALOGUE)) expect(readme).toContain(`| \`${code}\` |`);
});

test('it opens with the 400 of the thread, and the words of its trace', async () => {
  const { url } = await emulator();
  const answer = await send(url, { body: { sessionId: 'abc-123', metadata: { intent: 'billing' } } });
  const cause = (await traceOf(url, answer)).entries.find(({ level }) => level === 'error');
  const opening = readme.slice(0, readme.indexOf('</table>')).replace(/\s+/g, '');
  const plain = (text = ''): string => text.replace(/\s+/g, '');
  expect(opening).toContain(plain(`${String(answer.status)} ${cause?.code ?? ''}`));
  expect(opening).toContain(plain(answer.text));
  expect(opening).toContain(plain(cause?.expected));
  expect(opening).toContain(plain(cause?.received));
  const [advice = '', assumed = ''] = (cause?.remedy ?? '').split(' such as 0b8f4c1e-6d2a-4f57-9c3b-7a1e5d902f46 ');
  expect(opening).toContain(`${plain(advice)}[…]${plain(assumed)}`);
});

test('every npm script that it names exists', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm run (\w+)/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
