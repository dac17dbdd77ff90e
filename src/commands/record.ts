/** `cxone-emulator record`: an emulator that writes down what arrives, as a scenario that replays. */
import type { Command } from 'commander';
import { type ConfigFault, ConfigFaults } from '../config.js';
import { environmentName } from '../settings.js';
import { show } from '../shown.js';
import { createReporter } from '../terminal/reporter.js';
import { printable } from '../terminal/printable.js';
import { redactText } from '../trace/redact.js';
import type { SettingFlags } from './setting-flags.js';
import type { Recording, RecordOptions } from './record-run.js';
import { strictCommand } from './strict.js';

interface Flags {
  readonly out?: string;
  readonly scrub?: string;
  readonly upstream?: string;
  readonly upstreamTimeout?: string;
  readonly report?: string;
  readonly writeConfig?: string;
}

/** In milliseconds: Cognigy waits 15 s at most, other callers longer. */
const USUAL_TIMEOUT = 30_000;
const LONGEST_TIMEOUT = 600_000;

export function recordCommand({ addSettingFlags, configOf }: SettingFlags): Command {
  const command = strictCommand('record')
    .description(
      'Serve as the default command does, and write what arrives into a scenario that replays. Ctrl-C ends it and writes the file.',
    )
    .option('--out <file>', 'the scenario file to write')
    .option('--scrub <names>', 'further fields, parameters and headers whose values are secrets, set off by commas')
    .option(
      '--upstream <url>',
      'a tenant that requests are passed on to; its answers go back, and are compared with the emulator’s',
    )
    .option('--upstream-timeout <ms>', `milliseconds within which it must have answered; default ${String(USUAL_TIMEOUT)}`)
    .option('--report <file>', 'with --upstream: the file that gets the differences as JSON')
    .option('--write-config <file>', 'with --upstream: the config file that gets what they say of settings')
    .option('--config [path]', `config file, YAML or JSON (${environmentName('config')})`)
    .action(async () => {
      const options = optionsOf(command.opts<Flags>());
      const { config } = await configOf(command);
      const { startRecording } = await import('./record-run.js');
      await untilStopped(await startRecording(config, options));
    });
  return addSettingFlags(command);
}

/** Throws ConfigFaults that list all that is wrong. */
function optionsOf({ out, scrub, upstream, upstreamTimeout, report, writeConfig }: Flags): RecordOptions {
  const faults: ConfigFault[] = [];
  const fault = (where: string, message: string): void => {
    faults.push({ where, message });
  };
  if (out === undefined && upstream === undefined) fault('--out', 'name the scenario file to write');
  const url = upstream === undefined ? undefined : addressOf(upstream);
  if (upstream !== undefined && url === undefined)
    fault(
      '--upstream',
      `it must be an address such as https://api-na1.example.com, with neither a query nor credentials, not ${show(redactText(upstream))}`,
    );
  const timeout = Number(upstreamTimeout ?? USUAL_TIMEOUT);
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT)
    fault('--upstream-timeout', `it must be milliseconds from 1 to ${String(LONGEST_TIMEOUT)}, not ${show(upstreamTimeout)}`);
  for (const [name, value] of Object.entries({
    '--upstream-timeout': upstreamTimeout,
    '--report': report,
    '--write-config': writeConfig,
  }))
    if (value !== undefined && upstream === undefined) fault(name, 'it needs --upstream');
  if (faults.length > 0) throw new ConfigFaults(faults);
  const names = scrub?.split(',').map((name) => name.trim()) ?? [];
  return {
    ...(out === undefined ? {} : { out }),
    scrub: names.filter((name) => name !== ''),
    ...(url === undefined
      ? {}
      : {
          upstream: {
            url,
            timeout,
            ...(report === undefined ? {} : { report }),
            ...(writeConfig === undefined ? {} : { writeConfig }),
          },
        }),
  };
}

function addressOf(text: string): URL | undefined {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username + url.password + url.search + url.hash === '' ? url : undefined;
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
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(130);
      stopping = true;
      void finish().then(({ told, faults }) => {
        if (told !== '') print(told.split('\n').map(printable).join('\n'));
        for (const fault of faults) console.error(`cxone-emulator stopped, but ${printable(fault)}.`);
        if (faults.length > 0) process.exitCode = 1;
        resolve();
      }, reject);
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
