/**
 * `npm start`: opens the lab in Electron's window where that can be, else serves it to a browser and says why.
 *
 *     npm start -- [--browser] [--port N] [--no-open]
 *
 * `--browser` serves it in any case; the other two are for the served lab (main/web/arguments.ts).
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chooseHost } from './choose-host.ts'
import { cachedArchive, downloadUrl, findElectron, packageVersion } from './electron-binary.ts'
import { root } from './node24.mjs'
import { whyUnreachable } from './reach.ts'
import { runElectron } from './run-electron.ts'
import { isStale } from './stamp.mjs'
import { dieTogether, run } from './step.ts'

/** ms for the download host to show it is there; a person is waiting. */
const patience = 4_000
/** ms for the whole download (about 120 MB); past it the lab is served to a browser. */
const downloadTime = 5 * 60_000

const flags = process.argv.slice(2)
const electronFolder = join(root, 'node_modules', 'electron')
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

const find = () => findElectron(electronFolder, process.platform, process.env)

/** Fetches Electron where its host answers or its archive was fetched before. Says why not otherwise. */
async function fetchElectron(): Promise<string | undefined> {
  const url = downloadUrl(packageVersion(electronFolder) ?? '', process.platform, process.arch, process.env)
  if (!existsSync(cachedArchive(url, process.platform, process.env))) {
    const why = await whyUnreachable(url, patience)
    if (why !== undefined) return why
    say('Downloading Electron, once (about 120 MB). "npm start -- --browser" does without.')
  }
  const install = join(electronFolder, 'install.js')
  const { code, late } = await run({ file: process.execPath, args: [install], cwd: root, deadline: downloadTime, quiet: true })
  if (late) return 'its download took too long'
  return code === 0 ? undefined : 'its download failed'
}

/** Serves the lab to a browser from this very process. */
async function serve(why: string): Promise<void> {
  say(`The lab opens in your browser instead of a window of its own: ${why}.`)
  const host = join(root, 'out', 'main', 'browser.js')
  process.argv.splice(1, process.argv.length, host, ...flags.filter((flag) => flag !== '--browser'))
  await import(pathToFileURL(host).href)
}

if (isStale(root)) {
  say('Building Kindling…')
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const facts = { forced: flags.includes('--browser'), platform: process.platform, env: process.env, root: process.getuid?.() === 0 }
let choice = chooseHost({ ...facts, electron: find() })
if (choice.host === 'download') {
  const stop = dieTogether()
  const why = await fetchElectron()
  stop()
  const electron = find()
  choice = 'path' in electron
    ? { host: 'desktop', electron: electron.path }
    : { host: 'browser', why: `${choice.why}, and ${why ?? electron.why}` }
}
if (choice.host === 'desktop') {
  const end = await runElectron(choice.electron, root)
  if ('status' in end) process.exit(end.status)
  await serve(end.why)
} else await serve(choice.why)
