/** Tells whether the end-to-end tests can drive the desktop app here. */
import { spawnSync } from 'node:child_process'
import { majorOf, onPath } from './chromium.ts'
import type { Electron } from './electron-binary.ts'

export interface DesktopFacts {
  electron: Electron
  /** Major version of the Chromium inside that Electron. */
  inside: number | undefined
  /** Major version of the chromedriver at hand. */
  driver: number | undefined
  /** Whether there is a display, or xvfb to make one. */
  display: boolean
}

/** Why not; undefined when they can. */
export function whyNoDesktop({ electron, inside, driver, display }: DesktopFacts): string | undefined {
  if ('why' in electron) return electron.why
  if (!display) return 'there is no display, and no xvfb-run to make one'
  if (inside === undefined) return 'Electron does not start here'
  if (driver === undefined) return 'there is no chromedriver'
  return inside === driver ? undefined : `Electron is of Chromium ${inside}, the chromedriver of ${driver}`
}

/** Gathers the facts from this computer. @param driver path of the chromedriver */
export function desktopFacts(electron: Electron, driver: string | undefined): DesktopFacts {
  const { env, platform } = process
  const display = ['darwin', 'win32'].includes(platform) || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']) || onPath(['xvfb-run']) !== undefined
  return { electron, inside: chromiumInside(electron), driver: driver === undefined ? undefined : majorOf(driver), display }
}

/** Asks Electron, run as a plain Node, which Chromium it was built with. */
function chromiumInside(electron: Electron): number | undefined {
  if ('why' in electron) return undefined
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  const { stdout } = spawnSync(electron.path, ['-p', 'process.versions.chrome'], { encoding: 'utf8', env, timeout: 20_000 })
  const major = Number.parseInt(stdout ?? '', 10)
  return Number.isNaN(major) ? undefined : major
}
