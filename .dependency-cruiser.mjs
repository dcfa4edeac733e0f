// Who may import whom. A folder may always import itself; what is not named here is refused.
const core = ['lib', 'etl/model', 'etl/errors.ts'];
// A stage sees no more of lib than what is pure.
const pure = [
  'lib/clock.ts',
  'lib/retry-after.ts',
  'lib/mask-secrets.ts',
  'lib/plain-text.ts',
  'lib/short-hash.ts',
  'etl/model',
  'etl/errors.ts',
];
const product = [
  ...['lib', 'etl', 'charts', 'dashboard', 'spotify', 'stores', 'app'],
  ...['handlers', 'stack', 'trigger', 'cli', 'local'],
];
const mayImport = {
  lib: [],
  'etl/model': [
    'lib/clock.ts',
    'lib/mask-secrets.ts',
    'lib/optional-values.ts',
    'lib/short-hash.ts',
  ],
  'etl/errors.ts': ['etl/model'],
  'etl/extract': pure,
  'etl/transform': pure,
  'etl/load': pure,
  'etl/pipelines': [...pure, 'etl/extract', 'etl/transform', 'etl/load'],
  charts: ['etl/model', 'lib/escape-html.ts'],
  // It runs in a browser: no more of lib than what is pure.
  dashboard: ['etl/model', 'charts', 'lib/escape-html.ts'],
  spotify: [...core, 'etl/extract/sources.ts', 'etl/load/sinks.ts'],
  stores: [...core, 'etl/load/sinks.ts', 'spotify/quota/store.ts'],
  app: ['lib', 'etl', 'charts', 'dashboard', 'spotify', 'stores'],
  handlers: [
    ...core,
    'app',
    // The core of the trigger, for the functions of the state machine that walks a file as the command does.
    'trigger/due-rows.ts',
    'trigger/listed-playlists.ts',
    'trigger/next-step.ts',
    'trigger/outcome.ts',
    'trigger/playlists-file.ts',
    'trigger/playlists-store.ts',
    // The file of pairs, for the function that syncs; of artists, for the one that reports on albums.
    'trigger/syncs-file.ts',
    'trigger/artists-file.ts',
  ],
  stack: ['etl/model'],
  trigger: ['lib', 'etl/model'],
  cli: [...core, 'app', 'dashboard', 'stack', 'trigger'],
  local: ['lib', 'etl/model', 'app', 'dashboard', 'handlers', 'stack', 'trigger', 'cli'],
  test: product,
  bench: [...product, 'test/support'],
};
const ours =
  '^(?:lib|etl|charts|dashboard|spotify|stores|app|handlers|stack|trigger|cli|local|test|bench)/';
const unitTest = '[.]test[.]ts$';
const at = (path) => `^${path.replaceAll('.', '[.]')}${path.endsWith('.ts') ? '$' : '/'}`;

const layers = Object.entries(mayImport).map(([from, to]) => ({
  name: `layer-${from}`,
  comment: `Besides itself, ${from} may import: ${to.join(', ') || 'nothing'}.`,
  from: { path: at(from), pathNot: unitTest },
  to: { path: ours, pathNot: [at(from), ...to.map(at)] },
}));

const packages = (...names) => ({ path: `node_modules/(?:${names.join('|')})/` });
const terminal = packages('commander', 'cli-progress', 'cli-table3', 'picocolors');

/** A package or built-in that only some places may use. */
const only = (name, comment, [to, ...allowedFrom]) => ({
  name,
  comment,
  from: { path: ours, pathNot: [...allowedFrom, unitTest, '^(?:test|bench|local)/'] },
  to,
});

const rules = [
  ...layers,
  { name: 'no-circular', from: {}, to: { circular: true } },
  {
    name: 'no-orphans',
    from: { orphan: true, path: ours, pathNot: [unitTest, '[.]d[.]c?ts$', '[.][cm]js$'] },
    to: {},
  },
  {
    name: 'not-to-unresolvable',
    // Its packages are installed apart, when a tier needs them.
    from: { pathNot: '^test/tools/' },
    to: { couldNotResolve: true },
  },
  {
    name: 'not-to-test',
    comment: 'Production code does not import tests.',
    from: { pathNot: [unitTest, '^(?:test|bench)/'] },
    to: { path: [unitTest, '^test/', '^bench/'] },
  },
  {
    name: 'not-to-dev-dep',
    comment: 'Deployed and installed code needs no development dependency.',
    from: {
      path: '^(?:lib|etl|charts|spotify|stores|app|handlers|stack|trigger|cli)/',
      // Only a checkout has it.
      pathNot: [unitTest, '^cli/build[.]cjs$'],
    },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
  only(
    'aws-sdk-in-few-places',
    'Only the adapters, the composition root, the request signer and deploy-check know the AWS SDK.',
    [
      packages('@aws-sdk', '@aws-crypto', '@smithy'),
      '^stores/(?:dynamodb|s3|stepfunctions)/',
      '^spotify/login/secret-(?:token-store|errors)[.]ts$',
      '^app/',
      '^trigger/request-signer[.]ts$',
      '^cli/deploy-check/aws-findings[.]ts$',
    ],
  ),
  only('sql-in-sqlite-only', 'Only the library knows its engines.', [
    {
      path: ['^(?:node:)?sqlite$', 'node_modules/@tursodatabase/'],
      dependencyTypes: ['core', 'npm'],
    },
    '^stores/sqlite/',
  ]),
  only('csv-in-few-places', 'CSV is read and written at the edges.', [
    packages('csv-parse', 'csv-stringify'),
    '^(?:cli|trigger)/',
    '^app/album-report/',
  ]),
  only('charts-in-charts-only', 'Only charts/ knows the library that draws.', [
    packages('echarts', 'zrender'),
    '^charts/',
  ]),
  only('spotify-client-in-spotify-only', 'Only the Spotify adapter knows its client.', [
    packages('spotify-web-api-node'),
    '^spotify/',
  ]),
  only('lambda-types-in-handlers-only', 'Lambda event shapes stop at handlers/.', [
    packages('@types/aws-lambda'),
    '^handlers/',
  ]),
  only(
    'no-files',
    'The pipeline does not use the disk. A laptop has its login, its library and its exports in files.',
    [
      { path: '^(?:node:)?fs(?:/promises)?$', dependencyTypes: ['core'] },
      '^(?:lib|stack|trigger|cli)/',
      '^spotify/(?:login|exports)/',
      '^stores/sqlite/(?:file-database|migrations)[.]ts$',
    ],
  ),
  only('terminal-in-commands-only', 'Lambda functions have no terminal.', [
    terminal,
    '^(?:trigger|cli)/',
  ]),
  {
    name: 'no-terminal-in-functions',
    comment: 'Not even through the parts of the trigger that a function imports.',
    from: { path: '^handlers/', pathNot: unitTest },
    to: { ...terminal, reachable: true },
  },
  {
    name: 'model-knows-zod-only',
    from: { path: '^etl/model/', pathNot: unitTest },
    to: { dependencyTypes: ['npm', 'core'], pathNot: 'node_modules/zod/' },
  },
  {
    name: 'stages-know-ports-only',
    comment:
      'Transform is pure: records in, records out. Extract and load get their source or sink as an argument.',
    from: { path: '^etl/(?:extract|transform|load)/', pathNot: unitTest },
    to: { dependencyTypes: ['npm', 'core'] },
  },
  {
    name: 'ports-are-types',
    comment: 'An adapter sees a stage as types only.',
    from: { path: '^(?:spotify|stores)/', pathNot: unitTest },
    to: {
      path: '^(?:etl/extract/sources|etl/load/sinks)[.]ts$',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'handlers-stand-alone',
    comment: 'Two functions share through app/app or handlers/http, never through each other.',
    from: { path: '^handlers/[^/]+[.]ts$', pathNot: unitTest },
    to: { path: '^handlers/[^/]+[.]ts$', pathNot: '^handlers/cold-start[.]ts$' },
  },
  {
    name: 'never-superagent',
    comment:
      "The client's own transport is replaced; loading it would cost a cold start its length.",
    from: { path: ours },
    to: {
      path: 'node_modules/(?:superagent|spotify-web-api-node/src/(?:server|client|http-manager))',
    },
  },
];

export default {
  forbidden: rules.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^[.](?:esbuild|serverless|local)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
