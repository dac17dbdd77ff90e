/** A step of the build: writes the JSON Schema of script files, for editors. */
import { writeFile } from 'node:fs/promises';
import { PACKAGE_ROOT } from '../package-root.js';
import { SCRIPT_SCHEMA } from './script-schema.js';

await writeFile(new URL('dist/script.schema.json', PACKAGE_ROOT), `${JSON.stringify(SCRIPT_SCHEMA, null, 2)}\n`);
