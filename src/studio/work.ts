/** Whose answers wait for a run: those of the messages that set it going, until it ends or waits for time or for somebody outside. */
import type { Activity, Cause } from '../platform/studio.js';

export class Work {
  readonly #activities = new Set<Activity>();

  begin(activity: Activity): void {
    if (this.#activities.has(activity)) return;
    this.#activities.add(activity);
    activity.begin();
  }

  rest(): void {
    for (const activity of this.#activities) activity.end();
    this.#activities.clear();
  }

  /** Rests while it waits. */
  async resting<T>(wait: () => Promise<T>): Promise<T> {
    const before = [...this.#activities];
    this.rest();
    try {
      return await wait();
    } finally {
      for (const activity of before) this.begin(activity);
    }
  }

  /** For what the run sets going: whoever waits for the run waits for that, too. */
  causeOf(traceId: string, { activity, baseUrl, depth }: Cause): Cause {
    const [now = activity] = this.#activities;
    return { traceId, activity: now, baseUrl, depth: depth + 1 };
  }
}
