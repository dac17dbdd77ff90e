/** A step of the build: writes the JSON Schema of a stand-in bot's file, for editors. */
import { writeFile } from 'node:fs/promises';
import { PACKAGE_ROOT } from '../package-root.js';
import { BOT_SCHEMA } from './bot-schema.js';

await writeFile(new URL('dist/bot.schema.json', PACKAGE_ROOT), `${JSON.stringify(BOT_SCHEMA, null, 2)}\n`);
