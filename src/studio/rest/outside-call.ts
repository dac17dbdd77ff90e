/** A script's REST call to a host outside the emulator: within its time, its size and the list of hosts, through redirects. */
import { lookup } from 'node:dns/promises';
import { isSecretName } from '../../trace/redact.js';
import { overTheWire, progressOf } from './wire.js';
import {
  aimRefused,
  badLocation,
  brokeDown,
  headerFault,
  hostRefused,
  nameUnknown,
  redirected,
  timedOut,
  tooManyRedirects,
} from './errors.js';
import { hostOf, type HostRules, isLiteral, type NameGuard, nameGuard } from './hosts.js';
import type { Hop, OutsideCaller, Progress, RestFailure, RestHead, RestRequest } from './types.js';

/** All IP addresses of a name; rejects with an error of node:dns where it has none. */
export type ResolveHost = (name: string) => Promise<readonly string[]>;

/** So many redirects are followed. */
const MOST_REDIRECTS = 5;

/** The longest time that setTimeout takes. */
const LONGEST = 2 ** 31 - 1;

/** Of headers of the caller's these are the connection's own. */
const OURS = new Set(['host', 'content-length', 'connection', 'transfer-encoding']);

/** A caller for the hosts that the list allows. It remembers where names lead, so that a later call must not be led elsewhere. */
export function outsideCaller(hosts: HostRules, resolve: ResolveHost = addressesOf): OutsideCaller {
  const guard = nameGuard(hosts);
  return async ({ signal, timeout, ...request }) => {
    signal.throwIfAborted();
    const stop = new AbortController();
    const abort = (): void => {
      stop.abort();
    };
    const timer = setTimeout(abort, Math.min(Math.max(timeout, 1), LONGEST));
    signal.addEventListener('abort', abort, { once: true });
    let hop = firstHop(request);
    let progress = progressOf();
    try {
      for (let redirects = 0; ; redirects += 1) {
        progress = progressOf();
        const result = await go(hop, { hosts, guard, resolve, stop: stop.signal, progress });
        if (!('location' in result)) return redirected(result, hop, request.method);
        const next = nextHop(hop, result.head, result.location, redirects);
        if ('failure' in next) return next;
        hop = next;
      }
    } catch (error) {
      signal.throwIfAborted();
      return redirected(
        stop.signal.aborted ? timedOut(hop.url, timeout, progress) : brokeDown(hop.url, error),
        hop,
        request.method,
      );
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  };
}

async function addressesOf(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

/** Credentials in the address become a header, which no message shows; the caller's own header counts first. */
function firstHop({ method, url, headers, body }: Pick<RestRequest, 'method' | 'url' | 'headers' | 'body'>): Hop {
  const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.has(name.toLowerCase())));
  if (!hasHeader(sent, 'accept-encoding')) sent['accept-encoding'] = 'identity';
  const basic = basicOf(url);
  if (basic !== undefined && !hasHeader(sent, 'authorization')) sent.authorization = basic;
  return { method, url: withoutCredentials(url), headers: sent, body, from: undefined };
}

function hasHeader(headers: Readonly<Record<string, string>>, name: string): boolean {
  return Object.keys(headers).some((each) => each.toLowerCase() === name);
}

function basicOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare;
}

interface Tools {
  readonly hosts: HostRules;
  readonly guard: NameGuard;
  readonly resolve: ResolveHost;
  readonly stop: AbortSignal;
  readonly progress: Progress;
}

/** Checks where the hop leads, and goes there. Rejects where `stop` aborts. */
async function go(hop: Hop, { hosts, guard, resolve, stop, progress }: Tools): ReturnType<typeof overTheWire> {
  const { url } = hop;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return aimRefused(hop);
  if (!hosts.allows(url)) return hostRefused(hop, hosts);
  const fault = headerFault(hop);
  if (fault !== undefined) return fault;
  if (isLiteral(hostOf(url))) return overTheWire(hop, undefined, stop, progress);
  const found = await Promise.race([resolve(hostOf(url)).catch((error: unknown) => nameUnknown(url, error)), aborted(stop)]);
  if ('failure' in found) return found;
  if (found.length === 0) return nameUnknown(url, undefined);
  const words = guard(url, found);
  if (words !== undefined) return { failure: { code: 'REST_HOST_REFUSED', ...words } };
  return overTheWire(hop, found, stop, progress);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** As the Fetch standard has it: POST becomes GET at 301 and 302, and all but HEAD at 303; 307 and 308 send the same again. */
function nextHop(hop: Hop, head: RestHead, location: string, redirects: number): Hop | { readonly failure: RestFailure } {
  if (redirects === MOST_REDIRECTS) return tooManyRedirects(hop.url, head, MOST_REDIRECTS);
  if (!URL.canParse(location, hop.url.href)) return badLocation(hop.url, head, location);
  const aim = new URL(location, hop.url);
  const url = withoutCredentials(aim);
  const method = hop.method.toUpperCase();
  const asGet = head.status === 303 ? method !== 'GET' && method !== 'HEAD' : head.status < 303 && method === 'POST';
  const foreign = url.origin !== hop.url.origin;
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => !(asGet && /^content-/i.test(name)) && !(foreign && isSecretName(name))),
  );
  const basic = basicOf(aim);
  if (basic !== undefined && !hasHeader(headers, 'authorization')) headers.authorization = basic;
  return { method: asGet ? 'GET' : hop.method, url, headers, body: asGet ? undefined : hop.body, from: hop.url };
}
