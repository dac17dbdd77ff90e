/** What was recorded of one tenant, in the order of arrival. */
import type { TenantIdentity } from '../cxone/model/ids.js';
import type { Row } from './setup.js';
import { type MadeScenario, makeScenario, type Place } from './made-scenario.js';
import type { Recorded } from './recorded.js';
import type { Secrets } from './secrets.js';

/** So much is kept of a session: a file with more steps nobody reads. */
export const MOST_RECORDED = { count: 10_000, bytes: 64 * 1024 * 1024 };

export class TenantRecording {
  readonly name: string;
  readonly #places: Place[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** How many came after there was no more room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the next place; what the answer is called with stands there, as soon as it is known. undefined where there is no room. */
  begin(): ((recorded: Recorded | string) => void) | undefined {
    if (this.#places.length >= MOST_RECORDED.count || this.#bytes >= MOST_RECORDED.bytes) {
      this.#dropped += 1;
      return undefined;
    }
    const place = this.#places.push(undefined) - 1;
    return (recorded) => {
      this.#places[place] = recorded;
      if (typeof recorded !== 'string') this.#bytes += recorded.bytes.length + (recorded.answer.body?.length ?? 0);
    };
  }

  /** `settings` are those of the emulator; `scripts` its folder, seen from the file. */
  scenario(secrets: Secrets, identity: TenantIdentity, settings: Row): MadeScenario {
    return makeScenario({ places: this.#places, identity, settings }, secrets);
  }
}
