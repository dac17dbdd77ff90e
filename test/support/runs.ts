/** How the suite runs here. */
import { spawnSync } from 'node:child_process';

/**
 * How property tests run: 100 cases each in the suite, more if PROPERTY_RUNS says so. The same cases every time, so
 * that a change is judged by what it changes; `PROPERTY_SEED=random` looks for new ones.
 */
export const PROPERTY_RUNS: { readonly numRuns: number; readonly seed?: number } = {
  numRuns: Number(process.env.PROPERTY_RUNS ?? 100),
  ...(process.env.PROPERTY_SEED === 'random' ? {} : { seed: Number(process.env.PROPERTY_SEED ?? 8400) }),
};

/** Whether a test that needs more than Node, such as curl or a browser, must run. Elsewhere it is skipped where that is missing. */
export const SKIPS_FORBIDDEN = process.env.FORBID_SKIPS !== undefined;

/** Only where there is curl; .ci/run sees to it that there is. */
export const hasCurl = SKIPS_FORBIDDEN || spawnSync('curl', ['--version']).status === 0;
