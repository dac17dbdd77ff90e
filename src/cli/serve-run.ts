/** What `cxone-emulator serve` does. */
import { randomBytes } from 'node:crypto';
import { type Emulator, startEmulator } from '../emulator/emulator.js';
import { isControlHost } from '../pipeline/caller-url.js';
import { banner } from './output/banner.js';
import { reloadOnChange, standInsOf, type Watched } from './watch/reload.js';
import { createReporter } from './output/reporter.js';
import { hasColors, interruption, type Terminal } from './output/terminal.js';
import { VERSION } from '../shared/version.js';
import type { CommandConfig } from './setting-flags.js';

/** Serves until a signal comes. Returns the exit code. */
export async function runServe({ config, stamps }: CommandConfig, terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal;
  const print = (text: string): void => {
    stdout.write(`${text}\n`);
  };
  const complain = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  const emulator = await startEmulator(config, { onNote: complain });
  const controlUrl = (): string => controlUrlOf(emulator);
  emulator.onTrace(
    createReporter({ level: () => emulator.settings.logLevel, colors: hasColors(stdout), url: controlUrl, print }),
  );
  const { url, settings } = emulator;
  if (settings.logLevel === 'error' || settings.logLevel === 'warn') print(`cxone-emulator ${VERSION} listens on ${url}`);
  else if (settings.logLevel !== 'silent') {
    const { conversationIds } = config;
    print(
      banner({
        version: VERSION,
        url,
        platformUrl: settings.publicUrl ?? url,
        controlUrl: controlUrl(),
        conversationId: conversationIds.make(randomBytes(32)) ?? conversationIds.example,
        skillId: settings.skills[0]?.skillId,
        scripts: settings.scripts === undefined ? undefined : { folder: settings.scripts, ...emulator.scripts() },
        strict: settings.auth === 'strict',
        anyClient: settings.credentials.every(({ clientId }) => clientId === undefined),
      }),
    );
  }
  const watched = (): Watched => ({
    file: config.sources.file,
    folder: emulator.settings.scripts,
    bots: standInsOf(emulator.settings),
  });
  const stopWatching =
    watched().file === undefined && watched().folder === undefined ? undefined : reloadOnChange(watched, stamps, emulator, print);

  await interruption(terminal);
  stopWatching?.();
  try {
    await emulator.close();
    return 0;
  } catch (error) {
    complain(`cxone-emulator stopped, but ${(error as Error).message}.`);
    return 1;
  }
}

/** The public address, but for one under whose name the control API refuses to answer. */
function controlUrlOf({ url, settings }: Emulator): string {
  const { publicUrl, allowedHosts } = settings;
  return publicUrl !== undefined && isControlHost(new URL(publicUrl).host, allowedHosts) ? publicUrl : url;
}
