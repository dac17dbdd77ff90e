/** The emulators that scenarios need: one for each set of settings, all in this process. */
import { type ConfigFault, ConfigFaults, loadConfig } from '../config/load-config.js';
import { type Emulator, startEmulator } from '../emulator/emulator.js';
import { type FileFault, FileFaults } from '../shared/file-errors.js';
import { type SettingsGiven, settingsKey } from '../scenario/run.js';
import type { Scenario } from '../scenario/scenario.js';
import type { PartialSettings } from '../config/settings.js';
import { wholeFile } from '../shared/text-file.js';

/** Settings are those of the scenario alone: neither the environment nor a config file, so that it means the same everywhere. */
async function start(settings: SettingsGiven, listen: boolean): Promise<Emulator> {
  const options: PartialSettings = { ...settings, host: '127.0.0.1', port: 0, logLevel: 'silent' };
  return startEmulator(await loadConfig({ options: { ...options } }), { listen, onNote: () => undefined });
}

export class Emulators {
  readonly #started = new Map<string, Emulator>();

  /**
   * Starts all that the scenarios need and that do not run yet. Throws FileFaults that say which settings cannot be used;
   * none is started then.
   */
  async start(scenarios: readonly Scenario[], { listen = true } = {}): Promise<void> {
    const faults: FileFault[] = [];
    const bad = new Map<string, ConfigFaults>();
    const before = new Set(this.#started.keys());
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
    await this.#stop((key) => !before.has(key));
    throw new FileFaults(faults);
  }

  /** Stops those that none of the scenarios needs. */
  async keep(scenarios: readonly Scenario[]): Promise<void> {
    const needed = new Set(scenarios.map(({ given }) => settingsKey(given.settings)));
    await this.#stop((key) => !needed.has(key));
  }

  /**
   * Takes up a folder of scripts, or the file of a stand-in bot, as it is now. Throws FileFaults where it cannot be used; what
   * was there before stays then.
   */
  async reload(source: string): Promise<void> {
    for (const emulator of this.#started.values()) {
      const { scripts, virtualAgents } = emulator.settings;
      if (scripts !== source && !virtualAgents.some(({ standIn }) => standIn === source)) continue;
      try {
        await emulator.reload();
      } catch (error) {
        if (!(error instanceof ConfigFaults)) throw error;
        throw new FileFaults(error.faults.map((fault) => placed(fault) ?? wholeFile(source, fault.message)));
      }
    }
  }

  urlFor(settings: SettingsGiven): string {
    const emulator = this.#started.get(settingsKey(settings));
    if (emulator === undefined) throw new Error('No emulator was started for these settings.');
    return emulator.url;
  }

  async close(): Promise<void> {
    await this.#stop(() => true);
  }

  async #stop(which: (key: string) => boolean): Promise<void> {
    const stopping = [...this.#started].filter(([key]) => which(key));
    for (const [key] of stopping) this.#started.delete(key);
    await Promise.all(stopping.map(([, emulator]) => emulator.close()));
  }
}

/** A fault in a setting stands in the scenario; one in a script, in the script. */
function faultsOf(scenario: Scenario, { faults }: ConfigFaults): FileFault[] {
  return faults.map((fault) => {
    const { where, message } = fault;
    const inFile = placed(fault);
    if (inFile !== undefined) return inFile;
    const [name = '', ...steps] = where.split('.');
    const given = ['scripts', 'credentials', 'virtualAgents'].includes(name) ? ['given', name] : ['given', 'settings', name];
    return scenario.at([...given, ...steps], message);
  });
}

/** undefined where it stands in no file. */
function placed({ where, message }: ConfigFault): FileFault | undefined {
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(where) ?? [];
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column), message };
}
