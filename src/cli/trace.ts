/** `cxone-emulator trace`: the ladder of a trace of a running emulator, or of each as it comes. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { environmentName } from '../config/settings.js';
import type { Terminal } from './output/terminal.js';
import type { TraceOptions } from './trace-run.js';
import { runStrictly, strictCommand } from './strict.js';

export function traceCommand(terminal: Terminal): Command {
  const command = strictCommand('trace', terminal)
    .description('Print what happened to a message, stage by stage, and why: of a running emulator. Exit code 0, 1 or 2.')
    .argument('[id]', 'the trace, as X-Emulator-Trace-Id names it; the newest where none is given')
    .option('--follow', 'print each as it comes, until Ctrl-C')
    .addOption(new Option('--last <number>', 'how many of the newest; 1, with --conversation 1000').argParser(numberOf))
    .option('--conversation <id>', 'only those of this conversation, as the caller sent its id')
    .option('--contact <id>', 'only those of this contact')
    .option('--script <name>', 'only those of this script')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(['accepted', 'rejected', 'failed', 'running']))
    .option('--code <code>', 'only those with this code in an entry')
    .option('--tenant <name>', 'the tenant whose traces these are')
    .option(
      '--url <url>',
      `where the emulator is; else ${environmentName('url')}, or ${environmentName('host')} and ${environmentName('port')}`,
    )
    .action(async (id: string | undefined, options: TraceOptions) => {
      if (id === '') command.error('error: the id is empty; without one the newest trace is printed');
      if (id !== undefined && options.follow === true) command.error('error: give an id or --follow, not both');
      const { printTraces } = await import('./trace-run.js');
      await runStrictly(command, terminal, () => printTraces(id, options, terminal));
    });
  return command;
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!/^[0-9]+$/.test(text) || number < 1 || number > 1000)
    throw new InvalidArgumentError('It must be a number from 1 to 1000.');
  return number;
}
