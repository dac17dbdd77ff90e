/** What commands that need an emulator are told of the settings on the command line. */
import type { Command } from 'commander';
import type { LoadedConfig } from '../config.js';
import type { Settings } from '../settings.js';

export interface SettingFlags {
  readonly addSettingFlags: (command: Command) => Command;
  readonly configOf: (command: Command) => Promise<{ readonly config: LoadedConfig }>;
}

/** Whether neither a flag nor the environment nor the config file says anything of it. */
export function isDefault(config: LoadedConfig, name: keyof Settings): boolean {
  return config.fault([name], '').where === name;
}
