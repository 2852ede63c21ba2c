/** What must not be in which file, read from the sources and the built bundles. */
import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vite'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const out = join(root, 'out', 'main')

/** Modules that a bundle imports or requires by a written name, when it is loaded or later. */
function imported(text: string): string[] {
  const names: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (typeof value !== 'object' || value === null) return
    const node = value as { type?: string; source?: { value?: unknown } | null; callee?: { name?: string }; arguments?: { value?: unknown }[] }
    const name = /^(Import|Export)/.test(node.type ?? '') ? node.source?.value : node.type === 'CallExpression' && /require/.test(node.callee?.name ?? '') ? node.arguments?.[0]?.value : undefined
    if (typeof name === 'string') names.push(name)
    Object.values(value).forEach(visit)
  }
  visit(parseAst(text))
  return names
}

/** All modules that the bundle at `file` needs, through its chunks; packages by name. */
function reachable(file: string, seen = new Set<string>()): Set<string> {
  for (const name of imported(readFileSync(file, 'utf8'))) {
    if (name.startsWith('.')) {
      const path = join(dirname(file), name)
      if (seen.has(path)) continue
      seen.add(path)
      reachable(path, seen)
    } else seen.add(name)
  }
  return seen
}

test('the names of imports are found', () => {
  const text = 'import a, { b } from "x"; import "y";\nexport * from \'z\'\nconst c = await import("./w.js"); __require("v"); /* import u from "u" */ const t = "from nothing"'
  expect(imported(text).sort()).toEqual(['./w.js', 'v', 'x', 'y', 'z'])
})

test('only the three files of the desktop import electron at run time', () => {
  const sources = globSync('{engine,main,renderer,scripts}/**/*.{ts,js,mjs,svelte}', { cwd: root })
  expect(sources.length).toBeGreaterThan(30)
  const guilty = sources.filter((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/^\s*(?:import|export)\b(?!\s+type\b)[^'"]*\bfrom\s+['"]electron['"]|\b(?:import|require)\(\s*['"]electron['"]\s*\)/gm)].length > 0
  )
  expect(guilty.sort()).toEqual(['main/desktop.ts', 'main/preload.ts', 'main/spawners/utility-process.ts'])
})

test('the preload bundle requires electron and nothing else', () => {
  const text = readFileSync(join(root, 'out', 'preload', 'preload.cjs'), 'utf8')
  expect([...new Set(imported(text))]).toEqual(['electron'])
  expect(text).not.toMatch(/\bprocess\.|\bBuffer\b|__dirname/)
})

describe('a built entry', () => {
  test.each(['browser', 'cli', 'driver', 'executor', 'python'])('%s never comes near electron', (entry) => {
    expect([...reachable(join(out, `${entry}.js`))].filter((name) => name === 'electron' || name.startsWith('electron/'))).toEqual([])
  })

  test.each(['desktop', 'browser', 'driver', 'executor', 'python'])('%s needs no package beside electron and pyodide', (entry) => {
    const allowed = new Set([...builtinModules, 'electron', 'pyodide'])
    const others = [...reachable(join(out, `${entry}.js`))].filter((name) => !name.startsWith(out) && !name.startsWith('node:') && !allowed.has(name))
    // ws tries for two native helpers and does without.
    expect(others.filter((name) => !['bufferutil', 'utf-8-validate'].includes(name)).map((name) => relative(root, name))).toEqual([])
  })
})
