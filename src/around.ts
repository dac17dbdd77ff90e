/** What may stand around the pipeline: it sees every message of a caller, and answers it. */
import type { Pipeline, Services } from './pipeline/index.js';

export type Around = (pipeline: Pipeline, inside: Inside) => Pick<Pipeline, 'handle'>;

/** What it may look at. */
export interface Inside {
  /** As they are now. */
  readonly services: () => Services;
  /** A new access token of a tenant. */
  readonly token: (tenant: string) => Promise<string>;
}
