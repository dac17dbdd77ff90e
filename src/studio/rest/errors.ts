/** What keeps a script's REST call from an answer, in words: what came instead, and what to do about it. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { listed, oneOf, show } from '../../shared/format.js';
import { redactTarget, redactText } from '../../trace/redact.js';
import { classOf, hostOf, type HostRules, isLiteral, portOf, type Words } from './hosts.js';
import type { Hop, Progress, Redirect, RestFailure, RestHead, RestResult } from './types.js';

interface Failed {
  readonly failure: RestFailure;
}

const LONGEST_ADDRESS = 200;

/** An address without secrets, cut after 200 characters. */
function shown(url: URL): string {
  const text = url.host === '' ? redactText(url.href) : `${url.protocol}//${url.host}${redactTarget(url.pathname + url.search)}`;
  return text.length > LONGEST_ADDRESS ? `${text.slice(0, LONGEST_ADDRESS)}…` : text;
}

/** Where the connection goes to: `crm.example.com:443`. */
function peer(url: URL): string {
  return `${hostOf(url)}:${String(portOf(url))}`;
}

function failed(words: Words, response?: RestHead): Failed {
  return { failure: { code: 'REST_CALL_FAILED', ...words, ...(response === undefined ? {} : { response }) } };
}

/** The result, with the redirect that led there; a failure behind one says so. `asked`: the method before any redirect. */
export function redirected(result: RestResult, { from, url, method }: Hop, asked: string): RestResult {
  if (from === undefined) return result;
  const redirect: Redirect = { from: shown(from), to: shown(url), asGet: method !== asked };
  if ('response' in result) return { response: { ...result.response, redirect } };
  const { failure } = result;
  return { failure: { ...failure, message: `${failure.message} ${redirectText(redirect)}` } };
}

export function redirectText({ from, to, asGet }: Redirect): string {
  return `A redirect led there, from ${from} to ${to}${asGet ? ', and made a GET without a body of the call' : ''}.`;
}

export function aimRefused({ url }: Hop): Failed {
  return {
    failure: {
      code: 'REST_HOST_REFUSED',
      message: 'A REST call goes to http or https only.',
      expected: 'an address that begins with http:// or https://',
      received: show(shown(url)),
      remedy: 'Call an address that begins with http:// or https://.',
    },
  };
}

export function hostRefused({ url }: Hop, hosts: HostRules): Failed {
  const entry = hosts.entryFor(url);
  return {
    failure: {
      code: 'REST_HOST_REFUSED',
      message: `Scripts may not call ${entry}.`,
      expected:
        hosts.entries.length === 0
          ? 'the emulator itself: no host outside is let in'
          : `the emulator itself, or ${oneOf(hosts.entries.slice(0, 10))}${hosts.entries.length > 10 ? ' …' : ''}`,
      received: shown(url),
      remedy: `So that a script does not reach what it should not, it calls the hosts on a list only. Where this one is meant, start the emulator with --script-hosts ${entry}, or add ${JSON.stringify(entry)} to scriptHosts in the config file.`,
    },
  };
}

/** Looks for what cannot be sent as a header or as the method; undefined where all can. */
export function headerFault({ headers, method }: Hop): Failed | undefined {
  if (!isSound(validateHeaderName, method))
    return failed({
      message: 'The method of the REST call is none.',
      expected: 'a method such as GET, POST, PUT, PATCH or DELETE',
      received: show(method),
      remedy: 'Name the method alone; the variable that holds it may have no value.',
    });
  for (const [name, value] of Object.entries(headers)) {
    if (!isSound(validateHeaderName, name))
      return failed({
        message: 'A header of the REST call has a name that cannot be sent.',
        expected: 'a name of letters, digits and hyphens',
        received: show(redactText(name)),
        remedy: 'Give the name alone, without a colon, white space or the value.',
      });
    if (!isSound(validateHeaderValue, name, value))
      return failed({
        message: `The header ${show(name)} of the REST call has a value that cannot be sent.`,
        expected: 'a value on one line, of the characters of ISO 8859-1',
        received: 'a value with a line break, or with a character beyond them',
        remedy:
          'Remove the line break, which often comes at the end of a text that was read or encoded; encode other characters.',
      });
  }
  return undefined;
}

function isSound<Texts extends string[]>(validate: (...texts: Texts) => void, ...texts: Texts): boolean {
  try {
    validate(...texts);
    return true;
  } catch {
    return false;
  }
}

export function tooManyRedirects(url: URL, head: RestHead, most: number): Failed {
  return failed(
    {
      message: `The REST call was redirected more than ${String(most)} times.`,
      expected: `an answer after at most ${String(most)} redirects`,
      received: `one more redirect, from ${shown(url)} to ${show(redactText(head.headers.location ?? ''))}`,
      remedy:
        'Call the address that the redirects should end at. Where they go round in a circle, the server may miss a cookie, a login, or that the call came over https.',
    },
    head,
  );
}

export function badLocation(url: URL, head: RestHead, location: string): Failed {
  return failed(
    {
      message: `${peer(url)} redirected the REST call to what is no address.`,
      expected: 'a header Location with an address',
      received: show(redactText(location)),
      remedy: 'Correct the redirect at the server, or call the address that it should lead to.',
    },
    head,
  );
}

export function timedOut(url: URL, timeout: number, { connected, head, bytes }: Progress): Failed {
  const { received, remedy } =
    head !== undefined
      ? {
          received: `${String(bytes)} bytes of an answer that never ended, from ${shown(url)}`,
          remedy: `The server began with status ${String(head.status)} and was too slow with the rest, or keeps the answer open as a stream.`,
        }
      : connected
        ? {
            received: `no answer from ${shown(url)}`,
            remedy: 'The connection is there, and the server took too long: look there for what it waits for.',
          }
        : {
            received: `no connection to ${peer(url)}`,
            remedy: `A firewall may drop the packets, or the server is down. Calls go straight out: a proxy such as HTTP_PROXY is not used. ${insideContainer(url)}`,
          };
  return {
    failure: {
      code: 'REST_TIMEOUT',
      message: `The REST call was not over after ${String(timeout)} ms.`,
      expected: `the whole answer within ${String(timeout)} ms, redirects included`,
      received,
      remedy:
        `${remedy} The script’s own time-out can be raised too: at most 90 seconds in a REST API action, ProxyTimeoutSeconds in GetRESTProxy().`.trim(),
      ...(head === undefined ? {} : { response: head }),
    },
  };
}

export function tooLarge(url: URL, head: RestHead, received: string, limit: number): Failed {
  return {
    failure: {
      code: 'REST_RESPONSE_TOO_LARGE',
      message: `The answer of ${peer(url)} is over 32 KB.`,
      expected: `at most ${String(limit)} bytes`,
      received,
      remedy:
        'CXone takes no more either. Ask for less: fewer fields, a page of the list, or a service in between that picks out what the script needs.',
      response: head,
    },
  };
}

export function inflatesToMore(url: URL, head: RestHead, bytes: number, encoding: string, limit: number): Failed {
  return tooLarge(url, head, `${String(bytes)} bytes of ${encoding} that inflate to more`, limit);
}

export function encodingBroken(url: URL, head: RestHead, encoding: string, error: Error): Failed {
  return failed(
    {
      message: `The answer of ${peer(url)} is not ${encoding}.`,
      expected: `a body in ${encoding}, as its header Content-Encoding says`,
      received: `bytes that do not inflate: ${error.message}`,
      remedy: 'Correct the server, or the proxy before it, so that it compresses the body whole or sends no Content-Encoding.',
    },
    head,
  );
}

export function encodingUnknown(url: URL, head: RestHead, encoding: string): Failed {
  return failed(
    {
      message: `The answer of ${peer(url)} is in an encoding that is not known here.`,
      expected: 'no Content-Encoding, gzip, deflate or br',
      received: show(encoding),
      remedy: 'Send Accept-Encoding: identity, or no such header at all: then identity is asked for.',
    },
    head,
  );
}

/** For an answer that broke off; `length` in bytes, NaN where it was not told. */
export function cutOff(url: URL, { head, bytes }: Progress, length: number, error: NodeJS.ErrnoException | undefined): Failed {
  const code = error?.code ?? '';
  const much = Number.isNaN(length) ? `${String(bytes)} bytes` : `${String(bytes)} of ${String(length)} bytes`;
  return failed(
    code.startsWith('HPE_')
      ? malformed(url, code, error)
      : {
          message: `The answer of ${peer(url)} was cut off.`,
          expected: Number.isNaN(length) ? 'an answer up to its end' : `${String(length)} bytes, as its Content-Length says`,
          received: `${much}, then the connection closed${code === '' ? '' : ` (${code})`}`,
          remedy: 'Look at the server: it crashed in the middle of the answer, gave up, or promised more bytes than it has.',
        },
    head,
  );
}

export function noAnswer(url: URL): Failed {
  return failed({
    message: `${peer(url)} gave no answer.`,
    expected: 'an HTTP answer',
    received: 'a connection that was closed, or that changed to another protocol, without an answer',
    remedy: 'Look at the server: it may have crashed, or want another method, port or protocol.',
  });
}

/** For a name that has no address; `error` is that of the resolver, where there is one. */
export function nameUnknown(url: URL, error: unknown): Failed {
  const code = codeOf(error) || 'ENOTFOUND';
  return failed({
    message: `The name ${hostOf(url)} is not known.`,
    expected: 'a host name that has an address',
    received:
      code === 'EAI_AGAIN'
        ? `no reply of the DNS server about ${hostOf(url)} (${code})`
        : `no address for ${hostOf(url)} (${code})`,
    remedy: `Check the spelling${code === 'EAI_AGAIN' ? ', and whether this machine reaches its DNS server' : ''}. A container sees other names than the machine that it runs on: there, name the service, or host.docker.internal for a server on the machine itself.`,
  });
}

interface NetworkError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
}

/**
 * Where all addresses of a name were tried in vain, Node.js tells of each of them. A refusal says most: without IPv6 in
 * a container, for one, there is no way to the ::1 of localhost, and nothing listens at its 127.0.0.1.
 */
function attempts(error: unknown): { readonly cause: unknown; readonly told: string } {
  if (!(error instanceof AggregateError)) return { cause: error, told: addressOf(error) };
  const errors = error.errors as unknown[];
  const cause = errors.find((each) => codeOf(each) === 'ECONNREFUSED') ?? errors.at(-1);
  return { cause, told: listed(errors.filter((each) => codeOf(each) === codeOf(cause)).map(addressOf)) };
}

function addressOf(error: unknown): string {
  const { address, port } = error as NetworkError;
  return address === undefined ? '' : `${address.includes(':') ? `[${address}]` : address}:${String(port)}`;
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);

/** For an error of the connection before there was an answer. */
export function brokeDown(url: URL, thrown: unknown): Failed {
  const { cause: error, told: address } = attempts(thrown);
  const code = codeOf(error);
  const told = address || peer(url);
  const answer = { message: `${peer(url)} gave no answer.`, expected: 'an HTTP answer' };
  if (code === 'ECONNREFUSED')
    return failed({
      ...answer,
      expected: `a server at ${peer(url)}`,
      received: `nothing listens at ${told} (${code})`,
      remedy: `Start the server, or correct the port. ${insideContainer(url)}`.trim(),
    });
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return nameUnknown(url, error);
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED')
    return failed({
      ...answer,
      received: `a connection to ${told} that was closed without an answer (${code})`,
      remedy: `Look at the server: it may have crashed, or ${url.protocol === 'https:' ? 'speak no TLS at this port: then call it with http.' : 'want TLS at this port: then call it with https.'}`,
    });
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EHOSTDOWN')
    return failed({
      ...answer,
      received: `${code === 'ETIMEDOUT' ? 'no reply from' : 'no way to'} ${told} (${code})`,
      remedy:
        `The server is down, or a network or a firewall lies between. Calls go straight out: a proxy such as HTTP_PROXY is not used. ${insideContainer(url)}`.trim(),
    });
  if (isOfTls(code)) return failed(tlsFault(url, code, error as Error));
  if (code.startsWith('HPE_')) return failed(malformed(url, code, error as Error));
  return failed({
    ...answer,
    received: `${redactText(error instanceof Error ? error.message : String(error))}${code === '' ? '' : ` (${code})`}`,
    remedy: 'Look at the server, and at the network between it and the emulator.',
  });
}

function insideContainer(url: URL): string {
  const host = hostOf(url);
  const here = host === 'localhost' || (isLiteral(host) && classOf(host.replace(/^\[|\]$/g, '')) === 'loopback');
  return here
    ? `In a container ${host} is the container itself: name the service there, or host.docker.internal for a server on the machine.`
    : '';
}

function isOfTls(code: string): boolean {
  return UNTRUSTED.has(code) || /^(?:EPROTO$|ERR_SSL_|ERR_TLS_|CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/.test(code);
}

function tlsFault(url: URL, code: string, error: Error): Words {
  const message = `No secure connection to ${peer(url)} came about.`;
  const expected = `a certificate for ${hostOf(url)} that is valid, from an authority that Node.js trusts`;
  if (UNTRUSTED.has(code))
    return {
      message,
      expected,
      received: `a certificate that is self-signed, or from an authority that is not known (${code})`,
      remedy:
        'Start the emulator with the environment variable NODE_EXTRA_CA_CERTS: the path of a PEM file with the certificate, or with that of its authority. A server that leaves out its intermediate certificates causes this too.',
    };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      message,
      expected,
      received: `a certificate that ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code})`,
      remedy: 'Renew the certificate, or correct the clock of this machine.',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH')
    return {
      message,
      expected,
      received: `a certificate for other names (${code})`,
      remedy: 'Call the server by a name that its certificate holds, or issue one for this name.',
    };
  const plain = /wrong version number|packet length too long|record layer/i.test(error.message);
  return {
    message,
    expected: 'a server that speaks TLS',
    received: plain ? `what is no TLS (${code})` : `a handshake that failed: ${reason(error)} (${code})`,
    remedy: plain
      ? 'The server speaks plain HTTP at this port: call it with http://, or at its port for https.'
      : 'Look at the server’s settings for TLS: it may want a client’s certificate, which is not sent, or versions and ciphers that Node.js does not offer.',
  };
}

/** Of OpenSSL's own line the part that is meant for people: `error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert …:…`. */
function reason(error: Error): string {
  return /:SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1] ?? redactText(error.message.trim());
}

function malformed(url: URL, code: string, error: Error | undefined): Words {
  const overflow = code === 'HPE_HEADER_OVERFLOW';
  return {
    message: `The answer of ${peer(url)} is not sound HTTP.`,
    expected: overflow ? 'at most 16 KB of headers' : 'an answer in HTTP/1.1',
    received: overflow ? `more than 16 KB of headers (${code})` : `${error?.message ?? 'something else'} (${code})`,
    remedy: overflow
      ? 'Send fewer or shorter headers from the server; cookies are often the longest.'
      : `Look at what answers at this port: it may want ${url.protocol === 'https:' ? 'another protocol' : 'https'}, or be no web server.`,
  };
}
