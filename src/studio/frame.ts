/** One script inside a run, with its variables: RUNSUB puts one on top of another. */
import type { Script } from './script.js';

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

/** Sets a variable for the action that runs; undefined takes it away. */
export function setVariable({ variables, changed }: Frame, name: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(variables, name);
  else variables[name] = value;
  changed.set(name, value);
}
