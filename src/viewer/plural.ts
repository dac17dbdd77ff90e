/** A number of things in words: `1 trace`, `1,201 traces`. */
export function plural(number: number, thing: string): string {
  return `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`;
}
