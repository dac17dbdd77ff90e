/** Stage receive: takes the bytes, up to the limit, and keeps what went wrong with them for later. */
import { type Rejection, reject } from '../errors/catalogue.js';
import type { Received } from './incoming-request.js';
import type { RequestContext } from './request-context.js';
import type { Services } from './services.js';

export function receive(context: RequestContext, { settings }: Services): void | Promise<void> {
  const { request } = context;
  if (request.fault !== undefined) throw request.fault;
  const received = request.receive(context.family.maxBody ?? settings.maxBody);
  if (received instanceof Promise) {
    return received.then((late) => {
      take(context, late);
    });
  }
  take(context, received);
}

/** Request line and headers over the limit, whichever transport notices. */
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

/** What a path needs that holds what HTTP cannot carry there. */
export const ENCODE_PATH =
  'Build a path of parts that went through encodeURIComponent: many HTTP libraries encode such a character by themselves, others refuse the request or send what no server takes.';

function take(context: RequestContext, { bytes, fault }: Received): void {
  context.bytes = bytes;
  context.bodyFault = fault;
  context.trace.body = bytes;
  context.trace.bodyArrived = fault === undefined;
}
