/** What a run writes into its trace: each action with its branch and its variables, and what failed. */
import type { RunTrace } from '../cxone/studio.js';
import type { Finding } from '../errors/catalogue.js';
import { isSecretName, REDACTED, redactText } from '../trace/redact.js';
import type { RestCall } from '../trace/trace.js';
import type { BotOutcome } from './bots/exchange.js';
import type { Frame } from './stack-frame.js';
import type { Action, Script } from './script.js';

/** What an action that fired is told with. */
export interface Told {
  readonly action: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly calls?: readonly RestCall[];
}

/** In characters of JSON: longer values are cut. */
const LONGEST_VALUE = 1000;

export class Journal {
  readonly #trace: RunTrace;
  /** The script of the run; actions of others, which run inside it, are told with theirs. */
  readonly #script: Script;
  #blame: { readonly problem: Finding; readonly raise: () => void } | undefined;

  constructor(trace: RunTrace, script: Script) {
    this.#trace = trace;
    this.#script = script;
  }

  /** What the action has done so far; the next one begins with nothing changed. */
  told(frame: Frame, { name, type }: Action, calls: readonly RestCall[] = []): Told {
    const { changed, script } = frame;
    frame.changed = new Map();
    const variables = Object.fromEntries(Array.from(changed, ([variable, value]) => [variable, shownValue(variable, value)]));
    return {
      action: `${script === this.#script ? '' : `${script.name}/`}${name} (${type.name})`,
      ...(changed.size === 0 ? {} : { variables }),
      ...(calls.length === 0 ? {} : { calls }),
    };
  }

  tell(message: string, told?: Told, branch?: string | null): void {
    this.#trace.enter({ level: 'info', code: null, message, ...told, ...(branch === undefined ? {} : { branch }) });
  }

  /** The customer has left, and the bot that had the word was told. */
  farewell(virtualAgent: string, outcome: BotOutcome): void {
    const [failure, calls] = 'problem' in outcome ? [outcome.problem, outcome.calls] : [undefined, outcome.calls];
    const message = `The bot ${virtualAgent} is told that the customer left (USER_ENDED_SESSION).`;
    if (failure === undefined) this.#trace.enter({ level: 'info', code: null, message, calls });
    else this.#trace.enter({ ...failure, level: 'warn', message: `${message} ${failure.message}`, calls });
  }

  /** What failed, and was taken care of. */
  warn(problem: Finding, told: Told, branch: string): void {
    this.#blame = { problem, raise: this.#trace.enter({ ...problem, level: 'warn', ...told, branch }) };
  }

  fail(problem: Finding, told?: Told): void {
    this.#trace.enter({ ...problem, level: 'error', ...told, ...(told === undefined ? {} : { branch: null }) });
  }

  /** Makes the last thing that failed the cause; undefined where nothing did. */
  blame(): Finding | undefined {
    this.#blame?.raise();
    return this.#blame?.problem;
  }
}

/** As the trace shows it: without secrets, and cut where it is long. */
function shownValue(name: string, value: unknown): unknown {
  if (value === undefined) return null;
  if (isSecretName(name)) return REDACTED;
  const text = JSON.stringify(value);
  if (text.length > LONGEST_VALUE) {
    const beginning = (typeof value === 'string' ? value : text).slice(0, LONGEST_VALUE);
    return `${redactText(beginning)}… (${String(text.length)} characters)`;
  }
  const redacted = redactText(JSON.stringify({ [name]: value }));
  try {
    return (JSON.parse(redacted) as Record<string, unknown>)[name];
  } catch {
    return redacted;
  }
}
