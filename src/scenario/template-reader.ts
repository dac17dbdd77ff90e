/** Reads the templates of a scenario, and says which names they use that nothing sets. */
import { type FileFault } from '../shared/file-errors.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { show } from '../shared/format.js';
import type { Template, Templates } from '../shared/templates.js';
import type { YamlFile } from '../shared/yaml-file.js';
import { compilePattern, type Path, type Pattern, type PatternTools } from './patterns.js';

/** What every template may use; a token, too, unless it captures: those see the answer. */
const NAMES = ['captured', 'env', 'base', 'tenant'];

/** Where a template stands, and what it may use there. */
interface Surroundings {
  /** Names that are captured by then. */
  readonly captured: Set<string>;
  readonly inRepeat: boolean;
}

export class TemplateReader {
  readonly faults: FileFault[] = [];
  /** Whether a template since the last look needs a token. */
  usesToken = false;
  readonly #file: YamlFile;
  readonly #templates: Templates;
  #surroundings: Surroundings = { captured: new Set(), inRepeat: false };

  constructor(file: YamlFile, templates: Templates) {
    this.#file = file;
    this.#templates = templates;
  }

  fault(path: Path, message: string): void {
    this.faults.push(this.#file.fault(path, message));
  }

  /** Reads steps: `read` is told how to say which names are captured from then on. `before` are captured from the beginning. */
  among<T>(before: readonly string[], inRepeat: boolean, read: (capture: (name: string) => void) => T): T {
    const outer = this.#surroundings;
    const captured = new Set([...outer.captured, ...before]);
    this.#surroundings = { captured, inRepeat };
    const done = read((name) => captured.add(name));
    for (const name of captured) outer.captured.add(name);
    this.#surroundings = outer;
    return done;
  }

  pattern(path: Path, value: unknown): Pattern {
    const tools: PatternTools = {
      template: (inside, leaf) => this.template([...path, ...inside], leaf),
      fault: (inside, message) => {
        this.fault([...path, ...inside], message);
      },
    };
    return compilePattern(value, tools);
  }

  template(path: Path, value: unknown, more: readonly string[] = []): Template {
    const before = this.faults.length;
    const template = this.#templates.compile(value, (inside, message) => {
      this.fault([...path, ...inside], message);
    });
    if (this.faults.length === before) this.#names(path, value, more);
    return template;
  }

  /** Names that a template uses, and that nothing sets. */
  #names(path: Path, value: unknown, more: readonly string[]): void {
    if (typeof value === 'object' && value !== null) {
      for (const [step, member] of Object.entries(value)) this.#names([...path, step], member, more);
      return;
    }
    if (typeof value !== 'string') return;
    const { captured, inRepeat } = this.#surroundings;
    const known = [...(more.length === 0 ? [...NAMES, 'token'] : [...NAMES, ...more]), ...(inRepeat ? ['round'] : [])];
    for (const [root = '', name] of this.#templates.names(value)) {
      if (root === 'token') this.usesToken = true;
      if (!known.includes(root)) {
        const near = captured.has(root) ? `captured.${root}` : nearMiss(root, known);
        const advice =
          root === 'round'
            ? '; only the steps of a repeat have it'
            : near === undefined
              ? `; there are ${known.join(', ')}`
              : `; did you mean ${near}?`;
        this.fault(path, `the template ${show(value)} needs ${root}, which is not there${advice}`);
      } else if (root === 'captured' && name !== undefined && !captured.has(name)) {
        const near = nearMiss(name, captured);
        const advice =
          near !== undefined
            ? `; did you mean captured.${near}?`
            : captured.size === 0
              ? '; nothing is'
              : `; there are ${[...captured].join(', ')}`;
        this.fault(path, `no step before this one captures ${name}${advice}`);
      }
    }
  }
}
