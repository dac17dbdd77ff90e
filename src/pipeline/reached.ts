/** How a caller reached the emulator: the host that it named, and whether the control API answers under that name. */
import { type Rejection, reject } from '../rejections.js';
import { show } from '../shown.js';
import type { Arrival, Exchange } from './exchange.js';
import type { Services } from './services.js';

const HOST = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/** The host of an absolute target counts before the header (RFC 9112, 3.2.2). */
function hostsOf(arrival: Pick<Arrival, 'target' | 'headers'>): string[] {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(arrival.target)?.[1];
  const header = arrival.headers.host;
  return [absolute, typeof header === 'string' ? header : undefined].filter((host) => host !== undefined);
}

/**
 * Without a slash at the end. What a proxy says of the caller's own view counts first: a tunnel takes https and hands on
 * http. A caller that names no sound host reached the emulator where it listens.
 */
export function urlReached(arrival: Arrival, ownUrl: () => string): string {
  const forwarded = (name: string): string | undefined => [arrival.headers[name] ?? []].flat()[0]?.split(',', 1)[0]?.trim();
  const host = [forwarded('x-forwarded-host'), ...hostsOf(arrival)].find(
    (name) => name !== undefined && HOST.test(name) && URL.canParse(`http://${name}`),
  );
  if (host === undefined) return ownUrl();
  return `${forwarded('x-forwarded-proto')?.toLowerCase() === 'https' ? 'https' : 'http'}://${host}`;
}

/** Names that nobody can register: a page that a public name leads here, or the public side of a tunnel, has none of them. */
const PRIVATE_SUFFIXES = ['.localhost', '.local', '.internal', '.test'];

/** Whether the control API answers under this host name, with or without a port. */
export function isControlHost(host: string, allowed: readonly string[]): boolean {
  const name = HOST.exec(host)?.[1]?.toLowerCase().replace(/\.$/, '');
  if (name === undefined) return false;
  if (name.startsWith('[') || /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(name)) return true;
  if (!name.includes('.')) return true;
  if (PRIVATE_SUFFIXES.some((suffix) => name.endsWith(suffix))) return true;
  return allowed.some((entry) => {
    const wanted = entry.toLowerCase();
    return wanted.startsWith('.') ? name.endsWith(wanted) : name === wanted;
  });
}

/** The names by which proxies say that the caller reached them; a caller inside names none. */
function hostsForwarded({ headers }: Arrival): string[] {
  const list = (name: string): string[] => [headers[name] ?? []].flat().join(',').split(',');
  const standard = [
    ...list('forwarded')
      .join(',')
      .matchAll(/(?:^|[;,\s])host="?([^";,\s]+)/gi),
  ].map(([, host = '']) => host);
  return [...list('x-forwarded-host'), ...list('x-original-host'), ...standard]
    .map((host) => host.trim())
    .filter((host) => host !== '');
}

/** For the control API: throws HOST_REFUSED or ORIGIN_REFUSED. */
export function requireControlCaller({ arrival }: Exchange, { settings }: Services): void {
  const isForeign = (host: string): boolean => !isControlHost(host, settings.allowedHosts);
  const foreign = hostsOf(arrival).find(isForeign);
  if (foreign !== undefined) throw hostRefused(foreign, '/host');
  const forwarded = hostsForwarded(arrival).find(isForeign);
  if (forwarded !== undefined) throw hostRefused(forwarded, '/x-forwarded-host');
  const origin = originOf(arrival);
  if (origin !== undefined && !isSameOrigin(arrival, origin) && !settings.corsOrigins.includes(origin))
    throw originRefused(origin);
}

function hostRefused(host: string, pointer: string): Rejection {
  const name = HOST.exec(host)?.[1];
  return reject('HOST_REFUSED', {
    message: 'The control API does not answer under this host name.',
    in: 'header',
    pointer,
    expected:
      'an IP address, localhost, a name of one label such as a container’s, or one that ends in .localhost, .local, .internal or .test',
    received: show(host),
    remedy: `This keeps the public side of a tunnel, and pages that a name leads here, from reading and resetting the emulator. Call it by its address, or start it with --allowed-hosts ${name ?? 'and the name'} where the name is yours.`,
  });
}

function originRefused(origin: string): Rejection {
  return reject('ORIGIN_REFUSED', {
    message: 'A page of another origin called the control API.',
    in: 'header',
    pointer: '/origin',
    expected: 'no Origin header, or the emulator’s own origin',
    received: show(origin),
    remedy: `Any page that a browser shows could otherwise read and reset the emulator. Where the page is yours, start the emulator with --cors-origins ${/[\s,]/.test(origin) ? 'and its origin' : origin}.`,
  });
}

function originOf({ headers }: Arrival): string | undefined {
  return typeof headers.origin === 'string' ? headers.origin : undefined;
}

function isSameOrigin(arrival: Arrival, origin: string): boolean {
  const host = arrival.headers.host;
  return typeof host === 'string' && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Tells of a page whose browser will not let it read the answer. */
export function lookAtOrigin(exchange: Exchange, { settings }: Services): void {
  const origin = originOf(exchange.arrival);
  if (origin === undefined || isSameOrigin(exchange.arrival, origin) || mayRead(origin, settings.corsOrigins)) return;
  exchange.warn('ORIGIN_NOT_ALLOWED', {
    message: 'A page of another origin sent this, and its browser will not let it read the answer.',
    in: 'header',
    pointer: '/origin',
    expected:
      settings.corsOrigins.length === 0 ? 'no Origin header' : `no Origin header, or one of ${settings.corsOrigins.join(', ')}`,
    received: show(origin),
    remedy: `Start the emulator with --cors-origins ${/[\s,]/.test(origin) ? 'and the origin' : origin} to let such a page read answers. Which origins CXone lets read is not known. A server or a script that sends Origin loses nothing.`,
  });
}

function mayRead(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes(origin) || allowed.includes('*');
}

/** The headers that let a page of a configured origin read the answer, and those that a preflight asks for. */
export function corsHeaders({ arrival, family }: Exchange, { settings }: Services): Readonly<Record<string, string>> {
  const { corsOrigins } = settings;
  if (corsOrigins.length === 0) return {};
  const origin = originOf(arrival);
  const allowed = family.name === 'control' ? corsOrigins.filter((name) => name !== '*') : corsOrigins;
  if (origin === undefined || !mayRead(origin, allowed)) return { vary: 'Origin' };
  const preflight = arrival.method === 'OPTIONS' && arrival.headers['access-control-request-method'] !== undefined;
  const wanted = arrival.headers['access-control-request-headers'];
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'X-Emulator-Trace-Id, X-Emulator-Cause',
    ...(preflight
      ? {
          'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
          'access-control-max-age': '600',
          ...(typeof wanted === 'string' ? { 'access-control-allow-headers': wanted } : {}),
          ...(arrival.headers['access-control-request-private-network'] === 'true'
            ? { 'access-control-allow-private-network': 'true' }
            : {}),
        }
      : {}),
  };
}
