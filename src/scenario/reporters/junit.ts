/** JUnit’s XML, as CI servers read it: a suite for each scenario, a case for each step. */
import { printable } from '../../shared/printable.js';
import { countOf, type ScenarioResult, type Summary } from '../result.js';
import { causeToTell, explained, inWords, type Output, type Reporter } from './reporter.js';

export function junitReporter({ print, note }: Output): Reporter {
  return {
    onEnd: progressTo(note),
    onFinish(summary) {
      print(`${document(summary)}\n`);
    },
  };
}

/** A line for each scenario beside the report. */
export function progressTo(note: (text: string) => void): (result: ScenarioResult) => void {
  return ({ outcome, scenario }) => {
    note(`${outcome.padEnd(7)} ${scenario.file}\n`);
  };
}

function document({ results, durationMs }: Summary): string {
  const suites = results.map(suite);
  const cases = results.flatMap(({ steps }) => steps);
  const totals = attributes({
    name: 'cxone-emulator replay',
    tests: cases.length,
    failures: countOf(cases, 'failed'),
    skipped: countOf(cases, 'skipped'),
    time: seconds(durationMs),
  });
  return [`<?xml version="1.0" encoding="UTF-8"?>`, `<testsuites${totals}>`, ...suites, '</testsuites>'].join('\n');
}

function suite(result: ScenarioResult): string {
  const { scenario, durationMs, steps } = result;
  const head = attributes({
    name: scenario.name,
    file: scenario.file,
    tests: steps.length,
    failures: countOf(steps, 'failed'),
    skipped: countOf(steps, 'skipped'),
    time: seconds(durationMs),
  });
  const lines = steps.map((one) => {
    const about = attributes({ classname: scenario.name, name: one.name, time: seconds(one.durationMs) });
    if (one.outcome === 'skipped') return `    <testcase${about}><skipped/></testcase>`;
    if (one.outcome === 'passed') return `    <testcase${about}/>`;
    const [first] = one.failures;
    const cause = causeToTell(one);
    const message = [first === undefined ? '' : inWords(first), cause === undefined ? '' : `(${cause.code})`].join(' ').trim();
    return [
      `    <testcase${about}>`,
      `      <failure${attributes({ type: cause?.code ?? 'expectation', message })}>${explained(result, one).map(escaped).join('\n')}</failure>`,
      '    </testcase>',
    ].join('\n');
  });
  return [`  <testsuite${head}>`, ...lines, '  </testsuite>'].join('\n');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

/** What XML 1.0 has no way to write, beside what `printable` takes away. */
const FORBIDDEN = /[\uFFFE\uFFFF]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escaped(text: string): string {
  return printable(text)
    .replace(FORBIDDEN, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
