/** A recorded body as a scenario can send it: JSON, the pairs of a form, or text. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { parsedJson } from './json-text.js';
import { headerOf, type Recorded } from './recorded.js';

export type RecordedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  /** As they were sent, encoded. */
  | { readonly kind: 'form'; readonly pairs: readonly string[] }
  | { readonly kind: 'text'; readonly text: string };

/** In bytes: larger ones nobody reads in a file. */
const LARGEST = 262_144;

/** The body, or in words why a scenario cannot send it. */
export function bodyOf({ bytes, headers }: Pick<Recorded, 'bytes' | 'headers'>): RecordedBody | string {
  if (bytes.length === 0) return { kind: 'none' };
  const plain = inflated(bytes, headerOf(headers, 'content-encoding')?.trim().toLowerCase() ?? '');
  if (typeof plain === 'string') return plain;
  if (plain.length > LARGEST) return `its body of ${String(plain.length)} bytes is too large for a file`;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    return 'its body has bytes that are not UTF-8';
  }
  const json = soundJson(text);
  if (json !== undefined) return { kind: 'json', value: json.value };
  const type = headerOf(headers, 'content-type')?.trim().toLowerCase() ?? '';
  const form = type === '' || type.startsWith('application/x-www-form-urlencoded');
  if (form && /^[^\s=&<{["']+=[^\s]*$/.test(text)) return { kind: 'form', pairs: text.split('&') };
  return { kind: 'text', text };
}

function inflated(bytes: Buffer, encoding: string): Buffer | string {
  const limit = { maxOutputLength: LARGEST };
  try {
    if (encoding === '' || encoding === 'identity') return bytes;
    if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(bytes, limit);
    if (encoding === 'br') return brotliDecompressSync(bytes, limit);
    // Some senders of "deflate" leave out the zlib header; its first byte tells.
    if (encoding === 'deflate') return ((bytes[0] ?? 0) % 16 === 8 ? inflateSync : inflateRawSync)(bytes, limit);
  } catch {
    return `its body does not inflate as ${encoding}, or is too large for a file`;
  }
  return `its body is in the encoding ${encoding}`;
}

/** Only where a serialiser would write the same again: not with a key twice, or with a number that JavaScript cannot hold. */
function soundJson(text: string): { readonly value: unknown } | undefined {
  const value = parsedJson(text);
  if (value === undefined) return undefined;
  const same = JSON.stringify(value) === withoutSpace(text) && !text.includes('"__proto__"');
  return same ? { value } : undefined;
}

/** Without the white space that stands between the tokens of JSON. */
function withoutSpace(json: string): string {
  return json.replace(/"(?:\\.|[^"\\])*"|\s+/g, (part) => (part.startsWith('"') ? part : ''));
}

/** Name and value of a pair, decoded; undefined where it does not decode. */
export function decodedPair(pair: string): { readonly name: string; readonly value: string } | undefined {
  const mark = pair.indexOf('=');
  const [name, value] = mark === -1 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
  try {
    const plain = (part: string): string => decodeURIComponent(part.replaceAll('+', ' '));
    return { name: plain(name), value: plain(value) };
  } catch {
    return undefined;
  }
}
