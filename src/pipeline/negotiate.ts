/** Stage negotiate: the Content-Type picks the parser. Without one a body is read as form data, as Studio does (report). */
import type { MediaKind } from '../openapi/contract.js';
import { reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import type { RequestContext } from './request-context.js';

export function negotiate(context: RequestContext): void {
  const { operation } = context;
  if (operation === undefined) return;
  if (operation.provenance !== 'emulator') lookAtAccept(context);
  if (operation.body === undefined) return;
  if (!operation.body.required && context.bytes.length === 0) return;

  const contentType = context.header('content-type')?.trim() ?? '';
  context.mediaType = mediaTypeOf(contentType, operation.body.kinds);
  requireCharset(contentType);
  requireEncoding(context);
  context.trace.log(
    contentType === ''
      ? 'No Content-Type: the body is read as form data.'
      : `${contentType} is read as ${context.mediaType === 'json' ? 'JSON' : 'form data'}.`,
  );
}

/** Form data at an operation that takes JSON gets a code of its own later, when it is known what its body looks like. */
function mediaTypeOf(contentType: string, takes: readonly MediaKind[]): MediaKind {
  const json = takes.includes('json');
  if (contentType === 'application/json' && json) return 'json';
  if (contentType === '') return 'form';
  const essence = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (essence === 'application/x-www-form-urlencoded') return 'form';
  if (json && isJson(essence)) return 'json';
  throw reject('CONTENT_TYPE_UNSUPPORTED', {
    message: `The Content-Type is ${json ? 'neither JSON nor form data' : 'not form data'}.`,
    in: 'header',
    pointer: '/content-type',
    expected: json ? 'application/json' : 'application/x-www-form-urlencoded',
    received: show(contentType),
    remedy: json ? adviseType(essence) : adviseForm(essence),
  });
}

function isJson(essence: string): boolean {
  return essence === 'application/json' || essence === 'text/json' || /^[\w.!#$&^-]+\/[\w.!#$&^-]+\+json$/.test(essence);
}

function adviseForm(essence: string): string {
  const how = 'Send the fields as a form, name=value&name=value, with Content-Type: application/x-www-form-urlencoded';
  return isJson(essence) ? `This operation takes no JSON. ${how}: in JavaScript, give the client a URLSearchParams.` : `${how}.`;
}

function adviseType(essence: string): string {
  if (essence === 'text/plain')
    return 'Set the header Content-Type: application/json. Many HTTP clients send text/plain when they are given a string: give them an object, or set the header.';
  if (essence.startsWith('multipart/'))
    return 'Send the fields as one JSON object with Content-Type: application/json, not as multipart form data.';
  if (essence.includes('xml')) return 'Send JSON with Content-Type: application/json.';
  if (essence.includes(',')) return 'Send one Content-Type, application/json: two libraries may have set the header, each once.';
  if (!essence.includes('/')) return 'Write the media type in full: Content-Type: application/json.';
  return 'Set the header Content-Type: application/json.';
}

function requireCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return;
  throw reject('CHARSET_UNSUPPORTED', {
    message: 'The charset is not UTF-8.',
    in: 'header',
    pointer: '/content-type',
    expected: 'charset=utf-8, or none',
    received: show(charset),
    remedy: 'JSON travels in UTF-8: encode the body so, and leave the charset out of the Content-Type.',
  });
}

export const ENCODINGS: readonly string[] = ['identity', 'gzip', 'x-gzip', 'deflate', 'br'];

function requireEncoding(context: RequestContext): void {
  const encoding = context.header('content-encoding')?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || ENCODINGS.includes(encoding)) return;
  throw reject('CONTENT_ENCODING_UNSUPPORTED', {
    message: 'The Content-Encoding is unknown.',
    in: 'header',
    pointer: '/content-encoding',
    expected: 'gzip, deflate, br or identity, and one of them only',
    received: show(encoding),
    remedy: /^(?:utf-?8|json|application\/json)$/.test(encoding)
      ? 'Content-Encoding names a compression, not a charset or a media type: remove the header.'
      : 'Send the body uncompressed and remove the header Content-Encoding, or compress it with gzip.',
  });
}

function lookAtAccept(context: RequestContext): void {
  const accept = context.header('accept');
  if (accept !== undefined && takesJson(accept)) return;
  context.trace.warn('ACCEPT_MISSING', {
    message: accept === undefined ? 'There is no Accept header.' : 'The Accept header takes no JSON.',
    in: 'header',
    pointer: '/accept',
    expected: 'application/json or */*',
    received: accept === undefined ? 'nothing' : show(accept),
    remedy: 'Send Accept: application/json. Here the answer is JSON in any case; that CXone does the same is assumed.',
  });
}

function takesJson(accept: string): boolean {
  if (accept.startsWith('*/*') || accept.startsWith('application/json')) return !/^[^,]*;\s*q=0(?:\.0*)?\s*(?:,|$)/.test(accept);
  return accept
    .toLowerCase()
    .split(',')
    .some(
      (range) =>
        /^\s*(?:\*\/\*|application\/\*|application\/(?:[\w.-]+\+)?json|text\/json)\s*(?:;|$)/.test(range) &&
        !/;\s*q=0(?:\.0*)?\s*$/.test(range),
    );
}
