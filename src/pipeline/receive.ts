/** Stage 1, receive: takes the bytes, up to the limit, and keeps what went wrong with them for later. */
import { reject } from '../rejections.js';
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

function take(exchange: Exchange, { bytes, fault, gone }: Received): void {
  exchange.bytes = bytes;
  exchange.bodyFault = fault;
  if (gone !== true) return;
  throw reject('CLIENT_DISCONNECTED', {
    message: 'The caller left before its request was whole.',
    in: null,
    pointer: null,
    expected: 'the whole request',
    received: `${String(bytes.length)} bytes of its body`,
    remedy: 'Look at the caller: it was stopped, or its own time-out ended the request.',
  });
}
