/** What all commands have in common: where they print, and their exit codes. */
import { Command, CommanderError } from 'commander';
import type { Terminal } from './output/terminal.js';

/** The input of a command cannot be used; the message says why. */
export class BadInput extends Error {}

/** Throws a CommanderError instead of ending the process. */
export function printingTo({ stdout, stderr }: Terminal, command: Command): Command {
  return command
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .exitOverride();
}

/** A command that exits with 2 for wrong options, and for an excess argument: `explain *.json` must not look as if it had explained each. */
export function strictCommand(name: string, terminal: Terminal): Command {
  return printingTo(terminal, new Command(name))
    .allowExcessArguments(false)
    .exitOverride(({ exitCode, code, message }) => {
      throw new CommanderError(exitCode === 0 ? 0 : 2, code, message);
    });
}

/** Runs what a command does, which returns the exit code. */
export async function runStrictly(command: Command, terminal: Terminal, work: () => Promise<number>): Promise<void> {
  try {
    terminal.exitCode = await work();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    command.error(`error: ${error.message}`);
  }
}
