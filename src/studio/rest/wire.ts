/** One request and its answer on the wire: nothing is kept beyond the limit, and no connection outlives it. */
import { isUtf8 } from 'node:buffer';
import { type ClientRequest, type IncomingMessage, request as httpRequest, type RequestOptions, STATUS_CODES } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { brokeDown, cutOff, encodingBroken, encodingUnknown, inflatesToMore, noAnswer, tooLarge } from './errors.js';
import { hostOf, portOf } from './hosts.js';
import type { Hop, Progress, RestFailure, RestHead, RestResponse } from './types.js';

/** "JSON responses only, at most 32 KB" (NiCE's help). In bytes, compressed or not. */
export const LARGEST_ANSWER = 32_768;

export function progressOf(): Progress {
  return { connected: false, head: undefined, bytes: 0 };
}

type Outcome =
  | { readonly response: RestResponse }
  | { readonly failure: RestFailure }
  | { readonly head: RestHead; readonly location: string };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends the request to one of `addresses`, which were checked; without them the host is an address itself. A redirect's
 * body is not read. Rejects where `stop` aborts.
 */
export function overTheWire(
  hop: Hop,
  addresses: readonly string[] | undefined,
  stop: AbortSignal,
  progress: Progress,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let request: ClientRequest | undefined;
    let answer: IncomingMessage | undefined;
    const leave = (): void => {
      stop.removeEventListener('abort', abort);
      request?.destroy();
    };
    const abort = (): void => {
      leave();
      reject(stop.reason as Error);
    };
    const settle = (outcome: Outcome): void => {
      leave();
      resolve(outcome);
    };
    if (stop.aborted) {
      abort();
      return;
    }
    stop.addEventListener('abort', abort, { once: true });
    try {
      // As bytes: to a text Node.js would add the headers, and encode them like it.
      const body = hop.body === undefined ? undefined : Buffer.from(hop.body);
      request = open(hop, addresses, body?.length);
      request.on('socket', (socket) => {
        socket.once(hop.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          progress.connected = true;
        });
      });
      request.on('response', (response) => {
        answer = response;
        receive(hop, response, progress, settle);
      });
      request.on('error', (error) => {
        if (progress.head === undefined || answer === undefined) settle(brokeDown(hop.url, error));
        // Bytes after the end of an answer are an error of the connection, and none of the answer.
        else if (!answer.complete) settle(cutOff(hop.url, progress, lengthOf(answer), error));
      });
      request.on('close', () => {
        if (progress.head === undefined) settle(noAnswer(hop.url));
      });
      request.end(body);
    } catch (error) {
      settle(brokeDown(hop.url, error));
    }
  });
}

function open(
  { method, url, headers }: Hop,
  addresses: readonly string[] | undefined,
  length: number | undefined,
): ClientRequest {
  const options: RequestOptions = {
    method,
    hostname: hostOf(url).replace(/^\[|\]$/g, ''),
    port: portOf(url),
    path: url.pathname + url.search,
    headers: { ...headers, ...(length === undefined ? {} : { 'content-length': String(length) }) },
    agent: false,
    ...(addresses === undefined ? {} : { lookup: fixed(addresses) }),
  };
  return url.protocol === 'https:' ? httpsRequest(options) : httpRequest(options);
}

/** A name is looked up once, before: the addresses that were checked are the ones that are connected to. */
function fixed(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address.replace(/%.*$/, '')) }));
  return (_name, options, callback) => {
    process.nextTick(() => {
      if (options.all === true) callback(null, all);
      else callback(null, all[0]?.address ?? '', all[0]?.family);
    });
  };
}

function receive(hop: Hop, response: IncomingMessage, progress: Progress, settle: (outcome: Outcome) => void): void {
  const head: RestHead = {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage || (STATUS_CODES[response.statusCode ?? 0] ?? ''),
    headers: Object.fromEntries(
      Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
    ),
  };
  progress.head = head;
  const location = response.headers.location;
  if (REDIRECTS.has(head.status) && location !== undefined) {
    response.on('error', () => undefined);
    settle({ head, location });
    return;
  }
  const length = lengthOf(response);
  const chunks: Buffer[] = [];
  response.on('error', (error) => {
    settle(cutOff(hop.url, progress, length, error));
  });
  if (hasBody(hop.method, head.status) && length > LARGEST_ANSWER) {
    settle(tooLarge(hop.url, head, `an answer whose Content-Length is ${String(length)}`, LARGEST_ANSWER));
    return;
  }
  response.on('data', (chunk: Buffer) => {
    progress.bytes += chunk.length;
    if (progress.bytes <= LARGEST_ANSWER) {
      chunks.push(chunk);
      return;
    }
    settle(tooLarge(hop.url, head, `${String(progress.bytes)} bytes, and no end`, LARGEST_ANSWER));
  });
  response.on('end', () => {
    const result = inflated(hop.url, head, Buffer.concat(chunks));
    settle(
      Buffer.isBuffer(result)
        ? { response: { ...head, body: result.toString('utf8'), utf8: isUtf8(result), url: hop.url.href } }
        : result,
    );
  });
  response.on('close', () => {
    settle(cutOff(hop.url, progress, length, undefined));
  });
}

/** NaN where the answer does not say. */
function lengthOf(response: IncomingMessage): number {
  return Number(response.headers['content-length'] ?? NaN);
}

function hasBody(method: string, status: number): boolean {
  return method.toUpperCase() !== 'HEAD' && status !== 204 && status !== 304;
}

type Inflate = (bytes: Buffer, options: ZlibOptions) => Buffer;

const INFLATE: Readonly<Record<string, Inflate>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  br: brotliDecompressSync,
  // Some senders of "deflate" leave out the zlib header that RFC 9110 asks for; its first byte tells.
  deflate: (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync : inflateRawSync)(bytes, options),
};

/** The bytes without their Content-Encoding, or what is wrong with it. Several are undone from the last on. */
function inflated(url: URL, head: RestHead, bytes: Buffer): Buffer | { readonly failure: RestFailure } {
  const encodings = (head.headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  let plain = bytes;
  for (const encoding of bytes.length === 0 ? [] : encodings.reverse()) {
    const inflate = Object.hasOwn(INFLATE, encoding) ? INFLATE[encoding] : undefined;
    if (inflate === undefined) return encodingUnknown(url, head, encoding);
    try {
      plain = inflate(plain, { maxOutputLength: LARGEST_ANSWER });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? inflatesToMore(url, head, bytes.length, encoding, LARGEST_ANSWER)
        : encodingBroken(url, head, encoding, error as Error);
    }
  }
  return plain;
}
