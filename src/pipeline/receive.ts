/** Stage 1, receive: takes the bytes, up to the limit, and keeps what went wrong with them for later. */
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

function take(exchange: Exchange, { bytes, fault }: Received): void {
  exchange.bytes = bytes;
  exchange.bodyFault = fault;
}
