/** What the linter holds: types used well, components well formed, and the import direction of the design. */
import svelte from 'eslint-plugin-svelte'
import { defineConfig, globalIgnores } from 'eslint/config'
import ts from 'typescript-eslint'
import { importDirection } from './scripts/lint/import-direction.js'

const dom = ['window', 'document', 'navigator', 'localStorage', 'sessionStorage', 'HTMLElement', 'Element', 'requestAnimationFrame']
// setImmediate is missing by intent: it gives way to others, and waits for no time.
const timers = ['setTimeout', 'setInterval']

/** @param {readonly string[]} names @param {string} message */
const forbid = (names, message) => names.map((name) => ({ name, message }))
const noDom = forbid(dom, 'The engine runs where there is no window.')
const noTimers = forbid(timers, 'Only engine/world sets timers: ask the Clock.')

export default defineConfig(
  globalIgnores(['out/', 'release/', 'node_modules/', '.svelte-check/', 'test/e2e/shots/', '**/fixtures/**']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.{ts,svelte}'], extends: [ts.configs.recommendedTypeChecked] },
  svelte.configs.recommended,
  {
    files: ['**/*.{ts,js,mjs,svelte}'],
    plugins: { kindling: { rules: { 'import-direction': importDirection } } },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] }
    },
    rules: {
      'kindling/import-direction': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-debugger': 'error'
    }
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['**/*.{ts,svelte}'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Interfaces of ours promise a Promise where one body of them needs no await.
      '@typescript-eslint/require-await': 'off',
      // `'client' | string` is how a protocol says "these words, and others to come".
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // Our interfaces are made of methods that use no `this`; a class that does would not be passed in pieces.
      '@typescript-eslint/unbound-method': 'off',
      // Numbers read well in sentences, and sentences are half of what we make.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }]
    }
  },
  // What the lab says is kept whole and replaced whole; a map inside it need not be watched entry by entry.
  { files: ['renderer/**'], rules: { 'svelte/prefer-svelte-reactivity': 'off' } },
  { files: ['engine/**/*.ts'], rules: { 'no-restricted-globals': ['error', ...noDom, ...noTimers] } },
  { files: ['engine/world/**/*.ts'], rules: { 'no-restricted-globals': ['error', ...noDom] } },
  {
    // The same rules run in real and in simulated time, from one seed.
    files: ['engine/rules/**/*.ts', 'engine/machines/**/*.ts', 'engine/view/**/*.ts', 'engine/judges/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes from the Clock or the event.' },
        { object: 'performance', property: 'now', message: 'Time comes from the Clock or the event.' },
        { object: 'Math', property: 'random', message: 'Chance comes from the seed.' }
      ]
    }
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // What a test reads from JSON or a fake is as it is; what it asserts is what counts.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off'
    }
  }
)
