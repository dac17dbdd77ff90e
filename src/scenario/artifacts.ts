/** Writes what a failing step came with into a folder: its differences, its answer, its traces. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { failingStep, type ScenarioResult } from './result.js';

export class Artifacts {
  readonly #folder: string;
  readonly #taken = new Set<string>();

  /** Makes the folder. Throws Node's error where it cannot be. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** `{file}-step-{number}.json`; answers its path. Throws Node's error where it cannot be written. */
  write(result: ScenarioResult): string | undefined {
    const step = failingStep(result);
    if (step === undefined) return undefined;
    const { scenario, tenant, steps } = result;
    const stem = `${basename(scenario.file).replace(/\.[^.]*$/, '')}-step-${String(steps.indexOf(step) + 1)}`;
    let name = stem;
    for (let copy = 2; this.#taken.has(name); copy += 1) name = `${stem}-${String(copy)}`;
    this.#taken.add(name);
    const path = join(this.#folder, `${name}.json`);
    const { failures, request, answer, traces } = step;
    const content = {
      scenario: scenario.name,
      file: scenario.file,
      line: step.line,
      step: step.name,
      tenant,
      failures,
      request,
      answer,
      traces,
    };
    writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`);
    return path;
  }
}
