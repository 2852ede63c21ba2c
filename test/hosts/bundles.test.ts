/** What must not be in which file, read from the sources and the built bundles. */
import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const out = join(root, 'out', 'main')

/** Modules that a bundle imports or requires when it is loaded or later, by their written names. */
const imported = (text: string): string[] => [...text.matchAll(/(?:^|[;}\s])(?:import|export)\b[^"'();]*?\bfrom\s*["']([^"']+)["']|(?:^|[;}\s])import\s*["']([^"']+)["']|\b(?:import|require)\s*\(\s*["']([^"']+)["']/gm)].map((match) => match[1] ?? match[2] ?? match[3]!)

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
  expect(imported('import a, { b } from "x"; import "y";\nexport * from \'z\'\nconst c = await import("./w.js"); require("v"); const t = "from nothing"')).toEqual(['x', 'y', 'z', './w.js', 'v'])
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
