/** Tells by its stamp whether a file was written, exchanged, added or removed. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** In milliseconds. Looking is more faithful than being told: a folder that is mounted into a container often tells nothing. */
export const LOOKS_EVERY = 300;

/** By path. Taken before the files are read, so that no change is missed. */
export type Stamps = ReadonlyMap<string, string>;

export function stampsOfFiles(files: readonly string[]): Stamps {
  return new Map(files.map((file) => [file, stampOf(file)]));
}

/** Those that are not the same in both. */
export function changedBetween(before: Stamps, now: Stamps): string[] {
  return [...new Set([...now.keys(), ...before.keys()])].filter((file) => now.get(file) !== before.get(file));
}

/** The files of a folder that are wanted, in order; none where it cannot be read. */
export function filesIn(folder: string, isWanted: (name: string) => boolean): string[] {
  try {
    return readdirSync(folder)
      .filter(isWanted)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return [mtimeMs, size, ino].join(' ');
  } catch {
    // Reading the file says what is wrong with it.
    return 'gone';
  }
}
