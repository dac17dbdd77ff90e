/** A dry run: what scripts would do, in a sandbox of its own with a copy of one tenant. Nothing outside it is called or changed. */
import { traceIds } from '../cxone/id-sources.js';
import { createPipeline, type Services } from '../pipeline/index.js';
import type { Rehearsal } from '../cxone/studio.js';
import type { TenantSnapshot } from '../cxone/store/store.js';
import type { OutsideCaller } from '../studio/rest/types.js';
import type { Sandbox, SandboxParts } from './sandbox.js';

export interface DryRunParts {
  readonly newSandbox: (parts: SandboxParts) => Sandbox;
  readonly servicesIn: (sandbox: Sandbox, callOutside: OutsideCaller) => Services;
}

/** `now` is the tenant's time in milliseconds since the epoch: all clocks of the dry run stand there. */
export async function startDryRun(
  tenant: string,
  { state, now }: { readonly state: TenantSnapshot; readonly now: number },
  { newSandbox, servicesIn }: DryRunParts,
): Promise<Rehearsal> {
  const sandbox = newSandbox({
    nextTraceId: traceIds('rehearsal'),
    frozenAt: now,
    pipeline: () => pipeline,
    studio: () => services.studio,
  });
  const services = servicesIn(sandbox, refuseOutsideCalls);
  const pipeline = createPipeline(() => services);
  await sandbox.store.run(tenant, (copy) => {
    copy.import(state);
  });
  return {
    studio: services.studio,
    end() {
      void sandbox.runs.stop('the explanation is over');
    },
  };
}

const refuseOutsideCalls: OutsideCaller = ({ url }) =>
  Promise.resolve({
    failure: {
      code: 'REST_CALL_FAILED',
      message: 'Where a request is only explained, nobody outside is called.',
      expected: 'an answer of the other side',
      received: `none: ${url.host} was not called`,
      remedy: 'Send the request itself to see what becomes of the call.',
    },
  });
