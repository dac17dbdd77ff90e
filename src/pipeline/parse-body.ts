/** Stage parse-body: from bytes to a value. Too large, wrongly encoded, not UTF-8, empty, form data, no JSON: in this order. */
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type InputType, type ZlibOptions } from 'node:zlib';
import { countMembers, diagnoseJson, duplicateKeys, measureJson } from '../openapi/json-syntax.js';
import type { MediaKind } from '../openapi/contract.js';
import { nearMiss } from '../shared/did-you-mean.js';
import { type Rejection, reject } from '../errors/catalogue.js';
import { bodyTooLarge } from '../errors/size-errors.js';
import { show } from '../shared/format.js';
import { readPairs } from './pairs.js';
import type { RequestContext } from './request-context.js';
import type { Services } from './services.js';

/** Deeper bodies are refused by the next stage, and not looked into any further here. */
export const DEEPEST = 64;

/** So many double keys are told at most. */
const MOST_DUPLICATES = 20;

const BOM = '\uFEFF';

export function parseBody(context: RequestContext, { settings }: Services): void | Promise<void> {
  if (context.bodyFault !== undefined) throw context.bodyFault;
  const { operation, bytes } = context;
  if (operation?.body === undefined) {
    if (bytes.length > 0) context.trace.log(`The operation takes no body: ${String(bytes.length)} bytes were ignored.`);
    return;
  }
  const encoding = context.header('content-encoding')?.trim().toLowerCase() ?? '';
  if (bytes.length === 0 || encoding === '' || encoding === 'identity') {
    read(context, bytes);
    return;
  }
  return inflated(bytes, encoding, context.family.maxBody ?? settings.maxBody).then((plain) => {
    context.trace.log(`${String(bytes.length)} bytes of ${encoding} inflate to ${String(plain.length)}.`);
    read(context, plain);
  });
}

function read(context: RequestContext, bytes: Buffer): void {
  if (!isUtf8(bytes)) throw notUtf8(bytes);
  let text = bytes.toString('utf8');
  if (text.startsWith(BOM)) {
    text = text.slice(1);
    warnBom(context);
  }
  context.trace.bodyText = text;
  if (/^\s*$/.test(text)) {
    if (context.operation?.body?.required === true) throw empty(bytes.length, context.operation.body.kinds[0] ?? 'json');
    return;
  }
  if (context.mediaType === 'form') {
    if (context.operation?.body?.kinds.includes('form') !== true) throw formData(context, text);
    context.body = readPairs(text);
    context.trace.log(`${String(bytes.length)} bytes of form data.`);
    return;
  }
  context.body = parse(text);
  const { depth, members } = measureJson(text);
  context.bodyDepth = depth;
  if (depth <= DEEPEST && members !== countMembers(context.body)) warnDuplicates(context, text);
  context.trace.log(`${String(bytes.length)} bytes of JSON.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const fault = diagnoseJson(text);
    throw reject('BODY_NOT_JSON', {
      message: `The body is not JSON${fault === undefined ? '' : `: line ${String(fault.line)}, column ${String(fault.column)}`}.`,
      in: 'body',
      pointer: '',
      expected: fault?.expected ?? 'JSON',
      received:
        fault === undefined
          ? (error as Error).message
          : `${fault.received} at line ${String(fault.line)}, column ${String(fault.column)}`,
      remedy: fault?.remedy ?? 'Send JSON, made by a serialiser rather than put together as text.',
    });
  }
}

type Inflate = (input: InputType, options: ZlibOptions) => Promise<Buffer>;

const INFLATE: Readonly<Record<string, Inflate>> = {
  gzip: promisify<InputType, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<InputType, ZlibOptions, Buffer>(gunzip),
  br: promisify<InputType, ZlibOptions, Buffer>(brotliDecompress),
};
const INFLATE_ZLIB: Inflate = promisify<InputType, ZlibOptions, Buffer>(inflate);
const INFLATE_RAW: Inflate = promisify<InputType, ZlibOptions, Buffer>(inflateRaw);

async function inflated(bytes: Buffer, encoding: string, limit: number): Promise<Buffer> {
  // Some senders of "deflate" leave out the zlib header that RFC 9110 asks for; its first byte tells.
  const inflateBytes = INFLATE[encoding] ?? ((bytes[0] ?? 0) % 16 === 8 ? INFLATE_ZLIB : INFLATE_RAW);
  try {
    return await inflateBytes(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw bodyTooLarge(limit, `${String(bytes.length)} bytes of ${encoding} that inflate to more`);
    throw reject('BODY_ENCODING_INVALID', {
      message: `The body is not ${encoding}.`,
      in: 'body',
      pointer: '',
      expected: `a body in ${encoding}, as the header Content-Encoding says`,
      received: `${String(bytes.length)} bytes that do not inflate: ${(error as Error).message}`,
      remedy: /^\s*[[{"]/.test(bytes.toString('latin1', 0, 32))
        ? 'The body is not compressed: remove the header Content-Encoding, or compress the body.'
        : 'Compress the body whole, once, in the encoding that the header names.',
    });
  }
}

function notUtf8(bytes: Buffer): Rejection {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const position = bytes.toString('utf8').indexOf('\uFFFD');
  return reject('BODY_NOT_UTF8', {
    message: 'The body has bytes that are not UTF-8.',
    in: 'body',
    pointer: '',
    expected: 'UTF-8',
    received: utf16
      ? 'what looks like UTF-16'
      : gzip
        ? 'what looks like gzip'
        : `other bytes after ${String(position)} characters`,
    remedy: utf16
      ? 'Encode the body as UTF-8: Windows PowerShell writes files as UTF-16 unless told otherwise (-Encoding utf8).'
      : gzip
        ? 'The body is compressed, and the header that says so is missing: add Content-Encoding: gzip, or send it uncompressed.'
        : 'Encode the body as UTF-8; it looks like Latin-1 or Windows-1252, or was cut inside a character.',
  });
}

function empty(bytes: number, kind: MediaKind): Rejection {
  return reject('BODY_EMPTY', {
    message: bytes === 0 ? 'There is no body.' : 'The body is only white space.',
    in: 'body',
    pointer: '',
    expected: kind === 'json' ? 'a JSON object' : 'the fields of a form: name=value&name=value',
    received: bytes === 0 ? 'nothing' : `${String(bytes)} bytes of white space`,
    remedy: `Send the fields as ${kind === 'json' ? 'JSON' : 'form data in the body, not in the query'}. A body that vanished may have been lost in a redirect, or the variable that holds it had no value.`,
  });
}

const CONTENT_TYPE = 'content-type';

function formData(context: RequestContext, text: string): Rejection {
  const given = context.header(CONTENT_TYPE)?.trim() ?? '';
  const missing = given === '';
  const others = Object.keys(context.request.headers).filter((name) => name !== CONTENT_TYPE);
  const misspelt = missing ? nearMiss(CONTENT_TYPE, others) : undefined;
  const fields = Object.fromEntries(new URLSearchParams(text.slice(0, 2000)));
  const received = missing ? 'nothing' : show(context.header(CONTENT_TYPE));
  return reject(missing ? 'CONTENT_TYPE_MISSING' : 'CONTENT_TYPE_FORM', {
    message: missing
      ? 'The body has no Content-Type, so it was read as form data.'
      : 'The body was sent as form data, to an operation that takes JSON.',
    in: 'header',
    pointer: `/${CONTENT_TYPE}`,
    expected: 'application/json',
    received: `${received}${misspelt === undefined ? '' : `, but a header ${show(misspelt)}`}; as form data the body is ${show(fields)}`,
    remedy: [
      adviseTyped(missing, misspelt, /^\s*[[{]/.test(text)),
      'In Cognigy’s HTTP Request node, choose the payload type JSON or add this header: otherwise it sends form data.',
      'In a Studio script, set ContentType to application/json: GetRESTProxy() sends form data by default.',
    ].join(' '),
  });
}

function adviseTyped(missing: boolean, misspelt: string | undefined, json: boolean): string {
  if (!json) return 'Send the fields as one JSON object, with Content-Type: application/json.';
  if (misspelt !== undefined) return `Rename the header ${show(misspelt)} to Content-Type, with the value application/json.`;
  return `The body looks like JSON, only the header ${missing ? 'is missing' : 'says form data'}: set Content-Type: application/json.`;
}

function warnBom(context: RequestContext): void {
  context.trace.warn('BODY_BOM', {
    message: 'The body starts with a byte order mark.',
    in: 'body',
    pointer: '',
    expected: 'JSON from the first byte on',
    received: 'EF BB BF before it',
    remedy: 'Save or encode the body as UTF-8 without a byte order mark: strict JSON parsers refuse it, and CXone may.',
  });
}

function warnDuplicates(context: RequestContext, text: string): void {
  for (const pointer of duplicateKeys(text, MOST_DUPLICATES)) {
    context.trace.warn('JSON_DUPLICATE_KEY', {
      message: `${show(
        pointer
          .slice(pointer.lastIndexOf('/') + 1)
          .replaceAll('~1', '/')
          .replaceAll('~0', '~'),
      )} stands more than once in one object.`,
      in: 'body',
      pointer,
      expected: 'every key once',
      received: 'the same key again',
      remedy: 'The last one wins here; another parser may take the first. Send it once.',
    });
  }
}
