import { rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isStale, sourceState, writeStamp } from '../../scripts/stamp.mjs'
import { folderWith, put } from './folders.ts'

const parts = ['main', 'preload', 'renderer'] as const

/** A made-up checkout, built. */
function built(): string {
  const root = folderWith({
    'engine/a.ts': '', 'engine/pyspark/b.py': '', 'main/c.ts': '', 'renderer/d.svelte': '', 'package-lock.json': '',
    'out/main/cli.js': '', 'out/preload/preload.cjs': '', 'out/renderer/index.html': ''
  })
  writeStamp(root, Object.fromEntries(parts.map((part) => [part, sourceState(root, part)])))
  return root
}
const touch = (root: string, name: string): void => utimesSync(join(root, name), new Date(), new Date(Date.now() + 5_000))

test('a build is fresh until a source changes', () => {
  const root = built()
  expect(isStale(root)).toBe(false)
  touch(root, 'engine/pyspark/b.py')
  expect(parts.map((part) => isStale(root, [part]))).toEqual([true, true, true])
})

test('each part looks at its own sources', () => {
  const root = built()
  touch(root, 'renderer/d.svelte')
  expect(parts.map((part) => isStale(root, [part]))).toEqual([false, false, true])
  expect(isStale(root)).toBe(true)
})

test('a source taken away or added makes it stale, though none is newer', () => {
  const root = built()
  rmSync(join(root, 'main/c.ts'))
  expect(isStale(root, ['main'])).toBe(true)
  put(root, 'main/c.ts', '')
  utimesSync(join(root, 'main/c.ts'), new Date(0), new Date(0))
  put(root, 'main/e.ts', '')
  utimesSync(join(root, 'main/e.ts'), new Date(0), new Date(0))
  expect(isStale(root, ['main'])).toBe(true)
})

test('what editors and Python leave behind makes nothing stale', () => {
  const root = built()
  for (const name of ['engine/.a.ts.swp', 'engine/a.ts~', 'engine/pyspark/__pycache__/b.pyc']) put(root, name, '')
  expect(isStale(root)).toBe(false)
})

test('without its product, its stamp, or half of the stamp there is no build', () => {
  const gone = built()
  rmSync(join(gone, 'out/main/cli.js'))
  expect(isStale(gone, ['main'])).toBe(true)
  expect(isStale(gone, ['renderer'])).toBe(false)
  const halved = built()
  put(halved, 'out/.stamp', '{"main": "4@')
  expect(isStale(halved, ['main'])).toBe(true)
})

test('building one part keeps what is known of the others', () => {
  const root = built()
  touch(root, 'main/c.ts')
  writeStamp(root, { main: sourceState(root, 'main') })
  expect(parts.map((part) => isStale(root, [part]))).toEqual([false, true, false])
})
