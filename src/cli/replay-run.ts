/** Runs what `replay` was asked for: reads the files, starts what they need, reports, and stops all of it again. */
import { FileFaults } from '../shared/file-errors.js';
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
import { printable } from '../shared/printable.js';
import { Emulators } from '../testing/scenario-emulators.js';
import { artifactsIn, BadOption, chosen, output, requireFitting, written, type ReplayOptions } from './replay-setup.js';
import { update } from './replay-update.js';
import { watch } from './replay-watch.js';

const REPORTERS: Readonly<Record<ReplayOptions['reporter'], (output: Output) => Reporter>> = {
  pretty: prettyReporter,
  junit: junitReporter,
  json: jsonReporter,
  tap: tapReporter,
};

/** Answers the exit code. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const interruption = new AbortController();
  const { signal } = interruption;
  const stop = (): void => {
    interruption.abort();
  };
  const release = onInterrupt(stop);
  const emulators = new Emulators();
  const out = output();
  try {
    requireFitting(options);
    const run = async (scenarios: readonly Scenario[], target: string | undefined): Promise<Summary> => {
      const artifacts = options.artifacts === undefined ? undefined : artifactsIn(options.artifacts);
      const reporter = REPORTERS[options.reporter](out);
      reporter.onStart?.(scenarios);
      const summary = await runScenarios(scenarios, {
        emulatorFor: (settings) => target ?? emulators.urlFor(settings),
        parallel: options.parallel,
        bail: options.bail === true,
        signal,
        onBegin: (scenario) => reporter.onBegin?.(scenario),
        onEnd(result) {
          const artifact = written(result, artifacts);
          const whole = artifact === undefined ? result : { ...result, artifact };
          reporter.onEnd(whole);
          return whole;
        },
      });
      reporter.onFinish(summary);
      return summary;
    };
    if (options.watch === true) return await watch({ paths, options, emulators, run, out, signal, stop });
    const scenarios = chosen(await readScenarios(await scenarioFilesAt(paths)), options.only);
    const target = options.target === undefined ? undefined : await reachable(options.target, signal);
    if (target === undefined) await emulators.start(scenarios);
    else if (options.assumeSettings !== true) requireNoSettings(scenarios, '--assume-settings');
    const summary = await run(scenarios, target);
    if (options.update !== true || summary.interrupted) return exitCodeOf(summary);
    return await update({ summary, options, target, emulators, out, signal });
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
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
