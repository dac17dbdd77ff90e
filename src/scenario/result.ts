/** What became of scenarios: of each step, and where it was not as expected. */
import type { Trace } from '../trace/trace.js';
import type { Answer } from './client.js';
import type { Difference } from './patterns.js';
import type { Scenario } from './scenario.js';

export type Outcome = 'passed' | 'failed' | 'skipped';

/** A difference, with its place in the scenario file. */
export interface Failure {
  readonly line: number;
  readonly column: number;
  /** `body /state`; where nothing could be compared, what was in the way. */
  readonly where: string;
  readonly expected: string | undefined;
  readonly received: string | undefined;
  readonly remedy?: string | undefined;
}

export interface StepResult {
  /** With the round, inside a repeat. */
  readonly name: string;
  readonly line: number;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly failures: readonly Failure[];
  /** What the failures say, for whoever changes the file; none where something kept the step from being carried out. */
  readonly differences: readonly Difference[];
  /** `POST /api/v2/conversations/webchat`. */
  readonly request: string | undefined;
  readonly answer: Answer | undefined;
  /** Of a step that failed, where there is one, with those of its script's own calls behind it. */
  readonly traces: readonly Trace[];
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly tenant: string | undefined;
  readonly steps: readonly StepResult[];
  /** Where the traces of its failing step were written. */
  readonly artifact?: string;
}

export interface Summary {
  readonly results: readonly ScenarioResult[];
  readonly durationMs: number;
  readonly interrupted: boolean;
}

export function countOf(results: readonly { readonly outcome: Outcome }[], outcome: Outcome): number {
  return results.filter((result) => result.outcome === outcome).length;
}

/** The step at which a scenario failed. */
export function failingStep({ steps }: ScenarioResult): StepResult | undefined {
  return steps.find(({ outcome }) => outcome === 'failed');
}
