import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests of the page. */
const BROWSER_TESTS = ['test/pipeline/foreign-page.test.ts', 'test/viewer/**/*.test.ts'];

/** Tests that start processes, or that change what a process has only once: its environment, its streams. */
const PROCESS_TESTS = [
  'test/cli/**/*.test.ts',
  'test/config/snapshots.test.ts',
  'test/emulator/library.test.ts',
  'test/package/**/*.test.ts',
  'test/readme/**/*.test.ts',
  'test/recording/{bots,command}.test.ts',
  'test/scenario/{replay,shipped,update,validate-exec,watch}.test.ts',
  'test/stub-bot/command.test.ts',
  'test/testing/**/*.test.ts',
  'test/trace/trace-file.test.ts',
];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    globalSetup: ['test/support/build.ts'],
    // Node's own rules for CommonJS packages, as users of the package have them.
    deps: { interopDefault: false },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for comes when it comes, also on a machine that is busy.
    expect: { poll: { timeout: 20_000, interval: 10 } },
    // In CI a test that is left alone with `.only` would silence the others.
    allowOnly: process.env['CI'] === undefined,
    // By default vitest leaves one core free, which is half of a machine with two.
    maxWorkers: 2,
    projects: [
      // One module graph for all files of a worker: loading it took most of the time.
      {
        extends: true,
        test: {
          name: 'api',
          pool: 'threads',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...PROCESS_TESTS, ...BROWSER_TESTS],
        },
      },
      // The files of a worker share its modules, and with them one Chromium.
      { extends: true, test: { name: 'browser', pool: 'forks', isolate: false, include: BROWSER_TESTS } },
      { extends: true, test: { name: 'process', pool: 'forks', include: PROCESS_TESTS } },
    ],
  },
});
