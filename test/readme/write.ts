/** Renews the generated parts of the README: `npm run readme`. */
import { readFile, writeFile } from 'node:fs/promises';
import { README, renewed } from './sections.js';

await writeFile(README, await renewed(await readFile(README, 'utf8')));
