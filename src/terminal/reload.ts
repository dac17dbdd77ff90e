/** Takes up the config file when it changes, and tells what became of it. */
import { watchFile } from 'node:fs';
import { ConfigFaults } from '../config.js';
import type { Emulator } from '../emulator.js';
import { listed } from '../shown.js';

/** In milliseconds. Looking is more faithful than being told: a folder that is mounted into a container often tells nothing. */
const LOOKS_EVERY = 300;

export function reloadOnChange(file: string, emulator: Emulator, print: (text: string) => void): void {
  watchFile(file, { interval: LOOKS_EVERY, persistent: false }, () => {
    void emulator.reload().then(
      ({ changed, kept }) => {
        print(`${file} changed: ${[...tellChanged(changed), ...tellKept(kept)].join('; ') || 'no setting differs'}`);
      },
      (error: unknown) => {
        const reason = error instanceof ConfigFaults ? error.message : String(error);
        print(`${file} changed and cannot be used; the settings from before stay:\n${reason.replace(/^/gm, '  ')}`);
      },
    );
  });
}

const SEEDS: readonly string[] = ['skills', 'conversations'];

function tellChanged(changed: readonly string[]): string[] {
  const seeds = changed.filter((name) => SEEDS.includes(name));
  const others = changed.filter((name) => !SEEDS.includes(name));
  return [
    ...(others.length === 0 ? [] : [`${listed(others)} as the file says now`]),
    ...(seeds.length === 0 ? [] : [`${listed(seeds)} from the next reset of a tenant on (POST /_emulator/reset)`]),
  ];
}

function tellKept(kept: readonly string[]): string[] {
  return kept.length === 0 ? [] : [`${listed(kept)} only after the next start`];
}
