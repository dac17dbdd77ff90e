/** JSON as text: laid out for reading without a change to any value, and the place of a JSON Pointer in it. */

/** A stretch of a text, and whether it is what the pointer names, or only what lacks it. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** The member that is not there; undefined where the stretch is the value itself. */
  readonly missing?: string;
}

/** Deeper JSON is shown as it came: its margin would be wider than the page. */
const DEEPEST = 40;
/** Strings, marks, and whatever else stands between them; a string that was cut has no end. */
const TOKEN = /"(?:[^"\\]|\\[^])*"?|[[\]{},:]|[^\s"[\]{},:]+/g;

/** The text with a line for each member and item; undefined where it is no JSON, or too deep. Literals stay as they were sent. */
export function laidOut(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text) || !isJson(text)) return undefined;
  let out = '';
  let depth = 0;
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const closes = token === '}' || token === ']';
    if (closes) depth -= 1;
    const opened = before === '{' || before === '[';
    if (closes ? !opened : opened || before === ',') out += `\n${'  '.repeat(depth)}`;
    out += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth += 1;
    if (depth > DEEPEST) return undefined;
    before = token;
  }
  return out;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** An object or a list that the search is within. */
interface Open {
  readonly start: number;
  readonly list: boolean;
  /** How many steps of the pointer lead here; -1 where it does not lead here. */
  readonly matched: number;
  key: string | undefined;
  /** Where the key begins. */
  keyStart: number;
  index: number;
}

/** Goes through a text, token by token, to where a pointer leads. */
class Search {
  readonly #steps: readonly string[];
  readonly #stack: Open[] = [];
  found: Place | undefined;
  /** A member whose name is nearly the one that is looked for. */
  near: Place | undefined;
  /** The deepest value on the way, for a member that it lacks. */
  nearest: { readonly start: number; end: number; readonly matched: number } | undefined;

  constructor(steps: readonly string[]) {
    this.#steps = steps;
  }

  /** A value of which the end was not seen, because the text was cut. */
  get cut(): number | undefined {
    return this.#stack.findLast(({ matched }) => matched === this.#steps.length)?.start;
  }

  /** The name that is missing in `nearest`. */
  get missing(): string | undefined {
    return this.#steps[this.nearest?.matched ?? 0];
  }

  /** False where the text cannot be the JSON that the pointer is for. */
  take(token: string, at: number, length: number): boolean {
    const top = this.#stack.at(-1);
    if (token === '{' || token === '[') this.#open(token === '[', at, length);
    else if (token === '}' || token === ']') return this.#close(at);
    else if (token === ',') {
      if (top !== undefined) top.index += 1;
    } else if (token !== ':') {
      if (top !== undefined && !top.list && top.key === undefined) {
        top.key = unquoted(token);
        top.keyStart = at;
      } else this.#end(at, at + token.length, this.#matchedHere());
    }
    return true;
  }

  #open(list: boolean, at: number, length: number): void {
    const matched = this.#matchedHere();
    if (matched !== -1 && matched >= (this.nearest?.matched ?? 0)) this.nearest = { start: at, end: length, matched };
    this.#stack.push({ start: at, list, matched, key: undefined, keyStart: -1, index: 0 });
  }

  #close(at: number): boolean {
    const closed = this.#stack.pop();
    if (closed === undefined) return false;
    if (this.nearest?.start === closed.start) this.nearest.end = at + 1;
    this.#end(closed.start, at + 1, closed.matched);
    return true;
  }

  /** How many steps of the pointer lead to the value that begins now. */
  #matchedHere(): number {
    const top = this.#stack.at(-1);
    if (top === undefined) return 0;
    if (top.matched === -1) return -1;
    const step = top.list ? String(top.index) : top.key;
    return step !== undefined && step === this.#steps[top.matched] ? top.matched + 1 : -1;
  }

  #end(start: number, end: number, matched: number): void {
    if (matched === this.#steps.length) this.found = { start, end };
    const top = this.#stack.at(-1);
    if (top === undefined || top.list) return;
    const wanted = top.matched === this.#steps.length - 1 ? this.#steps[top.matched] : undefined;
    if (wanted !== undefined && isNear(top.key ?? '', wanted)) this.near ??= { start: top.keyStart, end, missing: wanted };
    top.key = undefined;
  }
}

/**
 * Where in the text a JSON Pointer leads. Where a member is missing, the object that lacks it, or the member whose name is
 * nearly the same. undefined where the text ends before, or is not the JSON that the pointer is for.
 */
export function locate(text: string, pointer: string): Place | undefined {
  const search = new Search(stepsOf(pointer));
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (!search.take(token, index, text.length)) return search.found;
  }
  const { cut, found, near, nearest, missing } = search;
  // Of a key that stands twice the last one counts, as it does where the body is read.
  if (found !== undefined) return found;
  // A value that was cut while it was open is shown to its end.
  if (cut !== undefined) return { start: cut, end: text.length };
  if (near !== undefined) return near;
  return nearest === undefined || missing === undefined ? undefined : { start: nearest.start, end: nearest.end, missing };
}

/** `session_id` and `sessionID` are near to `sessionId`. */
function isNear(name: string, wanted: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return name !== wanted && plain(name) === plain(wanted);
}

function unquoted(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.replace(/^"|"$/g, '');
  }
}

function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
