/** The settings on the command line: a flag for each, and the config that these make with the environment and the file. */
import { type Command, Option } from 'commander';
import { type ConfigFault, ConfigFaults, loadConfig, type LoadedConfig } from '../config/load-config.js';
import { environmentName, SETTING_NAMES, type Settings, SETTINGS } from '../config/settings.js';
import { stampsOf, standInsOf } from './watch/reload.js';

export const SETTING_FLAGS = SETTING_NAMES.flatMap((name) => {
  const { flag, help, default: fallback } = SETTINGS[name];
  return flag === undefined ? [] : [{ name, flag, help, fallback }];
});

/** With `--config`. */
export function addSettingFlags(command: Command): Command {
  command.option('--config [path]', `config file, YAML or JSON (${environmentName('config')})`);
  for (const { name, flag, help, fallback } of SETTING_FLAGS) {
    const shown = typeof fallback === 'string' || typeof fallback === 'number' ? `; default ${String(fallback)}` : '';
    command.addOption(
      new Option(
        `--${flag.name}${flag.value === undefined ? '' : ` [${flag.value}]`}`,
        `${help} (${environmentName(name)}${shown})`,
      ),
    );
  }
  return command;
}

export interface CommandConfig {
  readonly config: LoadedConfig;
  /** Of the files from before they were read. */
  readonly stamps: ReadonlyMap<string, string>;
}

/** From the flags of a command, its config file and the environment. Throws ConfigFaults with `faults` and all others. */
export async function configOf(
  command: Command,
  env: NodeJS.ProcessEnv,
  faults: readonly ConfigFault[] = [],
): Promise<CommandConfig> {
  const path = flagValue(command, 'config') ?? (env[environmentName('config')] || undefined);
  const flags = Object.fromEntries(
    SETTING_FLAGS.map(({ name, flag }) => [name, settingFrom(flagValue(command, optionKey(flag.name)), flag)]),
  );
  const file = typeof path === 'string' ? path : undefined;
  const before = stampsOf({ file, folder: undefined, bots: [] });
  const known = [
    ...faults,
    ...(path === undefined || file !== undefined ? [] : [{ where: '--config', message: 'a path must follow' }]),
  ];
  const config = await collect(known, () => loadConfig({ file, environment: env, flags }));
  const { scripts, virtualAgents } = config.settings;
  const stamps = stampsOf({ file: undefined, folder: scripts, bots: standInsOf({ virtualAgents }) });
  return { config, stamps: new Map([...before, ...stamps]) };
}

/** Whether neither a flag nor the environment nor the config file says anything of it. */
export function isDefault(config: LoadedConfig, name: keyof Settings): boolean {
  return config.fault([name], '').where === name;
}

/** What was given on the command line; commander fills in defaults of its own for flags that begin with `no-`. */
function flagValue(command: Command, key: string): unknown {
  return command.getOptionValueSource(key) === 'cli' ? command.getOptionValue(key) : undefined;
}

/** A flag that wants a value and got none is an empty text, which no setting takes. */
function settingFrom(value: unknown, flag: { readonly value?: string }): unknown {
  return value === true && flag.value !== undefined ? '' : value;
}

/** Commander's key for a flag: `max-body` → `maxBody`, `no-emulator-headers` → `emulatorHeaders`. */
function optionKey(flag: string): string {
  return flag.replace(/^no-/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

async function collect(faults: readonly ConfigFault[], load: () => Promise<LoadedConfig>): Promise<LoadedConfig> {
  try {
    const config = await load();
    if (faults.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    throw new ConfigFaults([...faults, ...error.faults]);
  }
  throw new ConfigFaults(faults);
}
