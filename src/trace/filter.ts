/** Which traces a person or a test asks for. */
import type { Code } from '../errors/catalogue.js';
import type { Outcome, Trace } from './trace.js';

export interface TraceFilter {
  readonly conversationId?: string;
  readonly contactId?: string;
  readonly script?: string;
  readonly outcome?: Outcome;
  /** A code of the catalogue that stands in any entry. */
  readonly code?: Code | (string & {});
  /** Whether calls of the control API are listed too. Default: false. */
  readonly control?: boolean;
  /** How many at most. Default: all that are kept. */
  readonly limit?: number;
}

/** `control`: a call of the control API, which a person looking for a handover does not want to see. */
export type TraceKind = 'platform' | 'control';

/** Whether the trace is one of those that are asked for, however many these are. */
export function fits(trace: Trace, kind: TraceKind, filter: TraceFilter): boolean {
  return (
    (filter.control === true || kind === 'platform') &&
    (filter.conversationId === undefined || trace.conversationId === filter.conversationId) &&
    (filter.contactId === undefined || trace.contactId === filter.contactId) &&
    (filter.script === undefined || trace.script === filter.script) &&
    (filter.outcome === undefined || trace.outcome === filter.outcome) &&
    (filter.code === undefined || trace.entries.some((entry) => entry.code === filter.code))
  );
}
