/** For a person at a terminal: a line for each scenario, a diff and its cause under one that failed, and a summary. */
import { styleText } from 'node:util';
import { printable } from '../../shared/printable.js';
import { countOf, type Failure, failingStep, type ScenarioResult, type StepResult, type Summary } from '../result.js';
import { answeredWith, causeToTell, type Output, placeIn, type Reporter } from './reporter.js';

type Style = Parameters<typeof styleText>[0];

/** How wide a line of advice may be. */
const WIDTH = 110;
const MARGIN = 4;

export function prettyReporter({ print, note, colors, live }: Output): Reporter {
  const paint = (style: Style, text: string): string => (colors ? styleText(style, text, { validateStream: false }) : text);
  let total = 0;
  let done = 0;
  const running = new Set<string>();

  const progress = (): void => {
    if (!live) return;
    const [first] = running;
    const others = running.size > 1 ? ` and ${String(running.size - 1)} more` : '';
    note(
      first === undefined
        ? CLEAR
        : `${CLEAR}${paint('dim', `  ${String(done)} of ${String(total)}  ${cut(printable(first))}${others}`)}`,
    );
  };
  const show = (text: string): void => {
    if (live) note(CLEAR);
    print(`${text}\n`);
  };

  const field = (name: string, text: string): string => {
    const lines = wrapped(printable(text), WIDTH - MARGIN - 11);
    return lines
      .map((line, index) => `${' '.repeat(MARGIN)}${index === 0 ? paint('dim', name.padEnd(10)) : ' '.repeat(10)} ${line}`)
      .join('\n');
  };
  const diff = (result: ScenarioResult, failure: Failure): string[] => {
    const head = `${' '.repeat(MARGIN)}${paint('bold', printable(failure.where))}  ${paint('dim', printable(placeIn(result, failure)))}`;
    if (failure.expected === undefined) return [head, ...(failure.remedy === undefined ? [] : [field('remedy', failure.remedy)])];
    return [
      head,
      `${' '.repeat(MARGIN)}  ${paint('green', `- expected  ${printable(failure.expected)}`)}`,
      `${' '.repeat(MARGIN)}  ${paint('red', `+ received  ${printable(failure.received ?? 'nothing')}`)}`,
    ];
  };
  const failed = (result: ScenarioResult, step: StepResult): string[] => {
    const cause = causeToTell(step);
    const answered = answeredWith(step);
    return [
      `  ${paint('red', '→')} ${printable(step.name)}`,
      ...step.failures.flatMap((failure) => diff(result, failure)),
      '',
      ...(step.request === undefined ? [] : [field('request', step.request)]),
      ...(answered === undefined ? [] : [field('answer', answered)]),
      ...(cause === undefined
        ? []
        : [
            field('cause', [cause.code, cause.where ?? ''].join('  ').trim()),
            ...(cause.expected === undefined ? [] : [field('expected', cause.expected)]),
            ...(cause.received === undefined ? [] : [field('received', cause.received)]),
            ...(cause.remedy === undefined ? [] : [field('remedy', cause.remedy)]),
          ]),
      ...(result.artifact === undefined ? [] : [field('traces', result.artifact)]),
      '',
    ];
  };

  return {
    onStart(scenarios) {
      total = scenarios.length;
      progress();
    },
    onBegin({ name }) {
      running.add(name);
      progress();
    },
    onEnd(result) {
      done += 1;
      running.delete(result.scenario.name);
      const { outcome, steps, durationMs, scenario } = result;
      const name = printable(scenario.name);
      if (outcome === 'skipped') show(paint('dim', `- ${name}  skipped`));
      if (outcome === 'passed')
        show(`${paint('green', '✓')} ${name}  ${paint('dim', `${count(steps.length, 'step')}, ${milliseconds(durationMs)}`)}`);
      const step = failingStep(result);
      if (step !== undefined) show([`${paint('red', '✗')} ${paint('bold', name)}`, ...failed(result, step)].join('\n').trimEnd());
      if (step !== undefined) show('');
      progress();
    },
    onFinish(summary) {
      running.clear();
      progress();
      show(`\n${summed(summary, paint)}`);
    },
  };
}

/** Back to the beginning of the line, and wipe it. */
const CLEAR = '\r\u001B[2K';

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function summed({ results, durationMs, interrupted }: Summary, paint: (style: Style, text: string) => string): string {
  const parts: [number, string, Style][] = [
    [countOf(results, 'passed'), 'passed', 'green'],
    [countOf(results, 'failed'), 'failed', 'red'],
    [countOf(results, 'skipped'), 'skipped', 'yellow'],
  ];
  const counts = parts
    .filter(([number, word]) => number > 0 || word === 'passed')
    .map(([number, word, style]) => paint(number > 0 ? style : 'dim', `${String(number)} ${word}`));
  const steps = results.reduce((sum, result) => sum + result.steps.length - countOf(result.steps, 'skipped'), 0);
  return [
    ...results.flatMap((result) => {
      const step = failingStep(result);
      const failure = step?.failures[0];
      return failure === undefined
        ? []
        : [`${paint('red', '✗')} ${printable(placeIn(result, failure))}  ${printable(result.scenario.name)}`];
    }),
    `${count(results.length, 'scenario')}: ${counts.join(', ')}  ${paint('dim', `(${count(steps, 'step')}, ${milliseconds(durationMs)})`)}`,
    ...(interrupted ? [paint('yellow', 'Interrupted.')] : []),
  ].join('\n');
}

function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}

function milliseconds(duration: number): string {
  return duration < 1000 ? `${String(Math.round(duration))} ms` : `${(duration / 1000).toFixed(1)} s`;
}

/** Lines of words; a longer word has one of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
