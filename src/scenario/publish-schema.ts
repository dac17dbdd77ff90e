/** A step of the build: writes the JSON Schema of scenario files, for editors. */
import { writeFile } from 'node:fs/promises';
import { PACKAGE_ROOT } from '../package-root.js';
import { SCENARIO_SCHEMA } from './scenario-schema.js';

await writeFile(new URL('dist/scenario.schema.json', PACKAGE_ROOT), `${JSON.stringify(SCENARIO_SCHEMA, null, 2)}\n`);
