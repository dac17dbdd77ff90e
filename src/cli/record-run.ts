/** Runs what `record` was asked for: an emulator with a recorder around it, and the files that are written at its end. */
import { basename, resolve } from 'node:path';
import { stringify } from 'yaml';
import { ConfigFaults, type LoadedConfig } from '../config/load-config.js';
import { type Emulator, type EmulatorParts, startEmulator } from '../emulator/emulator.js';
import { driftLines } from '../recording/drift-text.js';
import { PassThrough } from '../recording/pass-through.js';
import { Recorder } from '../recording/recorder.js';
import { type WrittenScenario, writeScenarios } from '../recording/scenario-files.js';
import { Secrets } from '../recording/secrets.js';
import { upstreamCaller } from '../recording/upstream.js';
import type { Settings } from '../config/settings.js';
import { listed } from '../shared/format.js';
import { printable } from '../shared/printable.js';
import { createReporter } from './output/reporter.js';
import { hasColors, interruption, type Terminal } from './output/terminal.js';
import { requireWritable, writeWholeFile } from '../shared/atomic-write.js';

export interface RecordOptions {
  /** The scenario file to write; undefined where the upstream is only compared. */
  readonly out?: string;
  /** Further names of fields, parameters and headers whose values are secrets. */
  readonly scrub: readonly string[];
  readonly upstream?: UpstreamOptions;
}

/** The tenant that requests are passed on to. */
export interface UpstreamOptions {
  readonly url: URL;
  /** In milliseconds, for a whole answer. */
  readonly timeout: number;
  /** The file that gets the differences as JSON. */
  readonly report?: string;
  /** The config file that gets what they say of settings. */
  readonly writeConfig?: string;
}

export interface Recording {
  readonly emulator: Emulator;
  /** Stops the emulator and writes the files, each for itself. */
  readonly finish: () => Promise<Finished>;
}

export interface Finished {
  readonly told: string;
  /** In words, why a file could not be written. */
  readonly faults: readonly string[];
}

/** Records until a signal comes, and writes the files. Returns the exit code. */
export async function runRecording(config: LoadedConfig, options: RecordOptions, terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal;
  const print = (text: string): void => {
    stdout.write(`${text}\n`);
  };
  const complain = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  const { emulator, finish } = await startRecording(config, options, { onNote: complain });
  const { url, settings } = emulator;
  emulator.onTrace(createReporter({ level: () => settings.logLevel, colors: hasColors(stdout), url: () => url, print }));
  if (settings.logLevel !== 'silent') print(`cxone-emulator records, and listens on ${url}`);
  await interruption(terminal);
  const { told, faults } = await finish();
  if (told !== '') print(told.split('\n').map(printable).join('\n'));
  for (const fault of faults) complain(`cxone-emulator stopped, but ${printable(fault)}.`);
  return faults.length > 0 ? 1 : 0;
}

/** Throws ConfigFaults where a file could not be written at the end, and whatever starting an emulator throws. */
export async function startRecording(
  config: LoadedConfig,
  options: RecordOptions,
  parts: EmulatorParts = {},
): Promise<Recording> {
  const { out, upstream } = options;
  const { traceFile, exportOnExit } = config.settings;
  const others = { '--trace-file': traceFile, '--export-on-exit': exportOnExit };
  requireFiles({ '--out': out, '--report': upstream?.report, '--write-config': upstream?.writeConfig }, others);
  const recorder = new Recorder();
  const secrets = new Secrets(options.scrub);
  const stop = new AbortController();
  const passing =
    upstream === undefined ? undefined : new PassThrough(upstreamCaller(upstream.url, upstream.timeout, stop.signal), secrets);
  const emulator = await startEmulator(config, {
    ...parts,
    interceptor(pipeline, context) {
      const observe = recorder.around((arrival) => pipeline.observe(arrival), context.services);
      return passing?.around(pipeline, observe, context) ?? { handle: async (arrival) => (await observe(arrival)).answer };
    },
  });
  return {
    emulator,
    async finish() {
      const { settings } = emulator;
      await emulator.close();
      stop.abort();
      const told: string[] = [];
      const faults: string[] = [];
      if (out !== undefined) {
        const scenarios = await writeScenarios(out, recorder, secrets, settings);
        faults.push(...scenarios.faults);
        if (scenarios.written.length + scenarios.faults.length === 0) told.push(nothingCame(out));
        told.push(...summaryOf(scenarios.written));
      }
      if (passing !== undefined && upstream !== undefined) {
        const drift = await writeDrift(passing, upstream, settings);
        told.push(...drift.told);
        faults.push(...drift.faults);
      }
      return { told: told.join('\n'), faults };
    },
  };
}

async function writeDrift(
  passing: PassThrough,
  { url, report, writeConfig }: UpstreamOptions,
  settings: Settings,
): Promise<{ readonly told: readonly string[]; readonly faults: readonly string[] }> {
  const drift = passing.report();
  const told = driftLines(drift, url.host);
  const faults: string[] = [];
  const write = async (file: string, lines: readonly string[], done: string): Promise<void> => {
    try {
      await writeWholeFile(file, (put) => {
        for (const line of lines) put(`${line}\n`);
      });
      told.push(done);
    } catch (error) {
      faults.push((error as Error).message);
    }
  };
  if (report !== undefined)
    await write(
      report,
      [JSON.stringify({ upstream: url.origin, ...drift }, undefined, 2)],
      `The differences stand in ${report}.`,
    );
  if (writeConfig === undefined) return { told, faults };
  const { settings: learned, ambiguous } = passing.learned(settings);
  const names = Object.keys(learned);
  if (names.length === 0) told.push(`${writeConfig} was not written: there is nothing to set.`);
  else
    await write(
      writeConfig,
      [
        `# What ${url.host} answered otherwise, as settings: cxone-emulator --config ${basename(writeConfig)}`,
        ...ambiguous.map((place) => `# Several bodies came for ${place}: the most frequent one stands here.`),
        stringify(learned, { lineWidth: 0, singleQuote: true }).trimEnd(),
      ],
      `${writeConfig} sets ${listed(names)}.`,
    );
  return { told, faults };
}

type Files = Readonly<Record<string, string | undefined>>;

/** Before anything is recorded that could not be kept. `others` are written besides, by the emulator. */
function requireFiles(files: Files, others: Files): void {
  const taken = new Map<string, string>();
  for (const [where, path] of Object.entries(others)) if (path !== undefined) taken.set(resolve(path), where);
  const faults = Object.entries(files).flatMap(([where, path]) => {
    if (path === undefined) return [];
    const other = taken.get(resolve(path));
    if (other !== undefined) return [{ where, message: `${other} is written into the same file: name another one` }];
    taken.set(resolve(path), where);
    try {
      requireWritable(path);
      return [];
    } catch (error) {
      return [{ where, message: `the file cannot be written: ${(error as Error).message}` }];
    }
  });
  if (faults.length > 0) throw new ConfigFaults(faults);
}

/** So many names, and so many things that were left out, are told; all of them stand in the file. */
const MOST_TOLD = 10;

function nothingCame(out: string): string {
  return `Nothing was recorded, and ${out} was not written: no request came that a scenario can send.`;
}

function summaryOf(written: readonly WrittenScenario[]): string[] {
  return written.flatMap(({ file, tenant, steps, conversations, captured, secrets, leftOut }) => [
    `Recorded ${count(steps, 'step')} of the tenant ${tenant} into ${file}.`,
    ...(conversations === 0 ? [] : [`  given      ${count(conversations, 'conversation')}, with the ids that they had`]),
    ...(captured.length === 0 ? [] : [`  captured   ${firstOf(captured)}`]),
    ...(secrets.length === 0 ? [] : [`  secrets    replaced by ${firstOf(secrets)}`]),
    ...(leftOut.length === 0 ? [] : [`  left out   ${count(leftOut.length, 'thing')}, each told in the file where it came:`]),
    ...leftOut.slice(0, MOST_TOLD).map((note) => `             ${note.replace(/^Left out: /, '')}`),
  ]);
}

function firstOf(names: readonly string[]): string {
  const more = names.length - MOST_TOLD;
  return more > 1 ? listed([...names.slice(0, MOST_TOLD), `${String(more)} more`]) : listed(names);
}

function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}
