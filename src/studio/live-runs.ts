/** The runs that live: they outlive a reload of the files, each with the script that it began with, and are bounded in number. */
import type { Run } from './run.js';

/** So many turns of the event loop are waited for runs that were stopped. */
const MOST_TURNS = 100;

export class LiveRuns {
  readonly #most: () => number;
  /** In the order in which they began. */
  readonly #all = new Set<Run>();
  readonly #ofTenant = new Map<string, Set<Run>>();
  /** By tenant and contact. */
  readonly #onContact = new Map<string, Set<Run>>();

  /** `most` gives the bound as the config file has it now. */
  constructor(most: () => number) {
    this.#most = most;
  }

  add(run: Run): void {
    this.#all.add(run);
    addTo(this.#ofTenant, run.tenant, run);
    if (run.contactId !== undefined) addTo(this.#onContact, placeOf(run.tenant, run.contactId), run);
    if (this.#all.size <= this.#most()) return;
    const [oldest] = this.#all;
    oldest?.stop(`more than ${String(this.#most())} scripts ran or waited at a time (--max-runs), and it was the oldest`);
    if (oldest !== undefined) this.remove(oldest);
  }

  remove(run: Run): void {
    this.#all.delete(run);
    removeFrom(this.#ofTenant, run.tenant, run);
    if (run.contactId !== undefined) removeFrom(this.#onContact, placeOf(run.tenant, run.contactId), run);
  }

  /** The newest first. */
  on(tenant: string, contactId: string): Run[] {
    return [...(this.#onContact.get(placeOf(tenant, contactId)) ?? [])].reverse();
  }

  of(tenant: string): Run[] {
    return [...(this.#ofTenant.get(tenant) ?? [])];
  }

  /** Stops all of them, and waits until they have told so. */
  async stop(reason: string): Promise<void> {
    for (const run of [...this.#all]) run.stop(reason);
    for (let turns = 0; this.#all.size > 0 && turns < MOST_TURNS; turns += 1) await new Promise(setImmediate);
  }
}

function placeOf(tenant: string, contactId: string): string {
  return `${tenant} ${contactId}`;
}

function addTo(index: Map<string, Set<Run>>, key: string, run: Run): void {
  const runs = index.get(key) ?? new Set();
  index.set(key, runs.add(run));
}

function removeFrom(index: Map<string, Set<Run>>, key: string, run: Run): void {
  const runs = index.get(key);
  runs?.delete(run);
  if (runs?.size === 0) index.delete(key);
}
