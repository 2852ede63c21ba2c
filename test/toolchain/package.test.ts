import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/node24.mjs'

type Names = Record<string, string>
interface PackageJson {
  dependencies: Names
  devDependencies: Names
  optionalDependencies: Names
  allowScripts: Record<string, boolean>
}
interface Lock {
  packages: Record<string, { version?: string; hasInstallScript?: boolean }>
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const packageJson = JSON.parse(read('package.json')) as PackageJson
const locked = (JSON.parse(read('package-lock.json')) as Lock).packages
const direct: Names = {
  ...packageJson.dependencies, ...packageJson.devDependencies, ...packageJson.optionalDependencies
}

test('every dependency is pinned, and is what the lock says', () => {
  for (const [name, version] of Object.entries(direct).filter(([, wanted]) => !wanted.startsWith('file:'))) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
    expect(locked[`node_modules/${name}`]?.version, name).toBe(version)
  }
})

test('every install script is allowed or denied by name, and only the one for Node is allowed', () => {
  const scripted = Object.entries(locked).filter(([, entry]) => entry.hasInstallScript).map(([path]) => path.replace(/^.*node_modules\//, ''))
  expect(Object.keys(packageJson.allowScripts).sort()).toEqual([...new Set(scripted)].sort())
  expect(Object.entries(packageJson.allowScripts).filter(([, allowed]) => allowed)).toEqual([['node', true]])
})

test('the lock names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/https?:[^"]*\.tgz/)
})

test('Node is the major that Electron embeds', () => {
  const types = (JSON.parse(read('node_modules/electron/package.json')) as PackageJson).dependencies['@types/node'] ?? ''
  expect(direct['node']?.split('.')[0]).toBe(/\d+/.exec(types)?.[0])
  expect(direct['@types/node']?.split('.')[0]).toBe(direct['node']?.split('.')[0])
})

test('docs/dependencies.md has a row for each direct dependency, with its version, and no other', () => {
  const text = read('docs/dependencies.md')
  const rows = [...text.matchAll(/^\| `([^`]+)` \| ([^ |]+) \|/gm)].map(([, name, version]) => [name, version])
  const wanted = Object.entries(direct).filter(([, version]) => !version.startsWith('file:'))
  expect(rows.sort()).toEqual(wanted.sort())
})
