/** A request as a transport hands it over. */
import type { Cause } from '../cxone/studio.js';
import type { Rejection } from '../errors/catalogue.js';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The bytes of a body, or what kept them from arriving whole. */
export interface Received {
  readonly bytes: Buffer;
  /** Kept for later, so that every trace has the body, whatever refuses it. */
  readonly fault?: Rejection;
}

export interface Arrival {
  readonly transport: 'http' | 'script';
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly headers: Headers;
  /** Why it is no request at all, such as bytes that are not HTTP. */
  readonly fault?: Rejection;
  /** Reads the body, up to the limit in bytes. */
  receive(limit: number): Received | Promise<Received>;
  /** Whether the caller has disconnected. */
  gone(): boolean;
  /** The script that sends it. */
  readonly parent?: Cause;
}

/** A header's value; several of one name are joined as HTTP joins them. */
export function headerOf({ headers }: Pick<Arrival, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
