/** Writes every trace to a file, one line of JSON each, before its answer leaves; begins a new file from a certain size on. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import type { Trace } from './trace.js';

/** So many files that were full are kept, as `.1` (the newest), `.2`, … */
const KEPT = 3;

export interface TraceFileSettings {
  readonly path: string;
  /** In bytes, as the config file has it now. */
  readonly size: () => number;
  /** Called when traces begin to get lost and when they are written again, and when the file cannot be begun anew. */
  readonly tell: (message: string) => void;
}

/**
 * Each line is with the operating system before the answer is sent, so that a reader finds all that was answered, however
 * the emulator ends. Waiting for the file is what that costs.
 */
export class TraceFile {
  readonly #settings: TraceFileSettings;
  /** Where it really lies, so that a link to it stays one. */
  readonly #path: string;
  #file: number;
  /** Which file that is, for the operating system. */
  #inode: number;
  #bytes: number;
  /** Where it could not be begun anew, it grows on up to here before that is tried again. */
  #growsTo = 0;
  #lost = 0;
  #closed = false;

  /** Throws Node's error where the file cannot be opened, and one that says what it is where it is no regular file. */
  constructor(settings: TraceFileSettings) {
    this.#settings = settings;
    this.#file = openRegular(settings.path);
    this.#path = realpathSync(settings.path);
    const { ino, size } = fstatSync(this.#file);
    this.#inode = ino;
    this.#bytes = size;
    this.#endLine();
  }

  add(trace: Trace): void {
    if (this.#closed) return;
    const { path, size, tell } = this.#settings;
    const line = Buffer.from(`${JSON.stringify(trace)}\n`);
    try {
      this.#lookAgain();
      if (this.#bytes > 0 && this.#bytes + line.length > Math.max(size(), this.#growsTo)) this.#beginAnew();
      if (this.#lost > 0) this.#endLine();
      this.#write(line);
      if (this.#lost > 0) tell(`${path} is written again; ${String(this.#lost)} traces are missing in it.`);
      this.#lost = 0;
    } catch (error) {
      if (this.#lost === 0)
        tell(`${path} cannot be written: ${(error as Error).message}. Answers go on; traces are missing in it.`);
      this.#lost += 1;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }

  #write(bytes: Buffer): void {
    for (let written = 0; written < bytes.length;) {
      const count = writeSync(this.#file, bytes, written);
      written += count;
      this.#bytes += count;
    }
  }

  /** It may end within a line, as after an end of the emulator, or a full disk. */
  #endLine(): void {
    const last = Buffer.alloc(1);
    if (this.#bytes > 0 && readSync(this.#file, last, 0, 1, this.#bytes - 1) === 1 && last[0] !== 0x0a)
      this.#write(Buffer.from('\n'));
  }

  /** A rotation from outside moves or empties the file, and so does a person who wants it empty. */
  #lookAgain(): void {
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (there?.ino !== this.#inode) this.#open();
    else if (there.size !== this.#bytes) {
      if (there.size < this.#bytes) this.#growsTo = 0;
      this.#bytes = there.size;
      this.#endLine();
    }
  }

  #open(): void {
    const anew = openRegular(this.#path);
    closeSync(this.#file);
    this.#file = anew;
    const { ino, size } = fstatSync(anew);
    this.#inode = ino;
    this.#bytes = size;
    this.#growsTo = 0;
  }

  /** A file that is mounted into a container by itself, for one, cannot be renamed: nothing is lost, it grows on. */
  #beginAnew(): void {
    const { path, size, tell } = this.#settings;
    try {
      shiftOlder(this.#path);
      this.#open();
    } catch (error) {
      this.#growsTo = this.#bytes + size();
      tell(`${path} cannot be begun anew: ${(error as Error).message}. It grows on.`);
    }
  }
}

/** Writing to a pipe or a terminal would wait for its reader, and all answers with it. */
function openRegular(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() === false) throw new Error(`${path} is ${kindOf(stats)}, and traces are written to regular files only`);
  return openSync(path, APPENDING);
}

/** As `a+`, but what takes the file's place meanwhile does not block either. */
const APPENDING = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isDirectory()) return 'a folder';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** `.2` becomes `.3`, `.1` becomes `.2`, and the file itself `.1`. */
function shiftOlder(path: string): void {
  for (let number = KEPT; number > 0; number -= 1) {
    try {
      renameSync(number === 1 ? path : `${path}.${String(number - 1)}`, `${path}.${String(number)}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
