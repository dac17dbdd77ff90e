/** The Express application in front of the request handler. Neither Express nor Node ever answers by itself. */
import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import express from 'express';
import type { RequestHandler } from './handle-request.js';

export interface App {
  readonly listener: RequestListener;
  /** What a server must create its requests and responses with. */
  readonly prototypes: { readonly IncomingMessage: typeof IncomingMessage; readonly ServerResponse: typeof ServerResponse };
}

/**
 * Targets that Express may see. It gives others to Node's old URL parser, which fails on some, so that Express answers
 * with a page of its own, and prints a deprecation warning for some.
 */
const PLAIN_TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

export function createApp(handler: RequestHandler): App {
  const app = express();
  app.disable('x-powered-by');
  const handle: RequestListener = (request, response) => {
    handler.handle(request, response);
  };
  app.use(handle);
  return {
    prototypes: expressPrototypes(app),
    listener: (request, response) => {
      if (PLAIN_TARGET.test(request.url ?? '')) app(request as never, response as never);
      else handle(request, response);
    },
  };
}

/**
 * Express sets its own prototypes on every request and response, which makes V8 discard what it knew of them.
 * A server that creates them with these prototypes leaves nothing to change: twice the throughput.
 */
function expressPrototypes(app: ReturnType<typeof express>): App['prototypes'] {
  class EmulatorRequest extends IncomingMessage {}
  class EmulatorResponse extends ServerResponse {}
  Object.setPrototypeOf(EmulatorRequest.prototype, app.request);
  Object.setPrototypeOf(EmulatorResponse.prototype, app.response);
  app.request = EmulatorRequest.prototype as never;
  app.response = EmulatorResponse.prototype as never;
  return { IncomingMessage: EmulatorRequest, ServerResponse: EmulatorResponse as typeof ServerResponse };
}
