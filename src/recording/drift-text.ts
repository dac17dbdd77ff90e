/** Tells a person where an upstream and the emulator differ. */
import type { Drift, DriftReport } from './pass-through.js';

/** So many are told; the report file has all of them. */
const MOST_TOLD = 30;
const LONGEST = 160;

export function driftLines({ requests, answered, differences }: DriftReport, host: string): string[] {
  const silent = requests - answered;
  const passed = `Passed ${count(requests, 'request')} on to ${host}${silent === 0 ? '' : `; ${String(silent)} of them got no whole answer`}.`;
  if (differences.length === 0)
    return [passed, answered === 0 ? 'Nothing was compared.' : 'The emulator answered all of them as it did.'];
  const more = differences.length - MOST_TOLD;
  return [
    passed,
    `It differs from the emulator in ${count(differences.length, 'thing')}:`,
    ...differences.slice(0, MOST_TOLD).flatMap(lines),
    ...(more > 0 ? [`  and ${String(more)} more: --report has them all`] : []),
  ];
}

function lines({ method, path, what, at, upstream, emulator, provenance, setting, times }: Drift): string[] {
  const often = times === 1 ? '' : ` (${String(times)} times)`;
  return [
    `  ${method} ${path}: ${`${what} ${at}`.trim()}${often}`,
    `    upstream  ${shortened(upstream)}`,
    `    emulator  ${shortened(emulator)}  [${provenance}]`,
    ...(setting === null ? [] : [`    setting   ${setting}`]),
  ];
}

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}
