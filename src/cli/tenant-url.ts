/** Where a command finds the tenant that it asks a running emulator about. */
import { addressOf } from '../shared/url.js';
import { loadConfig } from '../config/load-config.js';
import { isTenantName } from '../pipeline/target.js';
import { environmentName } from '../config/settings.js';
import { show } from '../shared/format.js';
import { BadInput } from './strict.js';

/** Without a slash at the end. Throws BadInput. */
export async function tenantUrl(
  { url: given, tenant }: { readonly url?: string; readonly tenant?: string },
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const variable = environmentName('url');
  const named = given ?? (env[variable] || undefined);
  const where = given === undefined ? variable : '--url';
  if (named !== undefined && (!/^https?:\/\/[^/]/.test(named) || !URL.canParse(named)))
    throw new BadInput(`${where} must be an address such as http://localhost:8400, not ${show(named)}`);
  if (named !== undefined && new URL(named).username + new URL(named).password !== '')
    throw new BadInput(`${where} must have no name and no password in it: the emulator asks for none`);
  if (tenant !== undefined && !isTenantName(tenant))
    throw new BadInput(`--tenant: a tenant’s name has 1 to 64 of a-z, 0-9 and -, not ${show(tenant)}`);
  const { settings } = await loadConfig({ environment: env });
  const url = named?.replace(/\/+$/, '') ?? addressOf(settings.host, settings.port);
  return tenant === undefined || tenant === 'default' ? url : `${url}/t/${tenant}`;
}
