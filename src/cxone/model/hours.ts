/** Hours of operation: when a skill takes customers, day by day, in the time zone of the profile. */

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export type Day = (typeof DAYS)[number];

export interface HoursProfile {
  readonly profileId: number;
  readonly name: string;
  /** An IANA name such as Europe/Berlin. */
  readonly timeZone: string;
  /** `closed`, `09:00-17:00`, or twice that: `09:00-12:00, 13:00-17:00`. A day that is left out is closed. */
  readonly days: Readonly<Partial<Record<Day, string>>>;
}

/** One span of a day, as `HH:MM`; the platform knows two a day at most (client). */
export interface Span {
  readonly open: string;
  readonly close: string;
}

const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]';
const SPAN = `${TIME}-(?:${TIME}|24:00)`;

/** What a day may say, as a regular expression for schemas. */
export const DAY_PATTERN = `^(?:closed|${SPAN}(?:, ?${SPAN})?)$`;

/** Open all around the clock. */
export const ALWAYS_OPEN: HoursProfile = {
  profileId: 1,
  name: 'Always open',
  timeZone: 'UTC',
  days: Object.fromEntries(DAYS.map((day) => [day, '00:00-24:00'])),
};

/** The spans of a day; none where it is closed. */
export function spansOf({ days }: HoursProfile, day: Day): readonly Span[] {
  const text = days[day] ?? 'closed';
  if (text === 'closed') return [];
  return text.split(/, ?/).map((span) => ({ open: span.slice(0, 5), close: span.slice(6) }));
}

/** What is wrong with a profile that has the right form; undefined where nothing is. */
export function faultInHours(profile: HoursProfile): { readonly path: readonly string[]; readonly message: string } | undefined {
  try {
    // ECMA-402 has UTC everywhere, and the first look at any zone costs a start tens of milliseconds.
    if (profile.timeZone !== 'UTC') clockIn(profile.timeZone);
  } catch {
    return { path: ['timeZone'], message: 'is no time zone; write one such as Europe/Berlin or UTC' };
  }
  for (const day of DAYS) {
    const times = spansOf(profile, day).flatMap(({ open, close }) => [open, close]);
    if (times.some((time, index) => index > 0 && time <= (times[index - 1] ?? '')))
      return {
        path: ['days', day],
        message: 'must rise from time to time; hours over midnight are written as two days: 22:00-24:00, then 00:00-06:00',
      };
  }
  return undefined;
}

/** Whether the profile is open at this time, in milliseconds since the epoch. */
export function isOpen(profile: HoursProfile, now: number): boolean {
  const { day, time } = localTime(profile, now);
  return spansOf(profile, day).some(({ open, close }) => open <= time && time < close);
}

const MINUTE = 60_000;
const MINUTES_A_DAY = 24 * 60;
const MINUTES_A_WEEK = 7 * MINUTES_A_DAY;

/** In minutes: no zone sets its clocks by more between summer and winter, so that so long before an opening it is looked for minute by minute. */
const LARGEST_SHIFT = 120;

/** When a profile that is closed opens next, in milliseconds since the epoch; undefined where it never does. */
export function opensAt(profile: HoursProfile, now: number): number | undefined {
  const openings = DAYS.flatMap((day, index) => spansOf(profile, day).map(({ open }) => minutesOf(index, open)));
  if (openings.length === 0) return undefined;
  let at = Math.floor(now / MINUTE) * MINUTE;
  while (!isOpen(profile, at)) {
    const { day, time } = localTime(profile, at);
    const here = minutesOf(DAYS.indexOf(day), time);
    const away = Math.min(...openings.map((opening) => (opening - here + MINUTES_A_WEEK) % MINUTES_A_WEEK));
    at += Math.max(1, away - LARGEST_SHIFT) * MINUTE;
  }
  return at;
}

/** Of the week, whose days are counted from 0. */
function minutesOf(day: number, time: string): number {
  return day * MINUTES_A_DAY + Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function localTime({ timeZone }: HoursProfile, now: number): { readonly day: Day; readonly time: string } {
  const parts = new Map(
    clockIn(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  return { day: parts.get('weekday') as Day, time: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}` };
}

/** Making one is dear; a zone has one. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Throws a RangeError where there is no such zone. */
function clockIn(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const options = { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const made = new Intl.DateTimeFormat('en-US', options);
  clocks.set(timeZone, made);
  return made;
}
