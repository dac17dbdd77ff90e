/** How deep a value nests. */

/** In levels: bodies that come in have at most 64, and a script may put them into others. */
export const DEEPEST_VALUE = 100;

/** In levels; counting stops where there are too many. */
export function depthOf(value: unknown, above = 0): number {
  if (typeof value !== 'object' || value === null || above > DEEPEST_VALUE) return above;
  return Object.values(value).reduce((deepest: number, member) => Math.max(deepest, depthOf(member, above + 1)), above + 1);
}
