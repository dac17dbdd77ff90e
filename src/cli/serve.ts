/** `cxone-emulator serve`: the emulated CXone, until a signal ends it. */
import { Command } from 'commander';
import type { ConfigFault } from '../config/load-config.js';
import { nearMiss } from '../shared/did-you-mean.js';
import type { Terminal } from './output/terminal.js';
import { addSettingFlags, configOf, SETTING_FLAGS } from './setting-flags.js';
import { printingTo } from './strict.js';

export const WHERE_SETTINGS_COME_FROM = `
Every flag is also an environment variable, shown after it, and a key of the config file: --max-body is maxBody.
Only the config file can set lists: skills, agents, hours, conversations, credentials, knowledge, virtual agents, error bodies.
Flags override the environment, which overrides the config file.`;

export function serveCommand(terminal: Terminal): Command {
  const serve = printingTo(terminal, new Command('serve'))
    .description('Serve the emulated CXone (the default command).')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', WHERE_SETTINGS_COME_FROM)
    .action(async () => {
      const config = await configOf(serve, terminal.env, unknownArguments(serve));
      const { runServe } = await import('./serve-run.js');
      terminal.exitCode = await runServe(config, terminal);
    });
  return addSettingFlags(serve);
}

/** Commander stops at the first unknown flag. This reports all of them, together with all other errors. */
function unknownArguments(command: Command): ConfigFault[] {
  const known = ['config', ...SETTING_FLAGS.map(({ flag }) => flag.name)];
  return command.args.map((argument) => {
    const near = argument.startsWith('--') ? nearMiss(argument.slice(2).split('=', 1)[0] ?? '', known) : undefined;
    return {
      where: argument,
      message:
        near === undefined ? 'there is no such flag or command; see --help' : `there is no such flag; did you mean --${near}?`,
    };
  });
}
