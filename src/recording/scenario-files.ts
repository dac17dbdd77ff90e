/** The files that a recording leaves: one scenario a tenant, each written whole or not at all. */
import { basename, dirname, extname, join } from 'node:path';
import { tenantIdentity } from '../cxone/model/ids.js';
import { DEFAULT_TENANT } from '../pipeline/target.js';
import type { Settings } from '../config/settings.js';
import { writeWholeFile } from '../shared/atomic-write.js';
import { carriedSettings } from './carried-settings.js';
import type { Recorder } from './recorder.js';
import { scenarioText } from './scenario-text.js';
import type { Secrets } from './secrets.js';
import { MOST_RECORDED, type TenantRecording } from './tenant-recording.js';

/** One that was written. */
export interface WrittenScenario {
  readonly file: string;
  readonly tenant: string;
  readonly steps: number;
  /** How many conversations are given. */
  readonly conversations: number;
  /** The names of what steps capture. */
  readonly captured: readonly string[];
  /** The names that stand for secrets. */
  readonly secrets: readonly string[];
  /** What the file cannot say, in one line each. */
  readonly leftOut: readonly string[];
}

/** What was written, and in words what could not be: what stood there stands there still. Tenants without a step leave no file. */
export interface WrittenScenarios {
  readonly written: readonly WrittenScenario[];
  readonly faults: readonly string[];
}

export async function writeScenarios(
  out: string,
  recorder: Recorder,
  secrets: Secrets,
  settings: Settings,
): Promise<WrittenScenarios> {
  const written: WrittenScenario[] = [];
  const faults: string[] = [];
  const { tenants } = recorder;
  for (const recording of tenants) {
    const file = tenants.length === 1 ? out : fileOf(out, recording.name);
    try {
      const one = await writeScenario(file, recording, secrets, settings);
      if (one !== undefined) written.push(one);
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  return { written, faults };
}

async function writeScenario(
  file: string,
  recording: TenantRecording,
  secrets: Secrets,
  settings: Settings,
): Promise<WrittenScenario | undefined> {
  const made = recording.scenario(secrets, tenantIdentity(recording.name), carriedSettings(settings, file));
  const notes = notesOn(recording, settings);
  const text = scenarioText(basename(file, extname(file)), made, notes);
  if (text === undefined) return undefined;
  const secret = secrets.within(text);
  if (secret !== undefined)
    throw new Error(
      `${file} was not written: ${secret} stands in it where no name can take its place, in its settings or in what is given`,
    );
  await writeWholeFile(file, (put) => {
    put(text);
  });
  const named = new Set(text.match(/RECORDED_[A-Z0-9_]+/g));
  return {
    file,
    tenant: recording.name,
    steps: made.steps.filter(({ step }) => step !== undefined).length,
    conversations: made.conversations,
    captured: made.captured,
    secrets: secrets.names.filter((name) => named.has(name.replace(/^[<{]|[>}]$/g, ''))),
    leftOut: [...notes, ...made.steps.flatMap((step) => step.notes)],
  };
}

/** What a whole file cannot say. */
function notesOn({ dropped }: TenantRecording, { import: imported, tokenKey }: Settings): string[] {
  return [
    ...(dropped === 0
      ? []
      : [
          `Left out: the last ${String(dropped)} requests. A recording has room for ${String(MOST_RECORDED.count)}, and for ${String(MOST_RECORDED.bytes / 1024 ** 2)} MB.`,
        ]),
    ...(imported === undefined ? [] : ['Left out: the state that was imported at the start. Give what the steps need of it.']),
    ...(tokenKey === undefined ? [] : ['Left out: the key that signs tokens. A replay signs with its own.']),
  ];
}

/** `session.yaml` → `session.alpha.yaml`. */
function fileOf(out: string, tenant: string): string {
  if (tenant === DEFAULT_TENANT) return out;
  const extension = extname(out);
  return join(dirname(out), `${basename(out, extension)}.${tenant}${extension}`);
}
