/** Takes up the config file when it changes, and tells what became of it. */
import { ConfigFaults } from '../../config/load-config.js';
import type { Emulator } from '../../emulator/emulator.js';
import { isScriptFile } from '../../config/scripts.js';
import type { Settings } from '../../config/settings.js';
import { listed } from '../../shared/format.js';
import { changedBetween, filesIn, LOOKS_EVERY, type Stamps, stampsOfFiles } from './stamps.js';

/** What is looked at: the config file, the folder of scripts, and the files of stand-in bots. */
export interface Watched {
  readonly file: string | undefined;
  readonly folder: string | undefined;
  readonly bots: readonly string[];
}

export function stampsOf({ file, folder, bots }: Watched): Stamps {
  return stampsOfFiles([
    ...(file === undefined ? [] : [file]),
    ...(folder === undefined ? [] : filesIn(folder, isScriptFile)),
    ...bots,
  ]);
}

/** The files of stand-in bots. */
export function standInsOf({ virtualAgents }: Pick<Settings, 'virtualAgents'>): string[] {
  return virtualAgents.flatMap(({ standIn }) => standIn ?? []);
}

/** `read` has the stamps from before the emulator read the files; `watched` says what is to be looked at now. Returns what stops it. */
export function reloadOnChange(
  watched: () => Watched,
  read: Stamps,
  emulator: Emulator,
  print: (text: string) => void,
): () => void {
  let last = read;
  const look = setInterval(() => {
    const stamps = stampsOf(watched());
    const changed = changedBetween(last, stamps);
    last = stamps;
    if (changed.length > 0) void reloaded(changed, watched(), emulator).then(print);
  }, LOOKS_EVERY);
  look.unref();
  return () => {
    clearInterval(look);
  };
}

async function reloaded(files: readonly string[], { file: config, bots }: Watched, emulator: Emulator): Promise<string> {
  const scripts = files.some((file) => file !== config && !bots.includes(file));
  const standIns = files.filter((file) => bots.includes(file));
  try {
    const { changed, kept } = await emulator.reload();
    const told = [
      ...tellChanged(changed),
      ...tellKept(kept),
      ...(scripts ? ['the scripts are as the files say now'] : []),
      ...(standIns.length > 0 ? ['stand-in bots are as the files say now'] : []),
    ];
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
