/** Reads the config file again. */
import { isDeepStrictEqual } from 'node:util';
import { loadConfig, type LoadedConfig } from '../config/load-config.js';
import { SETTING_NAMES, type Settings, SETTINGS } from '../config/settings.js';

/** What a reload did, by the names of settings. */
export interface Reloaded {
  readonly changed: readonly (keyof Settings)[];
  /** What the file says otherwise, and only the next start takes up. */
  readonly kept: readonly (keyof Settings)[];
}

/** Throws ConfigFaults. */
export async function reloadConfig(current: LoadedConfig): Promise<Reloaded & { readonly config: LoadedConfig }> {
  const before = current.settings;
  const { config, kept } = keepingWhatHoldsAtStart(await loadConfig(current.sources), before);
  const changed = SETTING_NAMES.filter((name) => !isDeepStrictEqual(before[name], config.settings[name]));
  return { config, changed, kept };
}

/** What holds until the next start stays as it is; `kept` names what the file says otherwise. */
function keepingWhatHoldsAtStart(
  config: LoadedConfig,
  before: Settings,
): { readonly config: LoadedConfig; readonly kept: (keyof Settings)[] } {
  const kept = SETTING_NAMES.filter(
    (name) => SETTINGS[name].atStart === true && !isDeepStrictEqual(config.settings[name], before[name]),
  );
  const asBefore = Object.fromEntries(kept.map((name) => [name, before[name]]));
  return { config: { ...config, settings: { ...config.settings, ...asBefore } }, kept };
}
