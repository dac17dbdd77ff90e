/** Which values of earlier answers later requests send again, so that a scenario must capture them. */
import { bodyOf, decodedPair } from './bodies.js';
import { headerOf, jsonOf, type Recorded } from './recorded.js';

/** Where a value stands in an answer's body. */
export interface Source {
  /** Of the recorded exchange. */
  readonly index: number;
  readonly steps: readonly (string | number)[];
  readonly value: string | number;
}

/** An id or a token: long enough, with a digit, and no text. */
function isReference(value: string): boolean {
  return value.length >= 6 && value.length <= 8192 && /[0-9]/.test(value) && !/\s/.test(value);
}

/**
 * The sources of all values that come back, by their value. What a caller brought itself (`introduced`: what is given) is
 * none of them. Answers of exchanges that are `quiet`, such as a look at the control API, count only where no other has the value.
 */
export function sourcesOf(
  recorded: readonly Recorded[],
  introduced: ReadonlySet<string>,
  quiet: (index: number) => boolean,
  leftOut: (index: number) => boolean,
): ReadonlyMap<string, Source> {
  const brought = new Set(introduced);
  const answered = { loud: new Map<string, Source>(), quiet: new Map<string, Source>() };
  const needed = new Map<string, Source>();
  for (const [index, one] of recorded.entries()) {
    if (leftOut(index)) continue;
    if (!quiet(index)) {
      for (const value of sentBy(one)) {
        if (!isReference(value) || brought.has(value)) continue;
        const source = answered.loud.get(value) ?? answered.quiet.get(value);
        if (source === undefined) brought.add(value);
        else needed.set(value, source);
      }
    }
    const place = quiet(index) ? answered.quiet : answered.loud;
    for (const { steps, value } of leavesOf(jsonOf(one.answer))) {
      const text = String(value);
      if (isReference(text) && !brought.has(text) && !place.has(text)) place.set(text, { index, steps, value });
    }
  }
  return needed;
}

interface LeafAt {
  readonly steps: readonly (string | number)[];
  readonly value: string | number;
}

/** Deeper and wider answers are not looked through. */
const MOST_LEAVES = 20_000;

function leavesOf(value: unknown): LeafAt[] {
  const found: LeafAt[] = [];
  const visit = (one: unknown, steps: readonly (string | number)[]): void => {
    if (found.length >= MOST_LEAVES) return;
    if (typeof one === 'string' || typeof one === 'number') found.push({ steps, value: one });
    else if (typeof one === 'object' && one !== null)
      for (const [key, member] of Object.entries(one)) visit(member, [...steps, Array.isArray(one) ? Number(key) : key]);
  };
  visit(value, []);
  return found;
}

/** All values that a request sends: parts of the path, of the query, of headers and of the body. */
export function sentBy(one: Recorded): string[] {
  const values: string[] = one.path.split('/').map(decodedSegment);
  for (const pair of one.query.split('&')) values.push(decodedPair(pair)?.value ?? '');
  for (const name of Object.keys(one.headers)) {
    const value = headerOf(one.headers, name) ?? '';
    values.push(value, ...value.split(/[\s,;=]+/));
  }
  const body = bodyOf(one);
  if (typeof body === 'string' || body.kind === 'none') return values;
  if (body.kind === 'json') values.push(...leavesOf(body.value).map(({ value }) => String(value)));
  else if (body.kind === 'form') values.push(...body.pairs.map((pair) => decodedPair(pair)?.value ?? ''));
  else values.push(...(body.text.match(/[\w.-]{6,}/g) ?? []));
  return values;
}

export function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
