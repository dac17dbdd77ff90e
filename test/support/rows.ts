/** A row of the tables of refusals and warnings: what is sent, and where the cause is said to stand. */
import type { Code, EmulatorOptions, Place } from '../../src/index.js';
import type { Message } from './client.js';
import type { Files } from './scripts.js';

export interface Row {
  readonly code: Code;
  readonly name: string;
  readonly options?: EmulatorOptions;
  /** Studio scripts that are loaded. */
  readonly scripts?: Files;
  /** What must have happened before; `url` is the emulator's. */
  readonly given?: (url: string) => Promise<unknown>;
  readonly send: Message | ((url: string) => Promise<Message>);
  readonly status: number;
  /** null where the fault is in no part of the request. */
  readonly in: Place | null;
  readonly pointer: string | null;
  readonly remedy: RegExp;
  readonly received?: RegExp;
  /** Where it is not the catalogue's. */
  readonly provenance?: string;
  /** Members that the answer's body must have. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export type WarningRow = Omit<Row, 'status' | 'body'> & { readonly level: 'info' | 'warn' };
