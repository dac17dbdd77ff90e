/** A script's REST call and what comes of it. */
import type { Words } from './hosts.js';

export interface RestRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** In milliseconds, for the whole call. */
  readonly timeout: number;
  /** Aborted where the script was interrupted or stopped. */
  readonly signal: AbortSignal;
}

/** How an answer begins. */
export interface RestHead {
  readonly status: number;
  /** The reason phrase, or the usual one of the status. */
  readonly statusText: string;
  /** In lower case; one that came more than once is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The last hop of a call that was sent elsewhere; addresses without secrets. */
export interface Redirect {
  readonly from: string;
  readonly to: string;
  /** Whether it arrived as a GET, without the body that it had. */
  readonly asGet: boolean;
}

export interface RestResponse extends RestHead {
  readonly body: string;
  /** Whether the bytes of the body were UTF-8; what was not stands in it as U+FFFD. */
  readonly utf8: boolean;
  /** Where it came from in the end, after redirects, without credentials. */
  readonly url: string;
  readonly redirect?: Redirect;
  /** What a stand-in tells of how it came to this. */
  readonly notes?: readonly string[];
}

/** What kept a call from an answer. */
export interface RestFailure extends Words {
  readonly code: 'REST_CALL_FAILED' | 'REST_TIMEOUT' | 'REST_RESPONSE_TOO_LARGE' | 'REST_HOST_REFUSED';
  /** Where there was one, as far as it was read. */
  readonly response?: RestHead;
}

export type RestResult = { readonly response: RestResponse } | { readonly failure: RestFailure };

/**
 * Makes the call. Any status is a response. Rejects with the signal's reason where `signal` aborts, and in no other case;
 * no connection is left open, whatever the outcome.
 */
export type OutsideCaller = (request: RestRequest) => Promise<RestResult>;

/** A request as it is sent: to `url`, which holds no credentials. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Where a redirect to it came from. */
  readonly from: URL | undefined;
}

/** How far a request got. */
export interface Progress {
  /** A connection is there, at https with its handshake. */
  connected: boolean;
  head: RestHead | undefined;
  /** Of the body. */
  bytes: number;
}
