/** One script inside a run, with its variables: RUNSUB puts one on top of another. */
import { type Explanation, reject, type Rejection } from '../errors/catalogue.js';
import type { Script } from './script.js';
import { DEEPEST_VALUE, depthOf } from './value-depth.js';

export interface Frame {
  readonly script: Script;
  readonly variables: Record<string, unknown>;
  /** What the action that runs has set so far; undefined where it took a variable away. */
  changed: Map<string, unknown>;
  over: boolean;
  /** What its END gave. */
  result: unknown;
}

export function newFrame(script: Script): Frame {
  // Without a prototype a variable may have any name.
  const variables = Object.create(null) as Record<string, unknown>;
  return { script, variables, changed: new Map(), over: false, result: undefined };
}

/** In characters of JSON, roughly: what doubles itself in a loop must not take the emulator down. */
const LARGEST_VALUE = 1024 ** 2;

/** Sets a variable for the action that runs; undefined takes it away. Throws where the value is too large or nests too deep. */
export function setVariable({ variables, changed }: Frame, name: string, value: unknown): void {
  if (depthOf(value) > DEEPEST_VALUE) throw tooDeep(name);
  if (left(LARGEST_VALUE, value) < 0) throw tooLarge(name);
  if (value === undefined) Reflect.deleteProperty(variables, name);
  else variables[name] = value;
  changed.set(name, value);
}

/** What is left of a budget of characters after the value; counting stops where nothing is. */
function left(budget: number, value: unknown): number {
  if (typeof value === 'string') return budget - value.length - 2;
  if (typeof value !== 'object' || value === null) return budget - 8;
  let rest = budget - 2;
  for (const [name, member] of Object.entries(value)) {
    if (rest < 0) return rest;
    rest = left(rest - name.length - 4, member);
  }
  return rest;
}

function tooLarge(name: string): Rejection {
  return unfit({
    message: `The value for the variable ${name} is too large.`,
    expected: `at most ${String(LARGEST_VALUE)} characters of JSON`,
    received: 'more',
    remedy: 'Keep what the script needs of it only. A value that is put together from itself in a loop doubles each time.',
  });
}

function tooDeep(name: string): Rejection {
  return unfit({
    message: `The value for the variable ${name} nests too deep.`,
    expected: `at most ${String(DEEPEST_VALUE)} levels of objects and lists`,
    received: 'more',
    remedy: 'Keep what the script needs of it only. Where it came from a REST call, look at the answer of the other side.',
  });
}

function unfit(words: Pick<Explanation, 'message' | 'expected' | 'received' | 'remedy'>): Rejection {
  return reject('SCRIPT_VALUE_INVALID', { in: null, pointer: null, ...words });
}
