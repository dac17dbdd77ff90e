/** What records take in memory, so that the state can be kept within bounds. */

/**
 * What a record takes in memory with the maps that lead to it, and each of its values, rather too much than too little: a
 * queued conversation with its contact weighs 1,400 bytes here and took 1,100 on Node 20.
 */
const BYTES_OF_A_RECORD = 300;
const BYTES_OF_A_VALUE = 24;

/** In bytes, roughly. */
export function weightOf(record: object): number {
  return BYTES_OF_A_RECORD + weightInside(record);
}

function weightInside(value: unknown): number {
  if (typeof value === 'string') return BYTES_OF_A_VALUE + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = BYTES_OF_A_VALUE;
  for (const [key, member] of Object.entries(value)) bytes += key.length + weightInside(member);
  return bytes;
}
