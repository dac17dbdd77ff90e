/** `cxone-emulator exec -- npm test`: an emulator for as long as a command runs, whose exit code is passed on. */
import type { Command } from 'commander';
import { environmentName } from '../config/settings.js';
import type { Terminal } from './output/terminal.js';
import { addSettingFlags, configOf } from './setting-flags.js';
import { strictCommand } from './strict.js';

export function execCommand(terminal: Terminal): Command {
  const command = strictCommand('exec', terminal)
    .description(
      `Run a command with an emulator beside it, on a free port unless one is set, and exit as the command does: exec -- npm test. Its address is in ${environmentName('url')}; it prints traces only with --log-level.`,
    )
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the command with its arguments')
    .passThroughOptions()
    .action(async (words: string[]) => {
      const { config } = await configOf(command, terminal.env);
      const { execute } = await import('./exec-run.js');
      terminal.exitCode = await execute(words, config, terminal);
    });
  return addSettingFlags(command);
}
