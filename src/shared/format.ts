/** How a value from the wire is shown to a person: short, on one line, with its type. */

const LONGEST = 80;

/** JSON on one line, cut after 80 characters: `"abc-123"`, `{"intent":"billing"}`. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return `about ${value.toExponential(4)}`;
  if (typeof value === 'string' && value.length > LONGEST) {
    return `${JSON.stringify(value.slice(0, LONGEST))}… (${String(value.length)} characters)`;
  }
  const text = JSON.stringify(value);
  return text.length > LONGEST + 2 ? `${text.slice(0, LONGEST)}…` : text;
}

/** The JSON type in words: `a string`, `a list`, `null`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'object':
      return 'an object';
    default:
      return 'nothing';
  }
}

/** The value and its type: `463012345678 (a number)`. */
export function describe(value: unknown): string {
  return value === null || value === undefined ? show(value) : `${show(value)} (${kindOf(value)})`;
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return joined(words, 'or');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return joined(words, 'and');
}

function joined(words: readonly string[], conjunction: string): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** A copy of a piece of a text: V8 lets a piece hold on to the whole, which would keep megabytes in memory for a trace. */
export function detached(piece: string): string {
  return Buffer.from(piece, 'utf16le').toString('utf16le');
}

/** A member that nobody reads; what it holds is lost. */
export function nothingReadOf({ pointer, remedy }: { readonly pointer: string | null; readonly remedy: string }): string {
  return `Nothing is read of ${show(pointer)}. ${remedy}`;
}

const latestTime = { milliseconds: Number.NaN, text: '' };

/** ISO 8601 in UTC. Remembers the last one: under load many requests fall into one millisecond, and writing a date is slow. */
export function isoTime(milliseconds: number): string {
  if (milliseconds !== latestTime.milliseconds) {
    latestTime.text = new Date(milliseconds).toISOString();
    latestTime.milliseconds = milliseconds;
  }
  return latestTime.text;
}
