import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // Node's own rules for CommonJS packages, as users of the package have them.
    deps: { interopDefault: false },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for comes when it comes, also on a machine that is busy.
    expect: { poll: { timeout: 20_000 } },
    // In CI a test that is left alone with `.only` would silence the others.
    allowOnly: process.env['CI'] === undefined,
  },
});
