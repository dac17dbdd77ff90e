/** Takes a request target apart: the tenant's prefix, the path, the query. */

export interface Target {
  readonly tenant: string;
  /** Not decoded; begins with a slash, but for the `*` of OPTIONS. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

export const DEFAULT_TENANT = 'default';

const TENANT_NAME = /^[a-z0-9-]{1,64}$/;

export function isTenantName(name: string): boolean {
  return TENANT_NAME.test(name);
}

/** The name after `/t/` is taken as it stands; the route stage refuses one that is no tenant's name. */
export function readTarget(target: string): Target {
  const origin = originForm(target);
  const mark = origin.indexOf('?');
  const whole = mark === -1 ? origin : origin.slice(0, mark);
  const query = mark === -1 ? '' : origin.slice(mark + 1);
  if (!whole.startsWith('/t/')) return { tenant: DEFAULT_TENANT, path: whole, query };
  const end = whole.indexOf('/', 3);
  return end === -1
    ? { tenant: whole.slice(3), path: '/', query }
    : { tenant: whole.slice(3, end), path: whole.slice(end), query };
}

/** A proxy may be sent the absolute form, `http://host/path`. A fragment never belongs on the wire. */
function originForm(target: string): string {
  if (target.startsWith('/') || target === '*') return target;
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(target);
  const rest = absolute?.[1] ?? target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
