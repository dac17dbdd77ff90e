/** Keeps secrets out of traces and of the terminal: credentials in headers, in addresses, in JSON, in form data and in plain text. */
import { hideNamed, type Names, percentDecoded, REDACTED } from './redact-text.js';

export { REDACTED };

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

/** Cheap test for texts that hold nothing to redact: the rule, not the exception. An escape, a `%` or a zero byte may hide a name. */
const SUSPECT =
  /pass|pwd|pin|otp|cvv|secret|token|key|auth|credential|cookie|sig|assertion|verifier|jwt|bearer|basic|eyj|@|\\u|%[0-9a-f]{2}|\0/i;

/** Whether the value under this name, as it stands in a text, is a secret: a flag or a count is none, and `key` is many things. */
export function holdsSecret(name: string, value: string): boolean {
  if (!isSecretName(name)) return false;
  if (/^(?:true|false|null)\b/.test(value)) return false;
  if (/^[0-9]{1,6}(?![\w.-])/.test(value)) return /pass|pwd|pin|otp|cvv|pw$/i.test(name);
  return !/^key$/i.test(name) || /^\\{0,8}["']?[\w-]{16,}/.test(value);
}

const CREDENTIALS: Names = {
  suspect: SUSPECT,
  isName: isSecretName,
  isWhole: () => false,
  isHidden: holdsSecret,
  isListed: isSecretName,
  hideNameless: (text) =>
    text.replace(SECRET_TEXT, (_, scheme: string | undefined, space: string | undefined, user: string | undefined) => {
      if (scheme !== undefined) return `${scheme}${space ?? ' '}${REDACTED}`;
      return user === undefined ? REDACTED : `${user}${REDACTED}@`;
    }),
  onHidden: () => undefined,
};

/** OAuth's code is a credential; any other code is not. */
const WITH_CODE: Names = { ...CREDENTIALS, isHidden: (name, value) => name === 'code' || holdsSecret(name, value) };

/** The text without secrets; its form stays readable. */
export function redactText(text: string): string {
  return hideNamed(text, text.includes('authorization_code') ? WITH_CODE : CREDENTIALS);
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
