/** `cxone-emulator record`: an emulator that writes down what arrives, as a scenario that replays. */
import type { Command } from 'commander';
import { type ConfigFault, ConfigFaults } from '../config/load-config.js';
import { show } from '../shared/format.js';
import type { Terminal } from './output/terminal.js';
import { redactText } from '../trace/redact.js';
import { addSettingFlags, configOf } from './setting-flags.js';
import type { RecordOptions } from './record-run.js';
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

export function recordCommand(terminal: Terminal): Command {
  const command = strictCommand('record', terminal)
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
    .action(async () => {
      const options = optionsOf(command.opts<Flags>());
      const { config } = await configOf(command, terminal.env);
      const { runRecording } = await import('./record-run.js');
      terminal.exitCode = await runRecording(config, options, terminal);
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
