/** How a caller reached the emulator: the host that it named, and whether that name is a private one. */
import type { Arrival } from './incoming-request.js';

/** A host name or an IP literal, with or without a port. */
export const HOST = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/** The host of an absolute target counts before the header (RFC 9112, 3.2.2). */
export function hostsOf(arrival: Pick<Arrival, 'target' | 'headers'>): string[] {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(arrival.target)?.[1];
  const header = arrival.headers.host;
  return [absolute, typeof header === 'string' ? header : undefined].filter((host) => host !== undefined);
}

/**
 * Without a slash at the end. What a proxy says of the caller's own view counts first: a tunnel takes https and hands on
 * http. A caller that names no sound host reached the emulator where it listens.
 */
export function callerUrl(arrival: Arrival, ownUrl: () => string): string {
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
