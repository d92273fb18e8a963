import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layersRule } from './scripts/eslint-layers.mjs';

/** Pure: decisions about money and nothing else. */
const pure = ['actors/money', 'actors/card', 'actors/terminal', 'actors/center'];
const rules = ['actors/card', 'actors/terminal', 'actors/center'];

/** How to reach an actor from outside: the port, the partition of an id, the names of the subjects, what goes over them. */
const askPort = [
  'actors/runtime/ports',
  'actors/runtime/placement',
  'actors/runtime/subjects',
  'actors/runtime/deliveries',
];

/** Who may import whom. Everyone may import its own folder; what is not listed is forbidden. */
const layers = [
  { name: 'proto', may: [] },
  // Every limit of the system in one place: all may read it.
  { name: 'actors/bounds.ts', may: [] },
  { name: 'actors/money', may: ['actors/bounds.ts'] },
  { name: 'actors/card', may: ['actors/money', 'actors/bounds.ts'] },
  { name: 'actors/terminal', may: ['actors/money', 'actors/bounds.ts'] },
  { name: 'actors/center', may: ['actors/money', 'actors/bounds.ts'] },
  // The one place that knows the rules and the wire, and maps the one to the other.
  {
    name: 'actors/registry',
    may: [
      'actors/money',
      ...rules,
      'actors/runtime',
      'actors/prohibitions',
      'actors/history',
      'actors/bounds.ts',
      'proto',
    ],
  },
  // Knows actors, not money.
  { name: 'actors/runtime', may: ['actors/bounds.ts', 'proto'] },
  { name: 'actors/prohibitions', may: ['actors/bounds.ts', 'proto'] },
  // Follows journals, and knows events only by how the registry files them.
  { name: 'actors/history', may: ['actors/runtime', 'actors/bounds.ts'] },
  {
    name: 'actors/adapters',
    may: ['actors/runtime', 'actors/prohibitions', 'actors/history', 'actors/bounds.ts', 'proto'],
  },
  { name: 'gateway', may: ['actors/money', ...askPort, 'actors/prohibitions', 'actors/bounds.ts', 'proto'] },
  // What a terminal needs to take part, and nothing of the inside.
  { name: 'client', may: ['actors/bounds.ts', 'proto'] },
  { name: 'simulator', may: ['actors', 'client', 'proto'], never: rules },
  // Judges the system, so it shares none of the code that it judges.
  { name: 'simulator/auditor', may: ['actors/bounds.ts', 'proto'] },
  // The whole system in one process, gateways included.
  { name: 'simulator/virtual', may: ['simulator', 'actors', 'gateway', 'client', 'proto'], never: rules },
  { name: 'operator', may: ['actors/money', ...askPort, 'actors/bounds.ts', 'client', 'proto'] },
  // Entries put the parts together.
  { name: 'actors/hosting.ts', may: ['actors', 'proto'], never: rules },
  { name: 'actors/basing.ts', may: ['actors', 'proto'], never: rules },
  { name: 'actors/archiving.ts', may: ['actors', 'proto'], never: rules },
  { name: 'actors/archiver.ts', may: ['actors', 'proto'], never: rules },
  { name: 'actors/worker.ts', may: ['actors', 'proto'], never: rules },
  { name: 'gateway/main.ts', may: ['gateway', 'actors', 'proto'], never: rules },
  { name: 'operator/cli', may: ['*'], never: rules },
  { name: 'servers', may: ['actors', 'gateway', 'proto'], never: rules },
  { name: 'bench', may: ['*'] },
  { name: 'test', may: ['*'] },
];

const impure = [
  ...[
    'Date',
    'Intl',
    'process',
    'console',
    'performance',
    'crypto',
    'fetch',
    'Buffer',
    'globalThis',
    'global',
  ],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
];
const why = 'Deciders are pure: time, ids and parameters arrive in the context.';

export default defineConfig(
  { ignores: ['dist', 'node_modules', 'data', 'coverage', 'proto/generated'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { emoney: { rules: { layers: layersRule } } },
    rules: {
      'emoney/layers': ['error', layers],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { requireDefaultForNonUnion: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Generated static functions do not use `this`.
      '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }],
      // Generated classes are used as shapes: encode() takes plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // The memory twins implement asynchronous ports without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: pure.map((folder) => `${folder}/**/*.ts`),
    rules: {
      'no-restricted-globals': ['error', ...impure.map((name) => ({ name, message: why }))],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: why }],
      'no-restricted-imports': ['error', { patterns: [{ regex: '^[^.]', message: `No packages. ${why}` }] }],
    },
  },
  {
    // The calendar of a time that is given: it may compute with dates, not ask for now.
    files: ['actors/money/businessDate.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...impure
          .filter((name) => name !== 'Date' && name !== 'Intl')
          .map((name) => ({ name, message: why })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: why },
        { selector: 'CallExpression[callee.name="Date"]', message: why },
        { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: why },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Chai's assertions are expressions, and a describe is one long function.
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Tests also send what no enum has.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Books and scenes of tests look at some cases of many; `default` says so.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: true },
      ],
      'max-lines': 'off',
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', performance: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { Buffer: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { setTimeout: 'readonly' },
    },
  },
  prettier,
);
