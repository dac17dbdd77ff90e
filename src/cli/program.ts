/** The command line: flags in, exit code out. 0 is success, 1 is a failure, 2 is bad input. */
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { ConfigFaults } from '../config/load-config.js';
import { FileFaults } from '../shared/file-errors.js';
import type { Terminal } from './output/terminal.js';
import { VERSION } from '../shared/version.js';
import { botCommand } from './bot.js';
import { chatCommand } from './chat.js';
import { demoCommand } from './demo.js';
import { execCommand } from './exec.js';
import { explainCommand } from './explain.js';
import { healthCommand } from './health.js';
import { recordCommand } from './record.js';
import { replayCommand } from './replay.js';
import { serveCommand, WHERE_SETTINGS_COME_FROM } from './serve.js';
import { printingTo } from './strict.js';
import { traceCommand } from './trace.js';
import { validateCommand } from './validate.js';

/** Runs a command until it is over, and sets the exit code of the terminal. `words` are the arguments of the program. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<void> {
  try {
    await program(terminal).parseAsync(words, { from: 'user' });
  } catch (error) {
    terminal.exitCode = error instanceof CommanderError ? error.exitCode : fail(error, terminal);
  }
}

function program(terminal: Terminal): Command {
  const serve = serveCommand(terminal);
  return printingTo(terminal, new Command('cxone-emulator'))
    .description('The NiCE CXone side of a bot handover on your own machine.')
    .version(VERSION)
    .configureHelp({ showGlobalOptions: false })
    .addCommand(serve, { isDefault: true })
    .addCommand(healthCommand(terminal))
    .addCommand(chatCommand(terminal))
    .addCommand(traceCommand(terminal))
    .addCommand(explainCommand(terminal))
    .addCommand(replayCommand(terminal))
    .addCommand(validateCommand(terminal))
    .addCommand(recordCommand(terminal))
    .addCommand(execCommand(terminal))
    .addCommand(botCommand(terminal))
    .addCommand(demoCommand(terminal))
    .enablePositionalOptions()
    .addHelpText('after', () => `\n${serve.helpInformation()}${WHERE_SETTINGS_COME_FROM}`);
}

/** Says why a command could not begin. Returns the exit code. */
function fail(error: unknown, { stderr }: Terminal): number {
  const tell = (text: string): void => {
    stderr.write(`cxone-emulator cannot start: ${text}\n`);
  };
  if (error instanceof ConfigFaults || error instanceof FileFaults) {
    stderr.write(`cxone-emulator cannot start:\n${error.message.replace(/^/gm, '  ')}\n`);
    return 2;
  }
  const { code, port, address, message } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    tell(`port ${String(port)} is taken. Stop what listens there, or choose another with --port (0 takes a free one).`);
  else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
    tell(`it cannot listen on ${address ?? ''}:${String(port ?? '')} (${message}). Look at --host and --port.`);
  else tell(inspect(error));
  return 1;
}
