/** What can be wrong with a request or a connection before the pipeline sees it. */
import { NEVER_SENT, type Rejection, reject } from '../errors/catalogue.js';
import { headersTooLarge } from '../errors/size-errors.js';
import { show } from '../shared/format.js';

const NOWHERE = { in: null, pointer: null };

/** Why Node's parser gave up on a connection, by the code of its error. `timeout` in milliseconds. */
export function connectionError({ code, message }: NodeJS.ErrnoException, timeout: number): Rejection {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return reject('REQUEST_TIMEOUT', {
        ...NOWHERE,
        message: 'The request did not arrive in time.',
        expected: `the whole request within ${String(timeout)} ms`,
        received: 'a part of it',
        remedy: 'Compare Content-Length with what is sent: if it is larger, the server waits for the rest.',
      });
    case 'HPE_INVALID_EOF_STATE':
      return clientLeft('a part of it');
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge();
    default:
      return reject('HTTP_MALFORMED', {
        ...NOWHERE,
        message: 'This is not a valid HTTP/1.1 request.',
        expected: 'an HTTP/1.1 request',
        received: message,
        remedy:
          'Let an HTTP library build the request: HTTP/1.1, http:// instead of https://, a percent-encoded path that begins with a slash, and a Content-Length in bytes.',
      });
  }
}

export function clientLeft(received: string): Rejection {
  return reject('CLIENT_DISCONNECTED', {
    ...NOWHERE,
    message: 'The client disconnected before its request was complete.',
    expected: 'the whole request',
    received,
    remedy: 'Look at the client: it was stopped, or its own time-out ended the request.',
  });
}

export function clientLeftInQueue(): Rejection {
  return reject('CLIENT_DISCONNECTED', {
    ...NOWHERE,
    message: 'The connection closed while this pipelined request waited: it was not handled.',
    expected: 'a client that reads one response after the other',
    received: 'a connection that closed while requests waited on it',
    remedy:
      'Send the next request after the response to the last one. The traces before this one say why the connection was closed.',
  });
}

/** `patience` in milliseconds. */
export function responseNotRead(patience: number): Rejection {
  return reject('ANSWER_NOT_READ', {
    ...NOWHERE,
    message: 'The client stopped reading its response, and the connection was closed.',
    expected: 'a client that reads its responses to the end',
    received: `no progress for ${String(patience)} ms; a large response progresses in steps of about a megabyte`,
    remedy:
      'Let the client read every response to its end, or close its connection. A slow reader of a large response needs a longer --request-timeout, or asks for less (limit=…).',
  });
}

export function tooManyConnections(limit: number): Rejection {
  return reject('EMULATOR_BUSY', {
    ...NOWHERE,
    message: 'Too many connections are open.',
    expected: `at most ${String(limit)} open connections`,
    received: 'one more',
    remedy:
      'Let the client reuse its connections (keep-alive) and close those that it no longer needs, or allow more with --max-connections. CXone’s own limit is not known.',
  });
}

export function tooManyBytes(limit: number): Rejection {
  return reject('EMULATOR_BUSY', {
    ...NOWHERE,
    message: 'Too many bytes are in flight.',
    expected: `at most ${String(limit)} bytes of bodies and unread responses, over all requests`,
    received: 'more',
    remedy:
      'Send fewer or smaller bodies at a time and read every response to its end, or allow more with --max-in-flight-bytes. CXone’s own limit is not known.',
  });
}

/** It has no response, because that would have to wait behind the others. */
export function tooManyWaiting(limit: number): Rejection {
  return reject(
    'EMULATOR_BUSY',
    {
      ...NOWHERE,
      message: 'Too many pipelined requests wait for the response before them: the connection was closed.',
      expected: `requests that wait, bodies and unread responses of at most ${String(limit)} bytes, over all connections`,
      received: 'more',
      remedy:
        'Send the next request after the response to the last one (--max-in-flight-bytes). A stream of traces does not end: give it a connection of its own.',
    },
    { status: NEVER_SENT },
  );
}

/** RFC 9112 demands exactly one Host in HTTP/1.1. Node would answer with a page of its own, or take the first of several. */
export function hostError(hosts: readonly string[], httpVersion: string): Rejection | undefined {
  if (hosts.length === 1 || (hosts.length === 0 && httpVersion !== '1.1')) return undefined;
  const several = hosts.length > 0;
  return reject('HTTP_MALFORMED', {
    message: several ? 'The request has more than one Host header.' : 'The request has no Host header.',
    in: 'header',
    pointer: '/host',
    expected: 'one Host header',
    received: several ? show(hosts) : 'nothing',
    remedy: several
      ? 'Let an HTTP library build the request. If a proxy or a script adds Host, let it replace the one that is there.'
      : 'Let an HTTP library build the request, or add the header Host.',
  });
}
