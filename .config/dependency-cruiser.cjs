/** The layers of src: which folder may import which. A folder imports only folders that stand before it in this list. */
const LAYERS = {
  errors: [],
  shared: ['errors'],
  trace: ['errors', 'shared'],
  cxone: ['errors', 'shared', 'trace'],
  openapi: ['errors', 'shared', 'cxone'],
  pipeline: ['errors', 'shared', 'trace', 'cxone', 'openapi'],
  http: ['errors', 'shared', 'cxone', 'pipeline'],
  studio: ['errors', 'shared', 'trace', 'cxone', 'openapi'],
  'stub-bot': ['errors', 'shared', 'cxone', 'openapi'],
  control: ['errors', 'shared', 'trace', 'cxone', 'openapi', 'pipeline'],
  config: ['errors', 'shared', 'trace', 'cxone', 'openapi', 'pipeline', 'studio', 'stub-bot', 'control'],
  scenario: ['errors', 'shared', 'trace', 'config'],
  recording: ['errors', 'shared', 'trace', 'cxone', 'openapi', 'pipeline', 'http', 'config'],
  emulator: ['errors', 'shared', 'trace', 'cxone', 'openapi', 'pipeline', 'http', 'studio', 'control', 'config'],
  testing: ['errors', 'shared', 'trace', 'control', 'config', 'scenario', 'emulator'],
  cli: [
    ...['errors', 'shared', 'trace', 'cxone', 'openapi', 'pipeline', 'stub-bot', 'control'],
    ...['config', 'scenario', 'recording', 'emulator', 'testing'],
  ],
  viewer: ['shared', 'trace', 'cxone'],
};

const layers = Object.entries(LAYERS).map(([folder, allowed]) => ({
  name: `layer-${folder}`,
  severity: 'error',
  comment: `${folder}/ imports only ${allowed.join(', ') || 'itself'}.`,
  from: { path: `^src/${folder}/` },
  to: { path: '^src', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that import each other, be it types only, are one file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nothing imports this file.',
      from: {
        orphan: true,
        path: '^src',
        pathNot: '^src/(index|cli|viewer/main|testing/(vitest|jest)|openapi/pack)\\.ts$',
      },
      to: {},
    },
    {
      name: 'model-is-pure',
      severity: 'error',
      comment: 'The entities of CXone and their rules know neither the store nor the API.',
      from: { path: '^src/cxone/model/' },
      to: { path: '^src', pathNot: '^src/(cxone/model|shared)/' },
    },
    {
      name: 'store',
      severity: 'error',
      comment: 'The store knows the entities only.',
      from: { path: '^src/cxone/store/' },
      to: { path: '^src', pathNot: '^src/(cxone/(model|store)|shared|errors)/' },
    },
    {
      name: 'recording-only-from-its-command',
      severity: 'error',
      comment: 'A normal start does not load the recorder.',
      from: { path: '^src', pathNot: '^src/(recording/|cli/record)' },
      to: { path: '^src/recording/' },
    },
    {
      name: 'viewer-is-bundled-alone',
      severity: 'error',
      comment: 'The page is a bundle of its own, which the server serves as files.',
      from: { path: '^src', pathNot: '^src/viewer/' },
      to: { path: '^src/viewer/' },
    },
    {
      name: 'viewer-shares-words-only',
      severity: 'error',
      comment: 'The page shares the texts of traces with the terminal, and nothing that needs Node.',
      from: { path: '^src/viewer/' },
      to: {
        path: '^src',
        pathNot: '^src/(viewer/|trace/(filter|steps|step-text|trace)\\.ts$|cxone/model/message\\.ts$|shared/printable\\.ts$)',
      },
    },
    {
      name: 'adapters-in-the-composition-root',
      severity: 'error',
      comment: 'The composition root chooses the store (seeds are checked on a scratch one).',
      from: { path: '^src', pathNot: '^src/(emulator/|config/seeds\\.ts$|cxone/store/)' },
      to: { path: '^src/cxone/store/memory' },
    },
    {
      name: 'express-in-http',
      severity: 'error',
      comment: 'Only http/ imports Express.',
      from: { path: '^src', pathNot: '^src/http/' },
      to: { path: 'node_modules/(@types/)?express/' },
    },
    {
      name: 'openapi-libraries-in-openapi',
      severity: 'error',
      comment: 'Only openapi/ imports openapi-backend and find-my-way. Files are validated with ajv.',
      from: {
        path: '^src',
        pathNot:
          '^src/(openapi/|config/load-config\\.ts|shared/(schema-errors|schema-validator)\\.ts|scenario/setup-settings\\.ts)',
      },
      to: { path: 'node_modules/(openapi-backend|openapi-schema-validator|ajv|ajv-formats|find-my-way)/' },
    },
    {
      name: 'test-runners-in-their-entries',
      severity: 'error',
      comment: 'Test runners are optional: only the entry of one imports it.',
      from: { path: '^src', pathNot: '^src/testing/vitest\\.ts$' },
      to: { path: 'node_modules/(vitest|jest|@jest)/' },
    },
    {
      name: 'nothing-imports-the-cli',
      severity: 'error',
      comment: 'The command line is the outermost layer.',
      from: { path: '^src', pathNot: '^src/(cli/|cli\\.ts$)' },
      to: { path: '^src/cli(/|\\.ts$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  },
};
