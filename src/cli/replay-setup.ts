/** What a replay needs before anything runs: options that fit, the scenarios that are wanted, somewhere to write. */
import { nearMiss } from '../shared/did-you-mean.js';
import { Artifacts } from '../scenario/artifacts.js';
import type { Output } from '../scenario/reporters/reporter.js';
import type { ScenarioResult } from '../scenario/result.js';
import type { Scenario } from '../scenario/scenario.js';
import { listed, show } from '../shared/format.js';
import { printable } from '../shared/printable.js';

export interface ReplayOptions {
  readonly target?: string;
  readonly assumeSettings?: true;
  readonly reporter: 'pretty' | 'junit' | 'json' | 'tap';
  readonly artifacts?: string;
  readonly bail?: true;
  readonly only: readonly string[];
  readonly parallel: number;
  readonly watch?: true;
  readonly update?: true;
  readonly yes?: true;
}

/** A bad option, told in one sentence. */
export class BadOption extends Error {}

/** Throws a BadOption where one forbids another. */
export function requireFitting({ watch, update, yes, reporter }: ReplayOptions): void {
  if (yes === true && update !== true)
    throw new BadOption('--yes: it says to write what --update found, and --update is not given');
  if (watch === true && update === true)
    throw new BadOption('--update: it changes the files that --watch waits for; give one of the two');
  const shows = update === true ? '--update' : watch === true ? '--watch' : undefined;
  if (shows !== undefined && reporter !== 'pretty')
    throw new BadOption(`--reporter ${reporter}: ${shows} shows a person what happens; leave --reporter out`);
}

export function output(): Output {
  const { stdout, stderr } = process;
  const live = stdout.isTTY && stderr.isTTY;
  return {
    print: (text) => {
      stdout.write(text);
    },
    note: (text) => {
      stderr.write(text);
    },
    colors: stdout.isTTY ? stdout.hasColors() : wantsColors(),
    live,
  };
}

/** CI logs are no terminals, and show colours where they are asked to. */
function wantsColors(): boolean {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  return FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0' && (NO_COLOR ?? '') === '';
}

export function chosen(scenarios: readonly Scenario[], only: readonly string[]): Scenario[] {
  const names = scenarios.map(({ name }) => name);
  for (const wanted of only) {
    if (scenarios.some((scenario) => has(scenario, wanted))) continue;
    const near = nearMiss(wanted, names);
    throw new BadOption(
      `--only: no scenario has ${show(wanted)} in its name; ${near === undefined ? `there are ${listed(names.map((name) => show(name)))}` : `did you mean ${show(near)}?`}`,
    );
  }
  return scenarios.filter((scenario) => isChosen(scenario, only));
}

export function isChosen(scenario: Scenario, only: readonly string[]): boolean {
  return only.length === 0 || only.some((wanted) => has(scenario, wanted));
}

function has({ name }: Scenario, wanted: string): boolean {
  return name.toLowerCase().includes(wanted.toLowerCase());
}

export function artifactsIn(folder: string): Artifacts {
  try {
    return new Artifacts(folder);
  } catch (error) {
    throw new BadOption(`--artifacts: the folder cannot be made: ${(error as Error).message}`);
  }
}

/** Where the traces of a failing step are; a full disk costs them, not the report. */
export function written(result: ScenarioResult, artifacts: Artifacts | undefined): string | undefined {
  try {
    return artifacts?.write(result);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    console.error(printable(`--artifacts: the traces of ${result.scenario.file} could not be written: ${message}`));
    return undefined;
  }
}
