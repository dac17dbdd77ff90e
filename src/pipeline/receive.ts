/** Stage 1, receive: takes the bytes, up to the limit, and keeps what went wrong with them for later. */
import { type Rejection, reject } from '../rejections.js';
import type { Exchange, Received } from './exchange.js';
import type { Services } from './services.js';

export function receive(exchange: Exchange, { settings }: Services): void | Promise<void> {
  const { arrival } = exchange;
  if (arrival.fault !== undefined) throw arrival.fault;
  const received = arrival.receive(exchange.family.maxBody ?? settings.maxBody);
  if (received instanceof Promise) {
    return received.then((late) => {
      take(exchange, late);
    });
  }
  take(exchange, received);
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

function take(exchange: Exchange, { bytes, fault }: Received): void {
  exchange.bytes = bytes;
  exchange.bodyFault = fault;
}
