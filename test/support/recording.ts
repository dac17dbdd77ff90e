/** Emulators that record, and what they leave. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RecordOptions, startRecording } from '../../src/cli/record-run.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { Emulator, EmulatorOptions } from '../../src/index.js';
import { replayed } from './replay.js';

export interface Recorded {
  /** What was told at the end. */
  readonly summary: string;
  /** Why files could not be written. */
  readonly faults: readonly string[];
  /** The scenario; empty where there is none. */
  readonly text: string;
  readonly file: string;
  /** How an upstream differs, as JSON, and the config file; empty where there is none. */
  readonly report: string;
  readonly config: string;
}

export interface Recording {
  readonly emulator: Emulator;
  readonly url: string;
  readonly folder: string;
  /** Stops it, and reads what it left. */
  readonly finish: () => Promise<Recorded>;
}

/** An emulator on a free port that records into a folder of its own, and is closed when the test is over. */
export async function recording(settings: EmulatorOptions = {}, options: Partial<RecordOptions> = {}): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'recording-'));
  const file = join(folder, 'session.yaml');
  const { config: path, ...others } = settings;
  const config = await loadConfig({ file: path, options: { port: 0, logLevel: 'silent', ...others } });
  const { upstream } = options;
  const { emulator, finish } = await startRecording(config, {
    out: file,
    scrub: options.scrub ?? [],
    ...(upstream === undefined
      ? {}
      : { upstream: { ...upstream, report: join(folder, 'report.json'), writeConfig: join(folder, 'learned.yaml') } }),
  });
  onTestFinished(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
  return {
    emulator,
    url: emulator.url,
    folder,
    async finish() {
      const { told: summary, faults } = await finish();
      const [text, report, config] = [await read('session.yaml'), await read('report.json'), await read('learned.yaml')];
      return { summary, faults, file, text, report, config };
    },
  };
}

/** One that passes requests on to this address; it may wait so many milliseconds for an answer. */
export function passingOn(
  url: string,
  { timeout = 20_000, ...settings }: EmulatorOptions & { timeout?: number } = {},
): Promise<Recording> {
  return recording(settings, { upstream: { url: new URL(url), timeout } });
}

/** What the real runner says of a file: `passed`, or all that it printed. */
export async function outcomeOf(file: string): Promise<string> {
  const { code, out, err } = await replayed([file], { reporter: 'pretty' });
  return code === 0 ? 'passed' : out + err;
}
