/** `cxone-emulator record`: an emulator that writes down what arrives, as a scenario that replays. */
import type { Command } from 'commander';
import { ConfigFaults } from '../config.js';
import { environmentName } from '../settings.js';
import { createReporter } from '../terminal/reporter.js';
import { printable } from '../terminal/printable.js';
import type { SettingFlags } from './exec.js';
import type { Recording, RecordOptions } from './record-run.js';
import { strictCommand } from './strict.js';

interface Flags {
  readonly out?: string;
  readonly scrub?: string;
}

export function recordCommand({ addSettingFlags, configOf }: SettingFlags): Command {
  const command = strictCommand('record')
    .description(
      'Serve as the default command does, and write what arrives into a scenario that replays. Ctrl-C ends it and writes the file.',
    )
    .option('--out <file>', 'the scenario file to write')
    .option('--scrub <names>', 'further fields, parameters and headers whose values are secrets, set off by commas')
    .option('--config [path]', `config file, YAML or JSON (${environmentName('config')})`)
    .action(async () => {
      const options = optionsOf(command.opts<Flags>());
      const { config } = await configOf(command);
      const { startRecording } = await import('./record-run.js');
      await untilStopped(await startRecording(config, options));
    });
  return addSettingFlags(command);
}

/** Throws ConfigFaults. */
function optionsOf({ out, scrub }: Flags): RecordOptions {
  if (out === undefined) throw new ConfigFaults([{ where: '--out', message: 'name the scenario file to write' }]);
  const names = scrub?.split(',').map((name) => name.trim()) ?? [];
  return { out, scrub: names.filter((name) => name !== '') };
}

/** Serves until a signal comes; the second one does not wait for the files. */
function untilStopped({ emulator, finish }: Recording): Promise<void> {
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const { url, settings } = emulator;
  const colors = process.stdout.isTTY && process.stdout.hasColors();
  emulator.onTrace(createReporter({ level: () => settings.logLevel, colors, url: () => url, print }));
  if (settings.logLevel !== 'silent') print(`cxone-emulator records, and listens on ${url}`);
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(130);
      stopping = true;
      void finish().then(
        (summary) => {
          print(summary.split('\n').map(printable).join('\n'));
          resolve();
        },
        (error: unknown) => {
          console.error(`cxone-emulator stopped, but ${(error as Error).message}.`);
          process.exitCode = 1;
          resolve();
        },
      );
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
