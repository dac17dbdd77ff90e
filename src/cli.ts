#!/usr/bin/env node
/** The command line: flags in, exit code out. 0 is well, 1 is a failure, 2 is bad input. */
import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { addressOf } from './address.js';
import { type ConfigFault, ConfigFaults, loadConfig, type LoadedConfig } from './config.js';
import { nearMiss } from './near-miss.js';
import { botCommand } from './commands/bot.js';
import { demoCommand } from './commands/demo.js';
import { chatCommand } from './commands/chat.js';
import { execCommand } from './commands/exec.js';
import { recordCommand } from './commands/record.js';
import { explainCommand } from './commands/explain.js';
import { replayCommand } from './commands/replay.js';
import { traceCommand } from './commands/trace.js';
import { validateCommand } from './commands/validate.js';
import { type Emulator, startEmulator } from './emulator/emulator.js';
import { isControlHost } from './pipeline/caller-url.js';
import { environmentName, SETTING_NAMES, SETTINGS } from './settings.js';
import { banner } from './terminal/banner.js';
import { reloadOnChange, stampsOf, standInsOf, type Watched } from './terminal/reload.js';
import { askHealth } from './terminal/health.js';
import { watchOutput } from './terminal/output.js';
import { createReporter } from './terminal/reporter.js';
import { show } from './shown.js';
import { VERSION } from './version.js';
import { FileFaults } from './file-faults.js';

const FLAGS = SETTING_NAMES.flatMap((name) => {
  const { flag, help, default: fallback } = SETTINGS[name];
  return flag === undefined ? [] : [{ name, flag, help, fallback }];
});

const WHERE_SETTINGS_COME_FROM = `
Every flag is also an environment variable, named behind it, and a key of the config file: --max-body is maxBody.
Lists stand in the config file only: skills, agents, hours, conversations, credentials, knowledge, virtual agents, error bodies.
Flags win over the environment, that over the file.`;

function program(): Command {
  const serve = new Command('serve')
    .description('Serve the emulated CXone (the default command).')
    .option('--config [path]', `config file, YAML or JSON (${environmentName('config')})`)
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', WHERE_SETTINGS_COME_FROM)
    .action((_, command: Command) => runServe(command));
  addSettingFlags(serve);
  const health = new Command('health')
    .description(
      `Say whether an emulator is well: exit code 0 or 1. It is looked for at ${environmentName('host')} and ${environmentName('port')}; the config file is not read.`,
    )
    .argument('[url]', 'where else to look, such as http://localhost:8400')
    .action(runHealth);
  return new Command('cxone-emulator')
    .description('The NiCE CXone side of a bot handover on your own machine.')
    .version(VERSION)
    .configureHelp({ showGlobalOptions: false })
    .addCommand(serve, { isDefault: true })
    .addCommand(health)
    .addCommand(chatCommand())
    .addCommand(traceCommand())
    .addCommand(explainCommand({ addSettingFlags, configOf }))
    .addCommand(replayCommand())
    .addCommand(validateCommand())
    .addCommand(recordCommand({ addSettingFlags, configOf }))
    .addCommand(execCommand({ addSettingFlags, configOf }))
    .addCommand(botCommand())
    .addCommand(demoCommand())
    .enablePositionalOptions()
    .addHelpText('after', () => `\n${serve.helpInformation()}${WHERE_SETTINGS_COME_FROM}`);
}

function addSettingFlags(command: Command): Command {
  for (const { name, flag, help, fallback } of FLAGS) {
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

async function runServe(command: Command): Promise<void> {
  const { config, stamps } = await configOf(command, unknownArguments(command));
  await serve(config, stamps);
}

/** From the flags of a command, its config file and the environment; `stamps` are those of the files from before they were read. */
async function configOf(
  command: Command,
  faults: ConfigFault[] = [],
): Promise<{ readonly config: LoadedConfig; readonly stamps: ReadonlyMap<string, string> }> {
  const path = flagValue(command, 'config') ?? (process.env[environmentName('config')] || undefined);
  const flags = Object.fromEntries(
    FLAGS.map(({ name, flag }) => [name, settingFrom(flagValue(command, optionKey(flag.name)), flag)]),
  );
  if (path !== undefined && typeof path !== 'string') faults.push({ where: '--config', message: 'a path must follow' });
  const file = typeof path === 'string' ? path : undefined;
  const before = stampsOf({ file, folder: undefined, bots: [] });
  const config = await collect(faults, () => loadConfig({ file, environment: process.env, flags }));
  return {
    config,
    stamps: new Map([
      ...before,
      ...stampsOf({ file: undefined, folder: config.settings.scripts, bots: standInsOf(config.settings) }),
    ]),
  };
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

/** Commander stops at the first unknown flag; here they are told together with all other faults. */
function unknownArguments(command: Command): ConfigFault[] {
  const known = ['config', ...FLAGS.map(({ flag }) => flag.name)];
  return command.args.map((argument) => {
    const near = argument.startsWith('--') ? nearMiss(argument.slice(2).split('=', 1)[0] ?? '', known) : undefined;
    return {
      where: argument,
      message:
        near === undefined ? 'there is no such flag or command; see --help' : `there is no such flag; did you mean --${near}?`,
    };
  });
}

/** The config file is not read: a bad one, which the running emulator did not take up, must not make it look ill. */
async function runHealth(given: string | undefined): Promise<void> {
  const { settings } = await loadConfig({ environment: process.env });
  const url = given?.replace(/\/+$/, '') ?? addressOf(settings.host, settings.port);
  if (!/^http:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new ConfigFaults([{ where: 'url', message: `it must be an address such as http://localhost:8400, not ${show(url)}` }]);
  try {
    process.stdout.write(`${await askHealth(url)}\n`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function collect(faults: ConfigFault[], load: () => Promise<LoadedConfig>): Promise<LoadedConfig> {
  try {
    const config = await load();
    if (faults.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    faults.push(...error.faults);
  }
  throw new ConfigFaults(faults);
}

/** `stamps` are those of the files from before they were read. */
async function serve(config: LoadedConfig, stamps: ReadonlyMap<string, string>): Promise<void> {
  const { conversationIds } = config;
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const colors = process.stdout.isTTY && process.stdout.hasColors();
  const emulator = await startEmulator(config);
  const controlUrl = (): string => controlUrlOf(emulator);
  emulator.onTrace(createReporter({ level: () => emulator.settings.logLevel, colors, url: controlUrl, print }));
  const { url, settings } = emulator;
  if (settings.logLevel === 'error' || settings.logLevel === 'warn') print(`cxone-emulator ${VERSION} listens on ${url}`);
  else if (settings.logLevel !== 'silent') {
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
  if (watched().file !== undefined || watched().folder !== undefined) reloadOnChange(watched, stamps, emulator, print);

  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    void emulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`cxone-emulator stopped, but ${(error as Error).message}.`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

/** The public address, but for one under whose name the control API refuses to answer. */
function controlUrlOf({ url, settings }: Emulator): string {
  const { publicUrl, allowedHosts } = settings;
  return publicUrl !== undefined && isControlHost(new URL(publicUrl).host, allowedHosts) ? publicUrl : url;
}

function fail(error: unknown): void {
  if (error instanceof ConfigFaults || error instanceof FileFaults) {
    console.error(`cxone-emulator cannot start:\n${error.message.replace(/^/gm, '  ')}`);
    process.exitCode = 2;
    return;
  }
  const { code, port, address, message } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    console.error(
      `cxone-emulator cannot start: port ${String(port)} is taken. Stop what listens there, or choose another with --port (0 takes a free one).`,
    );
  else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
    console.error(
      `cxone-emulator cannot start: it cannot listen on ${address ?? ''}:${String(port ?? '')} (${message}). Look at --host and --port.`,
    );
  else console.error('cxone-emulator cannot start:', error);
  process.exitCode = 1;
}

watchOutput();
program().parseAsync().catch(fail);
