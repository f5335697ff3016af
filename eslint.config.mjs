import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '.cache/', 'out/', 'coverage/', '**/cdk.out/', 'reports/', 'test/**/fixtures/'] },
  eslint.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        WebAssembly: 'readonly',
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-console': ['error'],
      // Several messages of one file are gathered before any is reported.
      'no-throw-literal': 'error',
    },
  },
  {
    // Everything below the entry points is a function of what it is given: clock and environment are passed in.
    files: [
      'src/{model,policy,aws,text,code,sam,rules,template,terraform,graph,evaluate,fix,report,app}/**/*.ts',
    ],
    rules: {
      'no-restricted-globals': ['error', 'process', 'console'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The clock is passed in by cli, lambda and cdk.' },
        { object: 'Math', property: 'random', message: 'The same input gives the same bytes.' },
      ],
    },
  },
  {
    files: [
      'src/cli/**/*.ts',
      'scripts/**',
      'bench/**',
      'test/**',
      'reference-stack/**',
      'jest.config.mjs',
      '*.mjs',
      '*.cjs',
    ],
    rules: { 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
);
