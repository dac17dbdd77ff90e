/** The store that keeps everything in this process: each tenant apart, and all of them together within bounds. */
import type { TenantMaterial } from './tenant-defaults.js';
import { MemoryTenant } from './memory-tenant.js';
import type { RandomSource } from './random.js';
import type { Store } from './store.js';

/** How much is kept, over all tenants. */
export interface StateBounds {
  readonly tenants: number;
  readonly conversations: number;
  /** Roughly, of memory. */
  readonly bytes: number;
}

export interface MemoryStoreMaterial extends Omit<TenantMaterial, 'random'> {
  readonly bounds: StateBounds;
  /** The source of chance for a tenant that was reset so often; the same one for the same tenant. */
  readonly random: (tenant: string, resets: number) => RandomSource;
}

/** So many names of dropped tenants are remembered, so that a caller who comes back hears why all is gone. */
const MOST_REMEMBERED = 10_000;

/** `current` gives the material as the config file has it now. */
export function memoryStore(current: () => MemoryStoreMaterial): Store {
  /** The one used last stands last, so that the idle ones go first. */
  const tenants = new Map<string, MemoryTenant>();
  /** Keeping the same one again, which is the rule, costs nothing. */
  let last: MemoryTenant | undefined;
  const remembered = new Set<string>();
  const held = { conversations: 0, bytes: 0 };

  function keep(name: string, tenant: MemoryTenant): void {
    if (tenant === last) return;
    last = tenant;
    tenants.delete(name);
    tenants.set(name, tenant);
  }

  function create(name: string): MemoryTenant {
    const material = (): TenantMaterial => ({ ...current(), random: (resets) => current().random(name, resets) });
    return new MemoryTenant(name, material, remembered.has(name));
  }

  function withinBounds(): void {
    const { bounds } = current();
    for (const [name, idle] of tenants) {
      if (tenants.size <= bounds.tenants) break;
      tenants.delete(name);
      count(sizeOf(idle), EMPTY);
      remember(name);
    }
    let dropped = true;
    while (dropped && held.conversations > bounds.conversations)
      dropped = dropFromTheOneWithMost('conversations', (tenant) => tenant.count);
    dropped = true;
    while (dropped && held.bytes > bounds.bytes) dropped = dropFromTheOneWithMost('bytes', (tenant) => tenant.bytes);
  }

  /** So that a noisy tenant does not push out the others. */
  function dropFromTheOneWithMost(what: 'conversations' | 'bytes', measure: (tenant: MemoryTenant) => number): boolean {
    const [most] = [...tenants.values()].sort((one, other) => measure(other) - measure(one));
    if (most === undefined) return false;
    const before = sizeOf(most);
    const dropped = most.drop(what);
    count(before, sizeOf(most));
    return dropped;
  }

  function remember(name: string): void {
    remembered.delete(name);
    remembered.add(name);
    for (const oldest of remembered) {
      if (remembered.size <= MOST_REMEMBERED) return;
      remembered.delete(oldest);
    }
  }

  function count(before: Size, after: Size): void {
    held.conversations += after.conversations - before.conversations;
    held.bytes += after.bytes - before.bytes;
  }

  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- asynchronous at its border only: another store may lock or load first
    async run(name, work, options = {}) {
      const known = tenants.get(name);
      const tenant = known ?? create(name);
      const before = known === undefined ? EMPTY : sizeOf(known);
      tenant.begin();
      let done = false;
      try {
        const result = work(tenant);
        done = options.dryRun !== true;
        return result;
      } finally {
        if (!done) tenant.rollBack();
        if (known !== undefined || tenant.written) {
          keep(name, tenant);
          count(before, sizeOf(tenant));
          withinBounds();
        }
      }
    },
    tenants: () => Promise.resolve([...tenants.keys()]),
    async close() {
      tenants.clear();
      last = undefined;
      return Promise.resolve();
    },
  };
}

interface Size {
  readonly conversations: number;
  readonly bytes: number;
}

const EMPTY: Size = { conversations: 0, bytes: 0 };

function sizeOf(tenant: MemoryTenant): Size {
  return { conversations: tenant.count, bytes: tenant.bytes };
}
