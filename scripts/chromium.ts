/** Finds a Chromium and the chromedriver of the same major version, or installs both where apt-get can. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './step.ts'

export interface Browser {
  chrome: string
  driver: string
}

/** Either a browser, or a sentence saying why there is none. */
export type Found = Browser | { why: string }

const chromes = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const macChromes = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium']

/** The first of these names on PATH that may be executed. */
export function onPath(names: readonly string[], path = process.env['PATH'] ?? ''): string | undefined {
  for (const name of names)
    for (const folder of path.split(delimiter)) {
      const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
      try {
        accessSync(file, constants.X_OK)
        return file
      } catch {
        // Not here; the next folder.
      }
    }
  return undefined
}

/** The major version a program of the Chromium family prints for `--version`; undefined when it prints none. */
export function majorOf(file: string): number | undefined {
  const { stdout } = spawnSync(file, ['--version', '--no-sandbox'], { encoding: 'utf8', timeout: 20_000 })
  const match = /(\d+)\.\d+\.\d+/.exec(stdout ?? '')
  return match === null ? undefined : Number(match[1])
}

/** Looks in CHROME_BIN and CHROMEDRIVER_PATH first, then on PATH. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): Found {
  const chrome = env['CHROME_BIN'] ?? onPath(chromes, env['PATH']) ?? macChromes.find((file) => existsSync(file))
  const driver = env['CHROMEDRIVER_PATH'] ?? onPath(['chromedriver'], env['PATH'])
  if (chrome === undefined) return { why: 'there is no Chromium or Chrome on this computer (set CHROME_BIN to one)' }
  if (driver === undefined) return { why: 'there is no chromedriver on this computer (set CHROMEDRIVER_PATH to one)' }
  for (const [name, file] of [['CHROME_BIN', chrome], ['CHROMEDRIVER_PATH', driver]] as const)
    if (!existsSync(file)) return { why: `${name} is ${file}, which is not there` }
  const [ofChrome, ofDriver] = [majorOf(chrome), majorOf(driver)]
  if (ofChrome === undefined) return { why: `${chrome} does not say its version` }
  if (ofChrome !== ofDriver) return { why: `${chrome} is version ${ofChrome}, ${driver} version ${ofDriver ?? '?'}` }
  return { chrome, driver }
}

/** Finds a browser, installing Debian's packages when there is none, we are root and there is apt-get. */
export async function obtainChromium(env: NodeJS.ProcessEnv = process.env, isRoot = process.getuid?.() === 0): Promise<Found> {
  const found = findChromium(env)
  const apt = onPath(['apt-get'], env['PATH'])
  if (!('why' in found) || apt === undefined || !isRoot) return found
  // What was named by hand is for the hand that named it to mend.
  if (env['CHROME_BIN'] !== undefined || env['CHROMEDRIVER_PATH'] !== undefined) return found
  console.log(`${found.why}: installing chromium and chromium-driver with apt-get`)
  const install = ['install', '-y', '--no-install-recommends', 'chromium', 'chromium-driver']
  for (const args of [['update'], install]) {
    const { code } = await run({ file: apt, args, env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, deadline: 5 * 60_000 })
    if (code !== 0) return { why: `${found.why}, and "apt-get ${args[0]}" failed` }
  }
  return findChromium(env)
}
