/** `cxone-emulator replay`: runs scenarios, and says by its exit code whether all passed. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { PACKAGE_ROOT } from '../shared/package-root.js';
import type { Terminal } from './output/terminal.js';
import type { ReplayOptions } from './replay-setup.js';
import { strictCommand } from './strict.js';

const DEFAULT_FOLDER = 'scenarios';
/** The scenarios that ship, seen from here. */
const SAMPLES = relative('', fileURLToPath(new URL('scenarios', PACKAGE_ROOT)));

export function replayCommand(terminal: Terminal): Command {
  return strictCommand('replay', terminal)
    .description('Run scenarios; exit code 0, 1 (an expectation failed) or 2 (a bad file or option).')
    .argument('[paths...]', `scenario files, or folders that hold them directly; ${DEFAULT_FOLDER} where none is given`)
    .option('--target <url>', 'a running emulator to use; without it, one is started')
    .option('--assume-settings', 'with --target: it was started with the settings, scripts and credentials that files need')
    .addOption(new Option('--reporter <name>', 'what is printed').choices(['pretty', 'junit', 'json', 'tap']).default('pretty'))
    .option('--artifacts <folder>', 'where the traces of failing steps are written')
    .option('--bail', 'begin no other scenario once one has failed')
    .addOption(
      new Option('--only <name>', 'only scenarios whose name has this in it; may be given several times')
        .argParser((name: string, before: readonly string[]) => [...before, name])
        .default([], 'all'),
    )
    .addOption(new Option('--parallel <number>', 'how many run at a time').argParser(numberOf).default(8))
    .option('--watch', 'go on: run what is affected again whenever a scenario, a body or a script changes')
    .option('--update', 'change what the files expect to what comes; the change is shown before anything is written')
    .option('--yes', 'with --update: write without asking')
    .action(async (paths: string[], options: ReplayOptions) => {
      const { replay } = await import('./replay-run.js');
      if (paths.length === 0 && !existsSync(DEFAULT_FOLDER)) {
        terminal.stderr.write(
          `cxone-emulator replay: there is no folder ${DEFAULT_FOLDER} here; name the files or folders. To see some run: replay ${SAMPLES}\n`,
        );
        terminal.exitCode = 2;
        return;
      }
      terminal.exitCode = await replay(paths.length === 0 ? [DEFAULT_FOLDER] : paths, options);
    });
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!/^[0-9]+$/.test(text) || number < 1 || number > 1000)
    throw new InvalidArgumentError('It must be a number from 1 to 1000.');
  return number;
}
