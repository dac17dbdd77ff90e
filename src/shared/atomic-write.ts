/** Writes a file whole or not at all: under another name, which takes its place once all of it is on the disk. */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Throws Node's error where the file could not be written. Nothing stays of the attempt. */
export function requireWritable(path: string): void {
  const { temporary } = placesOf(path);
  closeSync(openSync(temporary, 'wx', 0o600));
  rmSync(temporary);
}

/**
 * `produce` gives the text, piece by piece. What stood in the file stays until all of it is on the disk under another name,
 * which then takes its place in one step. Throws Node's error, or what `produce` throws, where that fails.
 */
export async function writeWholeFile(
  path: string,
  produce: (put: (text: string) => void) => void | Promise<void>,
): Promise<void> {
  const { target, temporary } = placesOf(path);
  const file = openSync(temporary, 'wx', 0o600);
  let open = true;
  try {
    await produce((text) => {
      writeWhole(file, text);
    });
    fsyncSync(file);
    closeSync(file);
    open = false;
    renameSync(temporary, target);
  } catch (error) {
    if (open) closeSync(file);
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

/**
 * New texts for files that are there, whose permissions stay. None is replaced before all are on the disk. Throws Node's
 * error where that fails.
 */
export function rewriteFiles(files: readonly { readonly path: string; readonly text: string }[]): void {
  const ready: { readonly target: string; readonly temporary: string }[] = [];
  try {
    for (const { path, text } of files) {
      const places = placesOf(path);
      const file = openSync(places.temporary, 'wx', 0o600);
      ready.push(places);
      try {
        writeWhole(file, text);
        fchmodSync(file, statSync(places.target).mode);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    for (const { target, temporary } of ready) renameSync(temporary, target);
  } catch (error) {
    for (const { temporary } of ready) rmSync(temporary, { force: true });
    throw error;
  }
  for (const { target } of ready) syncFolder(dirname(target));
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/** So that the new name outlives a loss of power. Not every system lets a folder be synced, and the file itself is. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    fsyncSync(handle);
    closeSync(handle);
  } catch {
    return;
  }
}

/** A link stays one: what it leads to is written. The temporary file lies in the same folder, or it could not be renamed. */
function placesOf(path: string): { readonly target: string; readonly temporary: string } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() === false) throw new Error(`${path} is no regular file`);
  const target = stats === undefined ? resolve(path) : realpathSync(path);
  return { target, temporary: join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`) };
}
