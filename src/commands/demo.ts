/** `cxone-emulator demo`: a conversation with a stand-in bot, from its greeting to an agent, as a story in the terminal. */
import type { Command } from 'commander';
import { runStrictly, strictCommand } from './strict.js';

export function demoCommand(): Command {
  const command = strictCommand('demo')
    .description('Play a conversation with a stand-in bot, from its greeting to an agent, and show its trace. Exit code 0 or 1.')
    .action(async () => {
      const { playDemo } = await import('./demo-run.js');
      await runStrictly(command, playDemo);
    });
  return command;
}
