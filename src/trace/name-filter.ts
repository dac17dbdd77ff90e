/** Names in memory of a fixed size (a Bloom filter): it may take a name for one that was added, but forgets none that was. */

/** 128 KB: of 50,000 names that were added, a new one is taken for one of them once in a thousand times. */
const BITS = 2 ** 20;
const LOOKS = 4;

export class NameFilter {
  /** Made with the first name. */
  #bits: Uint32Array | undefined;

  add(name: string): void {
    const bits = (this.#bits ??= new Uint32Array(BITS / 32));
    for (const place of placesOf(name)) bits[place >>> 5] = (bits[place >>> 5] ?? 0) | (1 << (place & 31));
  }

  mayHave(name: string): boolean {
    const bits = this.#bits;
    return bits !== undefined && placesOf(name).every((place) => ((bits[place >>> 5] ?? 0) & (1 << (place & 31))) !== 0);
  }
}

function placesOf(name: string): number[] {
  const [first, step] = [hash(name, 0x811c9dc5), hash(name, 0x9747b28c) | 1];
  return Array.from({ length: LOOKS }, (_, look) => (first + Math.imul(look, step)) & (BITS - 1));
}

/** FNV-1a, with a last mixing so that names which differ at their end only lie far apart. */
function hash(name: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < name.length; index += 1) value = Math.imul(value ^ name.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return value ^ (value >>> 13);
}
