/** Where what listens on a host is called. */

/** Where to call what listens on this host, without a slash at the end. */
export function addressOf(host: string, port: number): string {
  const name = readable(host);
  return `http://${name.includes(':') ? `[${name}]` : name}:${String(port)}`;
}

/** A wildcard address is no address to send to. */
function readable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
