import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cachedArchive, downloadUrl, executable, findElectron, packageVersion } from '../../scripts/electron-binary.ts'
import { folderWith } from './folders.ts'

const packageJson = JSON.stringify({ version: '45.4.1' })
const whole = { 'package.json': packageJson, 'path.txt': 'electron', 'dist/version': 'v45.4.1', 'dist/electron': '' }

test('a whole Electron is found, on each platform by its own name', () => {
  const folder = folderWith(whole)
  expect(findElectron(folder, 'linux', {})).toEqual({ path: join(folder, 'dist/electron') })
  const mac = executable('darwin') ?? ''
  const onMac = folderWith({ ...whole, 'path.txt': mac, [`dist/${mac}`]: '' })
  expect(findElectron(onMac, 'darwin', {})).toEqual({ path: join(onMac, 'dist', mac) })
  expect(findElectron(onMac, 'win32', {})).toHaveProperty('why')
})

test.each<[string, Record<string, string>, RegExp]>([
  ['the package alone', { 'package.json': packageJson }, /downloaded yet/],
  ['no package', {}, /not installed/],
  ['another version', { ...whole, 'dist/version': '44.0.0' }, /44\.0\.0 is here, 45\.4\.1 is wanted/],
  ['half an unpacking: no path.txt', { ...whole, 'path.txt': '' }, /downloaded yet/],
  ['another platform', { ...whole, 'path.txt': 'electron.exe' }, /downloaded yet/]
])('%s is not Electron', (_, files, why) => {
  expect(findElectron(folderWith(files), 'linux', {})).toEqual({ why: expect.stringMatching(why) as string })
})

test('an Electron that lost its executable is not Electron', () => {
  const { 'dist/electron': _, ...rest } = whole
  expect(findElectron(folderWith(rest), 'linux', {})).toHaveProperty('why')
})

test('a platform without Electron says so', () => {
  expect(findElectron(folderWith(whole), 'sunos', {})).toEqual({ why: 'there is no Electron for sunos' })
})

test('what is named by hand wins, and is checked', () => {
  const folder = folderWith({ electron: '' })
  const empty = folderWith()
  expect(findElectron(empty, 'linux', { ELECTRON_EXEC_PATH: join(folder, 'electron') })).toEqual({ path: join(folder, 'electron') })
  expect(findElectron(empty, 'linux', { ELECTRON_EXEC_PATH: join(empty, 'no') })).toEqual({ why: expect.stringContaining('not there') as string })
  expect(findElectron(empty, 'linux', { ELECTRON_OVERRIDE_DIST_PATH: folder })).toEqual({ path: join(folder, 'electron') })
  expect(findElectron(empty, 'linux', { ELECTRON_OVERRIDE_DIST_PATH: empty })).toEqual({ why: expect.stringContaining('holds no Electron') as string })
})

test('the download address honours a mirror and custom names', () => {
  expect(downloadUrl('45.4.1', 'linux', 'x64', {})).toBe(
    'https://github.com/electron/electron/releases/download/v45.4.1/electron-v45.4.1-linux-x64.zip'
  )
  const env = { npm_config_electron_mirror: 'http://mirror.test/', ELECTRON_CUSTOM_DIR: '{{ version }}' }
  expect(downloadUrl('45.4.1', 'linux', 'arm64', env)).toBe('http://mirror.test/45.4.1/electron-v45.4.1-linux-arm64.zip')
})

test('the cache is where @electron/get keeps it', async () => {
  const { Cache } = await import(new URL('../../node_modules/@electron/get/dist/Cache.js', import.meta.url).href)
  const url = downloadUrl('45.4.1', 'linux', 'x64', {})
  const folder = folderWith()
  const theirs = (new Cache(folder) as { getCachePath: (url: string, name: string) => string }).getCachePath(url, 'electron-v45.4.1-linux-x64.zip')
  expect(cachedArchive(url, 'linux', { electron_config_cache: folder })).toBe(theirs)
  expect(cachedArchive(url, 'linux', {}, '/h')).toMatch(/^\/h\/\.cache\/electron\/63946acb/)
})

test('the package that is installed has a version', () => {
  expect(packageVersion(new URL('../../node_modules/electron', import.meta.url).pathname)).toMatch(/^\d+\.\d+\.\d+$/)
})
