/** What ids are made of: the same in every run that has a seed, new ones in any other. */
import { randomBytes } from 'node:crypto';
import { type RandomSource, randomSource } from './store/random.js';

/** With a seed every tenant draws the same ids in every run and after every reset; without one, new ones. */
export function tenantRandom(seed: string | undefined): (tenant: string, resets: number) => RandomSource {
  const run = randomBytes(16).toString('hex');
  return (tenant, resets) => randomSource(seed === undefined ? `${run}/${tenant}/${String(resets)}` : `${seed}/${tenant}`);
}

/** What decides whether a fault fires: the same calls in every run that has a seed, its own or that of the emulator. */
export function faultRandom(seed: string | undefined): (tenant: string, own: string | undefined) => RandomSource {
  const run = seed ?? randomBytes(16).toString('hex');
  return (tenant, own) => randomSource(own === undefined ? `${run}/${tenant}/faults` : `${own}/faults`);
}

/** `5f2c81d0-1`, `5f2c81d0-2`, …: unique over restarts, and apart from the chance that ids are made of. */
export function traceIds(seed: string | undefined): () => string {
  const run = (seed === undefined ? randomBytes(4) : randomSource(`${seed}/traces`)('trace', 0).subarray(0, 4)).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${run}-${String(count)}`;
  };
}
