/** Records what callers send, tenant by tenant, while the emulator answers. */
import { DEFAULT_TENANT, isTenantName, readTarget } from '../pipeline/target.js';
import type { Arrival, Pipeline, Received, Services } from '../pipeline/index.js';
import { callerUrl } from '../pipeline/caller-url.js';
import { redactTarget } from '../trace/redact.js';
import { type Recorded, recordedAnswer } from './recorded.js';
import { TenantRecording } from './tenant-recording.js';
import { isWorthKeeping } from './filter.js';

export type Observe = Pipeline['observe'];

/** Where a message goes, before the pipeline looks at it. */
export interface Aim extends Pick<Recorded, 'method' | 'path' | 'query' | 'operation' | 'control'> {
  readonly tenant: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export function aimOf({ method, target }: Arrival, { contract, matcher }: Services): Aim {
  const { tenant, path, query } = readTarget(target);
  const named = isTenantName(tenant);
  const plain = decoded(path);
  const match = plain === undefined ? undefined : matcher.match(method, path);
  return {
    method,
    tenant: named ? tenant : DEFAULT_TENANT,
    path: named ? path : `/t/${tenant}${path}`,
    query,
    operation: match?.operation,
    pathParameters: match?.pathParameters ?? {},
    control: (match?.operation.family ?? contract.familyOf(plain ?? path)).name === 'control',
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

export class Recorder {
  readonly #tenants = new Map<string, TenantRecording>();

  /** Those that were sent something worth keeping, in the order in which they were. */
  get tenants(): readonly TenantRecording[] {
    return [...this.#tenants.values()];
  }

  tenant(name: string): TenantRecording {
    const known = this.#tenants.get(name);
    if (known !== undefined) return known;
    const made = new TenantRecording(name);
    this.#tenants.set(name, made);
    return made;
  }

  /** The same, recorded. */
  around(observe: Observe, current: () => Services): Observe {
    return async (arrival) => {
      const services = current();
      const aim = aimOf(arrival, services);
      const keep = arrival.fault === undefined ? isWorthKeeping(aim) && this.tenant(aim.tenant).begin() : undefined;
      if (keep === undefined || keep === false) return observe(arrival);
      let received: Received = { bytes: Buffer.alloc(0) };
      const take = (one: Received): Received => (received = one);
      const result = await observe({
        ...arrival,
        receive(limit) {
          const arriving = arrival.receive(limit);
          return arriving instanceof Promise ? arriving.then(take) : take(arriving);
        },
      });
      const { answer, trace } = result;
      const leftOut = (reason: string): void => {
        keep(`Left out: ${aim.method} ${redactTarget(aim.path)}: ${reason}.`);
      };
      if (answer === null) leftOut('its caller left before the answer');
      else if (answer.broken !== undefined) leftOut('a fault broke its answer, and a step waits for a whole one');
      else if (received.fault !== undefined) leftOut(`it was answered ${String(answer.status)} ${received.fault.cause.code}`);
      else {
        const reached = services.settings.publicUrl ?? callerUrl(arrival, services.ownUrl);
        keep({
          ...aim,
          headers: arrival.headers,
          bytes: received.bytes,
          baseUrl: aim.tenant === DEFAULT_TENANT ? reached : `${reached}/t/${aim.tenant}`,
          answer: recordedAnswer(answer, trace),
        });
      }
      return result;
    };
  }
}
