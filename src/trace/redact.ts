/** Keeps secrets out of traces and of the terminal: credentials in headers, in addresses, in JSON, in form data and in plain text. */

export const REDACTED = '[redacted]';

/** Names of fields, parameters and headers whose values are secrets, in whatever spelling: `accessKeySecret`, `access_token`, `X-Api-Key`. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|^(?:pwd|pass|pin|otp|cvv)$|secret|token|api_?-?key|(?:access|private|signing|account|subscription|encryption|auth|client|shared|master)_?-?key|^x-[\w-]*-key$|^key$|authori[sz]ation|(?:^|[-_])auth$|basic_?auth|auth_?-?(?:header|info|user)|(?:user_?(?:pwd|pin)|otp_?code)$|(?:^|[-_])pw$|passwort|kennwort|credential|cookie|session_?-?key|signature|^sig$|assertion|^code_?verifier$|jwt|bearer/i;

/** Names that look like one of those and are not. */
const NO_SECRET = /^(?:token_?type|token_?count|max_?tokens|token_?endpoint|authorization_?status)$/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NO_SECRET.test(name);
}

/** Credentials that give themselves away wherever they stand: `Bearer …`, `Basic …`, a JWT, `//user:password@host`, `user:password@host:443`. */
const SECRET_TEXT =
  /\b(Bearer|Basic)(\s{1,8}|%20|\+)(?=[\w.~+/%-]{0,200}[\d=])[\w.~+/=%-]{4,}|\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}|(:\/\/[\w.%+-]{0,100}:|^"?\/?[\w.%+-]{0,100}:(?=[^\s/"']{1,200}@[\w.-]+:[0-9]))[^\s/"']{1,200}@/gi;

/**
 * A name and what sets it off from its value: `"name":`, `'name':`, `"name" "`, `\"name\":` in JSON inside a string, and
 * without quotes `name:` or `name=`, as in YAML, headers, form data and attributes. Typographic quotes count as quotes.
 */
const NAME =
  /(?<!\\)(\\{0,8}["'“”„‟])([^"'“”„‟\r\n]{0,128}?)\\{0,8}["'“”„‟]\s{0,20}(?:[:=]\s{0,200}|(?=\\{0,8}["'“”„‟]))|(?<![\w$%.[\]-])([A-Za-z_$%][\w$%.[\]-]{0,127})\s{0,20}[:=]\s{0,200}/g;

const XML_START = /<([\w:.-]{1,64})(?:\s[^<>]*)?>/g;
/** A list of names and values that puts the value first: `{"value": "…", "name": "Authorization"}`. */
const VALUE_BEFORE_NAME =
  /("value"\s{0,8}:\s{0,8}")(?:\\.|[^"\\]){0,2000}("\s{0,8},\s{0,8}"(?:name|key|header|field)"\s{0,8}:\s{0,8}"([\w-]{1,64})")/gi;
const MULTIPART_FIELD = /(\bname="([^"\r\n]{1,128})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,8}\r?\n)([^\r\n]*)/g;
/** What stands between separators; where it has escapes, JSON, an address or a query may be hidden in it. */
const PIECE = /[^\s&=?;"'<>,{}]+/g;

/** Cheap test for texts that hold nothing to redact: the rule, not the exception. An escape, a `%` or a zero byte may hide a name. */
const SUSPECT =
  /pass|pwd|pin|otp|cvv|secret|token|key|auth|credential|cookie|sig|assertion|verifier|jwt|bearer|basic|eyj|@|\\u|%[0-9a-f]{2}|\0/i;

/** The text without secrets; its form stays readable. */
export function redactText(text: string): string {
  return redact(text, 0);
}

/** What is encoded more often is not looked into. */
const MOST_DECODINGS = 2;

function redact(text: string, decodings: number): string {
  if (!SUSPECT.test(text)) return text;
  if (text.includes('\0')) {
    // UTF-16 that was read as UTF-8 has a zero byte beside every letter, which would hide every name.
    const plain = text.replaceAll('\0', '');
    const redacted = redact(plain, decodings);
    return redacted === plain ? text : redacted;
  }
  const redacted = redactElements(redactMembers(hideValuesBeforeNames(text)))
    .replace(MULTIPART_FIELD, (whole: string, head: string, name: string) => (isSecretName(name) ? head + REDACTED : whole))
    .replace(SECRET_TEXT, (_, scheme: string | undefined, space: string | undefined, user: string | undefined) => {
      if (scheme !== undefined) return `${scheme}${space ?? ' '}${REDACTED}`;
      return user === undefined ? REDACTED : `${user}${REDACTED}@`;
    });
  if (decodings >= MOST_DECODINGS || !redacted.includes('%')) return redacted;
  return redacted.replace(PIECE, (piece) => {
    if (!piece.includes('%')) return piece;
    const plain = percentDecoded(piece);
    return plain === piece || redact(plain, decodings + 1) === plain ? piece : REDACTED;
  });
}

function hideValuesBeforeNames(text: string): string {
  return text.replace(VALUE_BEFORE_NAME, (whole: string, before: string, after: string, name: string) =>
    isSecretName(name) ? before + REDACTED + after : whole,
  );
}

/** The whole content of an XML element whose name is a secret's, up to its end tag or the end of the text. */
function redactElements(text: string): string {
  let result = '';
  let done = 0;
  XML_START.lastIndex = 0;
  for (let match = XML_START.exec(text); match !== null; match = XML_START.exec(text)) {
    const [tag, name = ''] = match;
    if (!isSecretName(name)) continue;
    const start = match.index + tag.length;
    const end = text.indexOf(`</${name}`, start);
    result += text.slice(done, start) + REDACTED;
    done = end === -1 ? text.length : end;
    XML_START.lastIndex = done;
  }
  return result + text.slice(done);
}

/** Members and assignments whose name is a secret's, also where the text is no sound JSON or ends within the value. */
function redactMembers(text: string): string {
  let result = '';
  let done = 0;
  let nextValueIsSecret = false;
  // OAuth's code is a credential; any other code is not.
  const codeIsSecret = text.includes('authorization_code');
  NAME.lastIndex = 0;
  for (let match = NAME.exec(text); match !== null; match = NAME.exec(text)) {
    const [found, , quoted, bare = ''] = match;
    if (quoted !== undefined && /[=:]/.test(quoted)) {
      // No name, but a text with an assignment in it.
      NAME.lastIndex = match.index + 1;
      continue;
    }
    const name = unescaped(quoted ?? bare);
    const start = match.index + found.length;
    const value = text.slice(start, start + 80);
    if (!holdsSecret(name, value) && !(nextValueIsSecret && name === 'value') && !(codeIsSecret && name === 'code')) {
      // {"name": "Authorization", "value": "…"}
      const named = /^(?:name|key|header|field)$/i.test(name) ? /^\\{0,8}["']([\w-]{1,64})/.exec(value)?.[1] : undefined;
      if (named !== undefined) nextValueIsSecret = isSecretName(named);
      // The value may itself be a name, as in `X-Original: Authorization: …`.
      NAME.lastIndex = Math.max(match.index + 1, start - 1);
      continue;
    }
    nextValueIsSecret = false;
    const end = endOfValue(text, start, found.includes('='));
    if (end === start) continue;
    const quote = /^\\{0,8}["'“”„‟]/.exec(text.slice(start, start + 10))?.[0] ?? (quoted === undefined ? '' : '"');
    result += `${text.slice(done, start)}${quote}${REDACTED}${quote}`;
    done = end;
    NAME.lastIndex = end;
  }
  return result + text.slice(done);
}

/** Whether the value under this name is a secret: a flag or a count is none, and `key` is many things. */
function holdsSecret(name: string, value: string): boolean {
  if (!isSecretName(name)) return false;
  if (/^(?:true|false|null)\b/.test(value)) return false;
  if (/^[0-9]{1,6}(?![\w.-])/.test(value)) return /pass|pwd|pin|otp|cvv|pw$/i.test(name);
  return !/^key$/i.test(name) || /^\\{0,8}["']?[\w-]{16,}/.test(value);
}

/**
 * Where the value that starts here ends: a string at its closing quote, brackets at theirs, a form's field at the next
 * `&` or space, anything else at the next comma, bracket or line.
 */
function endOfValue(text: string, start: number, field: boolean): number {
  const quote = /^\\{0,8}["'“”„‟]/.exec(text.slice(start, start + 10))?.[0];
  if (quote !== undefined) {
    const end = closingQuote(text, start + quote.length, CLOSING_QUOTE[quote] ?? quote);
    return end === -1 ? text.length : end + quote.length;
  }
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (depth === 0 && (field ? /[&;\s"'<>]/ : /[,\r\n"'<>]/).test(character)) return at;
    if (character === '"' || character === "'") {
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

/** A header's value without secrets. */
export function redactHeader(name: string, value: string): string {
  return isSecretName(name) ? REDACTED : redactText(value);
}

/** An address as it was sent, without secrets in its query; a lookup such as `?attribute=password&value=…` too. */
export function redactTarget(target: string): string {
  const redacted = redactText(target);
  const mark = redacted.indexOf('?');
  if (mark === -1) return redacted;
  const attributes = new URLSearchParams(target.slice(target.indexOf('?') + 1)).getAll('attribute');
  if (!attributes.some(isSecretName)) return redacted;
  const pairs = redacted.slice(mark + 1).split('&');
  const hidden = pairs.map((pair) => (percentDecoded(pair.split('=', 1)[0] ?? '') === 'value' ? `value=${REDACTED}` : pair));
  return `${redacted.slice(0, mark)}?${hidden.join('&')}`;
}

function unescaped(name: string): string {
  return percentDecoded(name.replace(/\\{1,8}u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
}

/** Decodes what decodes, and leaves a stray % as it is. */
function percentDecoded(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
