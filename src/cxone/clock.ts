/** The clocks: the machine's, and one for each tenant, which may stand still, be set, and be moved on. */
import type { Activity } from './studio.js';

/** What time is taken from. */
export interface Clock {
  /** Milliseconds since the epoch: what the tenants' time is, until it is set. */
  now(): number;
  /** Milliseconds that only ever rise: for durations. */
  monotonic(): number;
  /** Calls back once so many milliseconds have passed; the answer takes it back. Default: a timer of the machine. */
  schedule?(milliseconds: number, callback: () => void): () => void;
}

/** A tenant's clock as it stands. */
export interface ClockView {
  /** ISO 8601 in UTC. */
  readonly now: string;
  /** Whether it stands still. */
  readonly frozen: boolean;
  /** How many wait for their time: scripts, and agents. */
  readonly waiting: number;
  /** When the first of them goes on; null where none waits. */
  readonly nextAt: string | null;
}

/** What a move of a tenant's clock did. */
export interface Moved {
  /** How many that waited for their time went on. */
  readonly fired: number;
  /** Whether it stopped on its way, because too many did. */
  readonly stopped: boolean;
}

/** So many may go on in one move: a script that waits a second over and over would be called 86,400 times for a day. */
export const MOST_FIRED = 5000;

/** A date has four digits for its year, also that of what a clock that goes on still comes to. */
const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const LATEST = Date.parse('9899-12-31T23:59:59.999Z');

/** Whether a clock can be set to it; what is no time, NaN, cannot. */
export function canBeTime(milliseconds: number): boolean {
  return milliseconds >= EARLIEST && milliseconds <= LATEST;
}

export class Clocks {
  readonly #machine: Clock;
  readonly #start: number | undefined;
  readonly #most: () => number;
  /** Those that were set or waited by; the one that was so longest ago comes first. */
  readonly #own = new Map<string, TenantClock>();

  /** Every tenant's clock stands at `start`, where there is one. `most` gives how many tenants there may be. */
  constructor(machine: Clock, start: number | undefined, most: () => number) {
    this.#machine = machine;
    this.#start = start;
    this.#most = most;
  }

  /** Milliseconds since the epoch, in this tenant. */
  now(tenant: string): number {
    return this.#own.get(tenant)?.now ?? this.#start ?? this.#machine.now();
  }

  /** Milliseconds that only ever rise, for all tenants. */
  monotonic(): number {
    return this.#machine.monotonic();
  }

  view(tenant: string): ClockView {
    return (this.#own.get(tenant) ?? new TenantClock(this.#machine, this.#start)).view();
  }

  /** This tenant's own, to be set or to wait by. It is the one until the tenant is reset. */
  of(tenant: string): TenantClock {
    const clock = this.#own.get(tenant) ?? new TenantClock(this.#machine, this.#start);
    this.#own.delete(tenant);
    if (this.#own.size >= this.#most()) this.#dropIdle();
    this.#own.set(tenant, clock);
    return clock;
  }

  /** Back to the time of the start. Whoever waited by it must be stopped, too. */
  reset(tenant: string): void {
    this.#own.get(tenant)?.drop();
    this.#own.delete(tenant);
  }

  /** Nobody waits any more. */
  close(): void {
    for (const clock of this.#own.values()) clock.drop();
  }

  #dropIdle(): void {
    for (const [tenant, clock] of this.#own) {
      if (clock.view().waiting > 0) continue;
      this.#own.delete(tenant);
      return;
    }
  }
}

interface Timer {
  /** On the tenant's clock. */
  due: number;
  readonly callback: () => readonly Activity[];
  /** Takes back the timer of the machine, while the clock goes. */
  cancel: () => void;
}

export class TenantClock {
  readonly #machine: Clock;
  /** What the machine's time must have added. */
  #ahead = 0;
  #frozenAt: number | undefined;
  readonly #timers = new Set<Timer>();
  #moves: Promise<unknown> = Promise.resolve();

  constructor(machine: Clock, frozenAt: number | undefined) {
    this.#machine = machine;
    this.#frozenAt = frozenAt;
  }

  get now(): number {
    return this.#frozenAt ?? this.#machine.now() + this.#ahead;
  }

  view(): ClockView {
    const next = this.#next();
    return {
      now: new Date(this.now).toISOString(),
      frozen: this.#frozenAt !== undefined,
      waiting: this.#timers.size,
      nextAt: next === undefined ? null : new Date(next.due).toISOString(),
    };
  }

  /**
   * Calls back once so many milliseconds of this clock have passed; the answer takes it back. The callback answers who tells
   * when all that goes on is done.
   */
  schedule(milliseconds: number, callback: () => readonly Activity[]): () => void {
    const timer: Timer = { due: this.now + milliseconds, callback, cancel: nothing };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  /**
   * Sets it to a time, in milliseconds since the epoch, and lets it stand there or go on from there; where one of them is
   * left out, it stays as it is. What is due on the way forward goes on, in order, and the answer comes when its effects
   * are done. On the way back nothing is due, and whoever waits has as long to wait as before. Moves wait for each other.
   * Where `to` throws, nothing has changed.
   */
  move(wanted: { readonly to?: (now: number) => number; readonly frozen?: boolean }): Promise<Moved> {
    const move = this.#moves.then(() => this.#move(wanted));
    this.#moves = move.catch(() => undefined);
    return move;
  }

  /** Nobody waits by it any more. */
  drop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #move({ to, frozen = this.#frozenAt !== undefined }: { to?: (now: number) => number; frozen?: boolean }): Promise<Moved> {
    const from = this.now;
    const at = to?.(from) ?? from;
    this.#freezeAt(from);
    let fired = 0;
    if (at < from) for (const timer of this.#timers) timer.due += at - from;
    else {
      for (let timer = this.#next(); timer !== undefined && timer.due <= at && fired < MOST_FIRED; timer = this.#next()) {
        await this.#fire(timer);
        fired += 1;
      }
    }
    // By then the traces of what went on can be read.
    if (fired > 0) await new Promise(setImmediate);
    const stopped = fired === MOST_FIRED && (this.#next()?.due ?? Infinity) <= at;
    if (!stopped) this.#frozenAt = at;
    if (!frozen) this.#go();
    return { fired, stopped };
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer);
    this.#frozenAt = Math.max(this.now, timer.due);
    await Promise.all(timer.callback().map((activity) => activity.settled()));
  }

  #freezeAt(time: number): void {
    this.#frozenAt = time;
    for (const timer of this.#timers) timer.cancel();
  }

  #go(): void {
    this.#ahead = this.now - this.#machine.now();
    this.#frozenAt = undefined;
    for (const timer of this.#timers) this.#arm(timer);
  }

  #arm(timer: Timer): void {
    if (this.#frozenAt !== undefined) return;
    timer.cancel = (this.#machine.schedule ?? schedule)(Math.max(0, timer.due - this.now), () => {
      // A timer of Node may call a millisecond before the machine's time says so, and weeks before where the wait is long.
      if (this.now < timer.due) {
        this.#arm(timer);
        return;
      }
      this.#timers.delete(timer);
      timer.callback();
    });
  }

  /** Of those that are due at the same time the one that came first. */
  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.due < next.due) next = timer;
    return next;
  }
}

function nothing(): void {
  // A clock that stands has no timer of the machine to take back.
}

/** The longest time that setTimeout takes. */
const LONGEST = 2 ** 31 - 1;

function schedule(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.min(milliseconds, LONGEST)).unref();
  return () => {
    clearTimeout(timer);
  };
}
