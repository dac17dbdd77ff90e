/** `cxone-emulator health`: whether a running emulator is well. */
import { Command } from 'commander';
import { addressOf } from '../shared/url.js';
import { ConfigFaults, loadConfig } from '../config/load-config.js';
import { environmentName } from '../config/settings.js';
import { show } from '../shared/format.js';
import { askHealth } from './client/health.js';
import type { Terminal } from './output/terminal.js';
import { printingTo } from './strict.js';

export function healthCommand(terminal: Terminal): Command {
  return printingTo(terminal, new Command('health'))
    .description(
      `Check that an emulator is running: exit code 0 or 1. Uses ${environmentName('host')} and ${environmentName('port')}; the config file is not read.`,
    )
    .argument('[url]', 'where else to look, such as http://localhost:8400')
    .action(async (url: string | undefined) => {
      terminal.exitCode = await checkHealth(url, terminal);
    });
}

/** The config file is not read: a bad one, which the running emulator did not take up, must not make it look ill. */
async function checkHealth(given: string | undefined, { stdout, stderr, env }: Terminal): Promise<number> {
  const { settings } = await loadConfig({ environment: env });
  const url = given?.replace(/\/+$/, '') ?? addressOf(settings.host, settings.port);
  if (!/^http:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new ConfigFaults([{ where: 'url', message: `it must be an address such as http://localhost:8400, not ${show(url)}` }]);
  try {
    stdout.write(`${await askHealth(url)}\n`);
    return 0;
  } catch (error) {
    stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}
