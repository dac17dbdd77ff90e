/** A command whose wrong options are bad input: exit code 2, as everywhere. */
import { Command } from 'commander';

/** What was given to a command cannot be used; the message says why. */
export class BadInput extends Error {}

/** One argument too many is told, too: of `explain *.json` it must not look as if each had been explained. */
export function strictCommand(name: string): Command {
  return new Command(name).allowExcessArguments(false).exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : 2);
  });
}

/** Runs what a command does, which answers the exit code. */
export async function runStrictly(command: Command, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    command.error(`error: ${error.message}`);
  }
}
