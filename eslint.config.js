import tseslint from 'typescript-eslint';
import { safetyComment } from './scripts/lint-rules/safety-comment.mjs';

const TYPESCRIPT = ['src/**/*.ts', 'engine/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'];

/** The engine's core is a deterministic state machine: whatever comes from outside enters as mail. */
const NOT_IN_THE_CORE = [
  'console',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Promise',
  'performance',
  'fetch',
];
const CORE_REASON = "The engine's core is deterministic and synchronous; engine/node brings the outside in as mail.";

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'samples/', 'bench/tight-loop.mjs', 'src/program/cells-api/', '.streambook/'] },
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { local: { rules: { 'safety-comment': safetyComment } } },
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // The type parameters of Flink's functions say what they are for, also where a class uses one only once.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowConstructorOnly: true }],
      // Numbers in messages are wanted, and String(n) around each of them hides the message.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'local/safety-comment': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name: one name everywhere.' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'vscode',
              allowTypeImports: true,
              message: 'Only src/platform imports values from vscode; everything else takes a port.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['engine/**/*.ts'],
    ignores: ['engine/node/**', 'engine/testkit/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: ['vscode', 'node:*'], message: CORE_REASON }] }],
      'no-restricted-globals': ['error', ...NOT_IN_THE_CORE.map((name) => ({ name, message: CORE_REASON }))],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: CORE_REASON },
        { object: 'Math', property: 'random', message: CORE_REASON },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name: one name everywhere.' },
        { selector: ':function[async=true]', message: CORE_REASON },
        { selector: 'AwaitExpression', message: CORE_REASON },
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: CORE_REASON },
      ],
    },
  },
  { files: ['**/*.d.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // A test states what it knows: type assertions and parsed JSON need no reason there, and callbacks may be empty or async without await.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'local/safety-comment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
