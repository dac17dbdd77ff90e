/** Takes up the config file when it changes, and tells what became of it. */
import { statSync } from 'node:fs';
import { ConfigFaults } from '../config.js';
import type { Emulator } from '../emulator.js';
import { listed } from '../shown.js';

/** In milliseconds. Looking is more faithful than being told: a folder that is mounted into a container often tells nothing. */
const LOOKS_EVERY = 300;

/** What changes when a file is written or exchanged. Taken before the file is read, so that no change is missed. */
export function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return [mtimeMs, size, ino].join(' ');
  } catch {
    // Reading the file says what is wrong with it.
    return 'gone';
  }
}

/** `read` is the file's stamp from before the emulator read it. */
export function reloadOnChange(file: string, read: string, emulator: Emulator, print: (text: string) => void): void {
  let last = read;
  const look = setInterval(() => {
    const stamp = stampOf(file);
    if (stamp === last) return;
    last = stamp;
    void reloaded(file, emulator).then(print);
  }, LOOKS_EVERY);
  look.unref();
}

async function reloaded(file: string, emulator: Emulator): Promise<string> {
  try {
    const { changed, kept } = await emulator.reload();
    return `${file} changed: ${[...tellChanged(changed), ...tellKept(kept)].join('; ') || 'no setting differs'}`;
  } catch (error) {
    const reason = error instanceof ConfigFaults ? error.message : String(error);
    return `${file} changed and cannot be used; the settings from before stay:\n${reason.replace(/^/gm, '  ')}`;
  }
}

const SEEDS: readonly string[] = ['skills', 'agents', 'hours', 'conversations'];

function tellChanged(changed: readonly string[]): string[] {
  const seeds = changed.filter((name) => SEEDS.includes(name));
  const others = changed.filter((name) => !SEEDS.includes(name));
  return [
    ...(others.length === 0 ? [] : [`${listed(others)} as the file says now`]),
    ...(seeds.length === 0
      ? []
      : [
          `${listed(seeds)} from the next reset of a tenant on (POST /_emulator/reset), or at once where nothing was changed in it yet`,
        ]),
  ];
}

function tellKept(kept: readonly string[]): string[] {
  return kept.length === 0 ? [] : [`${listed(kept)} only after the next start`];
}
