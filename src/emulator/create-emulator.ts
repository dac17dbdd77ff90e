/** Starts an emulator from settings by their names, for the library and its entries for test runners. */
import { loadConfig } from '../config/load-config.js';
import type { PartialSettings } from '../config/settings.js';
import { type Emulator, type EmulatorParts, startEmulator } from './emulator.js';

/** Settings by their names in the config file, the path of such a file, and parts to exchange. */
export interface EmulatorOptions extends PartialSettings, EmulatorParts {
  /** Path of a config file; what is given beside it wins. */
  readonly config?: string;
}

/**
 * Starts an emulator. It prints nothing and reads no environment variable; many can run in one process.
 *
 * @example
 * const emulator = await createEmulator({ port: 0 });
 * await fetch(`${emulator.url}/api/v2/conversations/webchat`, { method: 'POST', … });
 * emulator.traces()[0]?.entries;
 * await emulator.close();
 *
 * Throws ConfigFaults where an option is bad, and Node's EADDRINUSE where the port is taken.
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { config, clock, listen, onBug, onNote, ...settings } = options;
  const parts = { clock, listen, onBug, onNote };
  return startEmulator(
    await loadConfig({ file: config, options: settings }),
    Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)),
  );
}
