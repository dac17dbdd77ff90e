/** Durations as people write them: `8h`, `1d12h`, `90s`, `250ms`. */

/** In milliseconds. */
const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** In milliseconds. `text` is of the form that the contract asks for. */
export function readDuration(text: string): number {
  let milliseconds = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(d|h|ms|m|s)/g))
    milliseconds += Number(number) * UNITS[unit as keyof typeof UNITS];
  return Math.round(milliseconds);
}
