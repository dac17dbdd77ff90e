/** Where the package lies: `src/` and `dist/` stand in it side by side, and this file on the top of either. */
export const PACKAGE_ROOT = new URL('..', import.meta.url);
