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

/** Members and assignments: `"name": value`, `'name': value`, `name: value` in braces, also where the text ends within the value. */
const MEMBER =
  /(["'])((?:\\.|(?!\1)[^\\])*)\1(\s*:\s*)("(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)|[^\s,}\]"'[{][^,}\]\n]*|\[[^\]]*(?:\]|$)|\{[^}]*(?:\}|$))/g;
const BARE_MEMBER =
  /([{,]\s*)([A-Za-z_$][\w$-]*)(\s*:\s*)("(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$)|[^\s,}\]"'][^,}\]\n]*)/g;
/** A JSON text inside a JSON string: `\"name\": \"value\"`. */
const NESTED_MEMBER =
  /(?<!\\)(\\{1,8}["'])([\w$. -]{1,64})(\1\s*:\s*)(\\{1,8}["'](?:(?!\\{1,8}["']).)*(?:\\{1,8}["']|$)|[^\s,}\]\\"'][^,}\]\\\n]*)/g;
const PAIR = /(^|[?&;\s"'])([^=&;?\s"'{}<>]{1,128})=([^&;\s"'<>]*)/g;
const XML_ELEMENT = /<([\w:.-]{1,64})(?:\s[^<>]*)?>([^<]+)(?=<|$)/g;

/** Cheap test for texts that hold nothing to redact: the rule, not the exception. An escape or a `%` may hide a name. */
const SUSPECT =
  /pass|pwd|pin|otp|cvv|secret|token|key|auth|credential|cookie|sig|assertion|verifier|jwt|bearer|basic|eyj|:\/\/|\\u|%[0-9a-f]{2}/i;

/** The text without secrets; its form stays readable. */
export function redactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(MEMBER, (whole: string, quote: string, name: string, colon: string) =>
      isSecretName(unescaped(name)) ? `${quote}${name}${quote}${colon}"${REDACTED}"` : whole,
    )
    .replace(BARE_MEMBER, (whole: string, before: string, name: string, colon: string) =>
      isSecretName(name) ? `${before}${name}${colon}"${REDACTED}"` : whole,
    )
    .replace(NESTED_MEMBER, (whole: string, quote: string, name: string, colon: string) =>
      isSecretName(name) ? `${quote}${name}${colon}${REDACTED}` : whole,
    )
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
