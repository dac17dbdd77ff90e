/** `cxone-emulator demo`: a conversation with a stand-in bot, from its greeting to an agent, as a story in the terminal. */
import type { Command } from 'commander';
import type { Terminal } from './output/terminal.js';
import { runStrictly, strictCommand } from './strict.js';

export function demoCommand(terminal: Terminal): Command {
  const command = strictCommand('demo', terminal)
    .description('Play a conversation with a stand-in bot, from its greeting to an agent, and show its trace. Exit code 0 or 1.')
    .action(async () => {
      const { playDemo } = await import('./demo-run.js');
      await runStrictly(command, terminal, () => playDemo(terminal));
    });
  return command;
}
