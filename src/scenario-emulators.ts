/** The emulators that scenarios need: one for each set of settings, all in this process. */
import { ConfigFaults, loadConfig } from './config.js';
import { type Emulator, startEmulator } from './emulator.js';
import { type FileFault, FileFaults } from './file-faults.js';
import { type SettingsGiven, settingsKey } from './scenario/run.js';
import type { Scenario } from './scenario/scenario.js';
import type { PartialSettings } from './settings.js';

/** Settings are those of the scenario alone: neither the environment nor a config file, so that it means the same everywhere. */
async function start(settings: SettingsGiven, listen: boolean): Promise<Emulator> {
  const options: PartialSettings = { ...settings, host: '127.0.0.1', port: 0, logLevel: 'silent' };
  return startEmulator(await loadConfig({ options: { ...options } }), { listen, onNote: () => undefined });
}

export class Emulators {
  readonly #started = new Map<string, Emulator>();

  /** Starts all that the scenarios need. Throws FileFaults that say which settings cannot be used; none runs then. */
  async start(scenarios: readonly Scenario[], { listen = true } = {}): Promise<void> {
    const faults: FileFault[] = [];
    const bad = new Map<string, ConfigFaults>();
    for (const scenario of scenarios) {
      const { settings } = scenario.given;
      const key = settingsKey(settings);
      try {
        const known = bad.get(key);
        if (known !== undefined) throw known;
        if (!this.#started.has(key)) this.#started.set(key, await start(settings, listen));
      } catch (error) {
        if (!(error instanceof ConfigFaults)) throw error;
        bad.set(key, error);
        faults.push(...faultsOf(scenario, error));
      }
    }
    if (faults.length === 0) return;
    await this.close();
    throw new FileFaults(faults);
  }

  urlFor(settings: SettingsGiven): string {
    const emulator = this.#started.get(settingsKey(settings));
    if (emulator === undefined) throw new Error('No emulator was started for these settings.');
    return emulator.url;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#started.values()].map((emulator) => emulator.close()));
    this.#started.clear();
  }
}

/** A fault in a setting stands in the scenario; one in a script, in the script. */
function faultsOf(scenario: Scenario, { faults }: ConfigFaults): FileFault[] {
  return faults.map(({ where, message }) => {
    const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(where) ?? [];
    if (file !== undefined) return { file, line: Number(line), column: Number(column), message };
    const [name = '', ...steps] = where.split('.');
    const given = name === 'scripts' || name === 'credentials' ? ['given', name] : ['given', 'settings', name];
    return scenario.at([...given, ...steps], message);
  });
}
