/** `cxone-emulator chat`: be the customer of a running emulator, line by line. */
import type { Command } from 'commander';
import { environmentName } from '../config/settings.js';
import type { Terminal } from './output/terminal.js';
import type { ChatOptions } from './chat-run.js';
import { runStrictly, strictCommand } from './strict.js';

export function chatCommand(terminal: Terminal): Command {
  const command = strictCommand('chat', terminal)
    .description(
      'Be the customer: each line is said to the bot, the script or the agent of a running emulator, whose answers are printed. Exit code 0, 1 or 2.',
    )
    .option('--conversation <id>', 'join this one instead of opening one')
    .option('--channel <channel>', 'where the customer writes; webchat')
    .option('--user <id>', 'who the customer is')
    .option('--tenant <name>', 'the tenant whose customer it is')
    .option(
      '--url <url>',
      `where the emulator is; else ${environmentName('url')}, or ${environmentName('host')} and ${environmentName('port')}`,
    )
    .action(async (options: ChatOptions) => {
      if (options.conversation !== undefined && (options.channel !== undefined || options.user !== undefined))
        command.error('error: --channel and --user are for a conversation that is opened: give them, or --conversation');
      const { chat } = await import('./chat-run.js');
      await runStrictly(command, terminal, () => chat(options, terminal));
    });
  return command;
}
