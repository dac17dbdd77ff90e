/** The layers of src: who may import whom. */
const layer = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: '^src', pathNot: [from, ...allowed] },
});

const shared = '^src/(rejections|shown|near-miss|json-pointer|json-schema|lost-values|garbled-text)\\.ts$';
/** What files that people write have in common: their places, their faults, their templates. */
const files = '^src/(yaml-file|text-file|file-faults|schema-faults|schema-validator|package-root|templates)\\.ts$';
const domain = ['^src/contact/', '^src/state/', '^src/trace/', shared];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files are one.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nothing imports this file.',
      from: {
        orphan: true,
        path: '^src',
        pathNot: '^src/(index|cli|viewer/main|testing/(vitest|jest)|contract/pack)\\.ts$',
      },
      to: {},
    },
    layer('contact-is-pure', '^src/contact/', [], 'The domain imports nothing of ours.'),
    layer('state', '^src/state/', ['^src/contact/', shared], 'State knows the domain only.'),
    layer('trace', '^src/trace/', [shared], 'Traces know the catalogue only.'),
    layer(
      'contract',
      '^src/contract/',
      [...domain, '^src/(yaml-file|file-faults|package-root)\\.ts$'],
      'The contract stands beside the platform, above the domain.',
    ),
    layer('platform', '^src/platform/', domain, 'The emulated platform stands beside the contract, above the domain.'),
    layer(
      'pipeline',
      '^src/pipeline/',
      ['^src/contract/', '^src/platform/', ...domain],
      'The pipeline knows contract and platform, and no transport.',
    ),
    layer(
      'control',
      '^src/control/',
      ['^src/pipeline/', '^src/contract/', '^src/platform/', '^src/package-root\\.ts$', ...domain],
      'The control API works on the pipeline, and knows no transport.',
    ),
    layer(
      'studio',
      '^src/studio/',
      ['^src/platform/', files, ...domain],
      'Studio stands on the rules of the platform, which knows it by an interface only.',
    ),
    layer(
      'bot',
      '^src/bot/',
      ['^src/contract/', '^src/platform/bounded-pattern\\.ts$', '^src/address\\.ts$', files, shared],
      'A stand-in bot knows its contract, and nothing of the emulator that calls it.',
    ),
    layer(
      'scenario',
      '^src/scenario/',
      [files, '^src/settings\\.ts$', '^src/trace/(?:redact|trace)\\.ts$', '^src/terminal/printable\\.ts$', shared],
      'Scenarios speak HTTP to an address, and know no emulator, only how its settings are called.',
    ),
    layer(
      'recording',
      '^src/recording/',
      ['^src/pipeline/', '^src/contract/', '^src/platform/', '^src/(around|whole-file|settings)\\.ts$', ...domain],
      'A recording stands around the pipeline, and knows no transport but the one to its upstream.',
    ),
    {
      name: 'nothing-knows-recordings',
      severity: 'error',
      comment: 'Only the command records: a normal start pays nothing for it.',
      from: { path: '^src', pathNot: '^src/(recording/|commands/record)' },
      to: { path: '^src/recording/' },
    },
    {
      name: 'studio-in-the-root-only',
      severity: 'error',
      comment:
        'Scripts are read and run by the composition root; the settings know how a host, a breaker and a virtual agent are written.',
      from: {
        path: '^src',
        pathNot: '^src/(index|script-folder|virtual-agents|settings|settings-in-file|config-rules)\\.ts$|^src/(emulator|studio)/',
      },
      to: { path: '^src/studio/' },
    },
    layer(
      'viewer',
      '^src/viewer/',
      [
        '^src/trace/(filter|ladder|trace)\\.ts$',
        '^src/contact/message\\.ts$',
        '^src/terminal/(printable|ladder-text)\\.ts$',
        '^src/rejections\\.ts$',
      ],
      'The page speaks to the control API, and shares its words with the terminal.',
    ),
    {
      name: 'nothing-knows-the-viewer',
      severity: 'error',
      comment: 'The page is bundled by itself and served as files.',
      from: { path: '^src', pathNot: '^src/viewer/' },
      to: { path: '^src/viewer/' },
    },
    layer(
      'http',
      '^src/http/',
      ['^src/pipeline/', '^src/rejections\\.ts$', '^src/shown\\.ts$'],
      'HTTP hands messages to the pipeline and knows nothing behind it.',
    ),
    {
      name: 'adapters-in-the-root-only',
      severity: 'error',
      comment: 'Stores are chosen in the composition root (seeds.ts checks on a scratch one).',
      from: { path: '^src', pathNot: '^src/(emulator/|seeds\\.ts$)|^src/state/' },
      to: { path: '^src/state/memory' },
    },
    {
      name: 'express-in-http-only',
      severity: 'error',
      comment: 'Only http/ knows Express.',
      from: { path: '^src', pathNot: '^src/http/' },
      to: { path: 'node_modules/(@types/)?express/' },
    },
    {
      name: 'openapi-in-contract-only',
      severity: 'error',
      comment:
        'Only contract/ knows openapi-backend and find-my-way; the config, scripts, scenarios and bots check themselves with ajv.',
      from: {
        path: '^src',
        pathNot: '^src/(contract/|(?:config|schema-faults|schema-validator|scenario/given-settings)\\.ts)',
      },
      to: { path: 'node_modules/(openapi-backend|openapi-schema-validator|ajv|ajv-formats|find-my-way)/' },
    },
    {
      name: 'vitest-in-its-entry-only',
      severity: 'error',
      comment: 'Test runners are optional: only the entry of one loads it.',
      from: { path: '^src', pathNot: '^src/testing/vitest\\.ts$' },
      to: { path: 'node_modules/(vitest|jest|@jest)/' },
    },
    {
      name: 'nothing-knows-the-testing-entries',
      severity: 'error',
      comment: 'What is there for test runners stands on the library, and nothing stands on it.',
      from: { path: '^src', pathNot: '^src/testing/' },
      to: { path: '^src/testing/' },
    },
    {
      name: 'nothing-knows-the-cli',
      severity: 'error',
      comment: 'The command line is the outermost layer.',
      from: {},
      to: { path: '^src/cli\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  },
};
