import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractAll, extractFile, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { build, Platform, type Configuration } from 'electron-builder'
import { afterAll, beforeAll, expect, test } from 'vitest'
import config from '../../electron-builder.ts'
import { packageVersion } from '../../scripts/electron-binary.ts'
import { root } from '../../scripts/node24.mjs'
import { isStale } from '../../scripts/stamp.mjs'
import { standInElectron } from './stand-in.ts'

// The whole of electron-builder runs on this checkout; only Electron itself is a stand-in, so no network is needed.
const folder = mkdtempSync(join(tmpdir(), 'kindling-pack-'))
const packed = join(folder, 'release', 'linux-unpacked')
const archive = join(packed, 'resources', 'app.asar')
let listed: string[] = []

const pack = (changed: object = {}): Promise<string[]> =>
  build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: {
      ...config,
      directories: { ...config.directories, output: join(folder, 'release') },
      electronDist: join(folder, 'electron'),
      ...changed
    } as Configuration
  })

beforeAll(async () => {
  if (isStale(root)) {
    const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' })
    expect(status).toBe(0)
  }
  standInElectron(join(folder, 'electron'), packageVersion(join(root, 'node_modules', 'electron')) ?? '')
  await pack()
  listed = listPackage(archive, { isPack: false }).map((path) => path.slice(1))
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a misspelt key is refused by its name', async () => {
  await expect(pack({ asarUnpak: ['out/**/*'] })).rejects.toThrow(/asarUnpak/)
})

test('everything that runs is in the archive', () => {
  for (const name of ['desktop', 'browser', 'cli', 'driver', 'executor', 'python'])
    expect(listed).toContain(`out/main/${name}.js`)
  expect(listed).toContain('out/preload/preload.cjs')
  expect(listed).toContain('out/renderer/index.html')
  for (const name of readdirSync(join(root, 'scenarios'), { recursive: true, encoding: 'utf8' }))
    expect(listed).toContain(join('scenarios', name))
  for (const name of ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json'])
    expect(listed).toContain(`node_modules/pyodide/${name}`)
})

test('nothing else is in it', () => {
  const tops = new Set(listed.map((path) => path.split('/')[0]))
  expect([...tops].sort()).toEqual(['node_modules', 'out', 'package.json', 'scenarios'])
  const modules = new Set(listed.filter((path) => path.startsWith('node_modules/')).map((path) => path.split('/')[1]))
  // pyodide names ws, which npm may or may not put where a package looks for it; it is not needed here.
  modules.delete('ws')
  expect([...modules]).toEqual(['pyodide'])
  expect(listed.filter((path) => /\.(map|tsx?|svelte)$|\.stamp/.test(path))).toEqual([])
})

test('the built files need nothing that is not in it', () => {
  const foreign = new Set<string>()
  for (const path of listed.filter((name) => /^out\/main\/.*\.js$/.test(name))) {
    const text = extractFile(archive, path).toString()
    for (const [, source] of text.matchAll(/^(?:import|export)\b[^'"\n]*['"]([^'"\n]+)['"];?$/gm))
      if (source !== undefined && !source.startsWith('.') && !isBuiltin(source)) foreign.add(source)
  }
  expect([...foreign].filter((name) => name !== 'electron' && name !== 'pyodide')).toEqual([])
})

test('the packed package.json starts the desktop and promises no tools', () => {
  const packageJson = JSON.parse(extractFile(archive, 'package.json').toString())
  expect(packageJson).toMatchObject({ name: 'kindling', main: 'out/main/desktop.js', type: 'module' })
  expect(packageJson.devDependencies).toBeUndefined()
})

test('nothing lies outside the archive, where its integrity is not checked', () => {
  expect(existsSync(`${archive}.unpacked`)).toBe(false)
})

test('the fuses are set as the security list wants them', async () => {
  const wire = await getCurrentFuseWire(join(packed, 'kindling'))
  const on = (fuse: FuseV1Options): boolean => String.fromCharCode(Number(wire[fuse])) === '1'
  expect({
    runAsNode: on(FuseV1Options.RunAsNode),
    nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
    integrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar),
    fileProtocol: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
    cookies: on(FuseV1Options.EnableCookieEncryption)
  }).toEqual({
    runAsNode: false,
    nodeOptions: false,
    inspect: false,
    integrity: true,
    onlyAsar: true,
    fileProtocol: false,
    cookies: false
  })
})

test('CPython starts from the files of the archive alone', () => {
  const unpacked = join(folder, 'unpacked')
  extractAll(archive, unpacked)
  const script = join(unpacked, 'try.mjs')
  writeFileSync(
    script,
    `import { loadPyodide } from 'pyodide'
     const python = await loadPyodide()
     process.stdout.write(String(python.runPython('sum(i * i for i in range(10))')))`
  )
  const { stdout, stderr } = spawnSync(process.execPath, [script], { cwd: unpacked, encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: '285', stderr: '' })
})

test('the icons are what their names say', () => {
  const png = (bytes: Buffer): [number, number] => {
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  }
  const folderOf = join(root, 'assets', 'build')
  for (const name of readdirSync(join(folderOf, 'icons')))
    expect(png(readFileSync(join(folderOf, 'icons', name))).join('x')).toBe(name.replace('.png', ''))
  const ico = readFileSync(join(folderOf, 'icon.ico'))
  const sizes = Array.from({ length: ico.readUInt16LE(4) }, (_, at) => {
    const [width] = png(ico.subarray(ico.readUInt32LE(6 + 16 * at + 12)))
    expect(width % 256).toBe(ico.readUInt8(6 + 16 * at))
    return width
  })
  expect(sizes).toContain(256)
  const icns = readFileSync(join(folderOf, 'icon.icns'))
  expect(icns.readUInt32BE(4)).toBe(icns.length)
  const types: string[] = []
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    types.push(icns.toString('latin1', at, at + 4))
    png(icns.subarray(at + 8))
  }
  expect(types).toContain('ic10')
})
