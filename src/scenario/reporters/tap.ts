/** The Test Anything Protocol, version 14: a line for each scenario as it ends, and why under one that failed. */
import { printable } from '../../shared/printable.js';
import { failingStep, type ScenarioResult } from '../result.js';
import { causeToTell, explained, type Output, type Reporter } from './reporter.js';

export function tapReporter({ print }: Output): Reporter {
  let number = 0;
  return {
    onStart(scenarios) {
      print(`TAP version 14\n1..${String(scenarios.length)}\n`);
    },
    onEnd(result) {
      number += 1;
      const { outcome, scenario } = result;
      const head = `${outcome === 'failed' ? 'not ok' : 'ok'} ${String(number)} - ${described(scenario.name)}`;
      print(`${head}${outcome === 'skipped' ? ' # SKIP' : ''}\n${diagnosis(result)}`);
    },
    onFinish({ interrupted }) {
      if (interrupted) print('Bail out! Interrupted.\n');
    },
  };
}

/** On one line; `#` begins a directive. */
function described(name: string): string {
  return printable(name).replace(/[\\#]/g, '\\$&');
}

/** A block of YAML, whose texts are JSON strings, which YAML takes. */
function diagnosis(result: ScenarioResult): string {
  const step = failingStep(result);
  if (step === undefined) return '';
  const cause = causeToTell(step);
  const rows: [string, string | undefined][] = [
    ['step', step.name],
    ['at', `${result.scenario.file}:${String(step.line)}`],
    ['message', explained(result, step).join('\n')],
    ['code', cause?.code],
    ['remedy', cause?.remedy],
  ];
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name}: ${printable(JSON.stringify(value))}`]));
  return ['  ---', ...lines, '  ...', ''].join('\n');
}
