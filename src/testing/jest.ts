/** For jest: a tenant of its own for each test, and matchers whose failures say the cause and what to do. */
import type { Emulator } from '../emulator/emulator.js';
import type { EmulatorOptions } from '../emulator/create-emulator.js';
import { type CxoneTenant, startForTests, tenantForTest } from './fixture.js';
import { type CxoneMatchers, forget, matchers } from './matchers.js';

export type { CxoneTenant } from './fixture.js';
export { type AnswerLike, type Count, type CxoneMatchers, type ExpectedSignal, matchers } from './matchers.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- as jest's own types declare it
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type -- as jest's own types declare it
    interface Matchers<R, T = {}> extends CxoneMatchers<R> {}
  }
}

type Hook = (run: () => Promise<void>) => unknown;

/** What jest puts into every test file; with `injectGlobals: false` it comes from `@jest/globals`. */
export interface JestGlobals {
  readonly beforeAll: Hook;
  readonly beforeEach: Hook;
  readonly afterEach: Hook;
  readonly afterAll: Hook;
  readonly expect: {
    extend(added: never): unknown;
    getState?(): { readonly currentTestName?: string | undefined };
  };
}

export interface CxoneSetup {
  /** One for all tests of the file. */
  readonly emulator: Emulator;
  /** The tenant of the test that runs. */
  readonly cxone: CxoneTenant;
}

/**
 * Called once at the top of a test file.
 *
 * @example
 * const setup = setupCxone();
 * test('hands over', async () => {
 *   const { cxone } = setup;
 *   …
 * });
 */
export function setupCxone(options: EmulatorOptions = {}, globals = globalThis as unknown as JestGlobals): CxoneSetup {
  const { beforeAll, beforeEach, afterEach, afterAll, expect } = globals;
  if (typeof beforeAll !== 'function')
    throw new Error('There is no beforeAll: call setupCxone in a test file of jest, or give it the globals of @jest/globals.');
  let emulator: Emulator | undefined;
  let cxone: CxoneTenant | undefined;
  expect.extend(matchers as never);
  beforeAll(async () => {
    emulator = await startForTests(options);
  });
  beforeEach(async () => {
    if (emulator !== undefined) cxone = await tenantForTest(emulator, expect.getState?.().currentTestName ?? '');
  });
  afterEach(async () => {
    await cxone?.reset();
    cxone = undefined;
  });
  afterAll(async () => {
    await emulator?.close();
    if (emulator !== undefined) forget(emulator);
  });
  return {
    get emulator() {
      return started(emulator, 'emulator');
    },
    get cxone() {
      return started(cxone, 'tenant');
    },
  };
}

function started<T>(what: T | undefined, name: string): T {
  if (what === undefined) throw new Error(`There is no ${name} outside of a test: read it inside.`);
  return what;
}
