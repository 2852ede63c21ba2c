/** Decides how `npm start` opens the lab: in Electron's window, or served to a browser. Pure; scripts/start.ts acts. */
import type { Electron } from './electron-binary.ts'

export interface Facts {
  /** `--browser` was given. */
  forced: boolean
  platform: string
  env: NodeJS.ProcessEnv
  /** Whether we run as root. */
  root: boolean
  electron: Electron
}

export type Choice =
  | { host: 'desktop'; electron: string }
  /** Not here, but it may be had: try, and be served to a browser when that fails. */
  | { host: 'download'; why: string }
  | { host: 'browser'; why: string }

/** Reasons come without a capital or a full stop: they are put into a sentence. */
export function chooseHost({ forced, platform, env, root, electron }: Facts): Choice {
  const browser = (why: string): Choice => ({ host: 'browser', why })
  if (forced) return browser('--browser asks for it')
  if (platform !== 'darwin' && platform !== 'win32') {
    if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return browser('there is no display to open a window on')
    if (root) return browser("you are root, and Electron's sandbox does not work for root")
  }
  if ('path' in electron) return { host: 'desktop', electron: electron.path }
  // What was named by hand is for the hand that named it to mend; a download would not be used.
  const named = env['ELECTRON_EXEC_PATH'] || env['ELECTRON_OVERRIDE_DIST_PATH']
  const fetchable = !named && /^there is no Electron for|not installed/.exec(electron.why) === null
  return fetchable ? { host: 'download', why: electron.why } : browser(electron.why)
}

const failures: readonly [RegExp, string][] = [
  [/Missing X server|cannot open display|Failed to connect to Wayland|platform failed to initialize|Unable to open X display/i, 'Electron could not open the display'],
  [/SUID sandbox helper|No usable sandbox|Failed to move to new namespace|sandbox_host_linux|setuid_sandbox|Running as root without --no-sandbox/i, "this system does not let Electron's sandbox start"],
  [/error while loading shared libraries: (\S+?):/, 'Electron needs a system library that is not here: $1'],
  [/version `(GLIBC\S*)' not found/, "this system is too old for Electron (it wants $1)"]
]

/** How long after its start Electron's end still means that it never came up, in ms. */
export const startingTime = 15_000

/**
 * Tells whether Electron ended because this computer cannot show it, as opposed to the lab having ended or failed.
 * @param code its exit code; null when a signal ended it
 * @param lived ms from start to end
 * @param stderr what it wrote there
 * @returns why it could not be shown; undefined when its end is to be passed on as it is
 */
export function whyNotShown(code: number | null, lived: number, stderr: string): string | undefined {
  if (code === 0 || lived > startingTime) return undefined
  for (const [pattern, sentence] of failures) {
    const match = pattern.exec(stderr)
    if (match !== null) return sentence.replace('$1', match[1] ?? '')
  }
  return undefined
}
