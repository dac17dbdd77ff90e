/** Keeps secrets out of traces and of the terminal: credentials in headers, in addresses, in JSON, in form data and in plain text. */

export const REDACTED = '[redacted]';

/** Names of fields, parameters and headers whose values are secrets, in whatever spelling: `accessKeySecret`, `access_token`, `X-Api-Key`. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|^(?:pwd|pass|pin|otp|cvv)$|secret|token|api_?-?key|(?:access|private|signing|account|subscription|encryption|auth|client|shared|master)_?-?key|^key$|authori[sz]ation|^auth$|credential|cookie|session_?-?key|signature|^sig$|assertion|^code_?verifier$|jwt|bearer/i;

/** Names that look like one of those and are not. */
const NO_SECRET = /^(?:token_?type|token_?count|max_?tokens|token_?endpoint|authorization_?status)$/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NO_SECRET.test(name);
}

/** Credentials that give themselves away wherever they stand: `Bearer …`, `Basic …`, a JWT, `user:password@host`. */
const SECRET_TEXT = /\b(Bearer|Basic)(\s+|%20|\+)[\w.~+/=%-]{4,}|\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}|(:\/\/[^\s:/@"]*:)[^\s/@"]+@/gi;

/** The name of a member and its colon: `"name":`, `'name':`, `\"name\":` in JSON inside a string, `name:` after a bracket or a comma. */
const MEMBER_NAME = /(?<!\\)(\\{0,8}["'])([^"'\r\n]*?)\1\s*:\s*|[{,]\s*([A-Za-z_$][\w$-]*)\s*:\s*/g;
const PAIR = /(^|[?&;\s"'])([^=&;?\s"'{}<>]{1,128})=([^&;\s"'<>]*)/g;
const XML_ELEMENT = /<([\w:.-]{1,64})(?:\s[^<>]*)?>([^<]+)(?=<|$)/g;

/** Cheap test for texts that hold nothing to redact: the rule, not the exception. An escape or a `%` may hide a name. */
const SUSPECT =
  /pass|pwd|pin|otp|cvv|secret|token|key|auth|credential|cookie|sig|assertion|verifier|jwt|bearer|basic|eyj|:\/\/|\\u|%[0-9a-f]{2}/i;

/** The text without secrets; its form stays readable. */
export function redactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return redactMembers(text)
    .replace(PAIR, (whole: string, before: string, name: string) =>
      isSecretName(unescaped(percentDecoded(name))) ? `${before}${name}=${REDACTED}` : whole,
    )
    .replace(XML_ELEMENT, (whole: string, name: string, value: string) =>
      isSecretName(name) ? whole.slice(0, -value.length) + REDACTED : whole,
    )
    .replace(SECRET_TEXT, (whole: string, scheme: string | undefined, space: string | undefined, user: string | undefined) => {
      if (scheme !== undefined) return `${scheme}${space ?? ' '}${REDACTED}`;
      return user === undefined ? REDACTED : `${user}${REDACTED}@`;
    });
}

/** Members whose name is a secret's, also where the text is no sound JSON or ends within the value. */
function redactMembers(text: string): string {
  let result = '';
  let done = 0;
  MEMBER_NAME.lastIndex = 0;
  for (let match = MEMBER_NAME.exec(text); match !== null; match = MEMBER_NAME.exec(text)) {
    const [found, quote = '', quoted, bare = ''] = match;
    if (!isSecretName(unescaped(quoted ?? bare))) continue;
    const start = match.index + found.length;
    const end = endOfValue(text, start);
    result += `${text.slice(done, start)}${quote}${REDACTED}${quote}`;
    done = end;
    MEMBER_NAME.lastIndex = Math.max(end, start);
  }
  return result + text.slice(done);
}

/** Where the value that starts here ends: a string at its closing quote, brackets at theirs, anything else at the next comma, bracket or line. */
function endOfValue(text: string, start: number): number {
  const quote = /^\\{0,8}["']/.exec(text.slice(start, start + 10))?.[0];
  if (quote !== undefined) {
    const end = closingQuote(text, start + quote.length, quote);
    return end === -1 ? text.length : end + quote.length;
  }
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"' || character === "'") {
      const end = closingQuote(text, at + 1, character);
      if (end === -1) return text.length;
      at = end;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth < 0) return at;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (character === ',' || character === '\n')) return at;
  }
  return text.length;
}

/** The same quote again, with no more backslashes before it than the opening one had. */
function closingQuote(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (quote.length > 1 ? backslashes === 0 : backslashes % 2 === 0) return at;
  }
  return -1;
}

/** A header's value without secrets. */
export function redactHeader(name: string, value: string): string {
  return isSecretName(name) ? REDACTED : redactText(value);
}

/** An address as it was sent, without secrets in its query; a lookup such as `?attribute=password&value=…` too. */
export function redactTarget(target: string): string {
  const query = target.indexOf('?');
  if (query === -1) return redactText(target);
  const attribute = new URLSearchParams(target.slice(query + 1)).get('attribute');
  const redacted = redactText(target);
  return attribute !== null && isSecretName(attribute) ? redacted.replace(/([?&]value=)[^&]*/g, `$1${REDACTED}`) : redacted;
}

function unescaped(name: string): string {
  return name.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function percentDecoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
