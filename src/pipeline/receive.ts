/** Stage receive: takes the bytes, up to the limit, and keeps what went wrong with them for later. */
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

function take(context: RequestContext, { bytes, fault }: Received): void {
  context.bytes = bytes;
  context.bodyFault = fault;
  context.trace.body = bytes;
  context.trace.bodyArrived = fault === undefined;
}
