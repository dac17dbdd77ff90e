/** Reads a file that a person wrote, unless it is far too large for one. */
import { readFile, stat } from 'node:fs/promises';
import { type FileFault, FileFaults } from './file-errors.js';

/** A larger file is neither a scenario nor a script. In bytes. */
export const LARGEST_FILE = 4 * 1024 ** 2;

/** Throws FileFaults where it cannot be read, or is larger than that. */
export async function readTextFile(file: string): Promise<string> {
  try {
    // Node cannot even make a text of one that has half a gigabyte.
    if ((await stat(file)).size <= LARGEST_FILE) return await readFile(file, 'utf8');
  } catch (error) {
    throw new FileFaults([unreadable(file, error)]);
  }
  throw new FileFaults([wholeFile(file, 'the file is larger than 4 MB')]);
}

/** A fault of the file as a whole, or of a folder. */
export function wholeFile(file: string, message: string): FileFault {
  return { file, line: 1, column: 1, message };
}

/** What the file system says of it. Throws what is no error of the file system. */
export function unreadable(path: string, error: unknown): FileFault {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return wholeFile(path, code === 'ENOENT' ? 'there is no such file or folder' : `it cannot be read (${code})`);
}
