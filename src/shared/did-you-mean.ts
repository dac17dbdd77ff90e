/** Tells a slip of the pen from another word: `session_id`, `sessionID` and `sesionId` are near to `sessionId`. */

/** The candidate nearest to the word, or undefined where none is near. */
export function nearMiss(word: string, candidates: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    if (Math.abs(plain(word).length - plain(candidate).length) > allowance(candidate)) continue;
    const distance = distanceBetween(plain(word), plain(candidate));
    if (distance < least && distance <= allowance(candidate)) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Short words are near to nothing but their own spellings. */
function allowance(word: string): number {
  if (word.length < 4) return 0;
  return word.length < 8 ? 1 : 2;
}

function plain(word: string): string {
  return word
    .slice(0, 200)
    .toLowerCase()
    .replace(/[\s_.-]/g, '');
}

/** How many letters to add, drop, exchange or swap with their neighbour (optimal string alignment). */
export function distanceBetween(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 0; line < one.length; line += 1) {
    const next = [line + 1];
    for (let column = 0; column < other.length; column += 1) {
      const exchanged = (row[column] ?? 0) + (one[line] === other[column] ? 0 : 1);
      const swapped =
        line > 0 && column > 0 && one[line] === other[column - 1] && one[line - 1] === other[column]
          ? (before[column - 1] ?? 0) + 1
          : Infinity;
      next.push(Math.min(exchanged, swapped, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
