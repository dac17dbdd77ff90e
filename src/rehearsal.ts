/** A rehearsal: what scripts would do, in a world of its own with a copy of one tenant, in which nothing has consequences. */
import { traceIds } from './chance.js';
import { createPipeline, type Pipeline, type Services } from './pipeline/index.js';
import type { Clocks } from './platform/clock.js';
import type { Desk } from './platform/desk.js';
import type { Faults } from './platform/faults.js';
import type { Rehearsal, Studio } from './platform/studio.js';
import type { Store, TenantSnapshot } from './state/store.js';
import type { LiveRuns } from './studio/live-runs.js';
import type { TraceLog } from './trace/log.js';
import type { OutsideCaller } from './studio/rest/types.js';

/** Where services work: on whose state, with whose traces and runs. */
export interface World {
  readonly store: Store;
  readonly traces: TraceLog;
  readonly runs: LiveRuns;
  readonly faults: Faults;
  readonly clocks: Clocks;
  readonly desk: Desk;
  readonly nextTraceId: () => string;
  readonly pipeline: () => Pipeline;
}

/** What works in a world, and is there only after it. */
export interface Inside {
  readonly pipeline: () => Pipeline;
  readonly studio: () => Studio;
}

/** Forgets what of a tenant stands outside its state. */
export function forgetIn({ traces, clocks, faults }: World, tenant: string): void {
  traces.clear(tenant);
  clocks.reset(tenant);
  faults.clear(tenant);
}

/** `now` is the tenant's time, at which all clocks of the rehearsal stand. `newWorld` makes an empty one; `servicesIn` the services over it. */
export async function rehearse(
  tenant: string,
  { state, now }: { readonly state: TenantSnapshot; readonly now: number },
  newWorld: (nextTraceId: () => string, inside: Inside, now: number) => World,
  servicesIn: (world: World, caller: OutsideCaller) => Services,
): Promise<Rehearsal> {
  const world = newWorld(traceIds('rehearsal'), { pipeline: () => pipeline, studio: () => services.studio }, now);
  const services = servicesIn(world, callsNobody);
  const pipeline = createPipeline(() => services);
  await world.store.run(tenant, (copy) => {
    copy.import(state);
  });
  return {
    studio: services.studio,
    end() {
      void world.runs.stop('the explanation is over');
    },
  };
}

/** An explanation has no consequences, so nobody outside is called. */
const callsNobody: OutsideCaller = ({ url }) =>
  Promise.resolve({
    failure: {
      code: 'REST_CALL_FAILED',
      message: 'Where a request is only explained, nobody outside is called.',
      expected: 'an answer of the other side',
      received: `none: ${url.host} was not called`,
      remedy: 'Send the request itself to see what becomes of the call.',
    },
  });
