/** A name that must be one of those that there are. */
import { nearMiss } from '../shared/did-you-mean.js';
import { reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';

/** So many names are told at most. */
const MOST_TOLD = 60;

/** Throws CONTROL_INPUT_INVALID, with the nearest name. `pointer` is where the name stands in the body; `expected` is in words. */
export function requireKnown(name: string | undefined, known: readonly string[], pointer: string, expected: string): void {
  if (name === undefined || known.includes(name)) return;
  const near = nearMiss(name, known);
  throw reject('CONTROL_INPUT_INVALID', {
    message: `${show(name)} is not ${expected}.`,
    in: 'body',
    pointer,
    expected,
    received: show(name),
    remedy: near === undefined ? `There are ${listOf(known)}.` : `Did you mean ${near}?`,
  });
}

function listOf(known: readonly string[]): string {
  const more = known.length - MOST_TOLD;
  return `${known.slice(0, MOST_TOLD).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}
