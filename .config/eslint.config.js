import { join } from 'node:path';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '..');

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test/example/**'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: join(root, 'tsconfig.json'), tsconfigRootDir: root } },
    rules: {
      // A Rejection is an answer of the product, thrown without the cost of a stack; an Interruption is what a signal does to a script.
      '@typescript-eslint/only-throw-error': ['error', { allow: [{ from: 'file', name: ['Rejection', 'Interruption'] }] }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      'no-control-regex': 'error',
      'no-console': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      complexity: ['error', 25],
      'max-lines': ['error', 420],
    },
  },
  {
    files: ['src/viewer/**/*.ts'],
    languageOptions: { parserOptions: { project: join(root, '.config/tsconfig.viewer.json'), tsconfigRootDir: root } },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // What comes from the wire is looked at as it is.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Tables of cases are long.
      'max-lines': ['error', 600],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
