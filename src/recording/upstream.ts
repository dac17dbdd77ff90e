/** Calls the one tenant that requests are passed on to: nothing in a request, and no answer, leads anywhere else. */
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Headers, PassedOn } from '../pipeline/index.js';
import { type Rejection, reject } from '../errors/catalogue.js';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query, which begin with a slash. */
  readonly target: string;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export interface UpstreamAnswer extends PassedOn {
  readonly status: number;
  /** By name in lower case; several of one name are joined. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Never rejects: what kept it from a whole answer is a Rejection. */
export type CallUpstream = (request: UpstreamRequest) => Promise<UpstreamAnswer | Rejection>;

/** In bytes: an answer waits here until it is whole. */
const LARGEST_ANSWER = 64 * 1024 ** 2;

/** RFC 9110, 7.6.1, and those that its forerunners knew. What Connection names goes with them. */
const OF_ONE_CONNECTION = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** `url` is where paths begin. `timeout` in milliseconds, for a whole answer. `stop` breaks off whatever is under way. */
export function upstreamCaller(url: URL, timeout: number, stop: AbortSignal): CallUpstream {
  const base = url.pathname.replace(/\/+$/, '');
  // RFC 9110, 7.6.3: a gateway names itself, and knows itself again.
  const via = `1.1 cxone-emulator-${randomBytes(6).toString('hex')}`;
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;

  return ({ method, target, headers, bytes }) => {
    const vias = [headers.via ?? []].flat().join(', ');
    if (vias.includes(via)) return Promise.resolve(loops(url));
    const late = AbortSignal.timeout(timeout);
    const problem = (error: unknown): Rejection => (late.aborted ? tooSlow(url, timeout) : failed(url, whyOf(error)));
    return new Promise<UpstreamAnswer | Rejection>((resolve) => {
      const sent = send(
        {
          protocol: url.protocol,
          hostname: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port,
          path: base + target.replace(/[^\x21-\xff]/g, encodeURIComponent),
          method,
          headers: passedOnHeaders(headers, bytes, { host: url.host, via: vias === '' ? via : `${vias}, ${via}` }),
          agent: false,
          signal: AbortSignal.any([late, stop]),
        },
        (response) => {
          if ((response.statusCode ?? 0) < 200) {
            unfinished(response);
            return;
          }
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            chunks.push(chunk);
            if (size <= LARGEST_ANSWER) return;
            resolve(tooLarge(url));
            sent.destroy();
          });
          response.on('error', (error) => {
            resolve(problem(error));
          });
          response.on('end', () => {
            resolve(answerOf(response, Buffer.concat(chunks), method));
          });
        },
      );
      // A caller would wait for the answer that follows, in whatever protocol.
      const unfinished = ({ statusCode }: IncomingMessage): void => {
        resolve(failed(url, `only the status ${String(statusCode)}, which no answer follows`));
        sent.destroy();
      };
      sent.on('upgrade', (response: IncomingMessage, socket: Duplex) => {
        socket.destroy();
        unfinished(response);
      });
      sent.on('error', (error) => {
        resolve(problem(error));
      });
      sent.end(bytes);
    }).catch(problem);
  };
}

function connectionNames(connection: string | undefined): ReadonlySet<string> {
  const named = (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return new Set([...OF_ONE_CONNECTION, ...named]);
}

function passedOnHeaders(headers: Headers, bytes: Buffer, own: Readonly<Record<string, string>>): OutgoingHttpHeaders {
  const dropped = connectionNames([headers.connection ?? []].flat().join(','));
  const sent: OutgoingHttpHeaders = {};
  for (const name of Object.keys(headers)) {
    // The emulator took the body itself, whatever the caller expected of that.
    if (!dropped.has(name) && name !== 'expect' && name !== 'content-length') sent[name] = headers[name];
  }
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return { ...sent, ...own, ...(hasBody ? { 'content-length': bytes.length } : {}) };
}

function answerOf(response: IncomingMessage, bytes: Buffer, method: string): UpstreamAnswer {
  const { statusCode: status = 0, statusMessage = '', headers } = response;
  // RFC 9112, 4: what no reason phrase may hold is taken from an upstream all the same, but cannot be sent on.
  const statusText = statusMessage.replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
  const dropped = connectionNames(headers.connection);
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  const rawHeaders: string[] = [];
  for (let at = 0; at < response.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = response.rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (!dropped.has(lower) && (bodiless || lower !== 'content-length')) rawHeaders.push(name, value);
  }
  if (!bodiless) rawHeaders.push('Content-Length', String(bytes.length));
  const joined = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]);
  return { status, statusText, rawHeaders, bytes, headers: Object.fromEntries(joined) as Record<string, string> };
}

const WHERE = { in: null, pointer: null } as const;

function tooSlow({ host }: URL, timeout: number): Rejection {
  return reject('UPSTREAM_TIMEOUT', {
    message: 'The upstream did not answer in time.',
    ...WHERE,
    expected: `a whole answer of ${host} within ${String(timeout)} ms`,
    received: 'none',
    remedy:
      'See whether the upstream is well, or wait longer with --upstream-timeout. What it did with the request is not known.',
  });
}

function whyOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return 'the connection broke';
  if (code.startsWith('HPE_')) return `what it sent is no sound HTTP (${code})`;
  return Object.hasOwn(WORDS, code) ? `${WORDS[code] ?? ''} (${code})` : code;
}

function failed({ host }: URL, why: string): Rejection {
  return reject('UPSTREAM_FAILED', {
    message: `The upstream gave no whole answer: ${why}.`,
    ...WHERE,
    expected: `a whole answer of ${host}`,
    received: `none: ${why}`,
    remedy: 'See whether --upstream names the right address, and whether the tenant is reached from this machine.',
  });
}

const NO_TLS = 'it speaks no TLS there: --upstream may need http instead of https';
const UNTRUSTED = 'its certificate is of nobody that Node trusts: name yours in NODE_EXTRA_CA_CERTS';

/** What Node calls it, in words. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it broke the connection off',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ABORT_ERR: 'the recording ended',
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
};

function tooLarge({ host }: URL): Rejection {
  return reject('UPSTREAM_FAILED', {
    message: 'The answer of the upstream is too large to be passed on.',
    ...WHERE,
    expected: `at most ${String(LARGEST_ANSWER)} bytes of ${host}`,
    received: 'more',
    remedy: 'Ask the upstream for less, or call it directly.',
  });
}

function loops({ host }: URL): Rejection {
  return reject('UPSTREAM_FAILED', {
    message: 'The request came back: the upstream leads to this emulator itself.',
    ...WHERE,
    expected: 'an upstream that answers by itself',
    received: `a request that was passed on to ${host} before`,
    remedy: 'Let --upstream name the tenant, and not the address of this emulator or of a tunnel that leads to it.',
  });
}
