/** Changes what one scenario file expects to what comes, step after step, and keeps only what comes again. */
import { type FileFault, FileFaults } from '../../shared/file-errors.js';
import { show } from '../../shared/format.js';
import type { Templates } from '../../shared/templates.js';
import { readYaml } from '../../shared/yaml-file.js';
import type { Difference, Path } from '../patterns.js';
import { failingStep, type ScenarioResult } from '../result.js';
import type { Scenario } from '../scenario.js';
import { readScenario } from '../scenario-file.js';
import { type Change, withChange } from './edit.js';
import { arranged, gone } from './list.js';
import { expecting, typeOf } from './literal.js';
import { isMatcher, meaningOf } from './place.js';

/** What is told of a place in the file: that it stays, or what else stands there now. */
interface Remark {
  readonly path: Path;
  readonly where: string;
  readonly message: string;
}

/** What shall be done next: run it again, run it once more to see whether the same comes, or nothing. */
export type Next = 'again' | 'once more' | 'nothing';

/** `varies`: what comes there was found to be another each time. */
interface Entry extends Change {
  readonly varies: boolean;
}

/** More runs than any file needs. */
const MOST_RUNS = 500;

const VARIES = 'it is another at each run';
const ASSERTED = 'which is yours to change';

/** Lists that a file may write as the word. */
const NONE = ['warnings', 'signals', 'transcripts', 'calls'];
/** Where a matcher may stand. */
const MATCHABLE = ['headers', 'body', 'conversation', 'signals', 'transcripts', 'calls'];

export class Drift {
  readonly file: string;
  /** What the file holds. */
  readonly before: string;
  readonly #templates: Templates;
  #text: string;
  #scenario: Scenario;
  #entries: readonly Entry[] = [];
  /** By the place in the file: what is left as it is, as the last run shows it. */
  #left = new Map<string, Remark>();
  /** What was changed, and was put back. */
  readonly #putBack = new Map<string, Remark>();
  readonly #matched = new Map<string, Remark>();
  #obstacle: FileFault | undefined;
  #passes = false;
  #confirmed = true;
  #runs = 0;

  /** Throws FileFaults where the text is no scenario. */
  constructor(file: string, text: string, templates: Templates) {
    this.file = file;
    this.before = text;
    this.#text = text;
    this.#templates = templates;
    this.#scenario = readScenario(readYaml(file, text), templates);
  }

  /** As the file would be. */
  get text(): string {
    return this.#text;
  }

  /** As it is to be run next. */
  get scenario(): Scenario {
    return this.#scenario;
  }

  /** Whether the changed file passes. */
  get passes(): boolean {
    return this.#passes;
  }

  /** What was left as it is, and where a matcher stands now, by line and column of the changed file. */
  told(): FileFault[] {
    const { fault } = readYaml(this.file, this.#text);
    const remarks = [...this.#matched.values(), ...this.#putBack.values(), ...this.#left.values()];
    return [
      ...remarks.map(({ path, where, message }) => fault(path, `${where}: ${message}`)),
      ...(this.#obstacle === undefined ? [] : [this.#obstacle]),
    ];
  }

  /** Takes up what a run of the scenario showed. */
  take(result: ScenarioResult): Next {
    this.#runs += 1;
    this.#left = new Map();
    this.#obstacle = undefined;
    const step = failingStep(result);
    this.#passes = step === undefined;
    if (step !== undefined && this.#runs < MOST_RUNS) {
      if (step.differences.length === 0) {
        const message = `this step was not carried out: ${step.failures.map(({ where }) => where).join(' ')}`;
        this.#obstacle = { file: this.file, line: step.line, column: step.failures[0]?.column ?? 1, message };
      }
      if (this.#followAll(step.differences)) {
        this.#confirmed = this.#text === this.before;
        return 'again';
      }
    }
    if (this.#confirmed) return 'nothing';
    this.#confirmed = true;
    return 'once more';
  }

  /** Answers whether the file is another now. */
  #followAll(differences: readonly Difference[]): boolean {
    const before = this.#text;
    const seen = new Set<string>();
    for (const difference of differences) {
      const path = difference.came?.at ?? difference.path;
      const key = keyOf(path);
      if (seen.has(key) || this.#putBack.has(key)) continue;
      seen.add(key);
      const owner = this.#entries.findLast((entry) => owns(entry, path));
      if (owner === undefined) this.#follow(difference, path);
      else this.#vary(owner, difference, path);
    }
    return this.#text !== before;
  }

  #follow(difference: Difference, path: Path): void {
    const { where } = difference;
    const change = this.#changeTo(difference, path);
    if (typeof change === 'string') this.#left.set(keyOf(path), { path, where, message: change });
    else if (!this.#replay([...this.#entries, { ...change, varies: false }]))
      this.#left.set(keyOf(path), { path, where, message: 'it cannot be changed without changing more: do so by hand' });
  }

  /** What was written there did not come again. */
  #vary(owner: Entry, { where, came }: Difference, path: Path): void {
    const value = came?.value;
    if (!owner.varies && value !== undefined && MATCHABLE.includes(partOf(path))) {
      const matcher = typeOf(value);
      const others = this.#entries.filter((one) => !isWithin(one.path, path));
      if (this.#replay([...others, { path, to: { value: matcher }, varies: true }])) {
        const message = `${VARIES}, so { $type: ${matcher.$type} } stands there now`;
        this.#matched.set(keyOf(path), { path, where, message });
        return;
      }
    }
    this.#replay(this.#entries.filter((one) => !isWithin(one.path, owner.path)));
    for (const [key, remark] of this.#matched) if (isWithin(remark.path, owner.path)) this.#matched.delete(key);
    const message = `${VARIES}, so that nothing written there would hold; what stood there stays`;
    this.#putBack.set(keyOf(owner.path), { path: owner.path, where, message });
  }

  /** Makes the file anew with these changes, in their order; answers whether it is a scenario still. Otherwise all stays. */
  #replay(entries: readonly Entry[]): boolean {
    const added = this.#entries.every((entry, index) => entries[index] === entry);
    let text: string | undefined = added ? this.#text : this.before;
    for (const entry of added ? entries.slice(this.#entries.length) : entries) {
      text = withChange(text, entry);
      if (text === undefined) return false;
    }
    try {
      this.#scenario = readScenario(readYaml(this.file, text), this.#templates);
    } catch (error) {
      if (error instanceof FileFaults) return false;
      throw error;
    }
    this.#text = text;
    this.#entries = entries;
    return true;
  }

  /** Or why it is left as it is. */
  #changeTo({ path: at, where, received, came }: Difference, path: Path): Change | string {
    if (came === undefined)
      return where === 'status'
        ? `the step says nothing of its status; if it shall be refused, write expect: { status: ${received} }`
        : `there is no value to write there: what came is ${received}`;
    const matcher = at.findIndex(isMatcher);
    const there = valueAt(readYaml(this.file, this.#text).value, matcher === -1 ? path : path.slice(0, matcher));
    const meaning = ownMeaning(there);
    if (meaning !== undefined) return `there stands the ${meaning} ${show(there)}, ${ASSERTED}`;
    if (came.fits !== undefined && Array.isArray(came.value)) return listChange(there, came.value, came.fits, path);
    const inside = meaningOf(there);
    return inside === undefined
      ? { path, to: { value: expecting(came.value) } }
      : `what stands there has a ${inside} in it, ${ASSERTED}: ${show(there)}`;
  }
}

function listChange(
  there: unknown,
  came: readonly unknown[],
  fits: (index: number, item: unknown) => boolean,
  path: Path,
): Change | string {
  const list: readonly unknown[] = Array.isArray(there) ? there : [];
  const isPlain = (index: number): boolean =>
    (typeof list[index] !== 'object' || list[index] === null) && meaningOf(list[index]) === undefined;
  const items = arranged(list.length, came, fits, isPlain);
  const lost = gone(list.length, items).find((index) => meaningOf(list[index]) !== undefined);
  if (lost !== undefined)
    return `fewer came, and one that would go has a ${meaningOf(list[lost]) ?? ''} in it, ${ASSERTED}: ${show(list[lost])}`;
  return {
    path,
    to: {
      items: items.map((item) => ('value' in item ? { ...item, value: expecting(item.value) } : item)),
      none: NONE.includes(String(path.at(-1))) && partOf(path) === path.at(-1) ? 'none' : [],
    },
  };
}

/** Whether what stands at a path was written by a change. */
function owns({ path: own, to }: Entry, path: Path): boolean {
  if (!isWithin(path, own)) return false;
  if ('value' in to || path.length === own.length) return true;
  const item = to.items[Number(path[own.length])];
  return item !== undefined && 'value' in item;
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((step, index) => String(path[index]) === String(step));
}

function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}

/** `status`, `body`: the part of an expectation that a path leads into. */
function partOf(path: Path): string {
  return String(path[path.findIndex((step) => step === 'expect' || step === 'until') + 1] ?? '');
}

/** Whether a value is a matcher or a template itself, whatever is in it. */
function ownMeaning(value: unknown): 'matcher' | 'template' | undefined {
  if (typeof value === 'string') return meaningOf(value);
  return typeof value === 'object' && value !== null && Object.keys(value).some(isMatcher) ? 'matcher' : undefined;
}

/** As far as the file goes. */
function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (found, step) =>
      typeof found === 'object' && found !== null ? (found as Readonly<Record<string | number, unknown>>)[step] : found,
    value,
  );
}
