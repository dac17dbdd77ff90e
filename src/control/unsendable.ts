/** What an explained request has that HTTP cannot carry: sent, it would not get past the reading of its head. */
import { METHODS } from 'node:http';
import { type Explanation, type Rejection, reject } from '../errors/catalogue.js';
import { oneOf, show } from '../shared/format.js';

/** undefined where it can be sent. */
export function unsendable(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Rejection | undefined {
  if (!METHODS.includes(method)) return malformed(wrongMethod(method));
  const inPath = /[^\x21-\x7e]/u.exec(path)?.[0];
  if (inPath !== undefined) return malformed(wrongPath(path, inPath));
  for (const [name, value] of Object.entries(headers)) {
    const inName = name === '' || /[^!#$%&'*+.^_`|~0-9A-Za-z-]/.test(name);
    const inValue = /[^\P{Cc}\t\x80-\x9f]/u.exec(value)?.[0];
    if (inName || inValue !== undefined) return malformed(wrongHeader(name, value, inValue));
  }
  return undefined;
}

function malformed(explanation: Omit<Explanation, 'message'>): Rejection {
  return reject('HTTP_MALFORMED', { message: 'This cannot be sent as HTTP/1.', ...explanation });
}

const COMMON_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

function wrongMethod(method: string): Omit<Explanation, 'message'> {
  return {
    in: null,
    pointer: null,
    expected: oneOf(COMMON_METHODS),
    received: show(method),
    remedy: `Send a method that HTTP knows: ${oneOf(COMMON_METHODS)}.`,
  };
}

function wrongPath(path: string, character: string): Omit<Explanation, 'message'> {
  const encoded = path.trim().replace(/[^\x21-\x7e]+/gu, (part) => encodeURIComponent(part.toWellFormed()));
  return {
    in: 'path',
    pointer: '',
    expected: 'printable ASCII characters without spaces; anything else percent-encoded',
    received: `${codePoint(character)} in ${show(path)}`,
    remedy: `Send ${show(encoded)}${path.trim() === path ? '' : ', without the white space around it'}. Build a path of parts that went through encodeURIComponent.`,
  };
}

function wrongHeader(name: string, value: string, character: string | undefined): Omit<Explanation, 'message'> {
  const atEnd = /[\r\n]+$/.test(value) && !/[\r\n]/.test(value.trim());
  return {
    in: 'header',
    pointer: `/${name.toLowerCase()}`,
    expected: 'a name of letters, digits and dashes, and a value on one line',
    // A header may hold credentials.
    received: character === undefined ? `the name ${show(name)}` : `a value with ${codePoint(character)} in it`,
    remedy:
      character === undefined
        ? 'Write the name alone, without a colon or white space.'
        : atEnd
          ? 'Remove the line break at the end of the value: it comes along from a file that is read whole, or one with Windows line ends.'
          : 'Remove the line break or control character from the value: an HTTP library refuses such a header, and what is put together by hand becomes another request.',
  };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
