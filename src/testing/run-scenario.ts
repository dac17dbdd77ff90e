/** Runs one scenario for a program, such as a test suite: what became of it, step by step, with the cause of each refusal. */
import { fileURLToPath } from 'node:url';
import { Emulators } from './scenario-emulators.js';
import { Obstacle } from '../scenario/client.js';
import { causeToTell, explained, inWords, placeIn, type ToldCause } from '../scenario/reporters/reporter.js';
import { type Failure, failingStep, type Outcome, type ScenarioResult, type StepResult } from '../scenario/result.js';
import { runScenario } from '../scenario/run.js';
import type { Scenario } from '../scenario/scenario.js';
import { readScenarioFile, readScenarioText } from '../scenario/scenario-files.js';
import { reachable, requireNoSettings } from '../scenario/target.js';
import type { Trace } from '../trace/trace.js';

/** The path of a file, or the text of one; `file` is then what faults call it, and what its paths are seen from. */
export type ScenarioSource = string | URL | { readonly text: string; readonly file?: string };

export interface ScenarioOptions {
  /** The address of an emulator that runs; without one, it has an emulator of its own. */
  readonly target?: string;
  /** With `target`: it was started with the settings, scripts and credentials that the scenario needs. */
  readonly assumeSettings?: boolean;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}

/** What became of a scenario. */
export interface ScenarioRun {
  readonly name: string;
  readonly file: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** The tenant that it had of the emulator, where it is still there to be looked at with `target`. */
  readonly tenant: string;
  /** Those behind the one that failed are `skipped`. */
  readonly steps: readonly ScenarioStep[];
  /** Those of the step that failed; empty where it passed. */
  readonly failures: readonly ScenarioFailure[];
  /** In plain lines, why it failed and what to do; empty where it passed. */
  readonly explanation: string;
}

export interface ScenarioStep {
  /** With the round, inside a repeat; `given` where the starting point could not be made. */
  readonly name: string;
  readonly line: number;
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** `POST /api/v2/conversations/webchat`; undefined where none was sent. */
  readonly request: string | undefined;
  /** undefined where no answer came. */
  readonly status: number | undefined;
  readonly failures: readonly ScenarioFailure[];
  /** Of a step that failed: that of its answer, and behind it those of its script's own calls. */
  readonly traces: readonly Trace[];
}

/** Where what came was not as expected. */
export interface ScenarioFailure {
  readonly step: string;
  /** `scenarios/handover.yaml:15:15`. */
  readonly place: string;
  /** `status: expected 200, received 400`; where nothing could be compared, what was in the way. */
  readonly message: string;
  /** Two lines, `- expected  200` and `+ received  400`; empty where nothing could be compared. */
  readonly diff: string;
  /** Why the request of the step was refused, as its trace has it. */
  readonly cause: ToldCause | undefined;
  /** What to do, where it is known. */
  readonly remedy: string | undefined;
}

/** As `runScenario` of the library says. */
export async function runScenarioFrom(source: ScenarioSource, options: ScenarioOptions = {}): Promise<ScenarioRun> {
  const { target, assumeSettings = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const scenario = await scenarioFrom(source);
  const emulators = new Emulators();
  try {
    const address = target === undefined ? undefined : await emulatorAt(target, signal);
    if (address === undefined) await emulators.start([scenario]);
    else if (!assumeSettings) requireNoSettings([scenario], 'assumeSettings: true');
    const result = await runScenario(scenario, address ?? emulators.urlFor(scenario.given.settings), signal);
    signal.throwIfAborted();
    return told(result);
  } finally {
    await emulators.close();
  }
}

async function scenarioFrom(source: ScenarioSource): Promise<Scenario> {
  if (typeof source === 'object' && 'text' in source) return readScenarioText(source.file ?? 'scenario.yaml', source.text);
  const path = typeof source === 'string' ? source : fileURLToPath(source);
  if (path.includes('\n')) throw new TypeError('This is the text of a scenario, not the path of its file: give it as { text }.');
  return readScenarioFile(path);
}

async function emulatorAt(target: string, signal: AbortSignal): Promise<string> {
  try {
    return await reachable(target, signal);
  } catch (problem) {
    if (!(problem instanceof Obstacle)) throw problem;
    throw new Error([problem.message, problem.remedy ?? ''].join(' ').trim(), { cause: problem });
  }
}

function told(result: ScenarioResult): ScenarioRun {
  const { scenario, outcome, durationMs, tenant = '' } = result;
  const failing = failingStep(result);
  const steps = result.steps.map((step) => stepTold(result, step));
  return {
    name: scenario.name,
    file: scenario.file,
    passed: outcome === 'passed',
    durationMs,
    tenant,
    steps,
    failures: steps.flatMap(({ failures }) => failures),
    explanation: failing === undefined ? '' : [`${scenario.name}, ${failing.name}`, ...explained(result, failing)].join('\n'),
  };
}

function stepTold(result: ScenarioResult, step: StepResult): ScenarioStep {
  const { name, line, outcome, durationMs, request, answer, failures, traces } = step;
  const cause = causeToTell(step);
  return {
    name,
    line,
    outcome,
    durationMs,
    request,
    status: answer?.status,
    failures: failures.map((failure) => ({
      step: name,
      place: placeIn(result, failure),
      message: inWords(failure),
      diff: diffOf(failure),
      cause,
      remedy: failure.remedy ?? cause?.remedy,
    })),
    traces,
  };
}

function diffOf({ expected, received }: Failure): string {
  return expected === undefined ? '' : `- expected  ${expected}\n+ received  ${received ?? 'nothing'}`;
}
