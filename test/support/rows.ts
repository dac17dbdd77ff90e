/** A row of the tables of refusals and warnings: what is sent, and where the cause is said to stand. */
import type { Code, EmulatorOptions, Place } from '../../src/index.js';
import type { Message } from './client.js';

export interface Row {
  readonly code: Code;
  readonly name: string;
  readonly options?: EmulatorOptions;
  /** What must have happened before; `url` is the emulator's. */
  readonly given?: (url: string) => Promise<unknown>;
  readonly send: Message | ((url: string) => Promise<Message>);
  readonly status: number;
  readonly in: Place;
  readonly pointer: string;
  readonly remedy: RegExp;
  readonly received?: RegExp;
  /** Where it is not the catalogue's. */
  readonly provenance?: string;
  /** Members that the answer's body must have. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export type WarningRow = Omit<Row, 'status' | 'body'> & { readonly level: 'info' | 'warn' };
