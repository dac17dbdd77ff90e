/** What is printed and does not arrive: whoever read it is gone, or the disk that it goes to is full. */

/**
 * Behind a pipe to `head` the reader leaves early: what was begun goes on without one, and its exit code is its own. What
 * could not be written otherwise is told once, and then no exit code says that all is well.
 */
export function watchOutput(): void {
  let told = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || told) return;
      told = true;
      console.error(`What is printed could not be written: ${message}`);
      process.on('exit', (exitCode) => {
        if (exitCode === 0) process.exitCode = 1;
      });
    });
  }
}
