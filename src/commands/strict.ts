/** A command whose wrong options are bad input: exit code 2, as everywhere. */
import { Command } from 'commander';

export function strictCommand(name: string): Command {
  return new Command(name).exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : 2);
  });
}
