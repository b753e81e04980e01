/** Folders are layers: what a folder may import. Everything may import from its own folder and from packages. */
const LAYERS = {
  engine: [],
  'src/l10n': [],
  'src/format': ['engine'],
  'src/platform': [],
  'src/program': ['engine', 'src/l10n'],
  'src/output': ['engine', 'src/l10n', 'src/program'],
  'src/language': ['engine', 'src/l10n', 'src/program', 'src/platform'],
  'src/host': ['engine', 'src/l10n', 'src/program', 'src/output', 'src/platform'],
  'src/checkpoints': ['engine', 'src/l10n', 'src/output', 'src/platform'],
  'src/debug': ['engine', 'src/l10n', 'src/program', 'src/output', 'src/host', 'src/platform'],
  'src/renderer': ['src/l10n', 'src/output', 'engine'],
  'src/panels': ['engine', 'src/l10n', 'src/output', 'src/platform', 'src/renderer'],
  'src/notebook': [
    'engine',
    'src/format',
    'src/l10n',
    'src/program',
    'src/output',
    'src/language',
    'src/host',
    'src/platform',
    'src/checkpoints',
    'src/debug',
    'src/renderer/protocol',
    'src/panels/chart-editor/start',
  ],
  'src/cli': ['engine', 'src/program', 'src/output', 'src/host', 'src/format'],
};

const INTERNAL = '^(src|engine|bench|test|scripts)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    ...Object.entries(LAYERS).map(([folder, allowed]) => ({
      name: `layer-${folder.replace('src/', '')}`,
      comment: `${folder} imports only from ${['itself', ...allowed].join(', ')}.`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: INTERNAL, pathNot: [folder, ...allowed].map((name) => `^${name}[/.-]`) },
    })),
    {
      name: 'engine-core-is-pure',
      comment: 'Outside engine/node and engine/testkit the engine imports nothing of the platform.',
      severity: 'error',
      from: { path: '^engine/', pathNot: '^engine/(node|testkit)/' },
      to: { pathNot: '^engine/', dependencyTypesNot: ['local'] },
    },
    {
      name: 'engine-core-not-to-its-edges',
      severity: 'error',
      from: { path: '^engine/', pathNot: '^engine/(node|testkit)/' },
      to: { path: '^engine/(node|testkit)/' },
    },
    {
      name: 'renderer-takes-types-of-the-engine',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: '^engine/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'only-the-command-line-and-scripts-run-alone', severity: 'error', from: { pathNot: '^src/cli/' }, to: { path: '^src/cli/' } },
    { name: 'no-unknown-modules', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { path: '^(src|engine)/', pathNot: '^engine/testkit/' },
      to: { path: '^(test|bench|scripts|engine/testkit)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
