/** Runs what `record` was asked for: an emulator with a recorder around it, and the files that are written at its end. */
import { ConfigFaults, type LoadedConfig } from '../config.js';
import { type Emulator, type EmulatorParts, startEmulator } from '../emulator.js';
import { Recorder } from '../recording/recorder.js';
import { type WrittenScenario, writeScenarios } from '../recording/scenario-files.js';
import { Secrets } from '../recording/secrets.js';
import { listed } from '../shown.js';
import { requireWritable } from '../whole-file.js';

export interface RecordOptions {
  /** The scenario file to write. */
  readonly out?: string;
  /** Further names of fields, parameters and headers whose values are secrets. */
  readonly scrub: readonly string[];
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
  requireFiles({ '--out': options.out });
  const recorder = new Recorder();
  const secrets = new Secrets(options.scrub);
  const emulator = await startEmulator(config, {
    ...parts,
    around(pipeline, { services }) {
      const observe = recorder.around((arrival) => pipeline.observe(arrival), services);
      return { handle: async (arrival) => (await observe(arrival)).answer };
    },
  });
  return {
    emulator,
    async finish() {
      const { settings } = emulator;
      await emulator.close();
      const told: string[] = [];
      if (options.out !== undefined)
        told.push(...summaryOf(await writeScenarios(options.out, recorder, secrets, settings), options.out));
      return told.join('\n');
    },
  };
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
