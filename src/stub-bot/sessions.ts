/** What the stand-in gave each contact last: the next turn must bring it back as it was, or the script has lost it. */
import { isDeepStrictEqual } from 'node:util';
import { escapePointer } from '../shared/json-pointer.js';
import { type Explanation, reject } from '../errors/catalogue.js';
import { describe, show } from '../shared/format.js';

/** All that the bot knows of a session. It travels with the turns, as NiCE recommends it for bots that remember nothing. */
export interface SessionState {
  /** `<busNo>:<contactId>`. */
  readonly session: string;
  /** So many turns were answered. */
  readonly turn: number;
  readonly state: string;
  readonly slots: Readonly<Record<string, string>>;
}

/** So many sessions are remembered; the oldest goes first. */
const MOST_SESSIONS = 1000;

export class Sessions {
  /** By session, what the next turn may bring back. */
  readonly #given: Map<string, readonly SessionState[]>;

  constructor(given: Iterable<readonly [string, readonly SessionState[]]> = []) {
    this.#given = new Map(given);
  }

  /** What is given from then on, only one of the two remembers. */
  copy(): Sessions {
    return new Sessions(this.#given);
  }

  /** What was brought back; undefined where the session begins. Throws a Rejection where a turn does not follow from the one before. */
  brought(session: string, inputType: string, state: unknown): SessionState | undefined {
    const given = this.#given.get(session);
    const last = given?.at(-1);
    if (state === undefined || state === null) {
      if (inputType === 'AUTOMATED_TEXT') return undefined;
      throw last === undefined ? notTheFirst(inputType) : stateMissing(last);
    }
    if (last === undefined) {
      // It may be from before a restart, or of one session too many: it says itself whose it is.
      if (isState(state) && state.session === session) return state;
      throw foreign(state, session);
    }
    const same = given?.find((one) => isDeepStrictEqual(one, state));
    if (same === undefined) throw changed(state, last);
    return same;
  }

  /** `late`: whoever asked may not have waited for it, and ask again with what was given before. */
  give(state: SessionState, late: boolean): void {
    const { session } = state;
    const before = this.#given.get(session)?.at(-1);
    this.#given.delete(session);
    this.#given.set(session, late && before !== undefined ? [before, state] : [state]);
    const [oldest] = this.#given.keys();
    if (this.#given.size > MOST_SESSIONS && oldest !== undefined) this.#given.delete(oldest);
  }

  end(session: string): void {
    this.#given.delete(session);
  }
}

function isState(value: unknown): value is SessionState {
  if (typeof value !== 'object' || value === null) return false;
  const { session, turn, state, slots } = value as Readonly<Record<keyof SessionState, unknown>>;
  return (
    typeof session === 'string' &&
    Number.isSafeInteger(turn) &&
    typeof state === 'string' &&
    typeof slots === 'object' &&
    slots !== null &&
    Object.values(slots).every((slot) => typeof slot === 'string')
  );
}

function invalid(explanation: Omit<Explanation, 'in'>): ReturnType<typeof reject> {
  return reject('BOT_TURN_INVALID', { ...explanation, in: 'body' });
}

function notTheFirst(inputType: string): ReturnType<typeof reject> {
  return invalid({
    message: `The first turn of this contact is ${inputType}.`,
    pointer: '/userInputType',
    expected: 'AUTOMATED_TEXT as the first turn, without a botSessionState',
    received: show(inputType),
    remedy:
      'Studio begins with AUTOMATED_TEXT. Where this is a later turn, bring back the botSessionState of the last answer: the script must keep it from one TEXTBOT EXCHANGE to the next.',
    provenance: 'doc',
  });
}

function stateMissing({ turn }: SessionState): ReturnType<typeof reject> {
  return invalid({
    message: 'The turn does not bring back the state of the session.',
    pointer: '/botSessionState',
    expected: `the botSessionState that turn ${String(turn)} was answered with`,
    received: 'none',
    remedy:
      'Keep the botSessionState of each answer, and send it with the next turn as it is. A snippet that sets it to nothing must stand before the loop, not in it.',
    provenance: 'doc',
  });
}

function foreign(state: unknown, session: string): ReturnType<typeof reject> {
  const other = isState(state) ? state.session : undefined;
  return invalid({
    message: 'The turn brings a state that this contact was not given.',
    pointer: '/botSessionState',
    expected: `no botSessionState at the first turn of ${session}`,
    received: other === undefined ? describe(state) : `the state of ${show(other)}`,
    remedy:
      other === undefined
        ? 'Begin with AUTOMATED_TEXT, without a botSessionState or with null; then send what each answer gives.'
        : 'Each contact has a state of its own: keep it in a variable of the script, not in one that contacts share.',
    provenance: 'doc',
  });
}

function changed(state: unknown, last: SessionState): ReturnType<typeof reject> {
  const old = isState(state) && state.session === last.session && state.turn < last.turn;
  return invalid({
    message: 'The turn does not bring back the state as it was given.',
    pointer: `/botSessionState${old ? '' : placeOfChange(state, last)}`,
    expected: `the botSessionState that turn ${String(last.turn)} was answered with, as it was: ${show(last)}`,
    received: old ? `that of turn ${String(state.turn)}` : describe(state),
    remedy: old
      ? 'Keep the botSessionState of the last answer. A turn that is sent twice is answered once only.'
      : typeof state === 'string'
        ? 'It was given as an object: send the object itself, not its JSON in a text.'
        : 'Nobody but the bot knows what it means: send it unchanged, whatever it holds.',
    provenance: 'doc',
  });
}

/** Which member differs; empty where all of it does. */
function placeOfChange(state: unknown, last: SessionState): string {
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return '';
  const given: Readonly<Record<string, unknown>> = { ...last };
  const brought = state as Readonly<Record<string, unknown>>;
  const name = [...Object.keys(given), ...Object.keys(brought)].find((key) => !isDeepStrictEqual(given[key], brought[key]));
  return name === undefined ? '' : `/${escapePointer(name)}`;
}
