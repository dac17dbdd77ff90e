/** Takes up the config file when it changes, and tells what became of it. */
import { ConfigFaults } from '../config.js';
import type { Emulator } from '../emulator.js';
import { isScriptFile } from '../script-folder.js';
import { listed } from '../shown.js';
import { changedBetween, filesIn, LOOKS_EVERY, type Stamps, stampsOfFiles } from './stamps.js';

/** What is looked at: the config file, and the folder of scripts. */
export interface Watched {
  readonly file: string | undefined;
  readonly folder: string | undefined;
}

/** Of the config file and of all scripts. */
export function stampsOf({ file, folder }: Watched): Stamps {
  return stampsOfFiles([...(file === undefined ? [] : [file]), ...(folder === undefined ? [] : filesIn(folder, isScriptFile))]);
}

/** `read` has the stamps from before the emulator read the files; `watched` says what is to be looked at now. */
export function reloadOnChange(watched: () => Watched, read: Stamps, emulator: Emulator, print: (text: string) => void): void {
  let last = read;
  const look = setInterval(() => {
    const stamps = stampsOf(watched());
    const changed = changedBetween(last, stamps);
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
