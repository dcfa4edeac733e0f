// Who may import whom. A folder may always import itself; what is not named here is refused.
const mayImport = {
  'etl/model': [],
  'etl/errors.ts': [],
  'etl/extract': ['etl/model', 'etl/errors.ts'],
  'etl/transform': ['etl/model', 'etl/errors.ts'],
  'etl/load': ['etl/model', 'etl/errors.ts'],
  'etl/gate': ['etl/model', 'etl/errors.ts'],
  'etl/tokens': ['etl/model', 'etl/errors.ts'],
  'etl/spotify': [
    'etl/model',
    'etl/errors.ts',
    'etl/extract/sources.ts',
    'etl/gate',
    'etl/tokens/token-store.ts',
    'etl/tokens/login-life.ts',
  ],
  'etl/dynamodb': ['etl/model', 'etl/errors.ts', 'etl/load/sinks.ts', 'etl/gate/store.ts'],
  'etl/pipelines': ['etl/model', 'etl/errors.ts', 'etl/extract', 'etl/transform', 'etl/load'],
  'etl/config.ts': ['etl/errors.ts', 'etl/gate'],
  'etl/composition': ['etl'],
  'etl/app.ts': ['etl'],
  handlers: [
    'etl/app.ts',
    'etl/config.ts',
    'etl/errors.ts',
    'etl/model',
    // The core of the trigger, for the function that walks a file as the command does.
    'trigger/walk-playlists.ts',
    'trigger/run-trigger.ts',
    'trigger/outcome.ts',
    'trigger/summary.ts',
    'trigger/s3-object.ts',
    'trigger/object-store.ts',
    'trigger/object-lock.ts',
  ],
  stack: ['etl/model'],
  trigger: ['etl/model', 'etl/errors.ts'],
  cli: [
    'trigger',
    'stack',
    'etl/model',
    'etl/errors.ts',
    'etl/app.ts',
    'etl/config.ts',
    'etl/tokens',
  ],
  local: ['handlers', 'stack', 'trigger', 'cli', 'etl/model', 'etl/config.ts'],
  test: ['handlers', 'etl', 'stack', 'trigger', 'cli', 'local'],
  bench: ['handlers', 'etl', 'stack', 'trigger', 'cli', 'local', 'test/support'],
};
const ours = '^(?:etl|handlers|stack|trigger|cli|local|test|bench)/';
const unitTest = '[.]test[.]ts$';
const at = (path) => `^${path.replaceAll('.', '[.]')}${path.endsWith('.ts') ? '$' : '/'}`;

const layers = Object.entries(mayImport).map(([from, to]) => ({
  name: `layer-${from}`,
  comment: `Besides itself, ${from} may import: ${to.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: at(from), pathNot: unitTest },
  to: { path: ours, pathNot: [at(from), ...to.map(at)] },
}));

/** A package or built-in that only some places may use. */
const only = (name, comment, { to, allowedFrom }) => ({
  name,
  comment,
  severity: 'error',
  from: { path: ours, pathNot: [...allowedFrom, unitTest, '^(?:test|bench|local)/'] },
  to,
});

export default {
  forbidden: [
    ...layers,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: ours, pathNot: [unitTest, '[.]d[.]c?ts$', '[.][cm]js$'] },
      to: {},
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'not-to-test',
      comment: 'What runs does not know how it is tested.',
      severity: 'error',
      from: { pathNot: [unitTest, '^(?:test|bench)/'] },
      to: { path: [unitTest, '^test/', '^bench/'] },
    },
    {
      name: 'not-to-dev-dep',
      comment: 'What is deployed or installed needs no development dependency.',
      severity: 'error',
      from: { path: '^(?:etl|handlers|stack|trigger|cli)/', pathNot: unitTest },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    only(
      'aws-sdk-in-few-places',
      'The DynamoDB adapter, the root and those who sign know the AWS SDK.',
      {
        to: { path: 'node_modules/@(?:aws-sdk|aws-crypto|smithy)/' },
        allowedFrom: [
          '^etl/dynamodb/',
          '^etl/tokens/secret-token-store[.]ts$',
          '^etl/composition/',
          '^trigger/(?:request-signer|s3-object)[.]ts$',
        ],
      },
    ),
    only(
      'csv-in-export-only',
      'The trigger reads its file itself: it has to fit into a function.',
      {
        to: { path: 'node_modules/csv-(?:parse|stringify)/' },
        allowedFrom: ['^cli/export/'],
      },
    ),
    only('spotify-client-in-spotify-only', 'Only the Spotify adapter knows its client.', {
      to: { path: 'node_modules/spotify-web-api-node/' },
      allowedFrom: ['^etl/spotify/'],
    }),
    only('lambda-types-in-handlers-only', 'Lambda event shapes stop at handlers/.', {
      to: { path: 'node_modules/@types/aws-lambda' },
      allowedFrom: ['^handlers/'],
    }),
    only('no-files', 'The pipeline has no disk; a laptop keeps its login in a file.', {
      to: { path: '^(?:node:)?fs(?:/promises)?$', dependencyTypes: ['core'] },
      allowedFrom: ['^(?:stack|trigger|cli)/', '^etl/tokens/file-(?:token-store|lock)[.]ts$'],
    }),
    only('terminal-in-commands-only', 'What runs on Lambda talks to no terminal.', {
      to: { path: 'node_modules/(?:commander|cli-progress|cli-table3|picocolors)/' },
      allowedFrom: ['^(?:trigger|cli)/'],
    }),
    {
      name: 'no-terminal-in-functions',
      comment: 'Nor through what a function imports of the trigger.',
      severity: 'error',
      from: { path: '^handlers/', pathNot: unitTest },
      to: {
        path: 'node_modules/(?:commander|cli-progress|cli-table3|picocolors|csv-parse|csv-stringify)/',
        reachable: true,
      },
    },
    {
      name: 'model-knows-zod-only',
      severity: 'error',
      from: { path: '^etl/model/', pathNot: unitTest },
      to: { dependencyTypes: ['npm', 'core'], pathNot: 'node_modules/zod/' },
    },
    {
      name: 'transform-is-pure',
      comment: 'Records in, records out: no package, no built-in.',
      severity: 'error',
      from: { path: '^etl/transform/', pathNot: unitTest },
      to: { dependencyTypes: ['npm', 'core'] },
    },
    {
      name: 'stages-know-ports-only',
      comment: 'Extract and load get their source or sink as an argument.',
      severity: 'error',
      from: { path: '^etl/(?:extract|load)/', pathNot: unitTest },
      to: { dependencyTypes: ['npm', 'core'] },
    },
    {
      name: 'ports-are-types',
      comment: 'An adapter sees a stage as types only.',
      severity: 'error',
      from: { path: '^etl/(?:spotify|dynamodb)/', pathNot: unitTest },
      to: { path: '^etl/(?:extract/sources|load/sinks)[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'handlers-stand-alone',
      comment:
        'Two functions share through etl/app or handlers/http, never through each other. Only handlers/walk/ calls what others do.',
      severity: 'error',
      from: { path: '^handlers/[^/]+[.]ts$', pathNot: unitTest },
      to: { path: '^handlers/[^/]+[.]ts$', pathNot: '^handlers/cold-start[.]ts$' },
    },
    {
      name: 'never-superagent',
      comment:
        "The client's own transport is replaced; loading it would cost a cold start its length.",
      severity: 'error',
      from: { path: ours },
      to: {
        path: 'node_modules/(?:superagent|spotify-web-api-node/src/(?:server|client|http-manager))',
      },
    },
  ],
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
