/** Loads the contract: from the documents packed at build where they still are what lies in `openapi/`, else from there. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FileFaults } from '../shared/file-errors.js';
import { PACKAGE_ROOT } from '../shared/package-root.js';
import { buildContract, type Contract, type ContractDocument } from './contract.js';
import type { SourceText } from './documents.js';

/** The documents as the build packs them. Reading and checking the YAML takes 300 ms, this takes 3. */
export interface PackedDocuments {
  /** Of the YAML texts. */
  readonly fingerprint: string;
  readonly documents: readonly ContractDocument[];
}

export const CONTRACT_FOLDER = new URL('openapi/', PACKAGE_ROOT);
export const PACKED_FILE = new URL('dist/openapi.json', PACKAGE_ROOT);

/** Throws FileFaults where a document is bad. */
export async function loadContract(version: string, folder: URL = CONTRACT_FOLDER): Promise<Contract> {
  const sources = await readSources(folder);
  return buildContract(await packedOrRead(sources), version);
}

export async function readSources(folder: URL): Promise<SourceText[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort();
  if (names.length === 0) {
    const fault = {
      file: fileURLToPath(folder),
      line: 1,
      column: 1,
      message: 'there are no contract documents; install the package again',
    };
    throw new FileFaults([fault]);
  }
  return Promise.all(
    names.map(async (name) => ({ file: `openapi/${name}`, text: await readFile(new URL(name, folder), 'utf8') })),
  );
}

export function fingerprint(sources: readonly SourceText[]): string {
  return createHash('sha256').update(JSON.stringify(sources)).digest('hex');
}

async function packedOrRead(sources: readonly SourceText[]): Promise<readonly ContractDocument[]> {
  const packed = await readPacked();
  if (packed?.fingerprint === fingerprint(sources)) return packed.documents;
  const { readDocuments } = await import('./documents.js');
  return readDocuments(sources);
}

async function readPacked(): Promise<PackedDocuments | undefined> {
  try {
    return JSON.parse(await readFile(PACKED_FILE, 'utf8')) as PackedDocuments;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
