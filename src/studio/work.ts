/** Whose answers wait for a run: those of the messages that set it going, until it ends or waits for time or for somebody outside. */
import type { Origin } from '../platform/origin.js';
import type { Activity, Cause } from '../platform/studio.js';

export class Work {
  readonly #activities = new Set<Activity>();
  readonly #origin: Origin;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  begin(activity: Activity): void {
    if (this.#activities.has(activity)) return;
    if (this.#activities.size === 0) this.#origin.begin();
    this.#activities.add(activity);
    activity.begin();
  }

  rest(): void {
    if (this.#activities.size > 0) this.#origin.end();
    for (const activity of this.#activities) activity.end();
    this.#activities.clear();
  }

  /** Rests while it waits. `goOn` ends the rest at once, before the wait does; it answers who tells when all is done. */
  async resting<T>(wait: (goOn: () => readonly Activity[]) => Promise<T>): Promise<T> {
    const before = [...this.#activities];
    const goOn = (): readonly Activity[] => {
      for (const activity of before) this.begin(activity);
      return before;
    };
    this.rest();
    try {
      return await wait(goOn);
    } finally {
      goOn();
    }
  }

  /** For what the run sets going: whoever waits for the run waits for that, too. */
  causeOf(traceId: string, { activity, origin, baseUrl, depth }: Cause): Cause {
    const [now = activity] = this.#activities;
    return { traceId, activity: now, origin, baseUrl, depth: depth + 1 };
  }
}
