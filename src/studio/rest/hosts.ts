/** The hosts outside that a script's REST calls may go to, and whether a name still leads where it led at first. */
import { BlockList, isIP } from 'node:net';
import type { Explanation } from '../../errors/catalogue.js';
import { listed } from '../../shared/format.js';

/** A fault of a REST call in words. */
export type Words = Pick<Explanation, 'message' | 'expected' | 'received' | 'remedy'>;

const LABEL = '(?:[A-Za-z0-9_-]|[^\\u0000-\\u007f])+';
const PORT = '(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?';

/** What an entry of the list looks like, as a regular expression; `hostRules` refuses what is none all the same, such as `1.2.3.400`. */
export const HOST_ENTRY = `^(?:\\.?${LABEL}(?:\\.${LABEL})*\\.?|\\[[0-9A-Fa-f:.]+\\])${PORT}$`;

const ENTRY = new RegExp(HOST_ENTRY);
const PARTS = /^(\.?)(.+?)(?::([0-9]+))?$/;

/** The hosts that calls may go to. */
export interface HostRules {
  /** As they were given. */
  readonly entries: readonly string[];
  /** Whether a call may go to the host and port of this address, by its name alone. */
  allows(url: URL): boolean;
  /** Whether the list names this IP address itself, at this port or at any. */
  allowsAddress(address: string, port: number): boolean;
  /** The entry that would let the call pass: with a port where the list has the host at another one. */
  entryFor(url: URL): string;
}

interface Entry {
  /** In the form that `URL` gives to host names; below a wildcard it begins with a dot. */
  readonly host: string;
  readonly wildcard: boolean;
  readonly port: number | undefined;
}

/**
 * Reads a list of `crm.example.com` (any port), `crm.example.com:8443`, `.example.com` (all names below it, but not itself),
 * `127.0.0.1:9000`, `[::1]:9000` or `localhost`. Throws a TypeError that shows the first entry that is none of these.
 */
export function hostRules(list: readonly string[]): HostRules {
  const entries = list.map(readEntry);
  const covers = (entry: Entry, host: string): boolean =>
    entry.wildcard ? host.length > entry.host.length && host.endsWith(entry.host) && !isLiteral(host) : host === entry.host;
  const allows = (host: string, port: number): boolean =>
    entries.some((entry) => covers(entry, host) && (entry.port === undefined || entry.port === port));
  return {
    entries: list,
    allows: (url) => allows(hostOf(url), portOf(url)),
    allowsAddress: (address, port) => allows(canonical(isIP(address) === 6 ? `[${address}]` : address) ?? address, port),
    entryFor(url) {
      const host = hostOf(url);
      return entries.some((entry) => covers(entry, host)) ? `${host}:${String(portOf(url))}` : host;
    },
  };
}

function readEntry(text: string): Entry {
  const [, dot = '', name = '', port] = ENTRY.test(text) ? (PARTS.exec(text) ?? []) : [];
  const host = name === '' ? undefined : canonical(name);
  if (host === undefined || (dot !== '' && isLiteral(host)))
    throw new TypeError(
      `${JSON.stringify(text)} is not a host such as crm.example.com, crm.example.com:8443, .example.com, 127.0.0.1:9000 or [::1]:9000.`,
    );
  return { host: dot + host, wildcard: dot !== '', port: port === undefined ? undefined : Number(port) };
}

/** A host in the form of `URL.hostname`: lower case, IDNA, short IPv6. */
function canonical(host: string): string | undefined {
  const text = `http://${host}/`;
  return URL.canParse(text) ? hostOf(new URL(text)) : undefined;
}

/** The host of an address without the dot that may end a full name; an IPv6 address stands in brackets. */
export function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/\.$/, '');
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** Whether a host is an IP address rather than a name. */
export function isLiteral(host: string): boolean {
  return host.startsWith('[') || isIP(host) !== 0;
}

/** Where an address leads. */
export type AddressClass = 'loopback' | 'private' | 'link-local' | 'public';

/**
 * The first that fits counts. Clouds hand out the credentials of a machine at link-local addresses, and at some that lie
 * in private ranges: fd00:ec2::254 (AWS), 100.100.100.200 (Alibaba), 192.0.0.192 (Oracle).
 */
const RANGES: readonly (readonly [AddressClass, readonly string[]])[] = [
  ['link-local', ['169.254.0.0/16', '100.100.100.200/32', '192.0.0.192/32', 'fe80::/10', 'fd00:ec2::254/128']],
  ['loopback', ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10']],
];

const CLASSES = RANGES.map(([name, subnets]) => {
  const block = new BlockList();
  for (const subnet of subnets) {
    const [net = '', bits = ''] = subnet.split('/');
    if (net.includes(':')) {
      block.addSubnet(net, Number(bits), 'ipv6');
      continue;
    }
    block.addSubnet(net, Number(bits), 'ipv4');
    // IPv4 inside IPv6: compatible (RFC 4291), NAT64 (RFC 6052) and 6to4 (RFC 3056). BlockList itself knows the mapped form.
    block.addSubnet(`::${net}`, 96 + Number(bits), 'ipv6');
    block.addSubnet(`64:ff9b::${net}`, 96 + Number(bits), 'ipv6');
    block.addSubnet(`2002:${hexadecimal(net)}::`, 16 + Number(bits), 'ipv6');
  }
  return { name, block };
});

function hexadecimal(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

export function classOf(address: string): AddressClass {
  const bare = address.replace(/%.*$/, '');
  const version = isIP(bare);
  if (version === 0) return 'public';
  return CLASSES.find(({ block }) => block.check(bare, version === 6 ? 'ipv6' : 'ipv4'))?.name ?? 'public';
}

/** So many names are remembered; the one not asked for longest is forgotten first. */
const MOST_NAMES = 1000;

/**
 * The guard against names that lead elsewhere than they did (DNS rebinding): says why a call must not go to the addresses
 * of a name, or undefined where it may. The class of a name's addresses is remembered from the first call on.
 */
export type NameGuard = (url: URL, addresses: readonly string[]) => Words | undefined;

export function nameGuard(rules: HostRules, most = MOST_NAMES): NameGuard {
  const known = new Map<string, AddressClass>();
  return (url, addresses) => {
    const host = hostOf(url);
    const metadata = addresses.find((address) => classOf(address) === 'link-local' && !rules.allowsAddress(address, portOf(url)));
    if (metadata !== undefined) return linkLocal(host, metadata);
    const classes = [...new Set(addresses.map(classOf))];
    const [first] = classes;
    if (first === undefined) return undefined;
    const before = known.get(host);
    if (before !== undefined && classes.some((name) => name !== before)) return elsewhere(host, before, addresses);
    if (classes.length > 1) return mixed(host, addresses);
    known.delete(host);
    known.set(host, first);
    if (known.size > most) known.delete(known.keys().next().value ?? host);
    return undefined;
  };
}

function linkLocal(host: string, address: string): Words {
  return {
    message: `${host} leads to a link-local address.`,
    expected: 'a name that leads to a loopback, private or public address',
    received: `${host}, which resolves to ${address}`,
    remedy: `At such addresses clouds hand out the credentials of the machine, so no name may lead there. Where it is meant, call ${isIP(address) === 6 ? `[${address}]` : address} by this address, and let it in: --script-hosts ${isIP(address) === 6 ? `[${address}]` : address}, or scriptHosts in the config file.`,
  };
}

function mixed(host: string, addresses: readonly string[]): Words {
  return {
    message: `${host} leads to addresses of more than one kind.`,
    expected: 'addresses that are all loopback, all private or all public',
    received: `${host}, which resolves to ${inClasses(addresses)}`,
    remedy:
      'A name that leads into the own network and out of it may be a trick to reach what a script must not. Correct its DNS records, or call one address by its number and let that one in with --script-hosts.',
  };
}

function elsewhere(host: string, before: AddressClass, addresses: readonly string[]): Words {
  return {
    message: `${host} resolves elsewhere now.`,
    expected: `a ${before} address, as when it was first called`,
    received: `${host}, which resolves to ${inClasses(addresses)}`,
    remedy:
      'A name that changes from one kind of network to another may be a trick to reach what a script must not. Where the change is meant, restart the emulator: it remembers where a name led from the first call on.',
  };
}

/** So many addresses are shown. */
const SHOWN = 4;

function inClasses(addresses: readonly string[]): string {
  const shown = addresses.slice(0, SHOWN).map((address) => `${address} (${classOf(address)})`);
  const more = addresses.length - shown.length;
  return listed(more > 0 ? [...shown, `${String(more)} more`] : shown);
}
