/** `cxone-emulator/jest` in the hands of a runner with jest's hooks and matchers, which vitest has too. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CxoneMatchers, setupCxone } from '../../src/testing/jest.js';

const setup = setupCxone({}, { afterAll, afterEach, beforeAll, beforeEach, expect });
/** In jest the types of `expect` have them. */
const expectCxone = expect as unknown as (received: unknown) => CxoneMatchers & { readonly not: CxoneMatchers };

describe('each test has a tenant of its own', () => {
  const names = new Set<string>();
  for (const round of [1, 2])
    test(`round ${String(round)}`, async () => {
      const { cxone, emulator } = setup;
      names.add(cxone.name);
      expect(names.size).toBe(round);
      expect((await cxone.state()).conversations).toEqual([]);
      const { conversationId } = await cxone.openConversation();
      const answer = await fetch(`${emulator.url}/t/${cxone.name}/api/v2/conversations/webchat/${conversationId}`, {
        headers: { authorization: cxone.authorization, accept: 'application/json' },
      });
      expectCxone(answer).toBeAccepted();
      expectCxone(cxone).toHaveReceivedRequest({ operationId: 'getSession', conversationId }, 1);
      expectCxone(cxone).not.toHaveReceivedSignal();
    });
});

test('outside of a test file it says what is missing', () => {
  expect(() => setupCxone()).toThrow(/There is no beforeAll: call setupCxone in a test file of jest/);
});
