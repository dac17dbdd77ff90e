/** The folder of this package: the nearest one above this file with a package.json. The bundled CLI lies on another level than the source. */
import { existsSync } from 'node:fs';

export const PACKAGE_ROOT = packageRoot(new URL('.', import.meta.url));

function packageRoot(folder: URL): URL {
  const parent = new URL('..', folder);
  return existsSync(new URL('package.json', folder)) || parent.href === folder.href ? folder : packageRoot(parent);
}
