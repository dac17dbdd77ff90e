/** Whose answers wait for a run: those of the messages that set it going, until it ends or waits for time or for somebody outside. */
import type { Origin } from '../cxone/loop-guard.js';
import type { Activity, Cause } from '../cxone/studio.js';

export class Work {
  readonly #activities = new Set<Activity>();
  readonly #origin: Origin;
  /** Who waits for a bot to answer; undefined where none is asked. */
  #asked: Set<Activity> | undefined;

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

  /** Rests while a bot is asked, which will answer or run out of time. */
  async asking<T>(ask: () => Promise<T>): Promise<T> {
    const asked = new Set(this.#activities);
    this.#asked = asked;
    for (const activity of asked) activity.ask();
    this.rest();
    try {
      return await ask();
    } finally {
      this.#asked = undefined;
      for (const activity of asked) {
        this.begin(activity);
        activity.answered();
      }
    }
  }

  /** Whoever brings more to do waits for it, too, but not for a run that waits for time or for a signal. */
  join(activity: Activity): void {
    if (this.#activities.size > 0) this.begin(activity);
    if (this.#asked?.has(activity) !== false) return;
    this.#asked.add(activity);
    activity.ask();
  }

  /** For what the run sets going: whoever waits for the run waits for that, too. */
  causeOf(traceId: string, { activity, origin, baseUrl, depth }: Cause): Cause {
    const [now = activity] = this.#activities;
    return { traceId, activity: now, origin, baseUrl, depth: depth + 1 };
  }
}
