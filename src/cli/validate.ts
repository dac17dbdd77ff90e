/** `cxone-emulator validate`: checks files without running anything: scenarios, scripts, bots, config files, and the contracts. */
import type { Command } from 'commander';
import type { Terminal } from './output/terminal.js';
import { strictCommand } from './strict.js';

const DEFAULT_FOLDER = 'scenarios';

export function validateCommand(terminal: Terminal): Command {
  return strictCommand('validate', terminal)
    .description('Check scenario, script, bot and config files, and the contracts, without running them: exit code 0 or 2.')
    .argument('[paths...]', `files, or folders with all that is in them; ${DEFAULT_FOLDER} where none is given`)
    .action(async (paths: string[]) => {
      const { validate } = await import('./validate-run.js');
      terminal.exitCode = await validate(paths, DEFAULT_FOLDER, terminal);
    });
}
