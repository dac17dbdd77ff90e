/** Takes up the config file when it changes, and tells what became of it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigFaults } from '../config.js';
import type { Emulator } from '../emulator.js';
import { isScriptFile } from '../script-folder.js';
import { listed } from '../shown.js';

/** In milliseconds. Looking is more faithful than being told: a folder that is mounted into a container often tells nothing. */
const LOOKS_EVERY = 300;

/** What is looked at: the config file, and the folder of scripts. */
export interface Watched {
  readonly file: string | undefined;
  readonly folder: string | undefined;
}

/** What changes when a file is written or exchanged, comes or goes. Taken before the files are read, so that no change is missed. */
export function stampsOf({ file, folder }: Watched): ReadonlyMap<string, string> {
  return new Map([...(file === undefined ? [] : [file]), ...filesIn(folder)].map((path) => [path, stampOf(path)]));
}

function filesIn(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  try {
    return readdirSync(folder)
      .filter(isScriptFile)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return [mtimeMs, size, ino].join(' ');
  } catch {
    // Reading the file says what is wrong with it.
    return 'gone';
  }
}

/** `read` has the stamps from before the emulator read the files; `watched` says what is to be looked at now. */
export function reloadOnChange(
  watched: () => Watched,
  read: ReadonlyMap<string, string>,
  emulator: Emulator,
  print: (text: string) => void,
): void {
  let last = read;
  const look = setInterval(() => {
    const stamps = stampsOf(watched());
    const changed = [...new Set([...stamps.keys(), ...last.keys()])].filter((path) => stamps.get(path) !== last.get(path));
    last = stamps;
    if (changed.length > 0) void reloaded(changed, watched().file, emulator).then(print);
  }, LOOKS_EVERY);
  look.unref();
}

async function reloaded(files: readonly string[], config: string | undefined, emulator: Emulator): Promise<string> {
  const scripts = files.some((file) => file !== config);
  try {
    const { changed, kept } = await emulator.reload();
    const told = [...tellChanged(changed), ...tellKept(kept), ...(scripts ? ['the scripts are as the files say now'] : [])];
    return `${listed(files)} changed: ${told.join('; ') || 'no setting differs'}`;
  } catch (error) {
    const reason = error instanceof ConfigFaults ? error.message : String(error);
    return `${listed(files)} changed and cannot be used; ${scripts ? 'scripts and settings' : 'the settings'} from before stay:\n${reason.replace(/^/gm, '  ')}`;
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
