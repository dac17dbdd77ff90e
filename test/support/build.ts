/** Builds the package once before the tests, because those of the command line and of the package run what users run. `SKIP_BUILD=1` if it was built just now. */
import { execFileSync } from 'node:child_process';

export default function setup(): void {
  if (process.env.SKIP_BUILD !== undefined) return;
  try {
    execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  } catch (error) {
    // The compiler prints its complaints to the standard output.
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}
