/** The control API's hold on the tenant's clock: let it stand, set it, move it on. */
import { canBeTime, type Clocks, MOST_FIRED } from '../cxone/clock.js';
import type { Operations, OutsideCall } from '../cxone/handler.js';
import { type Rejection, reject } from '../errors/catalogue.js';
import { show } from '../shared/format.js';
import { readDuration } from './duration.js';

/** What a clock is told to do; what is left out stays as it is. */
export interface ClockSetting {
  /** ISO 8601, with a zone. */
  readonly now?: string;
  /** Such as `8h`. */
  readonly advance?: string;
  readonly frozen?: boolean;
}

export function clockOperations(clocks: Clocks): Operations {
  return {
    getClock: { answer: (call) => ({ status: 200, body: clocks.view(call.tenant) }) },

    setClock: {
      async perform(call) {
        const { frozen, ...setting } = call.body as ClockSetting;
        requireOutside(call);
        requireOne(setting);
        const to = timeOf(setting);
        const clock = clocks.of(call.tenant);
        const { fired, stopped } = await clock.move({
          ...(to === undefined ? {} : { to }),
          ...(frozen === undefined ? {} : { frozen }),
        });
        const view = clock.view();
        if (stopped) throw tooMany(view.now, setting.now === undefined ? '/advance' : '/now');
        call.tell(`It is ${view.now}${view.frozen ? ', and stays so' : ''}. ${String(fired)} that waited went on.`);
        return { status: 200, body: { ...view, fired } };
      },
    },
  };
}

/** The move would wait for the script's call, and the call for the move. */
function requireOutside({ cause }: OutsideCall): void {
  if (cause.depth === 0) return;
  throw reject('CONTROL_INPUT_INVALID', {
    message: 'A script cannot move the clock by which it waits.',
    in: null,
    pointer: null,
    expected: 'a call from outside',
    received: 'a script’s own call',
    remedy: 'Move the clock from the test or the scenario that plays the script.',
  });
}

function requireOne({ now, advance }: ClockSetting): void {
  if (now === undefined || advance === undefined) return;
  throw reject('CONTROL_INPUT_INVALID', {
    message: 'The clock is to be set and to be moved on at once.',
    in: 'body',
    pointer: '/advance',
    expected: 'one of now and advance',
    received: 'both',
    remedy: 'Send two requests, one after the other.',
  });
}

/** Where the clock is moved to, from where it stands; undefined where it stays. */
function timeOf({ now, advance }: ClockSetting): ((from: number) => number) | undefined {
  if (now !== undefined) {
    const at = Date.parse(now);
    if (!canBeTime(at)) throw noTime('/now', now);
    return () => at;
  }
  if (advance === undefined) return undefined;
  const duration = readDuration(advance);
  return (from) => {
    if (!canBeTime(from + duration)) throw noTime('/advance', advance);
    return from + duration;
  };
}

function noTime(pointer: string, received: string): Rejection {
  return reject('CONTROL_INPUT_INVALID', {
    message: 'The clock cannot be set to this time.',
    in: 'body',
    pointer,
    expected: 'a time from the year 0 to the year 9899',
    received: show(received),
    remedy: 'Send a time such as 2026-03-01T09:30:00Z.',
  });
}

function tooMany(now: string, pointer: string): Rejection {
  return reject('CONTROL_INPUT_INVALID', {
    message: `Over ${String(MOST_FIRED)} waits of scripts were over on the way. The clock stopped at ${now}, with more of them to come.`,
    in: 'body',
    pointer,
    expected: `a move on whose way at most ${String(MOST_FIRED)} waits are over`,
    received: 'one with more',
    remedy:
      'A script waits a short time over and over: end its conversation, or move the clock in smaller steps. What went on so far stays done.',
  });
}
