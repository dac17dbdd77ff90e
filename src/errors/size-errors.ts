/** Requests over a limit, whichever transport or stage notices. */
import { type Rejection, reject } from './catalogue.js';

/** `limit` in bytes. */
export function bodyTooLarge(limit: number, received: string): Rejection {
  return reject('BODY_TOO_LARGE', {
    message: 'The body is over the limit.',
    in: 'body',
    pointer: '',
    expected: `at most ${String(limit)} bytes`,
    received,
    remedy:
      'Send less: a whole conversation or a file does not belong in such a request. CXone’s own limit is not known; --max-body changes this one (but not that of the control API).',
  });
}

export function headersTooLarge(): Rejection {
  return reject('HEADERS_TOO_LARGE', {
    message: 'Request line and headers are too large.',
    in: 'header',
    pointer: '',
    expected: 'at most 16 KB of request line and headers',
    received: 'more',
    remedy: 'Send large values in the body; look for a cookie or a token that grew, or a query that holds a whole object.',
  });
}
