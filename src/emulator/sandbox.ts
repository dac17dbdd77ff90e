/** The mutable state that requests and scripts work on. The emulator has one, and each dry run has a throw-away copy. */
import { faultRandom } from '../cxone/id-sources.js';
import type { Pipeline } from '../pipeline/index.js';
import { Clocks } from '../cxone/clock.js';
import { createDesk, type Desk } from '../cxone/agent-simulator.js';
import { Faults } from '../cxone/faults.js';
import { Activity, type Studio } from '../cxone/studio.js';
import { memoryStore } from '../cxone/store/memory.js';
import type { Store } from '../cxone/store/store.js';
import { LiveRuns } from '../studio/live-runs.js';
import { TraceLog } from '../trace/log.js';
import type { Base } from './base.js';
import type { Composition } from './composition.js';

export interface Sandbox {
  readonly store: Store;
  readonly traces: TraceLog;
  readonly runs: LiveRuns;
  readonly faults: Faults;
  readonly clocks: Clocks;
  readonly desk: Desk;
  readonly nextTraceId: () => string;
  readonly pipeline: () => Pipeline;
}

export interface SandboxParts {
  readonly nextTraceId: () => string;
  /** Milliseconds since the epoch at which its clocks stand; undefined if they run. */
  readonly frozenAt: number | undefined;
  /** Called late, because both work in the sandbox themselves. */
  readonly pipeline: () => Pipeline;
  readonly studio: () => Studio;
}

/** `current` returns the bounds and defaults as the config file has them now. */
export function createSandbox(base: Base, current: () => Composition, parts: SandboxParts): Sandbox {
  const store = memoryStore(() => current().tenantDefaults);
  const clocks = new Clocks(base.clock, parts.frozenAt, () => current().config.settings.maxTenants);
  return {
    store,
    clocks,
    traces: new TraceLog(() => current().traceBounds),
    runs: new LiveRuns(() => current().config.settings.maxRuns),
    faults: new Faults(faultRandom(base.seed)),
    desk: createDesk({
      store,
      clocks,
      ended: (tenant, conversationId, activity) => {
        parts.studio().ended(tenant, conversationId, activity);
      },
      onBug: (error) => {
        base.onBug(error, 'none: the agent simulator');
      },
    }),
    nextTraceId: parts.nextTraceId,
    pipeline: parts.pipeline,
  };
}

/** Back to what the config seeds, with everything that is kept outside of the store. */
export async function resetTenant(sandbox: Sandbox, tenant: string): Promise<void> {
  await sandbox.store.run(tenant, (state) => {
    state.reset();
  });
  for (const run of sandbox.runs.of(tenant)) run.stop('the tenant was reset');
  forgetTenant(sandbox, tenant);
  await offerQueued(sandbox, tenant);
}

/** Drops what is kept of a tenant outside of the store. */
export function forgetTenant({ traces, clocks, faults }: Sandbox, tenant: string): void {
  traces.clear(tenant);
  clocks.reset(tenant);
  faults.clear(tenant);
}

/** Seeded or imported queued conversations have no queue event, so the simulated agents must look at the whole queue once. */
export async function offerQueued({ desk }: Sandbox, tenant: string): Promise<void> {
  const activity = new Activity();
  desk.take(tenant, [{ kind: 'exchanged' }], activity);
  await activity.quiet();
}
