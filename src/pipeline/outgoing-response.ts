/** A response as a transport sends it. */
import type { Feed } from '../cxone/handler.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** null: no body at all, as with 204. */
  readonly body: string | null;
  /** Server-sent events that follow the head, instead of a body. */
  readonly feed?: Feed;
  /** Whether the connection must not be used again. */
  readonly close: boolean;
  /** The response of another server, which goes back as it came, instead of headers and body. */
  readonly passedOn?: PassedOn;
  /** An injected fault: the connection is reset, nothing is sent at all, or it closes in the middle of the body. */
  readonly broken?: 'reset' | 'hang' | 'cut';
}

export interface PassedOn {
  readonly statusText: string;
  /** Name, value, name, value, as they were sent, without those that belong to that connection alone. */
  readonly rawHeaders: readonly string[];
  /** As they came, compressed ones too. */
  readonly bytes: Buffer;
}
