import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { dataDirectory, entriesFrom, labDirectories, newScratch } from '../../main/entries.ts'
import { farewell } from '../../main/farewell.ts'

test.each([
  ['/app/main/entries.ts', '/app'],
  ['/app/out/main/desktop.js', '/app'],
  ['/app/out/main/chunks/entries-abc.js', '/app'],
  ['/opt/Kindling/resources/app.asar/out/main/desktop.js', '/opt/Kindling/resources/app.asar']
])('seen from %s everything lies in %s', (file, root) => {
  expect(entriesFrom(file)).toEqual({
    driver: join(root, 'out/main/driver.js'),
    executor: join(root, 'out/main/executor.js'),
    python: join(root, 'out/main/python.js'),
    preload: join(root, 'out/preload/preload.cjs'),
    renderer: join(root, 'out/renderer'),
    scenarios: join(root, 'scenarios'),
    root
  })
})

test('scenarios beside the archive are preferred to those inside', () => {
  const resources = mkdtempSync(join(tmpdir(), 'kindling-entries-'))
  mkdirSync(join(resources, 'scenarios'))
  expect(entriesFrom(join(resources, 'app.asar', 'out', 'main', 'desktop.js')).scenarios).toBe(join(resources, 'scenarios'))
  rmSync(resources, { recursive: true })
})

test.each([
  ['linux', {}, '/home/a/.local/share/kindling'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/kindling'],
  ['darwin', {}, '/home/a/Library/Application Support/Kindling'],
  ['win32', { LOCALAPPDATA: '/local', APPDATA: '/roaming' }, '/local/Kindling'],
  ['win32', { APPDATA: '/roaming' }, '/roaming/Kindling'],
  ['linux', { KINDLING_HOME: '/mine' }, '/mine']
] as const)('data on %s with %j is kept in %s', (platform, env, folder) => expect(dataDirectory(platform, env, '/home/a')).toBe(folder))

test('a farewell closes the lab, removes the scratch folder, and does not wait for ever', async () => {
  const home = mkdtempSync(join(tmpdir(), 'kindling-farewell-'))
  const first = labDirectories(home)
  const second = labDirectories(home)
  expect(first.logDirectory).toBe(join(home, 'logs'))
  expect(first.scratchDirectory).not.toBe(second.scratchDirectory)
  writeFileSync(join(first.scratchDirectory, 'block'), 'x')
  expect(await farewell({ close: async () => {} }, first.scratchDirectory)).toBe(true)
  expect(existsSync(first.scratchDirectory)).toBe(false)

  vi.useFakeTimers()
  const late = farewell({ close: () => new Promise(() => {}) }, second.scratchDirectory, 1000)
  await vi.advanceTimersByTimeAsync(1000)
  vi.useRealTimers()
  expect(await late).toBe(false)
  expect(existsSync(second.scratchDirectory)).toBe(false)
  expect(await farewell({ close: async () => Promise.reject(new Error('no')) }, second.scratchDirectory)).toBe(false)
  rmSync(home, { recursive: true })
})

test('a new scratch folder sweeps away those of processes that are gone', () => {
  const gone = join(tmpdir(), `kindling-${spawnSync(process.execPath, ['--version']).pid}-abcdef`)
  const notOurs = join(tmpdir(), `kindling-test-${process.pid}`)
  for (const folder of [gone, notOurs]) mkdirSync(folder)
  const mine = newScratch()
  const second = newScratch()
  expect([gone, notOurs, mine, second].map((folder) => existsSync(folder))).toEqual([false, true, true, true])
  for (const folder of [notOurs, mine, second]) rmSync(folder, { recursive: true })
})
