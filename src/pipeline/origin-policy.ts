/** Who may call the control API, and which pages of other origins may read responses. */
import { type Rejection, reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import { HOST, hostsOf, isControlHost } from './caller-url.js';
import type { Arrival } from './incoming-request.js';
import type { RequestContext } from './request-context.js';
import type { Services } from './services.js';

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
export function requireControlCaller({ request }: RequestContext, { settings }: Services): void {
  const isForeign = (host: string): boolean => !isControlHost(host, settings.allowedHosts);
  const foreign = hostsOf(request).find(isForeign);
  if (foreign !== undefined) throw hostRefused(foreign, '/host');
  const forwarded = hostsForwarded(request).find(isForeign);
  if (forwarded !== undefined) throw hostRefused(forwarded, '/x-forwarded-host');
  const origin = originOf(request);
  if (origin !== undefined && !isSameOrigin(request, origin) && !settings.corsOrigins.includes(origin))
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

function isSameOrigin(request: Arrival, origin: string): boolean {
  const host = request.headers.host;
  return typeof host === 'string' && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Tells of a page whose browser will not let it read the answer. */
export function warnForeignOrigin(context: RequestContext, { settings }: Services): void {
  const origin = originOf(context.request);
  if (origin === undefined || isSameOrigin(context.request, origin) || mayRead(origin, settings.corsOrigins)) return;
  context.trace.warn('ORIGIN_NOT_ALLOWED', {
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
export function corsHeaders({ request, family }: RequestContext, { settings }: Services): Readonly<Record<string, string>> {
  const { corsOrigins } = settings;
  if (corsOrigins.length === 0) return {};
  const origin = originOf(request);
  const allowed = family.name === 'control' ? corsOrigins.filter((name) => name !== '*') : corsOrigins;
  if (origin === undefined || !mayRead(origin, allowed)) return { vary: 'Origin' };
  const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  const wanted = request.headers['access-control-request-headers'];
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'X-Emulator-Trace-Id, X-Emulator-Cause',
    ...(preflight
      ? {
          'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
          'access-control-max-age': '600',
          ...(typeof wanted === 'string' ? { 'access-control-allow-headers': wanted } : {}),
          ...(request.headers['access-control-request-private-network'] === 'true'
            ? { 'access-control-allow-private-network': 'true' }
            : {}),
        }
      : {}),
  };
}
