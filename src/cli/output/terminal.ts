/** What a command line reads from and prints to: the process, or the streams of a test. */
import type { Readable, Writable } from 'node:stream';

export type Input = Readable & { readonly isTTY?: boolean };
export type Output = Writable & { readonly isTTY?: boolean; readonly hasColors?: () => boolean };

export interface Terminal {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  /** The exit code once nothing is left to do. */
  exitCode: number;
  onSignal(signals: readonly NodeJS.Signals[], listener: (signal: NodeJS.Signals) => void): void;
  /** Ends at once, whatever is still running. */
  exit(code: number): void;
}

export const processTerminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  get exitCode() {
    return Number(process.exitCode ?? 0);
  },
  set exitCode(code: number) {
    process.exitCode = code;
  },
  onSignal(signals, listener) {
    for (const signal of signals) process.on(signal, listener);
  },
  exit(code) {
    process.exit(code);
  },
};

export function hasColors({ isTTY, hasColors: has }: Output): boolean {
  return isTTY === true && has?.() === true;
}

/** Resolves on the first Ctrl-C or SIGTERM. The second one ends the process at once. */
export function interruption(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    terminal.onSignal(['SIGINT', 'SIGTERM'], () => {
      if (stopping) terminal.exit(130);
      stopping = true;
      resolve();
    });
  });
}
