import { ESLint, Linter } from 'eslint'
import ts from 'typescript-eslint'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/node24.mjs'

// Lines are planted in files that need not exist, and judged by the rules our own configuration has for that place.
const eslint = new ESLint({ cwd: root })
const ours = ['kindling/import-direction', 'no-restricted-globals', 'no-restricted-properties']

async function complaints(file: string, code: string): Promise<string[]> {
  const config = (await eslint.calculateConfigForFile(`${root}/${file}`)) as Linter.Config
  const rules = Object.fromEntries(Object.entries(config.rules ?? {}).filter(([name]) => ours.includes(name)))
  const linter = new Linter({ cwd: root })
  const plain: Linter.Config = {
    files: ['**/*.ts'],
    plugins: { kindling: config.plugins?.['kindling'] ?? {} },
    languageOptions: { parser: ts.parser },
    rules
  }
  return linter.verify(code, [plain], { filename: `${root}/${file}` }).map((message) => message.message)
}

beforeAll(async () => {
  expect(await complaints('engine/rules/x.ts', `import { a } from '../events/index.ts'`)).toEqual([])
})

describe('refused', () => {
  test.each<[string, string]>([
    // Up the arrows.
    ['engine/events/x.ts', `import type { A } from '../rules/types.ts'`],
    ['engine/rules/x.ts', `import { a } from '../machines/index.ts'`],
    ['engine/rules/x.ts', `import type { A } from '../world/interfaces.ts'`],
    ['engine/rules/deep/x.ts', `export * from '../../machines/index.ts'`],
    ['engine/rules/x.ts', `export { a } from '../driver/main.ts'`],
    ['engine/rules/x.ts', `const a = await import('../world/real/clock.ts')`],
    ['engine/rules/x.ts', `let a: import('../driver/main.ts').A`],
    ['engine/machines/x.ts', `import { a } from '../driver/main.ts'`],
    ['engine/machines/x.ts', `import { a } from '../world/interfaces.ts'`],
    ['engine/machines/x.ts', `import { a } from '../../main/lab.ts'`],
    ['engine/executor/x.ts', `import { a } from '../driver/main.ts'`],
    ['engine/world/x.ts', `import { a } from '../rules/types.ts'`],
    // Those that read events and nothing else.
    ['engine/view/x.ts', `import { a } from '../rules/types.ts'`],
    ['engine/judges/x.ts', `import type { A } from '../machines/index.ts'`],
    ['engine/lessons/x.ts', `import { a } from '../driver/main.ts'`],
    // The window knows what it shows, and types of what it asks for.
    ['renderer/map/x.ts', `import { a } from '../../engine/rules/types.ts'`],
    ['renderer/map/x.ts', `import { a } from '../../engine/lab-api.ts'`],
    ['renderer/map/x.ts', `import { a } from '../../main/lab.ts'`],
    ['renderer/map/x.ts', `import { readFileSync } from 'node:fs'`],
    ['main/ipc/x.ts', `import { a } from '../lab.ts'`],
    ['main/x.ts', `import { a } from '../renderer/state/lab.ts'`],
    // Electron: three files, and types for the rest of main.
    ['engine/driver/x.ts', `import { app } from 'electron'`],
    ['engine/driver/x.ts', `import type { App } from 'electron'`],
    ['renderer/map/x.ts', `import type { App } from 'electron'`],
    ['main/lab.ts', `import { app } from 'electron'`],
    ['main/lab.ts', `import { app } from 'electron/main'`],
    ['main/lab.ts', `const { app } = require('electron')`],
    ['main/lab.ts', `const { app } = await import('electron')`],
    ['main/lab.ts', `import 'electron'`],
    ['scripts/x.ts', `import { app } from 'electron'`],
    ['test/x.test.ts', `import { app } from 'electron'`],
    // Pure is pure.
    ['engine/rules/x.ts', `import { readFileSync } from 'node:fs'`],
    ['engine/rules/x.ts', `import { createMachine } from 'xstate'`],
    ['engine/events/x.ts', `import { createHash } from 'crypto'`],
    ['engine/rules/x.ts', `const now = Date.now()`],
    ['engine/machines/x.ts', `const chance = Math.random()`],
    // Only engine/world touches processes, sockets and timers.
    ['engine/driver/x.ts', `import { spawn } from 'node:child_process'`],
    ['engine/driver/x.ts', `import { spawn } from 'child_process'`],
    ['engine/executor/x.ts', `import { connect } from 'node:net'`],
    ['engine/executor/x.ts', `setTimeout(() => {}, 1)`],
    ['engine/machines/x.ts', `setInterval(() => {}, 1)`],
    // And nobody in the engine a window.
    ['engine/view/x.ts', `document.title = 'x'`],
    ['engine/world/x.ts', `window.close()`]
  ])('%s: %s', async (file, code) => {
    expect(await complaints(file, code)).toHaveLength(1)
  })
})

describe('allowed', () => {
  test.each<[string, string]>([
    ['engine/rules/x.ts', `import { a } from './types.ts'`],
    ['engine/machines/x.ts', `import { a } from '../rules/types.ts'; import { setup } from 'xstate'`],
    ['engine/machines/x.ts', `import type { Clock } from '../world/interfaces.ts'`],
    ['engine/driver/x.ts', `import { a } from '../machines/index.ts'; import { b } from '../world/real/clock.ts'`],
    ['engine/world/x.ts', `import { connect } from 'node:net'; setTimeout(() => connect(1), 1)`],
    ['engine/world/x.ts', `import { type A } from '../rules/types.ts'`],
    ['main/x.ts', `import { spawn } from 'node:child_process'; import { a } from '../engine/rules/types.ts'`],
    ['main/lab.ts', `import type { App } from 'electron'`],
    ['main/desktop.ts', `import { app } from 'electron'`],
    ['main/preload.ts', `import { contextBridge } from 'electron'`],
    ['main/spawners/utility-process.ts', `import { utilityProcess } from 'electron'`],
    ['renderer/map/x.ts', `import { a } from '../../engine/view/fold.ts'; import type { B } from '../../engine/lab-api.ts'`],
    ['renderer/map/x.ts', `document.title = 'x'; setTimeout(() => {}, 1)`],
    ['test/rules/x.test.ts', `import { a } from '../../engine/rules/types.ts'; import { b } from '../../main/lab.ts'`]
  ])('%s: %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual([])
  })
})
