/** The way of a conversation on the page: what customer, bot, script and agent said to each other, and when an agent had it. */
import { describe, expect, test } from 'vitest';
import { arrive, bot, says, talkWith } from '../support/bots.js';
import { hasBrowser } from '../support/browser.js';
import { emulator, send } from '../support/client.js';
import { viewer } from '../support/viewer.js';

const START = '2026-03-01T09:30:00.000Z';
const MARKUP = '<img src=x onerror=alert(1)>‮';

describe.skipIf(!hasBrowser)('what was said', () => {
  test('stands in the time line by whom it was said, from the greeting to the agent, and comes as it is said', async () => {
    const bella = await bot(({ body }) =>
      body.userInput === 'a person'
        ? { branchName: 'ReturnControlToScript', intentInfo: { intent: 'Escalate', context: '' } }
        : says(body.userInput === '' ? 'Hello!' : MARKUP),
    );
    const talk = await talkWith(bella, {
      frozenAt: START,
      skills: [{ skillId: 4001, name: 'Support', agents: 1, answers: { after: 20, says: ['This is Carla.'] } }],
    });
    const { url } = talk.emulator;
    const { page } = await viewer(url, `#conversation=${talk.conversationId}`, { timezoneId: 'UTC' });
    const line = page.locator('.timeline');
    await line.getByText('Hello!').waitFor();
    await talk.say(`move ${MARKUP}`);
    await line.getByText('move <img src=x onerror=alert(1)>\\u202e', { exact: true }).waitFor();
    await talk.say('a person');
    await send(url, { method: 'PUT', path: '/_emulator/clock', body: { advance: '20s' } });
    await line.getByText('This is Carla.').waitFor();
    expect(await line.locator('img').count()).toBe(0);
    expect((await line.locator('.message, .state').allInnerTexts()).map((text) => text.replace(/\s*\n\s*/g, ' '))).toEqual([
      expect.stringContaining('09:30:00.000 ● opened'),
      '09:30:00.000 “ Bella Hello!',
      expect.stringContaining('“ Customer move <img'),
      expect.stringContaining('“ Bella <img'),
      '09:30:00.000 “ Customer a person',
      '09:30:00.000 ● queued for skill 4001',
      expect.stringMatching(/^09:30:20.000 ● with an agent Support agent$/),
      '09:30:20.000 “ Support agent This is Carla.',
    ]);
    const facts = await page.locator('.facts').innerText();
    expect(facts.replace(/\s+/g, ' ')).toContain(
      'bot Bella, 3 turns, ReturnControlToScript, intent Escalate agent Support agent',
    );
    await page.getByRole('button', { name: 'End it' }).click();
    await line.getByText('ended', { exact: true }).waitFor();
    expect(await line.getByText('with an agent').count()).toBe(1);
  });

  test('is the newest where the emulator keeps no more, which is told', async () => {
    const talk = await arrive(await emulator());
    for (let number = 1; number <= 503; number += 1) await talk.say(`word ${String(number)}`);
    const { page } = await viewer(talk.emulator.url, `#conversation=${talk.conversationId}`);
    await page.locator('.timeline').getByText('3 messages before', { exact: true }).waitFor();
    expect(await page.locator('.timeline .message').count()).toBe(500);
  });
});
