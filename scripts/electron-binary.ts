/**
 * Finds Electron's binary by reading files only: since version 42 merely importing the package starts a download, which
 * a start without network must never wait for. The checks are those of electron/install.js.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Electron is, or why it is not there. */
export type Electron = { path: string } | { why: string }

/** Path of the executable inside Electron's dist folder; undefined where there is no Electron for the platform. */
export function executable(platform: string): string | undefined {
  if (platform === 'darwin' || platform === 'mas') return 'Electron.app/Contents/MacOS/Electron'
  if (platform === 'win32') return 'electron.exe'
  return ['linux', 'freebsd', 'openbsd'].includes(platform) ? 'electron' : undefined
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Version of the electron package in this folder; undefined when the package is not there. */
export function packageVersion(folder: string): string | undefined {
  const text = read(join(folder, 'package.json'))
  return text === undefined ? undefined : (JSON.parse(text) as { version: string }).version
}

/**
 * @param folder node_modules/electron
 * @param env ELECTRON_EXEC_PATH names an executable, ELECTRON_OVERRIDE_DIST_PATH a dist folder; both win over `folder`
 */
export function findElectron(folder: string, platform: string, env: NodeJS.ProcessEnv): Electron {
  const named = env['ELECTRON_EXEC_PATH']
  if (named) return existsSync(named) ? { path: named } : { why: `ELECTRON_EXEC_PATH is ${named}, which is not there` }
  const inside = executable(platform)
  if (inside === undefined) return { why: `there is no Electron for ${platform}` }
  const override = env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) {
    const path = join(override, inside)
    return existsSync(path) ? { path } : { why: `ELECTRON_OVERRIDE_DIST_PATH is ${override}, which holds no Electron` }
  }
  const wanted = packageVersion(folder)
  if (wanted === undefined) return { why: 'the package electron is not installed' }
  const version = read(join(folder, 'dist', 'version'))?.replace(/^v/, '')
  const path = join(folder, 'dist', inside)
  if (version === undefined || read(join(folder, 'path.txt')) !== inside || !existsSync(path))
    return { why: 'Electron has not been downloaded yet' }
  if (version !== wanted) return { why: `Electron ${version} is here, ${wanted} is wanted` }
  return { path }
}

/** A setting of the download, under any of the names @electron/get reads it by. */
const setting = (env: NodeJS.ProcessEnv, name: string): string | undefined =>
  env[`npm_config_electron_${name}`] || env[`NPM_CONFIG_ELECTRON_${name.toUpperCase()}`] || env[`ELECTRON_${name.toUpperCase()}`]

/** The address Electron's archive is fetched from, mirrors and custom names honoured. */
export function downloadUrl(version: string, platform: string, arch: string, env: NodeJS.ProcessEnv): string {
  const base = setting(env, 'mirror') ?? 'https://github.com/electron/electron/releases/download/'
  const folder = (setting(env, 'custom_dir') ?? `v${version}`).replace('{{ version }}', version)
  return `${base}${folder}/${setting(env, 'custom_filename') ?? `electron-v${version}-${platform}-${arch}.zip`}`
}

/** Where an archive from that address lies when it was fetched before: in @electron/get's cache. */
export function cachedArchive(url: string, platform: string, env: NodeJS.ProcessEnv, home = homedir()): string {
  const cut = url.lastIndexOf('/')
  const standard =
    platform === 'darwin' ? join(home, 'Library', 'Caches', 'electron')
    : platform === 'win32' ? join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'electron', 'Cache')
    : join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'electron')
  const key = createHash('sha256').update(url.slice(0, cut)).digest('hex')
  return join(env['electron_config_cache'] ?? standard, key, url.slice(cut + 1))
}
