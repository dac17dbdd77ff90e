/** The store that keeps everything in this process: each tenant apart, at most 1,000 of them. */
import { MemoryTenant, type TenantMaterial } from './memory-tenant.js';
import type { RandomSource } from './random.js';
import type { Store } from './store.js';

const MOST_TENANTS = 1000;

export interface MemoryStoreMaterial extends Omit<TenantMaterial, 'random'> {
  /** The source of chance for a tenant that was reset so often; the same one for the same tenant. */
  readonly random: (tenant: string, resets: number) => RandomSource;
}

export function memoryStore(material: MemoryStoreMaterial): Store {
  /** The one used last stands last, so that the idle ones go first. */
  const tenants = new Map<string, MemoryTenant>();
  /** Keeping the same one again, which is the rule, costs nothing. */
  let last: MemoryTenant | undefined;

  function keep(name: string, tenant: MemoryTenant): void {
    if (tenant === last) return;
    last = tenant;
    tenants.delete(name);
    tenants.set(name, tenant);
    if (tenants.size <= MOST_TENANTS) return;
    for (const idle of tenants.keys()) {
      tenants.delete(idle);
      return;
    }
  }

  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- asynchronous at its border only: another store may lock or load first
    async run(name, work, options = {}) {
      const known = tenants.get(name);
      const tenant = known ?? new MemoryTenant(name, { ...material, random: (resets) => material.random(name, resets) });
      tenant.begin();
      let done = false;
      try {
        const result = work(tenant);
        done = options.dryRun !== true;
        return result;
      } finally {
        if (!done) tenant.rollBack();
        if (known !== undefined || tenant.written) keep(name, tenant);
      }
    },
    async close() {
      tenants.clear();
      last = undefined;
      return Promise.resolve();
    },
  };
}
