/** How a list of a file becomes the one that came: which of its items stay, which go, and which are new. */

/** An item of the new list: one that the file has, by its index, or a value. A value may take the place of an item. */
export type Item = { readonly old: number } | { readonly value: unknown; readonly instead?: number };

/** So many comparisons at most; longer lists are lined up from their beginning. */
const MOST_COMPARED = 250_000;

/**
 * `fits` says whether an item of the file fits one that came; those that do stay, in as great a number as can. One that
 * fits none, where another came in its place, stays where `isPlain` does not hold of it: what is inside it is compared by itself.
 */
export function arranged(
  count: number,
  came: readonly unknown[],
  fits: (index: number, item: unknown) => boolean,
  isPlain: (index: number) => boolean,
): Item[] {
  const items: Item[] = [];
  let [from, until] = [0, 0];
  const upTo = (index: number, place: number): void => {
    for (; from < index && until < place; from += 1, until += 1)
      items.push(isPlain(from) ? { value: came[until], instead: from } : { old: from });
    for (; until < place; until += 1) items.push({ value: came[until] });
    from = index;
  };
  for (const [index, place] of fitting(count, came, fits)) {
    upTo(index, place);
    items.push({ old: index });
    from = index + 1;
    until = place + 1;
  }
  upTo(count, came.length);
  return items;
}

/** The longest series of pairs of those that fit: the longest common subsequence. */
function fitting(
  count: number,
  came: readonly unknown[],
  fits: (index: number, item: unknown) => boolean,
): (readonly [number, number])[] {
  if (count * came.length > MOST_COMPARED) return [];
  const length = Array.from({ length: count + 1 }, () => new Array<number>(came.length + 1).fill(0));
  const known = Array.from({ length: count }, (_, index) => came.map((item) => fits(index, item)));
  const at = (index: number, place: number): number => length[index]?.[place] ?? 0;
  for (let index = count - 1; index >= 0; index -= 1) {
    for (let place = came.length - 1; place >= 0; place -= 1) {
      const row = length[index];
      if (row !== undefined)
        row[place] =
          known[index]?.[place] === true ? at(index + 1, place + 1) + 1 : Math.max(at(index + 1, place), at(index, place + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let [index, place] = [0, 0]; index < count && place < came.length;) {
    if (known[index]?.[place] === true) {
      pairs.push([index, place]);
      index += 1;
      place += 1;
    } else if (at(index + 1, place) >= at(index, place + 1)) index += 1;
    else place += 1;
  }
  return pairs;
}

/** Those of the file that are no more. */
export function gone(count: number, items: readonly Item[]): number[] {
  const stays = new Set(items.map((item) => ('old' in item ? item.old : item.instead)));
  return Array.from({ length: count }, (_, index) => index).filter((index) => !stays.has(index));
}
