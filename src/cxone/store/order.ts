/** The order of records: what is newer has more. */

interface Ordered {
  readonly order: number;
}

export function newestFirst<T extends Ordered>(records: Iterable<T>): T[] {
  return [...records].sort((one, other) => other.order - one.order);
}

export function oldestFirst<T extends Ordered>(records: Iterable<T>): T[] {
  return newestFirst(records).reverse();
}

/** The records with these ids, newest first. */
export function pick<T extends Ordered>(records: ReadonlyMap<string, T>, ids: Iterable<string>): T[] {
  const picked: T[] = [];
  for (const id of ids) {
    const record = records.get(id);
    if (record !== undefined) picked.push(record);
  }
  return newestFirst(picked);
}
