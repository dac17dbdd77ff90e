/** Builds the package once before the tests: those of the command line and of the package run what users run. */
import { execFileSync } from 'node:child_process';

export default function setup(): void {
  try {
    execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  } catch (error) {
    // The compiler prints its complaints to the standard output.
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}
