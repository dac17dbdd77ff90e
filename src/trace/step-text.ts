/** The ladder of a trace as lines of text: what `trace` and `explain` print, and what the viewer copies. */
import { type CallTold, cutNote, type Finding, ladderOf, type Rung } from './steps.js';
import type { Level, Outcome, Trace } from './trace.js';
import { printable } from '../shared/printable.js';

/** What a part of the text is, for whoever has colours. */
export type Tone = 'dim' | 'strong' | Outcome | Level;
export type Paint = (tone: Tone, text: string) => string;

export interface TextOptions {
  readonly paint?: Paint;
  /** Whether the trace is kept, so that its id leads to it. Default: true. */
  readonly kept?: boolean;
}

/** In characters. */
const NAME = 12;
const WIDEST_STEP = 32;
/** In characters: the viewer shows all that a trace has of a variable. */
const LONGEST_VALUE = 200;
const MARGIN = '  ';

export function ladderText(trace: Trace, { paint = (_, text) => text, kept = true }: TextOptions = {}): string {
  const ladder = ladderOf(trace);
  const times = Math.max(...ladder.rungs.map(({ at }) => at.length), 0);
  const steps = Math.max(...ladder.rungs.map(({ step }) => Math.min(printable(step).length, WIDEST_STEP)), 0);
  const inner = ' '.repeat(MARGIN.length + times + 2);

  const field = (name: string, text: string, margin = MARGIN): string =>
    `${margin}${paint('dim', name.padEnd(NAME))} ${printable(text)}`;
  const finding = ({ label, level, code, message, fields }: Finding): string[] => [
    '',
    `${MARGIN}${paint(level, `${label.padEnd(NAME)} ${printable(code)}`)}  ${printable(message)}`,
    ...fields.map(({ name, text }) => field(name, text)),
  ];
  const call = ({ title, answer, duration, traceId }: CallTold): string =>
    field('call', `${title} → ${answer} in ${duration}${traceId === null ? '' : `, trace ${traceId}`}`, inner);
  const rung = ({ at, level, step, code, text, branch, variables, calls }: Rung): string[] => [
    [
      `${MARGIN}${paint('dim', at.padStart(times))}`,
      paint(level === 'info' ? 'strong' : level, printable(step).padEnd(steps)),
      [
        ...(code === null ? [] : [paint(level, printable(code))]),
        printable(text),
        ...(branch === undefined ? [] : [paint('dim', `→ ${printable(branch)}`)]),
      ].join(' '),
    ].join('  '),
    ...variables.map(({ name, text: value }) => field('variable', `${name} = ${shortened(value)}`, inner)),
    ...calls.map(call),
  ];
  const body = (name: string, text: string | null | undefined): string[] =>
    text == null || text === '' ? [] : ['', `${MARGIN}${paint('dim', name)}`, ...lines(text)];
  const cut = cutNote(trace.request);

  return [
    [
      paint('strong', printable(ladder.title)),
      paint(ladder.outcome, printable([ladder.verdict, ladder.code ?? ''].join(' ').trim())),
      paint('dim', ladder.duration),
    ].join('  '),
    ...(kept ? [field('trace', trace.traceId), field('began', trace.startedAt)] : []),
    ...ladder.facts.map(({ name, text }) => field(name, shortened(text))),
    ...ladder.findings.flatMap(finding),
    '',
    ...ladder.rungs.flatMap(rung),
    ...body(`request${cut === undefined ? '' : `, ${cut}`}`, trace.request.body),
    ...body('response', trace.response?.body),
  ].join('\n');
}

function lines(text: string): string[] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => `${MARGIN}${MARGIN}${printable(line)}`);
}

function shortened(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}… (${String(text.length)} characters)` : text;
}
