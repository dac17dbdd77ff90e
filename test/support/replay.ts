/** Runs the replay command inside the test, and scenario files that are removed when it is over. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import type { ReplayOptions } from '../../src/cli/replay-setup.js';
import { replay } from '../../src/cli/replay-run.js';

export const SCENARIOS = fileURLToPath(new URL('../../scenarios', import.meta.url));

export interface Replayed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder with these scenarios, and the scripts that ship beside it. */
export async function scenarioFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scenarios-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  for (const beside of ['scripts', 'bots']) await symlink(join(SCENARIOS, beside), join(folder, beside));
  return folder;
}

export async function replayed(paths: readonly string[], options: Partial<ReplayOptions> = {}): Promise<Replayed> {
  const written = { out: '', err: '' };
  const collect = (where: 'out' | 'err') => (chunk: unknown) => {
    written[where] += String(chunk);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(collect('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(collect('err')),
    vi.spyOn(console, 'error').mockImplementation((text: unknown) => collect('err')(`${String(text)}\n`)),
  ];
  try {
    const code = await replay(paths, { reporter: 'json', only: [], parallel: 8, ...options });
    return { code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
