/** Runs what `record` was asked for: an emulator with a recorder around it, and the files that are written at its end. */
import { basename } from 'node:path';
import { stringify } from 'yaml';
import { ConfigFaults, type LoadedConfig } from '../config.js';
import { type Emulator, type EmulatorParts, startEmulator } from '../emulator.js';
import { driftLines } from '../recording/drift-text.js';
import { PassThrough } from '../recording/pass-through.js';
import { Recorder } from '../recording/recorder.js';
import { type WrittenScenario, writeScenarios } from '../recording/scenario-files.js';
import { Secrets } from '../recording/secrets.js';
import { upstreamCaller } from '../recording/upstream.js';
import type { Settings } from '../settings.js';
import { listed } from '../shown.js';
import { requireWritable, writeWholeFile } from '../whole-file.js';

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
  /** Stops the emulator and writes the files. Answers what is told of them; rejects where one cannot be written. */
  readonly finish: () => Promise<string>;
}

/** Throws ConfigFaults where a file could not be written at the end, and whatever starting an emulator throws. */
export async function startRecording(
  config: LoadedConfig,
  options: RecordOptions,
  parts: EmulatorParts = {},
): Promise<Recording> {
  const { out, upstream } = options;
  requireFiles({ '--out': out, '--report': upstream?.report, '--write-config': upstream?.writeConfig });
  const recorder = new Recorder();
  const secrets = new Secrets(options.scrub);
  const stop = new AbortController();
  const passing =
    upstream === undefined
      ? undefined
      : new PassThrough(upstreamCaller(upstream.url, upstream.timeout, stop.signal), recorder, secrets);
  const emulator = await startEmulator(config, {
    ...parts,
    around(pipeline, inside) {
      const observe = recorder.around((arrival) => pipeline.observe(arrival), inside.services);
      return passing?.around(pipeline, observe, inside) ?? { handle: async (arrival) => (await observe(arrival)).answer };
    },
  });
  return {
    emulator,
    async finish() {
      const { settings } = emulator;
      await emulator.close();
      stop.abort();
      return [
        ...(out === undefined ? [] : summaryOf(await writeScenarios(out, recorder, secrets, settings), out)),
        ...(passing === undefined || upstream === undefined ? [] : await writeDrift(passing, upstream, settings)),
      ].join('\n');
    },
  };
}

async function writeDrift(
  passing: PassThrough,
  { url, report, writeConfig }: UpstreamOptions,
  settings: Settings,
): Promise<string[]> {
  const told = passing.report();
  const lines = driftLines(told, url.host);
  if (report !== undefined) {
    await writeWholeFile(report, (put) => {
      put(`${JSON.stringify({ upstream: url.origin, ...told }, undefined, 2)}\n`);
    });
    lines.push(`The differences stand in ${report}.`);
  }
  if (writeConfig === undefined) return lines;
  const { settings: learned, ambiguous } = passing.learned(settings);
  const names = Object.keys(learned);
  if (names.length === 0) return [...lines, `${writeConfig} was not written: there is nothing to set.`];
  await writeWholeFile(writeConfig, (put) => {
    put(`# What ${url.host} answered otherwise, as settings: cxone-emulator --config ${basename(writeConfig)}\n`);
    for (const place of ambiguous) put(`# Several bodies came for ${place}: the most frequent one stands here.\n`);
    put(stringify(learned, { lineWidth: 0, singleQuote: true }));
  });
  return [...lines, `${writeConfig} sets ${listed(names)}.`];
}

/** Before anything is recorded that could not be kept. */
function requireFiles(files: Readonly<Record<string, string | undefined>>): void {
  const faults = Object.entries(files).flatMap(([where, path]) => {
    try {
      if (path !== undefined) requireWritable(path);
      return [];
    } catch (error) {
      return [{ where, message: `the file cannot be written: ${(error as Error).message}` }];
    }
  });
  if (faults.length > 0) throw new ConfigFaults(faults);
}

/** So many of what was left out are told; all of it stands in the file. */
const MOST_TOLD = 10;

function summaryOf(written: readonly WrittenScenario[], out: string): string[] {
  if (written.length === 0)
    return [`Nothing was recorded, and ${out} was not written: no request came that a scenario can send.`];
  return written.flatMap(({ file, tenant, steps, conversations, captured, secrets, leftOut }) => [
    `Recorded ${count(steps, 'step')} of the tenant ${tenant} into ${file}.`,
    ...(conversations === 0 ? [] : [`  given      ${count(conversations, 'conversation')}, with the ids that they had`]),
    ...(captured.length === 0 ? [] : [`  captured   ${listed(captured)}`]),
    ...(secrets.length === 0 ? [] : [`  secrets    replaced by ${listed(secrets)}`]),
    ...(leftOut.length === 0 ? [] : [`  left out   ${count(leftOut.length, 'thing')}, each told in the file where it came:`]),
    ...leftOut.slice(0, MOST_TOLD).map((note) => `             ${note.replace(/^Left out: /, '')}`),
  ]);
}

function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}
