/**
 * A step of the build: writes the JSON Schemas of script, scenario and bot files for editors, and puts the compiled code of
 * each in the place of the module that compiles it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const dist = join(import.meta.dirname, '../dist');
const { compileSchema } = await import('../dist/shared/schema-validator.js');
const { BOT_SCHEMA } = await import('../dist/stub-bot/bot-schema.js');
const { SCENARIO_SCHEMA } = await import('../dist/scenario/scenario-schema.js');
const { SCRIPT_SCHEMA } = await import('../dist/studio/script-schema.js');

async function publish(name, schema, validator) {
  await writeFile(join(dist, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
  const { ajv, validate } = compileSchema(schema, { source: true, esm: true });
  await build({
    stdin: { contents: standaloneCode(ajv, validate), resolveDir: dist },
    outfile: join(dist, validator),
    // The code takes helpers of ajv by require.
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    allowOverwrite: true,
  });
}

await publish('bot', BOT_SCHEMA, 'stub-bot/bot-validator.js');
await publish('scenario', SCENARIO_SCHEMA, 'scenario/scenario-validator.js');
await publish('script', SCRIPT_SCHEMA, 'studio/script-validator.js');
