import unicorn from 'eslint-plugin-unicorn';
import tseslint from 'typescript-eslint';

const say = (selector, message) => ({ selector, message });
const noModuleState = say(
  "Program > VariableDeclaration[kind='let'], Program > ExportNamedDeclaration > VariableDeclaration[kind='let']",
  'A warm container shares this between invocations.',
);
const noClockOrDice = [
  say("NewExpression[callee.name='Date'][arguments.length=0]", 'Take `now` as an argument.'),
  say("MemberExpression[object.name='Date'][property.name='now']", 'Take `now` as an argument.'),
  say(
    "MemberExpression[object.name='Math'][property.name='random']",
    'Take `random` as an argument.',
  ),
];
const onlyTransport = { name: 'fetch', message: 'Only spotify/transport.ts talks HTTP.' };
const noEnvironment = {
  object: 'process',
  property: 'env',
  message: 'Read the environment once, at the entry point.',
};
const tests = ['**/*.test.ts', 'test/**', 'bench/**'];

export default tseslint.config(
  {
    ignores: [
      '.serverless/**',
      '.esbuild/**',
      '.local/**',
      '.stryker-tmp/**',
      'coverage/**',
      'dist/**',
      '**/*.mjs',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { unicorn },
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'unicorn/filename-case': ['error', { case: 'kebabCase' }],
      complexity: ['error', 10],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'no-console': 'error',
      'no-restricted-properties': ['error', noEnvironment],
    },
  },
  {
    files: [
      'etl/**',
      'spotify/**',
      'stores/**',
      'app/**',
      'charts/**',
      'dashboard/**',
      'handlers/**',
    ],
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', onlyTransport],
      'no-restricted-syntax': ['error', noModuleState],
    },
  },
  {
    files: ['etl/**', 'spotify/**', 'stores/**', 'app/**', 'charts/**', 'dashboard/**'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', noModuleState, ...noClockOrDice] },
  },
  {
    // The page asks the server that it comes from whether the library changed.
    files: ['spotify/transport.ts', 'dashboard/page/refresh.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  { files: ['handlers/cold-start.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['app/config.ts', 'cli/shared/host.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    // A command's own file is an entry point; what is below its folder is not, but for subcommands.
    files: ['local/**', 'bench/**', 'cli/*.ts', 'cli/{plays,sync,albums}/*.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['cli/shared/terminal.ts'], rules: { 'no-console': 'off' } },
  {
    files: tests,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/consistent-type-assertions': 'off',
      // Jest types its asymmetric matchers as any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
