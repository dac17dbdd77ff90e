/** A build of the emulator whose documents hold more operations: does a larger contract slow a request down? */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { here } from './server-process.js';

const HANDOVER = '/api/v2/conversations/webchat';
const WHAT_A_BUILD_NEEDS = ['.config', 'openapi', 'src', 'package.json', 'tsconfig.json'];

/** Answers the folder of the build, which the caller removes. */
export function buildWithMoreOperations(count) {
  const folder = mkdtempSync(join(tmpdir(), 'cxone-emulator-bench-'));
  for (const name of WHAT_A_BUILD_NEEDS) cpSync(here(`../../${name}`), join(folder, name), { recursive: true });
  symlinkSync(here('../../node_modules'), join(folder, 'node_modules'));
  addToDocument(join(folder, 'openapi/conversations.yaml'), count);
  addToCode(join(folder, 'src/platform'), count);
  execFileSync('npm', ['run', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** Handovers under names of their own, every second one with a parameter in its path. */
function addToDocument(file, count) {
  const document = parse(readFileSync(file, 'utf8'));
  const { post } = document.paths[HANDOVER];
  for (let number = 0; number < count; number += 1) {
    const parameters = [{ name: 'thing', in: 'path', required: true, schema: { type: 'string' }, example: 'one' }];
    const path = `/api/v2/bench-${String(number)}${number % 2 === 0 ? '' : '/{thing}'}`;
    document.paths[path] = {
      post: { ...post, operationId: `bench${String(number)}`, ...(number % 2 === 0 ? {} : { parameters }) },
    };
  }
  writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
}

function addToCode(folder, count) {
  renameSync(join(folder, 'attributes.ts'), join(folder, 'attributes-alone.ts'));
  writeFileSync(
    join(folder, 'attributes.ts'),
    `import { attributeOperations as alone } from './attributes-alone.js';
     import type { Operations } from './operation.js';
     export function attributeOperations(): Operations {
       const operations = alone();
       const one = Object.values(operations)[0]!;
       const more = Array.from({ length: ${String(count)} }, (_, number) => ['bench' + String(number), one]);
       return { ...operations, ...Object.fromEntries(more) };
     }`,
  );
}
