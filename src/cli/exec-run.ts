/** What `cxone-emulator exec` does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { LoadedConfig } from '../config/load-config.js';
import { startEmulator } from '../emulator/emulator.js';
import { environmentName } from '../config/settings.js';
import { createReporter } from './output/reporter.js';
import type { Terminal } from './output/terminal.js';
import { isDefault } from './setting-flags.js';

/** Returns the exit code of the command; if a signal ended it, 128 and the signal’s number. */
export async function execute(
  [file = '', ...args]: readonly string[],
  config: LoadedConfig,
  terminal: Terminal,
): Promise<number> {
  const { stderr, env } = terminal;
  const settings = isDefault(config, 'port') ? { ...config.settings, port: 0 } : config.settings;
  const print = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  const emulator = await startEmulator({ ...config, settings }, { onNote: print });
  if (!isDefault(config, 'logLevel'))
    emulator.onTrace(createReporter({ level: () => settings.logLevel, colors: false, url: () => emulator.url, print }));
  const child = spawn(file, args, {
    stdio: 'inherit',
    env: { ...env, [environmentName('url')]: emulator.url },
    // There npm is a script, which only a shell can run.
    shell: process.platform === 'win32',
  });
  // A terminal sends Ctrl-C to the command, too: it decides what to do. Others send a signal to this process alone.
  terminal.onSignal(['SIGINT'], () => undefined);
  terminal.onSignal(['SIGTERM', 'SIGHUP'], (signal) => {
    child.kill(signal);
  });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    print(`cxone-emulator exec: ${file} cannot be run: ${code === 'ENOENT' ? 'there is no such command' : message}`);
    return code === 'ENOENT' ? 127 : 126;
  } finally {
    await emulator.close();
  }
}
