/** `replay --update`: changes what failing scenarios expect to what comes; shows the change, asks, and writes the files. */
import { readFileSync, realpathSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Drift } from '../scenario/update/drift.js';
import type { Output } from '../scenario/reporters/reporter.js';
import type { Summary } from '../scenario/result.js';
import { runScenarios } from '../scenario/run.js';
import type { Scenario } from '../scenario/scenario.js';
import { createTemplates } from '../shared/templates.js';
import { lineDiff } from './output/line-diff.js';
import { printable } from '../shared/printable.js';
import { rewriteFiles } from '../shared/atomic-write.js';
import { Emulators } from '../testing/scenario-emulators.js';
import { BadOption, type ReplayOptions } from './replay-setup.js';

export interface Update {
  /** What the scenarios came to as they are. */
  readonly summary: Summary;
  readonly options: ReplayOptions;
  readonly target: string | undefined;
  /** Those that the scenarios ran in. */
  readonly emulators: Emulators;
  readonly out: Output;
  readonly signal: AbortSignal;
}

/** In milliseconds. Times are told in whole seconds in many places: what is one of them is another after this. */
const LATER = 1100;

/** Answers the exit code: 0 where all scenarios pass as their files are now. Rejects where it was interrupted. */
export async function update({ summary, options, target, emulators, out, signal }: Update): Promise<number> {
  const failing = summary.results.filter(({ outcome }) => outcome === 'failed').map(({ scenario }) => scenario);
  const others = new Emulators();
  try {
    const drifts = await driftsOf(failing);
    await follow(drifts, {
      run: (scenarios, isOnceMore) =>
        runScenarios(scenarios, {
          emulatorFor: (settings) => target ?? (isOnceMore ? others : emulators).urlFor(settings),
          parallel: options.parallel,
          bail: false,
          signal,
        }),
      // Another emulator has another port and makes other ids: what comes from it as well does not depend on them.
      beforeOnceMore: async (scenarios) => {
        if (target === undefined) await others.start(scenarios);
        await pause(LATER, undefined, { signal });
      },
      signal,
    });
    return await settle(drifts, summary, { options, out, signal });
  } finally {
    await others.close();
  }
}

/** One for each file, however many names it goes by. */
async function driftsOf(failing: readonly Scenario[]): Promise<Drift[]> {
  const templates = await createTemplates();
  const byFile = new Map<string, Drift>();
  for (const { file } of failing) {
    const bytes = readFileSync(file);
    const text = bytes.toString('utf8');
    if (!Buffer.from(text).equals(bytes)) throw new BadOption(`--update: ${file} is not in UTF-8, and cannot be changed`);
    const path = realpathSync(file);
    if (!byFile.has(path)) byFile.set(path, new Drift(file, text, templates));
  }
  return [...byFile.values()];
}

interface Runs {
  readonly run: (scenarios: readonly Scenario[], isOnceMore: boolean) => Promise<Summary>;
  readonly beforeOnceMore: (scenarios: readonly Scenario[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Runs and changes them until they pass, or nothing more can be changed. */
async function follow(drifts: readonly Drift[], { run, beforeOnceMore, signal }: Runs): Promise<void> {
  let again = drifts;
  let onceMore: Drift[] = [];
  while (again.length + onceMore.length > 0) {
    const isOnceMore = again.length === 0;
    const now = isOnceMore ? onceMore : again;
    const scenarios = now.map(({ scenario }) => scenario);
    if (isOnceMore) await beforeOnceMore(scenarios);
    const { results } = await run(scenarios, isOnceMore);
    signal.throwIfAborted();
    const next = now.map((drift, index) => {
      const result = results[index];
      return { drift, next: result === undefined ? 'nothing' : drift.take(result) };
    });
    again = next.filter((one) => one.next === 'again').map(({ drift }) => drift);
    onceMore = [...(isOnceMore ? [] : onceMore), ...next.filter((one) => one.next === 'once more').map(({ drift }) => drift)];
  }
}

interface Manner {
  readonly options: ReplayOptions;
  readonly out: Output;
  readonly signal: AbortSignal;
}

/** Shows what was found, and writes it where that is wanted. */
async function settle(drifts: readonly Drift[], { results }: Summary, { options, out, signal }: Manner): Promise<number> {
  const say = (text: string): void => {
    out.print(`${text}\n`);
  };
  const changed = drifts.filter(({ before, text }) => text !== before);
  for (const drift of changed) say(`\n${shown(drift, out.colors)}`);
  const told = drifts.flatMap((drift) => drift.told());
  if (told.length > 0)
    say(
      `\nTo look at:\n${told.map(({ file, line, column, message }) => printable(`  ${file}:${String(line)}:${String(column)}  ${message}`)).join('\n')}`,
    );
  const passing = drifts.filter(({ passes }) => passes).length;
  const rest = results.every(({ outcome }) => outcome !== 'skipped');
  const code = passing === drifts.length && rest ? 0 : 1;
  if (changed.length === 0) {
    say(drifts.length === 0 ? '\nNothing to update: no scenario fails.' : '\nNo file would be changed.');
    return code;
  }
  say(`\nSo changed, ${passing === drifts.length ? 'all pass' : `${String(passing)} of ${String(drifts.length)} pass`}.`);
  const files = `${String(changed.length)} file${changed.length === 1 ? '' : 's'}`;
  if (options.yes !== true) {
    if (!process.stdin.isTTY || !process.stdout.isTTY) {
      out.note('Nothing was written: there is no terminal to ask at. Say --yes with --update to write without being asked.\n');
      return 1;
    }
    if (!/^\s*y(?:es)?\s*$/i.test(await answerTo(`Write ${files}? [y/N] `, signal))) {
      say('Nothing was written.');
      return 1;
    }
  }
  write(changed);
  say(`Written: ${changed.map(({ file }) => printable(file)).join(', ')}.`);
  return code;
}

function shown({ file, before, text }: Drift, colors: boolean): string {
  const styles = { '-': 'red', '+': 'green', '@': 'cyan' } as const;
  const lines = lineDiff(before, text).map((line) => {
    const style = styles[line[0] as keyof typeof styles] as 'red' | undefined;
    return colors && style !== undefined ? styleText(style, printable(line), { validateStream: false }) : printable(line);
  });
  return [`--- ${printable(file)}`, `+++ ${printable(file)}`, ...lines].join('\n');
}

/** Empty where the terminal was left. Rejects where it was interrupted. */
async function answerTo(question: string, signal: AbortSignal): Promise<string> {
  // The terminal's own line editing, so that Ctrl-C stays a signal.
  const reader = createInterface({ input: process.stdin, terminal: false });
  try {
    process.stdout.write(question);
    return await new Promise<string>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      reader.once('line', resolve).once('close', () => {
        resolve('');
      });
    });
  } finally {
    reader.close();
  }
}

/** All of them, or none where one cannot be. Throws a BadOption then. */
function write(drifts: readonly Drift[]): void {
  for (const { file, before } of drifts) {
    if (readFileSync(file, 'utf8') !== before)
      throw new BadOption(`--update: ${file} was changed meanwhile, and stays as it is; nothing was written`);
  }
  try {
    rewriteFiles(drifts.map(({ file, text }) => ({ path: file, text })));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new BadOption(`--update: the files cannot be written: ${(error as Error).message}`);
  }
}
