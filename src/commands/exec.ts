/** `cxone-emulator exec -- npm test`: an emulator for as long as a command runs, whose exit code is passed on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { environmentName } from '../settings.js';
import type { LoadedConfig } from '../config.js';
import { startEmulator } from '../emulator/emulator.js';
import { createReporter } from '../terminal/reporter.js';
import { isDefault, type SettingFlags } from './setting-flags.js';
import { strictCommand } from './strict.js';

/** Where the command finds the emulator. */
const URL_VARIABLE = environmentName('url');

export function execCommand({ addSettingFlags, configOf }: SettingFlags): Command {
  const command = strictCommand('exec')
    .description(
      `Run a command with an emulator beside it, on a free port unless one is set, and exit as the command does: exec -- npm test. Its address is in ${URL_VARIABLE}; it prints traces only with --log-level.`,
    )
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the command with its arguments')
    .option('--config [path]', `config file, YAML or JSON (${environmentName('config')})`)
    .passThroughOptions()
    .action(async (words: string[]) => {
      const { config } = await configOf(command);
      process.exitCode = await execute(words, config);
    });
  return addSettingFlags(command);
}

/** Answers the exit code of the command; 128 and the signal’s number where one ended it. */
async function execute([file = '', ...args]: readonly string[], config: LoadedConfig): Promise<number> {
  const settings = isDefault(config, 'port') ? { ...config.settings, port: 0 } : config.settings;
  const emulator = await startEmulator({ ...config, settings });
  const print = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  if (!isDefault(config, 'logLevel'))
    emulator.onTrace(createReporter({ level: () => settings.logLevel, colors: false, url: () => emulator.url, print }));
  const child = spawn(file, args, {
    stdio: 'inherit',
    env: { ...process.env, [URL_VARIABLE]: emulator.url },
    // There npm is a script, which only a shell can run.
    shell: process.platform === 'win32',
  });
  // A terminal sends Ctrl-C to the command, too: it decides what to do. Others send a signal to this process alone.
  const wait = (): void => undefined;
  const passOn = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.on('SIGINT', wait).on('SIGTERM', passOn).on('SIGHUP', passOn);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(`cxone-emulator exec: ${file} cannot be run: ${code === 'ENOENT' ? 'there is no such command' : message}`);
    return code === 'ENOENT' ? 127 : 126;
  } finally {
    process.off('SIGINT', wait).off('SIGTERM', passOn).off('SIGHUP', passOn);
    await emulator.close();
  }
}
