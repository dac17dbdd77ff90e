/** Code that runs in front of the pipeline, sees every request of a client, and answers it. */
import type { Pipeline, Services } from '../pipeline/index.js';
import type { TokenUse } from '../cxone/token-verifier.js';

export type Interceptor = (pipeline: Pipeline, context: InterceptorContext) => Pick<Pipeline, 'handle'>;

export interface InterceptorContext {
  /** As they are now. */
  readonly services: () => Services;
  /** Issues a token of a tenant; `use` defaults to an access token. */
  readonly token: (tenant: string, use?: TokenUse) => Promise<string>;
}

/** If the interceptor fails on a request, that client gets a 500 with a trace. */
export function intercept(interceptor: Interceptor, pipeline: Pipeline, context: InterceptorContext): Pick<Pipeline, 'handle'> {
  const intercepted = interceptor(pipeline, context);
  return { handle: (request) => intercepted.handle(request).catch((error: unknown) => pipeline.fail(request, error)) };
}
