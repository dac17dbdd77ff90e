/**
 * The last step of the build: the command line with all that it needs in few files, because finding and reading 350
 * modules took most of its start. The licences of what is in there go beside it. And the page of the trace viewer, which
 * holds nobody else's code.
 */
import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['dist/cli.js'],
  allowOverwrite: true,
  outdir: 'dist',
  // Beside cli.js: package-root.ts tells from its own place where the package lies.
  chunkNames: 'cli-[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  metafile: true,
  // Compiling what is read is a good part of the start, too. Names stay, for whoever reads a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // Its package.json names the ES module in a field that Node does not know.
  alias: { liquidjs: 'liquidjs/dist/liquid.node.mjs' },
  // CommonJS packages in an ES module want a require for Node's own modules.
  banner: { js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);" },
});

// npm sets the executable bit when it installs a package, not when somebody builds it.
chmodSync(join(root, 'dist/cli.js'), 0o755);

const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.split(sep).join('/')) ?? [],
  ),
);
const texts = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), 'utf8').trim();
  return `${name} ${version}\n\n${text}\n`;
});
writeFileSync(join(root, 'dist/licences.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));

await build({
  absWorkingDir: root,
  entryPoints: [
    { in: 'src/viewer/main.ts', out: 'viewer' },
    { in: 'src/viewer/viewer.css', out: 'viewer' },
  ],
  outdir: 'dist/viewer',
  bundle: true,
  minify: true,
  platform: 'browser',
  target: ['chrome111', 'firefox115', 'safari16.4'],
  format: 'esm',
  legalComments: 'none',
});
copyFileSync(join(root, 'src/viewer/index.html'), join(root, 'dist/viewer/index.html'));
