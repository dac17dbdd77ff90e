/** The lines in which two texts differ, as a unified diff with a few lines around each place. */

/** So many lines are shown before and after a place. */
const AROUND = 3;

interface Line {
  /** ' ' in both, '-' in the first alone, '+' in the second alone. */
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The hunks, without the two lines that name the files; empty where the texts are the same. */
export function lineDiff(before: string, after: string): string[] {
  const lines = compared(linesOf(before), linesOf(after));
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ sign }) => sign !== ' '),
  );
  const told: string[] = [];
  let [old, fresh] = [1, 1];
  for (let index = 0; index < lines.length;) {
    let end = index;
    while (near[end] === true) end += 1;
    const hunk = lines.slice(index, end);
    const [gone, come] = [hunk.filter(({ sign }) => sign !== '+').length, hunk.filter(({ sign }) => sign !== '-').length];
    if (hunk.length > 0) {
      told.push(`@@ -${range(old, gone)} +${range(fresh, come)} @@`, ...hunk.map(({ sign, text }) => sign + text));
      old += gone;
      fresh += come;
      index = end;
    } else {
      old += 1;
      fresh += 1;
      index += 1;
    }
  }
  return told;
}

function range(start: number, count: number): string {
  return count === 1 ? String(start) : `${String(count === 0 ? start - 1 : start)},${String(count)}`;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** By the way of Myers (1986): as few lines as can be are gone or new. */
function compared(before: readonly string[], after: readonly string[]): Line[] {
  const reach = new Map<number, number>([[1, 0]]);
  const trail: ReadonlyMap<number, number>[] = [];
  const at = (known: ReadonlyMap<number, number>, diagonal: number): number => known.get(diagonal) ?? -1;
  const goesDown = (known: ReadonlyMap<number, number>, diagonal: number, depth: number): boolean =>
    diagonal === -depth || (diagonal !== depth && at(known, diagonal - 1) < at(known, diagonal + 1));
  search: for (let depth = 0; ; depth += 1) {
    trail.push(new Map(reach));
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      let x = goesDown(reach, diagonal, depth) ? at(reach, diagonal + 1) : at(reach, diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      reach.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) break search;
    }
  }
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let depth = trail.length - 1; depth >= 0; depth -= 1) {
    const known = trail[depth] ?? new Map<number, number>();
    const down = goesDown(known, x - y, depth);
    const from = down ? at(known, x - y + 1) : at(known, x - y - 1);
    const fromY = from - (x - y) - (down ? 1 : -1);
    for (; x > (down ? from : from + 1) && y > (down ? fromY + 1 : fromY); x -= 1, y -= 1)
      lines.push({ sign: ' ', text: before[x - 1] ?? '' });
    if (depth === 0) break;
    lines.push(down ? { sign: '+', text: after[y - 1] ?? '' } : { sign: '-', text: before[x - 1] ?? '' });
    [x, y] = [from, fromY];
  }
  return lines.reverse();
}
