/** What an emulator keeps from its start to its end, whatever the config file says meanwhile. */
import type { AddressInfo } from 'node:net';
import { addressOf } from '../shared/url.js';
import { tenantRandom } from '../cxone/id-sources.js';
import type { LoadedConfig } from '../config/load-config.js';
import { Waiting } from '../control/verification/operations.js';
import type { Clock } from '../cxone/clock.js';
import type { MemoryStoreMaterial } from '../cxone/store/memory.js';
import { builtIn, type BuiltIn } from './built-in.js';

export interface Base extends BuiltIn {
  readonly clock: Clock;
  /** ISO 8601, by the system clock. */
  readonly startedAt: string;
  /** ISO 8601, by the tenants' clocks: when seeded conversations were opened. */
  readonly seededAt: string;
  readonly seed: string | undefined;
  /** Milliseconds since the epoch at which the tenants' clocks stand; undefined if they run. */
  readonly frozenAt: number | undefined;
  readonly random: MemoryStoreMaterial['random'];
  readonly pendingVerifications: Waiting;
  readonly address: ListenAddress;
  readonly onBug: (error: unknown, traceId: string) => void;
}

export interface BaseParts {
  readonly clock?: Clock;
  readonly onBug?: (error: unknown, traceId: string) => void;
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Throws FileFaults for a bad contract. */
export async function createBase({ settings }: LoadedConfig, parts: BaseParts): Promise<Base> {
  const { seed, frozenAt } = settings;
  const clock = parts.clock ?? SYSTEM_CLOCK;
  const frozen = frozenAt === undefined ? undefined : Date.parse(frozenAt);
  return {
    ...(await builtIn()),
    clock,
    startedAt: new Date(clock.now()).toISOString(),
    seededAt: new Date(frozen ?? clock.now()).toISOString(),
    seed,
    frozenAt: frozen,
    random: tenantRandom(seed),
    pendingVerifications: new Waiting(),
    address: new ListenAddress(),
    onBug: parts.onBug ?? logBug,
  };
}

/** Where the emulator listens. Not known before it does, and never if it is only mounted into another server. */
export class ListenAddress {
  #url: string | undefined;

  set({ address, port }: AddressInfo): void {
    this.#url = addressOf(address, port);
  }

  /** Without a slash at the end. */
  get url(): string {
    if (this.#url === undefined)
      throw new Error('This emulator does not listen (listen: false): give its app to supertest instead.');
    return this.#url;
  }

  get urlOrLocalhost(): string {
    return this.#url ?? 'http://localhost';
  }
}

function logBug(error: unknown, traceId: string): void {
  console.error(`cxone-emulator: a bug of the emulator, trace ${traceId}`, error);
}
