import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Names, sizes, import order and the anatomy of modules are held by test/architecture, whose messages say what to do.

const ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'Settings come from the config (src/config/env.ts); take the value as a parameter.',
};

export default defineConfig(
  globalIgnores([
    'dist/',
    'node_modules/',
    'coverage/',
    'test-output/',
    '.data/',
    'test/consumer/generated/',
  ]),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 300 }],
      'no-implicit-coercion': ['error', { boolean: false }],
      'object-shorthand': ['error', 'properties'],
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          caughtErrors: 'all',
          ignoreRestSiblings: true,
          ignoreUsingDeclarations: true,
        },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': ['error', { allowRethrowing: true }],

      // The code's own style: an arrow answers what its call answers, options are records of functions written as
      // methods, interfaces are implemented by async functions that need not wait, numbers go into templates.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // A mongoose schema is written as plain objects where its types name classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Casts at the edge of mongoose and zod are said aloud even where the library's type is already loose.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // It does not see that a flag changes while something is awaited, and such checks are what races are closed with.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': ['error'],
      'no-restricted-properties': ['error', ENVIRONMENT],
      'no-restricted-imports': ['error', { paths: ['process', 'node:process'] }],
    },
  },
  {
    // These read the environment or hand it on whole; test/architecture/environment.test.ts says why.
    files: ['src/config/env.ts', 'src/main.ts', 'src/mongo/embedded/**/pip-download.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 500 }],
      // Assertions speak of what must be there; a wrong one fails the test, which is the point.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Answers of the endpoint are JSON.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'AbortSignal',
          'Buffer',
          'clearInterval',
          'clearTimeout',
          'console',
          'fetch',
          'process',
        ]
          .concat([
            'performance',
            'Request',
            'Response',
            'setInterval',
            'setTimeout',
            'structuredClone',
            'URL',
          ])
          .concat(['URLSearchParams', 'TextDecoder', 'TextEncoder'])
          .map((name) => [name, 'readonly']),
      ),
    },
  },
);
