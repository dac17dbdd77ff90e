/** `replay --watch`: runs scenarios again when their files change, or what they refer to, until it is ended. */
import { statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { FileFaults } from '../shared/file-errors.js';
import type { Emulators } from '../testing/scenario-emulators.js';
import type { Output } from '../scenario/reporters/reporter.js';
import type { Outcome, Summary } from '../scenario/result.js';
import type { Scenario, Step } from '../scenario/scenario.js';
import { isScenarioFile, readScenarioFile } from '../scenario/scenario-files.js';
import { reachable, requireNoSettings } from '../scenario/target.js';
import { isScriptFile } from '../config/scripts.js';
import { listed } from '../shared/format.js';
import { printable } from '../shared/printable.js';
import { changedBetween, filesIn, LOOKS_EVERY, type Stamps, stampsOfFiles } from './watch/stamps.js';
import { wholeFile } from '../shared/text-file.js';
import { chosen, isChosen, type ReplayOptions } from './replay-setup.js';

export interface Watch {
  /** Files and folders, as they were named. */
  readonly paths: readonly string[];
  readonly options: ReplayOptions;
  readonly emulators: Emulators;
  readonly run: (scenarios: readonly Scenario[], target: string | undefined) => Promise<Summary>;
  readonly out: Output;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/** Answers the exit code: 0 where all files can be used and passed when they last ran. Throws FileFaults for a path that is not there. */
export async function watch(what: Watch): Promise<number> {
  const { paths, options, signal } = what;
  const missing = paths.filter((path) => statSync(path, { throwIfNoEntry: false }) === undefined);
  if (missing.length > 0) throw new FileFaults(missing.map((path) => wholeFile(path, 'there is no such file or folder')));
  const target = options.target === undefined ? undefined : await reachable(options.target, signal);
  const watching = new Watching(what, target);
  const commands =
    process.stdin.isTTY && process.stdout.isTTY ? createInterface({ input: process.stdin, terminal: false }) : undefined;
  commands?.on('line', (line) => {
    watching.command(line.trim().toLowerCase());
  });
  try {
    return await watching.untilEnded(commands !== undefined);
  } finally {
    commands?.close();
  }
}

class Watching {
  readonly #what: Watch;
  readonly #target: string | undefined;
  /** As each file was when it last could be used. */
  readonly #known = new Map<string, Scenario>();
  readonly #outcomes = new Map<string, Outcome>();
  /** Why they cannot be used: scenario files, what those ask of an emulator, and folders of scripts with files of stand-in bots. */
  readonly #unread = new Map<string, FileFaults>();
  readonly #unstarted = new Map<string, FileFaults>();
  readonly #sources = new Map<string, FileFaults>();
  #stamps: Stamps = new Map();
  #all = true;
  #wake: () => void = () => undefined;

  constructor(what: Watch, target: string | undefined) {
    this.#what = what;
    this.#target = target;
  }

  command(name: string): void {
    if (name === 'q') this.#what.stop();
    if (name !== 'r') return;
    this.#all = true;
    this.#wake();
  }

  async untilEnded(hasCommands: boolean): Promise<number> {
    const { options } = this.#what;
    this.#stamps = stampsOfFiles(this.#watched());
    await this.#again(new Set());
    if (this.#unread.size === 0 && this.#known.size > 0) chosen([...this.#known.values()], options.only);
    let changed = new Set<string>();
    for (let told = false; !this.#isEnded();) {
      if (!told) this.#say(this.#waits(hasCommands));
      told = true;
      await this.#nap();
      const now = stampsOfFiles(this.#watched());
      const fresh = changedBetween(this.#stamps, now);
      this.#stamps = now;
      changed = new Set([...changed, ...fresh, ...(await this.#readable())]);
      if (this.#isEnded() || !this.#isDue(fresh, changed)) continue;
      await this.#again(changed);
      changed = new Set();
      told = false;
    }
    return this.#code();
  }

  #isEnded(): boolean {
    return this.#what.signal.aborted;
  }

  /** Whoever writes several files, or one in several goes, is let finish. */
  #isDue(fresh: readonly string[], changed: ReadonlySet<string>): boolean {
    return this.#all || (fresh.length === 0 && changed.size > 0);
  }

  /** Runs what these files affect, or all. */
  async #again(changed: ReadonlySet<string>): Promise<void> {
    const all = this.#all;
    this.#all = false;
    const { emulators, run, options, signal } = this.#what;
    const first = this.#outcomes.size + this.#unread.size + this.#unstarted.size === 0;
    if (changed.size > 0) this.#say(`\n${this.#paint('bold', `Changed: ${printable(listed([...changed].map(named)))}`)}`);
    const read = await this.#read(changed, all);
    const fresh = [...new Set([...this.#known.values()].flatMap(sourcesOf))].filter((source) =>
      [...changed].some((file) => file === source || dirname(file) === source),
    );
    for (const source of fresh) await keeping(this.#sources, source, () => emulators.reload(source));
    const affected = this.#chosen().filter((scenario) => {
      const sources = sourcesOf(scenario);
      if (sources.some((source) => this.#sources.has(source))) return false;
      return all || read.has(scenario.file) || sources.some((source) => fresh.includes(source));
    });
    const ready: Scenario[] = [];
    for (const scenario of affected) {
      const started = keeping(this.#unstarted, scenario.file, async () => {
        if (this.#target === undefined) await emulators.start([scenario]);
        else if (options.assumeSettings !== true) requireNoSettings([scenario], '--assume-settings');
      });
      if (await started) ready.push(scenario);
    }
    await emulators.keep([...this.#known.values()]);
    this.#tellFaults();
    if (ready.length === 0 || signal.aborted) return;
    if (!first) this.#say('');
    const { results } = await run(ready, this.#target);
    for (const { scenario, outcome } of results) this.#outcomes.set(scenario.file, outcome);
    if (ready.length < this.#chosen().length) this.#say(this.#whole());
  }

  /** The scenario files that changed, or refer to what did. Answers those that can be used. */
  async #read(changed: ReadonlySet<string>, all: boolean): Promise<ReadonlySet<string>> {
    const files = this.#files();
    for (const file of [...this.#known.keys(), ...this.#unread.keys()].filter((one) => !files.includes(one))) {
      for (const kept of [this.#known, this.#outcomes, this.#unread, this.#unstarted]) kept.delete(file);
    }
    const read = new Set<string>();
    for (const file of files) {
      const scenario = this.#known.get(file);
      const isNew = scenario === undefined && !this.#unread.has(file);
      const refersToIt = scenario?.steps.flatMap(bodiesOf).some((body) => changed.has(body)) === true;
      if (!all && !isNew && !changed.has(file) && !refersToIt) continue;
      const done = keeping(this.#unread, file, async () => {
        this.#known.set(file, await readScenarioFile(file));
      });
      if (await done) read.add(file);
    }
    // What they refer to is looked at from now on, and is read after this.
    const watched = this.#watched();
    this.#stamps = new Map([...stampsOfFiles(watched), ...[...this.#stamps].filter(([file]) => watched.includes(file))]);
    return read;
  }

  /** Those that could not be used and now can, such as for a file beside them that was missing. */
  async #readable(): Promise<string[]> {
    const found: string[] = [];
    for (const file of this.#unread.keys()) {
      if (await keeping(new Map(), file, () => readScenarioFile(file))) found.push(file);
    }
    return found;
  }

  #files(): string[] {
    const files = this.#what.paths.flatMap((path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) return [];
      return stats.isDirectory()
        ? filesIn(path, isScenarioFile).filter((file) => statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true)
        : [path];
    });
    return [...new Set(files)];
  }

  #watched(): string[] {
    const known = [...this.#known.values()];
    const folders = new Set(known.flatMap(scriptsOf));
    return [
      ...new Set([
        ...this.#files(),
        ...known.flatMap(({ steps }) => steps.flatMap(bodiesOf)),
        ...known.flatMap(standInsOf),
        ...[...folders].flatMap((folder) => filesIn(folder, isScriptFile)),
      ]),
    ];
  }

  #chosen(): Scenario[] {
    return [...this.#known.values()].filter((scenario) => isChosen(scenario, this.#what.options.only));
  }

  #faults(): FileFaults[] {
    return [this.#unread, this.#unstarted, this.#sources].flatMap((faults) => [...faults.values()]);
  }

  #code(): number {
    const passed = this.#chosen().every(({ file }) => this.#outcomes.get(file) === 'passed');
    return passed && this.#faults().length === 0 ? 0 : 1;
  }

  #tellFaults(): void {
    const lines = new Set(this.#faults().flatMap(({ message }) => message.split('\n')));
    if (lines.size === 0) return;
    const told = [...lines].map((line) => `${this.#paint('red', '✗')} ${printable(line)}`).join('\n');
    this.#say(`\n${told}\n  What stood there before stays until this is mended.`);
  }

  #whole(): string {
    const scenarios = this.#chosen();
    const others = scenarios.filter(({ file }) => this.#outcomes.get(file) !== 'passed');
    if (others.length === 0) return this.#paint('green', `All ${String(scenarios.length)} scenarios pass.`);
    const names = listed(others.map(({ name }) => printable(name)));
    return this.#paint('red', `Of all ${String(scenarios.length)} scenarios, ${String(others.length)} do not pass: ${names}`);
  }

  #waits(hasCommands: boolean): string {
    const sources = [...this.#known.values()].flatMap(sourcesOf).map(named);
    const places = [...new Set([...this.#what.paths, ...sources])];
    const shown = places.length > MOST_NAMED ? [...places.slice(0, MOST_NAMED), 'others'] : places;
    const how = hasCommands ? 'r + Enter runs all, q + Enter ends.' : 'Ctrl-C ends.';
    return `\n${this.#paint('dim', `Waiting for changes in ${printable(listed(shown))}. ${how}`)}`;
  }

  #nap(): Promise<void> {
    const { signal } = this.#what;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, LOOKS_EVERY);
      signal.addEventListener('abort', done);
      this.#wake = done;
    });
  }

  #say(text: string): void {
    this.#what.out.print(`${text}\n`);
  }

  #paint(style: 'bold' | 'dim' | 'red' | 'green', text: string): string {
    return this.#what.out.colors ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** So many places are named. */
const MOST_NAMED = 4;

/** Answers whether it went well; keeps the faults of what it is about, or forgets them. */
async function keeping(faults: Map<string, FileFaults>, about: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    faults.delete(about);
    return true;
  } catch (error) {
    if (!(error instanceof FileFaults)) throw error;
    faults.set(about, error);
    return false;
  }
}

function scriptsOf({ given }: Scenario): string[] {
  const { scripts } = given.settings;
  return typeof scripts === 'string' ? [scripts] : [];
}

/** The files of stand-in bots. */
function standInsOf({ given }: Scenario): string[] {
  const { virtualAgents } = given.settings;
  if (!Array.isArray(virtualAgents)) return [];
  return virtualAgents.flatMap(({ standIn }: { readonly standIn?: unknown }) => (typeof standIn === 'string' ? [standIn] : []));
}

/** What a scenario needs that an emulator reads, and takes up while it runs. */
function sourcesOf(scenario: Scenario): string[] {
  return [...scriptsOf(scenario), ...standInsOf(scenario)];
}

function bodiesOf(step: Step): string[] {
  if (step.kind === 'repeat') return step.steps.flatMap(bodiesOf);
  const body = step.request?.body;
  return body?.kind === 'file' ? [body.file] : [];
}

/** As seen from here, where it is not far. */
function named(path: string): string {
  const seen = relative(process.cwd(), path);
  return seen.startsWith('..') || seen === '' ? path : seen;
}
