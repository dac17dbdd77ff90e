/** A step of the build: checks the contract documents and packs them, so that starting needs neither YAML nor their checks. */
import { writeFile } from 'node:fs/promises';
import { readDocuments } from './documents.js';
import { CONTRACT_FOLDER, fingerprint, PACKED_FILE, type PackedDocuments, readSources } from './load-contract.js';

const sources = await readSources(CONTRACT_FOLDER);
const packed: PackedDocuments = { fingerprint: fingerprint(sources), documents: await readDocuments(sources) };
await writeFile(PACKED_FILE, JSON.stringify(packed));
