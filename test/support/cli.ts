/** The command line: run inside the test, or in a process of its own as it is installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/output/terminal.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs inside the test. */
export interface Running {
  readonly stdin: PassThrough;
  /** Everything it has printed so far, on both streams. */
  readonly printed: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ran>;
}

/** Starts a command inside the test. It gets a SIGTERM when the test is over. `isTTY` if somebody types and reads. */
export function start(words: readonly string[], env: Environment = {}, { isTTY = false } = {}): Running {
  const stream = (): PassThrough & { readonly isTTY: boolean } => Object.assign(new PassThrough(), { isTTY });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  let [out, err, printed] = ['', '', ''];
  stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    printed += chunk.toString();
  });
  stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    printed += chunk.toString();
  });
  const listeners: [NodeJS.Signals, (signal: NodeJS.Signals) => void][] = [];
  const signal = (name: NodeJS.Signals): void => {
    for (const [wanted, listener] of listeners) if (wanted === name) listener(name);
  };
  const ended = new Promise<Ran>((resolve, reject) => {
    const end = (code: number): void => {
      // What is printed arrives before.
      setImmediate(() => {
        resolve({ code, out, err });
      });
    };
    const terminal: Terminal = {
      stdin,
      stdout,
      stderr,
      env,
      exitCode: 0,
      onSignal(names, listener) {
        listeners.push(...names.map((name) => [name, listener] as (typeof listeners)[number]));
      },
      exit: end,
    };
    runProgram(words, terminal).then(() => {
      end(terminal.exitCode);
    }, reject);
  });
  onTestFinished(() => {
    stdin.end();
    signal('SIGTERM');
  });
  return { stdin, printed: () => printed, signal, ended };
}

/** Runs a command to its end inside the test, with `input` as its standard input. */
export async function run(words: readonly string[], input: string | Buffer = '', env: Environment = {}): Promise<Ran> {
  const { stdin, ended } = start(words, env);
  stdin.end(input);
  return ended;
}

/** Starts a command as it is installed, in a process of its own; it is killed when the test is over. */
export function startProcess(words: readonly string[], env: Environment = {}): ChildProcess {
  const child = spawn(process.execPath, [CLI, ...words], { env: { PATH: process.env.PATH, NO_COLOR: '1', ...env } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Runs a command as it is installed to its end. */
export async function runProcess(words: readonly string[], input = '', env: Environment = {}): Promise<Ran> {
  const child = startProcess(words, env);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  // A command that reads no input may be over before.
  child.stdin?.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
