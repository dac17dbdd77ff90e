/** Hides what stands under certain names in a text of whatever form: JSON, sound or broken, form data, XML, multipart, headers. */

export const REDACTED = '[redacted]';

/** What to hide. Names are given decoded. */
export interface Names {
  /** Cheap test for texts that hold nothing to hide: the rule, not the exception. An escape, a `%` or a zero byte may hide a name. */
  readonly suspect: RegExp;
  isName(name: string): boolean;
  /** Whether a text in quotes with `:` or `=` in it is such a name as it stands, and no assignment. */
  isWhole(name: string): boolean;
  /** Whether the value under this name, which begins so, is to be hidden. */
  isHidden(name: string, value: string): boolean;
  /** Whether the value beside this name is to be hidden, in a list such as `{"name": …, "value": …}` or `attribute=…&value=…`. */
  isListed(name: string): boolean;
  /** Hides what gives itself away without a name. */
  hideNameless(text: string): string;
  /** Called with every value that is hidden, as it stands in the text. */
  onHidden(value: string): void;
}

/**
 * A name and what sets it off from its value: `"name":`, `'name':`, `"name" "`, `\"name\":` in JSON inside a string, and
 * without quotes `name:` or `name=`, as in YAML, headers, form data and attributes. Typographic quotes count as quotes.
 */
const NAME =
  /(?<!\\)(\\{0,8}["'“”„‟])([^"'“”„‟\r\n]{0,128}?)\\{0,8}["'“”„‟]\s{0,20}(?:[:=]\s{0,200}|(?=\\{0,8}["'“”„‟]))|(?<![^\s"'“”„‟=:&;,?{}()<>/\\])([^\s"'“”„‟=:&;,?{}()<>/\\]{1,256})\s{0,20}[:=]\s{0,200}/g;

const XML_START = /<([^\s"'=&<>/!?]{1,64})(?:\s[^<>]{0,2000})?>/g;
/** A list of names and values that puts the value first: `{"value": "…", "name": "Authorization"}`. */
const VALUE_BEFORE_NAME =
  /("value"\s{0,8}:\s{0,8}")((?:\\.|[^"\\]){0,2000})("\s{0,8},\s{0,8}"(?:name|key|header|field|attribute)"\s{0,8}:\s{0,8}"([^"\\]{1,64})")/gi;
const LABEL = /^(?:name|key|header|field|attribute)$/i;
/** The head of a field in a multipart form, up to its value. */
const PART_HEAD = /\bname="?([^"\r\n;]{1,128})"?[^\r\n]{0,256}\r?\n(?:[^\r\n]{1,256}\r?\n){0,8}\r?\n/g;
/** Form data as clients send it who do not encode: a value may hold spaces, quotes and commas. */
const FORM = /^[\s&?]*[^\s=&"'<>{[:][^\s=&"'<>{}:]{0,256}=/;
/** What stands between separators; where it has escapes, JSON, an address or a query may be hidden in it. */
const PIECE = /[^\s&=?;"'<>,{}]+/g;

/** What is encoded more often is not looked into. */
const MOST_DECODINGS = 2;

/** The text without those values; its form stays readable. */
export function hideNamed(text: string, names: Names): string {
  return hide(text, names, 0);
}

function hide(text: string, names: Names, decodings: number): string {
  if (!names.suspect.test(text)) return text;
  if (text.includes('\0')) {
    // UTF-16 that was read as UTF-8 has a zero byte beside every letter, which would hide every name.
    const plain = text.replaceAll('\0', '');
    const hidden = hide(plain, names, decodings);
    return hidden === plain ? text : hidden;
  }
  const sound = hideSoundMembers(text, names);
  const hidden = names.hideNameless(hideMembers(hideElements(hideParts(hideBeforeNames(sound, names), names), names), names));
  if (decodings >= MOST_DECODINGS || !hidden.includes('%')) return hidden;
  return hidden.replace(PIECE, (piece) => {
    if (!piece.includes('%')) return piece;
    const plain = percentDecoded(piece);
    return plain === piece || hide(plain, names, decodings + 1) === plain ? piece : REDACTED;
  });
}

function hideBeforeNames(text: string, names: Names): string {
  return text.replace(VALUE_BEFORE_NAME, (whole: string, before: string, value: string, after: string, name: string) => {
    if (!names.isListed(decoded(name))) return whole;
    names.onHidden(value);
    return before + REDACTED + after;
  });
}

/** A text of which ranges are hidden, from its beginning to its end. */
class Hiding {
  readonly #text: string;
  readonly #names: Names;
  #result = '';
  #done = 0;

  constructor(text: string, names: Names) {
    this.#text = text;
    this.#names = names;
  }

  hide(start: number, end: number, quote = ''): void {
    this.#names.onHidden(this.#text.slice(start, end));
    this.#result += `${this.#text.slice(this.#done, start)}${quote}${REDACTED}${quote}`;
    this.#done = end;
  }

  toString(): string {
    return this.#result + this.#text.slice(this.#done);
  }
}

/** The value of a field in a multipart form: up to the next boundary or the end of the text. */
function hideParts(text: string, names: Names): string {
  const hiding = new Hiding(text, names);
  PART_HEAD.lastIndex = 0;
  for (let match = PART_HEAD.exec(text); match !== null; match = PART_HEAD.exec(text)) {
    const [head, name = ''] = match;
    if (!names.isName(decoded(name))) continue;
    const start = match.index + head.length;
    const end = endOfPart(text, match.index, start);
    hiding.hide(start, end);
    PART_HEAD.lastIndex = end;
  }
  return hiding.toString();
}

function endOfPart(text: string, head: number, start: number): number {
  const before = text.lastIndexOf('\n--', head);
  const [boundary = ''] = /^--[^\r\n]*/.exec(text.slice(before + 1, before + 201)) ?? [];
  const next = boundary === '' ? -1 : text.indexOf(`\n${boundary}`, start - 1);
  if (next === -1) return text.length;
  return Math.max(start, text[next - 1] === '\r' ? next - 1 : next);
}

/** The whole content of an XML element, up to its end tag or the end of the text. */
function hideElements(text: string, names: Names): string {
  const hiding = new Hiding(text, names);
  XML_START.lastIndex = 0;
  for (let match = XML_START.exec(text); match !== null; match = XML_START.exec(text)) {
    const [tag, name = ''] = match;
    if (tag.endsWith('/>') || !names.isName(decoded(name))) continue;
    const start = match.index + tag.length;
    const end = endOfElement(text, start, name);
    hiding.hide(start, end);
    XML_START.lastIndex = end;
  }
  return hiding.toString();
}

/** An element may hold others of its own name. */
function endOfElement(text: string, start: number, name: string): number {
  let depth = 1;
  for (let at = text.indexOf('<', start); at !== -1; at = text.indexOf('<', at + 1)) {
    const ends = text[at + 1] === '/';
    const after = at + (ends ? 2 : 1);
    if (!text.startsWith(name, after) || !/[\s>]/.test(text[after + name.length] ?? '')) continue;
    depth += ends ? -1 : 1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** Members of sound JSON by JSON's own rules, under which no quote and no colon inside a string is taken for more than it is. */
function hideSoundMembers(text: string, names: Names): string {
  if (!isSoundJson(text)) return text;
  const hiding = new Hiding(text, names);
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    const end = closingQuote(text, at + 1, '"');
    const colon = skipped(text, end + 1);
    const name = text.slice(at + 1, end);
    at = end + 1;
    if (text[colon] !== ':') continue;
    const start = skipped(text, colon + 1);
    if (!names.isHidden(decoded(name), text.slice(start, start + 80))) continue;
    at = endOfSoundValue(text, start);
    hiding.hide(start, at, '"');
  }
  return hiding.toString();
}

function isSoundJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Past white space. */
function skipped(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text[at] ?? '-')) at += 1;
  return at;
}

function endOfSoundValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (depth === 0 && (character === ',' || character === '}' || character === ']')) return at;
    if (character === '"') at = closingQuote(text, at + 1, '"');
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
  }
  return text.length;
}

/** Members and assignments, also where the text is no sound JSON or ends within the value. */
function hideMembers(text: string, names: Names): string {
  const hiding = new Hiding(text, names);
  const form = FORM.test(text);
  let nextValueIsHidden = false;
  NAME.lastIndex = 0;
  for (let match = NAME.exec(text); match !== null; match = NAME.exec(text)) {
    const [found, , quoted, bare = ''] = match;
    const name = decoded(quoted ?? bare);
    if (quoted !== undefined && /[=:]/.test(quoted) && !names.isWhole(name)) {
      // No name, but a text with an assignment in it.
      NAME.lastIndex = match.index + 1;
      continue;
    }
    const start = match.index + found.length;
    const value = text.slice(start, start + 80);
    if (!names.isHidden(name, value) && !(nextValueIsHidden && name === 'value')) {
      const label = LABEL.test(name) ? /^\\{0,8}["']?([^\s"'\\&,;{}[\]]{1,64})/.exec(value)?.[1] : undefined;
      if (label !== undefined) nextValueIsHidden = names.isListed(decoded(label));
      // The value may itself be a name, as in `X-Original: Authorization: …`.
      NAME.lastIndex = Math.max(match.index + 1, start - 1);
      continue;
    }
    nextValueIsHidden = false;
    const end = form ? endOfField(text, start) : endOfValue(text, start, found.includes('='));
    if (end === start) continue;
    const quote = /^\\{0,8}["'“”„‟]/.exec(text.slice(start, start + 10))?.[0] ?? (quoted === undefined ? '' : '"');
    hiding.hide(start, end, quote);
    NAME.lastIndex = end;
  }
  return hiding.toString();
}

/** In a form: at the next `&`, or at the end of a line that a further field follows. */
function endOfField(text: string, start: number): number {
  const end = /&|[\r\n](?=[^\s=&]{1,256}=)/g;
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}

/**
 * Where the value that starts here ends: a string at its closing quote, brackets at theirs, an attribute or a parameter at
 * the next `&` or space, anything else at the end of the line or before the next name.
 */
function endOfValue(text: string, start: number, parameter: boolean): number {
  const quote = /^\\{0,8}["'“”„‟]/.exec(text.slice(start, start + 10))?.[0];
  if (quote !== undefined) return endOfString(text, start + quote.length, CLOSING_QUOTE[quote] ?? quote, !parameter);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (depth === 0 && !isApostrophe(text, at) && (parameter ? /[&;\s"'<>]/ : /[\r\n"'<>]/).test(character)) return at;
    if (depth === 0 && character === ',' && !parameter && BEFORE_A_NAME.test(text.slice(at, at + 300))) return at;
    if (depth > 0 && (character === '"' || character === "'")) {
      const end = closingQuote(text, at + 1, character);
      if (end === -1) return text.length;
      at = end;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth < 0) return at;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** A comma that ends a member; any other belongs to the value, as in `name: Doe, Jane`. */
const BEFORE_A_NAME = /^,\s*(?:$|["'“”„‟}\]]|[^\s"'“”„‟=:&;,?{}()<>/\\]{1,256}\s{0,20}[:=])/;

/** As in `O'Brien`. */
function isApostrophe(text: string, at: number): boolean {
  return text[at] === "'" && /^[\p{L}\p{N}]'[\p{L}\p{N}]$/u.test(text.slice(at - 1, at + 2));
}

/** A `member` ends at a quote that no more text follows: in broken JSON there may be quotes within it. */
function endOfString(text: string, from: number, quote: string, member: boolean): number {
  for (let at = closingQuote(text, from, quote); at !== -1; at = closingQuote(text, at + 1, quote)) {
    const end = at + quote.length;
    if (!member || quote.length > 1 || /^[ \t]*(?:[\r\n,:;}\])<&]|$)/.test(text.slice(end, end + 100))) return end;
  }
  return text.length;
}

const CLOSING_QUOTE: Readonly<Record<string, string>> = { '“': '”', '„': '“' };

/** The same quote again, with no more backslashes before it than the opening one had. */
function closingQuote(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (quote.length > 1 ? backslashes === 0 : backslashes % 2 === 0) return at;
  }
  return -1;
}

function decoded(name: string): string {
  return percentDecoded(name.replace(/\\{1,8}u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
}

/** Decodes what decodes, and leaves a stray % as it is. */
export function percentDecoded(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
