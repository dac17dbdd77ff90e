/** Runs scenarios, several side by side, each in a tenant of its own, against one emulator or those that their settings need. */
import { randomBytes } from 'node:crypto';
import { Client } from './client.js';
import { play, skippedSteps } from './run-steps.js';
import type { ScenarioResult, Summary } from './result.js';
import type { Scenario } from './scenario.js';

export type SettingsGiven = Readonly<Record<string, unknown>>;

export interface Run {
  /** The emulator of a scenario with these settings. */
  readonly emulatorFor: (settings: SettingsGiven) => string;
  /** How many at a time. */
  readonly parallel: number;
  /** Whether none is begun once one has failed. */
  readonly bail: boolean;
  readonly signal: AbortSignal;
  readonly onBegin?: (scenario: Scenario) => void;
  /** May add to the result, such as where its traces are. */
  readonly onEnd?: (result: ScenarioResult) => ScenarioResult;
}

/** The results stand in the order of the scenarios. */
export async function runScenarios(scenarios: readonly Scenario[], run: Run): Promise<Summary> {
  const started = performance.now();
  const results: ScenarioResult[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = next;
      const scenario = scenarios[index];
      if (scenario === undefined) return;
      next += 1;
      const result = (run.bail && failed) || run.signal.aborted ? skipped(scenario) : await begun(scenario, run);
      if (result.outcome === 'failed') failed = true;
      results[index] = run.onEnd?.(result) ?? result;
    }
  };
  await Promise.all(Array.from({ length: Math.min(run.parallel, scenarios.length) }, worker));
  return { results, durationMs: performance.now() - started, interrupted: run.signal.aborted };
}

function begun(scenario: Scenario, run: Run): Promise<ScenarioResult> {
  run.onBegin?.(scenario);
  return runScenario(scenario, run.emulatorFor(scenario.given.settings), run.signal);
}

/** In a new tenant of the emulator at `url`. One that is interrupted counts as skipped. */
export async function runScenario(scenario: Scenario, url: string, signal: AbortSignal): Promise<ScenarioResult> {
  const started = performance.now();
  const tenant = tenantFor(scenario.name);
  const client = new Client(`${url}/t/${tenant}`, signal);
  try {
    const steps = await play(scenario, client, signal);
    const outcome = steps.some((step) => step.outcome === 'failed') ? 'failed' : 'passed';
    return { scenario, outcome, durationMs: performance.now() - started, tenant, steps };
  } catch (problem) {
    if (signal.aborted) return skipped(scenario);
    throw problem;
  } finally {
    client.close();
  }
}

function skipped(scenario: Scenario): ScenarioResult {
  return { scenario, outcome: 'skipped', durationMs: 0, tenant: undefined, steps: skippedSteps(scenario, scenario.steps) };
}

/** A new one each time: `a-full-handover-5f2c81d07e`. */
function tenantFor(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  return `${plain === '' ? 'scenario' : plain}-${randomBytes(6).toString('hex')}`;
}

/** The key of the emulator that a scenario needs: the same settings, the same emulator. */
export function settingsKey(settings: SettingsGiven): string {
  return JSON.stringify(Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1)));
}
