/** Faults: what goes wrong at a tenant on purpose, at which calls, and how often. */
import type { RandomSource } from './store/random.js';

/** What becomes of the answer. `expired-token`: it is refused as one with an expired token is. */
export type Effect = 'reset' | 'hang' | 'cut' | 'malformed' | 'expired-token';

/** A fault as it is asked for. A call must fit all of its conditions; where there are none, any call does. */
export interface FaultSetting {
  readonly operationId?: string;
  readonly method?: string;
  /** As it is sent, or as the contract has it: `/api/v2/contacts/{contactId}/attributes`. Without the tenant's prefix. */
  readonly path?: string;
  /** Calls that name this contact, or its conversation. */
  readonly contactId?: string;
  readonly conversationId?: string;
  /** Begins with the nth call that fits. Default: 1. */
  readonly nth?: number;
  /** How often it fires. Default: once where `nth` is given, else always. */
  readonly times?: number;
  /** From 0 to 1. */
  readonly probability?: number;
  /** Makes the same calls fail in every run. Default: that of the emulator. */
  readonly seed?: string;
  /** In milliseconds of real time, before anything else is done. */
  readonly latency?: number;
  /** Answers with it. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the body that the family has for the status. */
  readonly body?: unknown;
  readonly effect?: Effect;
  /** Whether the request is carried out, and only its answer is lost. Default: false. `cut` and `malformed` always are. */
  readonly performed?: boolean;
}

export interface Fault {
  readonly faultId: string;
  readonly setting: FaultSetting;
  /** How many calls fitted. */
  readonly seen: number;
  readonly fired: number;
}

/** So many faults there may be, over all tenants: the emulator's own bound. */
export const MOST_FAULTS = 10_000;

interface Armed {
  readonly faultId: string;
  readonly setting: FaultSetting;
  readonly chance: (n: number) => number;
  seen: number;
  fired: number;
  /** Aborted where it is taken away. */
  readonly end: AbortController;
}

interface OfTenant {
  readonly armed: Map<string, Armed>;
  added: number;
}

export class Faults {
  readonly #random: (tenant: string, seed: string | undefined) => RandomSource;
  readonly #tenants = new Map<string, OfTenant>();
  #count = 0;

  constructor(random: (tenant: string, seed: string | undefined) => RandomSource) {
    this.#random = random;
  }

  get full(): boolean {
    return this.#count >= MOST_FAULTS;
  }

  any(tenant: string): boolean {
    return (this.#tenants.get(tenant)?.armed.size ?? 0) > 0;
  }

  /** In the order in which they were added. */
  list(tenant: string): Fault[] {
    return [...(this.#tenants.get(tenant)?.armed.values() ?? [])].map(view);
  }

  add(tenant: string, setting: FaultSetting): Fault {
    const place = this.#tenants.get(tenant) ?? { armed: new Map<string, Armed>(), added: 0 };
    this.#tenants.set(tenant, place);
    place.added += 1;
    const faultId = `fault-${String(place.added)}`;
    const random = this.#random(tenant, setting.seed);
    const armed = {
      faultId,
      setting,
      chance: (n: number) => random(faultId, n).readUInt32BE(0) / 2 ** 32,
      seen: 0,
      fired: 0,
      end: new AbortController(),
    };
    place.armed.set(faultId, armed);
    this.#count += 1;
    return view(armed);
  }

  /** Whether it was there. */
  remove(tenant: string, faultId: string): boolean {
    const place = this.#tenants.get(tenant);
    place?.armed.get(faultId)?.end.abort();
    if (place?.armed.delete(faultId) !== true) return false;
    this.#count -= 1;
    if (place.armed.size === 0) this.#tenants.delete(tenant);
    return true;
  }

  clear(tenant: string): void {
    const armed = this.#tenants.get(tenant)?.armed ?? new Map<string, Armed>();
    for (const { end } of armed.values()) end.abort();
    this.#count -= armed.size;
    this.#tenants.delete(tenant);
  }

  /** Counts a call at all faults that it fits; answers the first whose turn it is, and what tells that it was taken away. */
  strike(
    tenant: string,
    fits: (fault: FaultSetting) => boolean,
  ): { readonly fault: Fault; readonly ended: AbortSignal } | undefined {
    let struck: Armed | undefined;
    for (const armed of this.#tenants.get(tenant)?.armed.values() ?? []) {
      if (!fits(armed.setting)) continue;
      armed.seen += 1;
      if (struck === undefined && isItsTurn(armed)) struck = armed;
    }
    if (struck === undefined) return undefined;
    struck.fired += 1;
    return { fault: view(struck), ended: struck.end.signal };
  }
}

function isItsTurn({ setting, chance, seen, fired }: Armed): boolean {
  const { nth, times = nth === undefined ? Infinity : 1, probability = 1 } = setting;
  return seen >= (nth ?? 1) && fired < times && chance(seen) < probability;
}

function view({ faultId, setting, seen, fired }: Armed): Fault {
  return { faultId, setting, seen, fired };
}
