/** Emulators that record, and what they leave. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RecordOptions, startRecording } from '../../src/commands/record-run.js';
import { loadConfig } from '../../src/config.js';
import type { Emulator, EmulatorOptions } from '../../src/index.js';
import { replayed } from './replay.js';

export interface Recorded {
  /** What was told at the end. */
  readonly summary: string;
  /** The scenario; empty where there is none. */
  readonly text: string;
  readonly file: string;
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
  const config = await loadConfig({ options: { port: 0, logLevel: 'silent', ...settings } });
  const { emulator, finish } = await startRecording(config, { out: file, scrub: [], ...options });
  onTestFinished(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    emulator,
    url: emulator.url,
    folder,
    async finish() {
      const summary = await finish();
      return { summary, file, text: await readFile(file, 'utf8').catch(() => '') };
    },
  };
}

/** What the real runner says of a file: `passed`, or all that it printed. */
export async function outcomeOf(file: string): Promise<string> {
  const { code, out, err } = await replayed([file], { reporter: 'pretty' });
  return code === 0 ? 'passed' : out + err;
}
