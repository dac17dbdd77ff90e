/** Runs what `replay` was asked for: reads the files, starts what they need, reports, and stops all of it again. */
import { FileFaults } from '../file-faults.js';
import { nearMiss } from '../near-miss.js';
import { Artifacts } from '../scenario/artifacts.js';
import { Obstacle } from '../scenario/client.js';
import { jsonReporter } from '../scenario/reporters/json.js';
import { junitReporter } from '../scenario/reporters/junit.js';
import { prettyReporter } from '../scenario/reporters/pretty.js';
import type { Output, Reporter } from '../scenario/reporters/reporter.js';
import { tapReporter } from '../scenario/reporters/tap.js';
import { countOf, type Summary } from '../scenario/result.js';
import { runScenarios } from '../scenario/run.js';
import type { Scenario } from '../scenario/scenario.js';
import { readScenarios, scenarioFilesAt } from '../scenario/scenario-files.js';
import { reachable, requireNoSettings } from '../scenario/target.js';
import { listed, show } from '../shown.js';
import { printable } from '../terminal/printable.js';
import { Emulators } from '../scenario-emulators.js';
import type { ReplayOptions } from './replay.js';

const REPORTERS: Readonly<Record<ReplayOptions['reporter'], (output: Output) => Reporter>> = {
  pretty: prettyReporter,
  junit: junitReporter,
  json: jsonReporter,
  tap: tapReporter,
};

/** A bad option, told in one sentence. */
class BadOption extends Error {}

/** Answers the exit code. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const interruption = new AbortController();
  const release = onInterrupt(() => {
    interruption.abort();
  });
  const emulators = new Emulators();
  try {
    const scenarios = chosen(await readScenarios(await scenarioFilesAt(paths)), options.only);
    const target = options.target === undefined ? undefined : await reachable(options.target, interruption.signal);
    if (target === undefined) await emulators.start(scenarios);
    else if (options.assumeSettings !== true) requireNoSettings(scenarios, '--assume-settings');
    const artifacts = options.artifacts === undefined ? undefined : artifactsIn(options.artifacts);
    const reporter = REPORTERS[options.reporter](output());
    reporter.onStart?.(scenarios);
    const summary = await runScenarios(scenarios, {
      emulatorFor: (settings) => target ?? emulators.urlFor(settings),
      parallel: options.parallel,
      bail: options.bail === true,
      signal: interruption.signal,
      onBegin: (scenario) => reporter.onBegin?.(scenario),
      onEnd(result) {
        const artifact = artifacts?.write(result);
        const whole = artifact === undefined ? result : { ...result, artifact };
        reporter.onEnd(whole);
        return whole;
      },
    });
    reporter.onFinish(summary);
    return exitCodeOf(summary);
  } catch (error) {
    if (interruption.signal.aborted) return INTERRUPTED;
    if (!(error instanceof FileFaults) && !(error instanceof BadOption) && !(error instanceof Obstacle)) throw error;
    const advice = error instanceof Obstacle && error.remedy !== undefined ? ` ${error.remedy}` : '';
    const message = `${error.message}${advice}`;
    console.error(`cxone-emulator replay cannot run:\n${message.split('\n').map(printable).join('\n').replace(/^/gm, '  ')}`);
    return 2;
  } finally {
    release();
    await emulators.close();
  }
}

const INTERRUPTED = 130;

function exitCodeOf({ interrupted, results }: Summary): number {
  if (interrupted) return INTERRUPTED;
  return countOf(results, 'failed') > 0 ? 1 : 0;
}

/** The second time, whatever is under way is left as it is. */
function onInterrupt(stop: () => void): () => void {
  let stopping = false;
  const heard = (): void => {
    if (stopping) process.exit(INTERRUPTED);
    stopping = true;
    stop();
  };
  process.on('SIGINT', heard).on('SIGTERM', heard);
  return () => {
    process.off('SIGINT', heard).off('SIGTERM', heard);
  };
}

function output(): Output {
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

function chosen(scenarios: readonly Scenario[], only: readonly string[]): Scenario[] {
  const has = ({ name }: Scenario, wanted: string): boolean => name.toLowerCase().includes(wanted.toLowerCase());
  const names = scenarios.map(({ name }) => name);
  for (const wanted of only) {
    if (scenarios.some((scenario) => has(scenario, wanted))) continue;
    const near = nearMiss(wanted, names);
    throw new BadOption(
      `--only: no scenario has ${show(wanted)} in its name; ${near === undefined ? `there are ${listed(names.map((name) => show(name)))}` : `did you mean ${show(near)}?`}`,
    );
  }
  return only.length === 0 ? [...scenarios] : scenarios.filter((scenario) => only.some((wanted) => has(scenario, wanted)));
}

function artifactsIn(folder: string): Artifacts {
  try {
    return new Artifacts(folder);
  } catch (error) {
    throw new BadOption(`--artifacts: the folder cannot be made: ${(error as Error).message}`);
  }
}
