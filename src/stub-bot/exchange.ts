/** What Studio sends to a bot, as it is read here: nothing is let pass that the contract of exchange endpoints does not have. */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { BotContracts } from '../openapi/bot-contracts.js';
import { explainDepth } from '../openapi/explain-schema-errors.js';
import { diagnoseJson, measureJson } from '../openapi/json-syntax.js';
import { reject, Rejection } from '../errors/catalogue.js';
import { nothingReadOf, show } from '../shared/format.js';

/** As far as the stand-in reads it. */
export interface ExchangeRequest {
  readonly userInputType: string;
  readonly userInput?: string | null;
  readonly executionInfo: { readonly contactId: number; readonly busNo: number };
  readonly botConfig?: unknown;
  readonly customPayload?: unknown;
  readonly botSessionState?: unknown;
}

/** A turn, with what a person should know of how it was read. */
export interface ReadExchange {
  readonly request: ExchangeRequest;
  readonly notes: readonly string[];
}

export type RequestContract = Pick<BotContracts, 'faultsInRequest' | 'requestAsObserved'>;

/** More levels than any turn needs. */
const DEEPEST = 64;

/** Throws a Rejection. Without headers the caller is the emulator itself, which needs none. */
export function readExchange(
  request: string | Buffer,
  headers: IncomingHttpHeaders | undefined,
  { faultsInRequest, requestAsObserved }: RequestContract,
): ReadExchange {
  if (headers !== undefined) requireJson(headers);
  const written = parse(textOf(request));
  const { value, faults, unread } = hasNumber(written)
    ? requestAsObserved(written)
    : { value: written, faults: faultsInRequest(written), unread: [] };
  const [first, ...others] = faults;
  if (first !== undefined) throw new Rejection([first, ...others]);
  return { request: value as ExchangeRequest, notes: unread.map(nothingReadOf) };
}

/** Virtual Agent Hub was seen to write the type of the input as its number (client). */
function hasNumber(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Partial<ExchangeRequest>).userInputType === 'number';
}

function requireJson({ 'content-type': type, 'content-encoding': encoding = 'identity' }: IncomingHttpHeaders): void {
  if (type === undefined)
    throw reject('CONTENT_TYPE_MISSING', {
      message: 'There is no Content-Type.',
      in: 'header',
      pointer: '/content-type',
      expected: 'application/json',
      received: 'nothing',
      remedy: 'Send the header Content-Type: application/json.',
      provenance: 'doc',
    });
  const [, media = '', parameters = ''] = /^\s*([^;\s]*)\s*(?:;(.*))?$/.exec(type) ?? [];
  if (media.toLowerCase() !== 'application/json')
    throw reject('CONTENT_TYPE_UNSUPPORTED', {
      message: 'The Content-Type is not application/json.',
      in: 'header',
      pointer: '/content-type',
      expected: 'application/json',
      received: show(type),
      remedy: 'Studio calls a bot with JSON: send Content-Type: application/json.',
      provenance: 'doc',
    });
  const charset = /charset\s*=\s*"?([^";\s]*)/i.exec(parameters)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw reject('CHARSET_UNSUPPORTED', {
      message: 'The charset is not UTF-8.',
      in: 'header',
      pointer: '/content-type',
      expected: 'charset=utf-8, or none',
      received: show(charset),
      remedy: 'JSON travels in UTF-8: encode the body so, and leave the charset out of the Content-Type.',
    });
  if (encoding.trim().toLowerCase() !== 'identity')
    throw reject('CONTENT_ENCODING_UNSUPPORTED', {
      message: 'The body is compressed.',
      in: 'header',
      pointer: '/content-encoding',
      expected: 'a body that is not compressed',
      received: show(encoding),
      remedy: 'Send the body as it is, and leave the header out.',
    });
}

function textOf(request: string | Buffer): string {
  if (typeof request === 'string') return request;
  if (isUtf8(request)) return request.toString('utf8');
  throw reject('BODY_NOT_UTF8', {
    message: 'The body has bytes that are not UTF-8.',
    in: 'body',
    pointer: '',
    expected: 'UTF-8',
    received: `other bytes after ${String(request.toString('utf8').indexOf('\uFFFD'))} characters`,
    remedy: 'Encode the body as UTF-8.',
  });
}

function parse(text: string): unknown {
  if (/^\s*$/.test(text))
    throw reject('BODY_EMPTY', {
      message: 'There is no body.',
      in: 'body',
      pointer: '',
      expected: 'one turn of a conversation, as JSON',
      received: text === '' ? 'nothing' : 'white space only',
      remedy: 'Send what openapi/exchange.yaml describes.',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const fault = diagnoseJson(text);
    throw reject('BODY_NOT_JSON', {
      message: 'The body is not JSON.',
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
  const { depth } = measureJson(text);
  if (depth > DEEPEST) throw new Rejection([explainDepth(depth, DEEPEST)]);
  return value;
}
