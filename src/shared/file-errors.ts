/** What is wrong in a file that a person wrote, with line and column. */

/** Something wrong in a file. Line and column count from 1. */
export interface FileFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A file, or several, that cannot be used; it lists every fault that was found. */
export class FileFaults extends Error {
  readonly faults: readonly FileFault[];

  constructor(faults: readonly FileFault[]) {
    super(faults.map(({ file, line, column, message }) => `${file}:${String(line)}:${String(column)} ${message}`).join('\n'));
    this.name = 'FileFaults';
    this.faults = faults;
  }
}
