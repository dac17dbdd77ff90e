/** What may stand around the pipeline: it sees every message of a caller, and answers it. */
import type { Pipeline, Services } from '../pipeline/index.js';
import type { TokenUse } from '../cxone/token-verifier.js';

export type Around = (pipeline: Pipeline, inside: Inside) => Pick<Pipeline, 'handle'>;

/** What it may look at. */
export interface Inside {
  /** As they are now. */
  readonly services: () => Services;
  /** A new token of a tenant; an access token where `use` says nothing else. */
  readonly token: (tenant: string, use?: TokenUse) => Promise<string>;
}

/** The pipeline with what stands around it. Where that fails, its caller is answered 500 with a trace, and the others go on. */
export function putAround(around: Around, pipeline: Pipeline, inside: Inside): Pick<Pipeline, 'handle'> {
  const outer = around(pipeline, inside);
  return { handle: (arrival) => outer.handle(arrival).catch((problem: unknown) => pipeline.fail(arrival, problem)) };
}
