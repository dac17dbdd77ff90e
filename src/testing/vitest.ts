/** For vitest: a test with a tenant of its own, and matchers whose failures say the cause and what to do. */
import { expect, test as base, type TestAPI } from 'vitest';
import type { Emulator } from '../emulator/emulator.js';
import type { EmulatorOptions } from '../emulator/create-emulator.js';
import { type CxoneTenant, startForTests, tenantForTest } from './fixture.js';
import { type CxoneMatchers, forget, matchers } from './matchers.js';

export type { CxoneTenant } from './fixture.js';
export type { AnswerLike, Count, CxoneMatchers, ExpectedSignal } from './matchers.js';
export { expect };

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type -- as vitest declares it
  interface Matchers<T = any> extends CxoneMatchers {}
}

expect.extend(matchers);

export interface CxoneFixtures {
  /** One for all tests of a file. */
  readonly emulator: Emulator;
  /** A tenant of the test's own: its `url` is what the bot under test is given. */
  readonly cxone: CxoneTenant;
}

/**
 * A `test` whose emulator has settings of its own, such as Studio scripts. Called at the top of a file.
 *
 * @example
 * const test = createTest({ scripts: 'cxone/scripts' });
 * test('hands over', async ({ cxone }) => {
 *   const { conversationId } = await cxone.openConversation();
 *   await bot({ cxone: cxone.url, token: cxone.accessToken }).handOver(conversationId);
 *   expect(cxone).toHaveReceivedHandover({ conversationId });
 * });
 */
export function createTest(options: EmulatorOptions = {}): TestAPI<CxoneFixtures> {
  return base.extend<CxoneFixtures>({
    emulator: [
      // From the pattern vitest reads which fixtures are asked for.
      async ({}, use) => {
        const emulator = await startForTests(options);
        await use(emulator);
        await emulator.close();
        forget(emulator);
      },
      { scope: 'file' },
    ],
    cxone: async ({ emulator, task }, use) => {
      const tenant = await tenantForTest(emulator, task.name);
      await use(tenant);
      await tenant.reset();
    },
  });
}

/** A `test` with an emulator that takes only its own tokens. */
export const test = createTest();
