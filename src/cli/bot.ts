/** `cxone-emulator bot`: a stand-in for a bot, which answers Studio by the rules of a file. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from './output/terminal.js';
import { strictCommand } from './strict.js';

interface Flags {
  readonly script: string;
  readonly host: string;
  readonly port: number;
}

const HOST = '127.0.0.1';
const PORT = 8500;
const LARGEST_PORT = 65_535;

export function botCommand(terminal: Terminal): Command {
  return strictCommand('bot', terminal)
    .description(
      'Serve a stand-in bot at every path, which answers Studio’s exchange by the rules of a file and checks what it is sent. Ctrl-C ends it.',
    )
    .requiredOption('--script <file>', 'the file with its rules, YAML or JSON')
    .addOption(new Option('--port <port>', 'the port it listens on; 0 takes a free one').argParser(portOf).default(PORT))
    .option('--host <address>', 'the address it listens on', HOST)
    .action(async ({ script, host, port }: Flags) => {
      const { runBot } = await import('./bot-run.js');
      await runBot(script, { host, port }, terminal);
    });
}

function portOf(text: string): number {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > LARGEST_PORT)
    throw new InvalidArgumentError(`It must be a port from 0 to ${String(LARGEST_PORT)}.`);
  return Number(text);
}
