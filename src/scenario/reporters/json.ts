/** One JSON document with all that is known, for a program. */
import { countOf, type Summary } from '../result.js';
import { progressTo } from './junit.js';
import { causeToTell, type Output, type Reporter } from './reporter.js';

export function jsonReporter({ print, note }: Output): Reporter {
  return {
    onEnd: progressTo(note),
    onFinish(summary) {
      print(`${JSON.stringify(document(summary), undefined, 2)}\n`);
    },
  };
}

function document({ results, durationMs, interrupted }: Summary): object {
  return {
    passed: countOf(results, 'passed'),
    failed: countOf(results, 'failed'),
    skipped: countOf(results, 'skipped'),
    durationMs,
    interrupted,
    scenarios: results.map(({ scenario, steps, ...rest }) => ({
      name: scenario.name,
      file: scenario.file,
      ...rest,
      steps: steps.map(({ traces, answer, differences: _, ...step }) => ({
        ...step,
        status: answer?.status ?? null,
        cause: causeToTell({ traces }) ?? null,
        traceIds: traces.map(({ traceId }) => traceId),
      })),
    })),
  };
}
