/** What a production install brings: the packages that package-lock.json does not mark as for development, and ourselves. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { here } from './server-process.js';

/** `megabytes` are 10⁶ bytes; `packages` counts ours too. */
export function productionInstall() {
  const root = here('../../');
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).files;
  const paths = [...installed.map(([path]) => path), ...own];
  const bytes = paths.reduce((sum, path) => sum + sizeOf(join(root, path)), 0);
  return { packages: installed.length + 1, megabytes: bytes / 1e6 };
}

/** Packages within a package stand in the lock file by themselves. */
function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : sizeOf(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}
