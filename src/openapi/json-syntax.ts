/** Reads JSON text closely: where it stops being JSON and by which usual slip, which keys stand twice, how deep it goes. */
import { escapePointer } from '../shared/json-pointer.js';

/** Where JSON text stops being JSON, and what to write instead. */
export interface JsonFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

/** How deep the text nests, and how many members its objects have, counting a key that stands twice twice. For sound JSON only. */
export function measureJson(text: string): { depth: number; members: number } {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
    else if (code === 0x3a) members += 1;
  }
  return { depth: deepest, members };
}

/** How many members the objects of a parsed value have; a key that stood twice counts once. The value nests at most 64 deep. */
export function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item);
    return members;
  }
  for (const key of Object.keys(value)) members += 1 + countMembers((value as Record<string, unknown>)[key]);
  return members;
}

/** JSON Pointers of the keys that stand more than once in one object, in order, `most` at most. For sound JSON only. */
export function duplicateKeys(text: string, most = Infinity): string[] {
  const duplicates = new Set<string>();
  walk(text, (pointer) => {
    if (duplicates.size < most) duplicates.add(pointer());
  });
  return [...duplicates];
}

/** Why the text is not JSON; undefined where it is. */
export function diagnoseJson(text: string): JsonFault | undefined {
  const stop = walk(text);
  if (stop === undefined) return undefined;
  const before = text.slice(0, stop.at);
  const line = before.split('\n').length;
  const column = stop.at - (before.lastIndexOf('\n') + 1) + 1;
  const slip = SLIPS.find(({ matches }) => matches(text, stop));
  return {
    line,
    column,
    expected: EXPECTED[stop.wanted],
    received: received(text, stop),
    remedy: slip?.remedy(text, stop) ?? 'Send JSON, made by a serialiser rather than put together as text.',
  };
}

type Wanted =
  'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing' | 'string content' | 'escape' | 'number';

interface Stop {
  readonly at: number;
  readonly wanted: Wanted;
  readonly inside: 'object' | 'array' | undefined;
}

const EXPECTED: Readonly<Record<Wanted, string>> = {
  value: 'a value: a string in double quotes, a number, true, false, null, an object or a list',
  'value or end': 'a value or "]"',
  key: 'a key in double quotes',
  'key or end': 'a key in double quotes, or "}"',
  colon: '":" after the key',
  'comma or end': '"," or the end of the object or list',
  nothing: 'the end of the body',
  'string content': 'a closing double quote on the same line',
  escape: 'an escape that JSON knows: \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX',
  number: 'a number as JSON writes it',
};

interface Frame {
  readonly kind: 'object' | 'array';
  /** Only where double keys are looked for. */
  readonly keys: Set<string> | undefined;
  step: string | number;
}

const SPACE = /[ \t\n\r]*/y;
/** Up to the closing quote, an escape or a raw control character, which JSON forbids in a string. */
const PLAIN = /[^"\\\p{Cc}]*/uy;
/** Control characters that JSON allows: DEL and C1. */
const ALLOWED_CONTROL = /[\u007F-\u009F]/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;

/** Walks the text by the grammar of RFC 8259, without recursion, and says where it leaves it. */
function walk(text: string, onDuplicate?: (pointer: () => string) => void): Stop | undefined {
  const frames: Frame[] = [];
  let wanted: Wanted = 'value';
  let at = 0;

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  /** Each of these answers what comes next, or what was missing. */
  const closed = (): Next => ({ next: frames.length === 0 ? 'nothing' : 'comma or end' });
  const string = (): Next | undefined => {
    at += 1;
    for (;;) {
      take(PLAIN);
      if (text[at] === '"') break;
      if (text[at] === '\\') {
        if (take(ESCAPE) === '') return { missing: 'escape' };
      } else if (take(ALLOWED_CONTROL) === '') return { missing: 'string content' };
    }
    at += 1;
    return undefined;
  };
  const key = (frame: Frame): Next => {
    const start = at;
    const fault = string();
    if (fault !== undefined) return fault;
    frame.step = JSON.parse(text.slice(start, at)) as string;
    if (frame.keys?.has(frame.step) === true) onDuplicate?.(() => pointerTo(frames));
    frame.keys?.add(frame.step);
    return { next: 'colon' };
  };
  const number = (): Next => {
    const start = at;
    if (take(NUMBER) !== '' && !/[\w.+]/.test(text[at] ?? '')) return closed();
    at = start;
    return { missing: 'number' };
  };
  const open = (kind: Frame['kind']): Next => {
    at += 1;
    frames.push({ kind, keys: onDuplicate === undefined ? undefined : new Set(), step: kind === 'object' ? '' : 0 });
    return { next: kind === 'object' ? 'key or end' : 'value or end' };
  };
  const value = (character: string): Next => {
    if (character === '{') return open('object');
    if (character === '[') return open('array');
    if (character === '"') return string() ?? closed();
    if (/[-0-9]/.test(character)) return number();
    return take(LITERAL) === '' ? { missing: wanted } : closed();
  };
  const comma = (frame: Frame): Next => {
    at += 1;
    if (typeof frame.step === 'number') frame.step += 1;
    return { next: frame.kind === 'object' ? 'key' : 'value' };
  };
  const step = (character: string, frame: Frame | undefined): Next => {
    if (frame !== undefined && character === CLOSING[frame.kind] && ENDABLE.includes(wanted)) {
      at += 1;
      frames.pop();
      return closed();
    }
    if (wanted === 'value' || wanted === 'value or end') return value(character);
    if (frame !== undefined && wanted === 'comma or end' && character === ',') return comma(frame);
    if (frame !== undefined && (wanted === 'key' || wanted === 'key or end') && character === '"') return key(frame);
    if (wanted === 'colon' && character === ':') {
      at += 1;
      return { next: 'value' };
    }
    return { missing: wanted };
  };

  for (;;) {
    take(SPACE);
    const inside = frames.at(-1);
    const character = text[at];
    if (character === undefined) return wanted === 'nothing' ? undefined : { at, wanted, inside: inside?.kind };
    const result = step(character, inside);
    if ('missing' in result) return { at, wanted: result.missing, inside: inside?.kind };
    wanted = result.next;
  }
}

type Next = { readonly next: Wanted } | { readonly missing: Wanted };

const CLOSING = { object: '}', array: ']' } as const;
const ENDABLE: readonly Wanted[] = ['comma or end', 'key or end', 'value or end'];

function pointerTo(frames: readonly Frame[]): string {
  return frames.map((frame) => `/${escapePointer(String(frame.step))}`).join('');
}

function received(text: string, { at, wanted }: Stop): string {
  if (at >= text.length) return 'the end of the body';
  if (wanted === 'string content')
    return `a raw ${text[at] === '\n' || text[at] === '\r' ? 'line break' : 'control character'} inside a string`;
  const rest = text.slice(at, at + 24).split('\n', 1)[0] ?? '';
  return JSON.stringify(rest.toWellFormed());
}

interface Slip {
  readonly matches: (text: string, stop: Stop) => boolean;
  readonly remedy: (text: string, stop: Stop) => string;
}

function rest(text: string, stop: Stop, length = 40): string {
  return text.slice(stop.at, stop.at + length);
}

function slip(matches: Slip['matches'], remedy: string | Slip['remedy']): Slip {
  return { matches, remedy: typeof remedy === 'string' ? () => remedy : remedy };
}

/** Whether the body fails before anything of it is JSON. */
function isFirst({ wanted, inside }: Stop): boolean {
  return wanted === 'value' && inside === undefined;
}

/** In characters: a head that is longer is not recognised. */
const LONGEST_HEAD = 8192;
/** The first line of a request or an answer; or headers, an empty line, and JSON. */
const HEAD = /^(?:[A-Z]{3,10} \S+ HTTP\/[0-9]|HTTP\/[0-9.]+ [0-9]{3}|(?:[\w-]+:[^\n]*\n)+\r?\n\s*[{[])/;
/** White space that is none in JSON, and characters without a width. */
const INVISIBLE = /[^\S \t\r\n]|[\p{Cf}]/u;

/** The usual slips, the most telling first. */
const SLIPS: readonly Slip[] = [
  slip(
    (text) => text.slice(0, 64).includes('\0'),
    'There are zero bytes between the characters: this looks like UTF-16. Encode the body as UTF-8; Windows PowerShell writes UTF-16 unless told otherwise.',
  ),
  slip(
    (text, stop) => /^\{\{|^\$\{|^<%/.test(rest(text, stop)) || text.slice(stop.at - 1, stop.at + 1) === '{{',
    'A template was sent as it stands: nothing filled it in. In Cognigy, check that the payload takes CognigyScript and that the variable exists; in a Studio script, define the body as an object whose values are templates.',
  ),
  slip(
    (text) => text.trim() === '[object Object]',
    'An object was put where its text belongs: serialise it (JSON.stringify, or payload type JSON in Cognigy’s HTTP Request node).',
  ),
  slip(
    (text) => /^\s*'[[{]/.test(text),
    'The body is wrapped in single quotes: the shell did not remove them (Windows cmd does not). Use double quotes outside and \\" inside, or put the body into a file.',
  ),
  slip(
    (text, stop) =>
      isFirst(stop) && /^(?:\$\s+)?(?:curl|wget|Invoke-(?:RestMethod|WebRequest))\s+(?:[-'"\\$]|https?:)/i.test(rest(text, stop)),
    'This is the command that sends the request, not its body: send only what stands behind -d, --data or -Body, without the quotes around it.',
  ),
  slip(
    (text, stop) => isFirst(stop) && HEAD.test(rest(text, stop, LONGEST_HEAD)),
    'This is a whole HTTP message: its head belongs in the request line and the headers. Send only the body, which stands below the empty line.',
  ),
  slip(
    (text, stop) => isFirst(stop) && rest(text, stop).startsWith('```'),
    'These are the marks around code in Markdown: send only what stands between the lines with ```.',
  ),
  slip(
    (text, stop) => !stop.wanted.startsWith('string') && INVISIBLE.test(text[stop.at] ?? ''),
    (text, stop) =>
      `There is a character that cannot be seen, U+${(text.codePointAt(stop.at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}; it may have come along when the text was copied. Remove it: between its values JSON knows only spaces, tabs and line breaks.`,
  ),
  slip((text, stop) => stop.at === 0 && /^%7B/i.test(text), 'The JSON is URL-encoded: send it as it is.'),
  slip(
    (text, stop) => isFirst(stop) && /^[\w.%[\]-]+=/.test(rest(text, stop)),
    'This is form data under a JSON Content-Type: send the fields as one JSON object.',
  ),
  slip((text, stop) => isFirst(stop) && text[stop.at] === '<', 'This is XML or HTML under a JSON Content-Type: send JSON.'),
  slip(
    (text, stop) => isFirst(stop) && /^[\w$.]+\s*\(/.test(rest(text, stop)),
    'This is a call around the JSON, as JSONP has it: send the JSON alone.',
  ),
  slip(
    (text, stop) => isFirst(stop) && /^[\w-]+:(?:\s|$)/.test(rest(text, stop)),
    'This looks like YAML: send one JSON object, in braces and with its keys in double quotes.',
  ),
  slip(
    (text, stop) => /^(?:undefined|None|nil)\b/.test(rest(text, stop)),
    'A variable without a value was put into the text: JSON knows only null. Check that the value is set when the request is built.',
  ),
  slip(
    (text, stop) => /^-?(?:NaN|Infinity)\b/.test(rest(text, stop)),
    'JSON has no number for what cannot be computed: send null, or leave the field out. In Python, json.dumps(…, allow_nan=False) tells where it comes from.',
  ),
  slip(
    (text, stop) => /^(?:True|False|TRUE|FALSE|NULL|Null)\b/.test(rest(text, stop)),
    'JSON writes true, false and null in lower case.',
  ),
  slip(
    (text, stop) => isFirst(stop) && /^[\p{L}_$]/u.test(rest(text, stop)),
    'This is plain text under a JSON Content-Type: send the fields as one JSON object.',
  ),
  slip(
    (text, stop) => text[stop.at] === "'",
    'Single quotes: JSON wants double quotes around keys and strings; in Python, json.dumps makes them.',
  ),
  slip(
    (text, stop) => /^[“”„‟«»‘’]/.test(rest(text, stop)),
    'Typographic quotes, as a word processor makes them: JSON wants plain double quotes (").',
  ),
  slip((text, stop) => /^\/[/*]/.test(rest(text, stop)) || text[stop.at] === '#', 'A comment: JSON has none. Remove it.'),
  slip(
    (text, stop) =>
      (stop.wanted === 'key' || stop.wanted === 'value') && /^[}\]]/.test(rest(text, stop)) && lastBefore(text, stop) === ',',
    'A comma before the closing bracket: remove it.',
  ),
  slip(
    (text, stop) =>
      (stop.wanted === 'key' || stop.wanted === 'value' || stop.wanted === 'value or end') &&
      text[stop.at] === ',' &&
      lastBefore(text, stop) !== ':',
    'A comma with nothing before it: remove it, or give the value that is missing.',
  ),
  slip(
    (text, stop) => stop.wanted === 'value' && /^[,}\]]/.test(rest(text, stop)),
    'A key without a value: the variable that it was taken from had none. Put the template in double quotes, or give it a default.',
  ),
  slip(
    (text, stop) => (stop.wanted === 'key' || stop.wanted === 'key or end') && /^[\p{L}_$]/u.test(rest(text, stop)),
    (text, stop) => {
      const key = /^[\p{L}\p{N}_$.-]+/u.exec(rest(text, stop))?.[0] ?? '';
      return `A key without quotes: write "${key}".`;
    },
  ),
  slip(
    (_, stop) => stop.wanted === 'number',
    'JSON writes numbers without leading zeros, without + and not in hex; ids that are more than digits go in double quotes.',
  ),
  slip(
    (text, stop) => stop.wanted.startsWith('value') && /^[+.][0-9]/.test(rest(text, stop)),
    'JSON writes numbers without + and with a digit before the point.',
  ),
  slip(
    (text, stop) => stop.wanted.startsWith('value') && /^[\p{L}_$]/u.test(rest(text, stop)),
    'A text without quotes: put it in double quotes; where a template fills it in, put the quotes around the template.',
  ),
  slip(
    (text, stop) => stop.wanted === 'string content' && stop.at < text.length,
    (text, stop) =>
      `Write a ${/[\r\n]/.test(text[stop.at] ?? '') ? 'line break inside a string as \\n' : 'control character inside a string as an escape (a tab as \\t)'}; better, let a serialiser make the JSON, so that no value can break it.`,
  ),
  slip((_, stop) => stop.wanted === 'escape', 'Double the backslash (\\\\) where one is meant.'),
  slip(
    (text, stop) => stop.at >= text.length,
    (_, stop) =>
      stop.wanted === 'string content'
        ? 'A string is never closed: add the closing double quote, and see that no value holds a raw one.'
        : 'The body ends too early: something is not closed, or it was cut on its way (compare Content-Length).',
  ),
  slip(
    (text, stop) => stop.wanted === 'comma or end' && lastBefore(text, stop) === '"' && /^[\p{L}\p{N}_]/u.test(rest(text, stop)),
    'A double quote inside a string ended it early: write it as \\", or let a serialiser make the JSON.',
  ),
  slip((text, stop) => stop.wanted === 'comma or end' && /^["{[\w-]/.test(rest(text, stop)), 'A comma is missing before this.'),
  slip(
    (text, stop) => stop.wanted === 'comma or end' && /^[}\]]/.test(rest(text, stop)),
    'The brackets do not match: an object ends with "}", a list with "]".',
  ),
  slip((text, stop) => stop.wanted === 'colon' && rest(text, stop).startsWith('='), 'Write ":" between key and value, not "=".'),
  slip((_, stop) => stop.wanted === 'colon', 'A key without a value: write ":" and the value.'),
  slip((_, stop) => stop.wanted === 'nothing', 'There is more after the JSON value: send one value, and nothing behind it.'),
];

function lastBefore(text: string, stop: Stop): string | undefined {
  return text.slice(0, stop.at).trimEnd().at(-1);
}
