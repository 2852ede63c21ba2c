/**
 * Kindling runs on Node 24, the Node inside its Electron, brought by the npm package "node". This file finds it, and is
 * plain JavaScript because the Node that reads it may be an older one.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const major = Number(process.versions.node.split('.')[0])

/** Tells a copy started by `exec` that its parent holds a channel to it, and goes when that channel closes. */
const LEASH = 'KINDLING_LEASH'

/** @returns {string | undefined} the path of the installed Node 24, if its binary is there */
export function installedNode(folder = root) {
  const path = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(path) ? path : undefined
}

/**
 * The Node to run Kindling with: the running one when it is 24, else the installed one, else a newer one, else the
 * installed one after `npm rebuild node` (an install with --ignore-scripts leaves it out).
 * @returns {string | undefined} undefined when there is none; `missingNode` is the sentence for that
 */
export function findNode() {
  if (major === 24) return process.execPath
  const installed = installedNode()
  if (installed !== undefined) return installed
  if (major > 24) return process.execPath
  if (!existsSync(join(root, 'node_modules', 'node', 'package.json'))) return undefined
  process.stderr.write('Fetching Node 24 (once)…\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  spawnSync(npm, ['rebuild', 'node', '--ignore-scripts=false'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32'
  })
  return installedNode()
}

export const missingNode =
  `Kindling needs Node 24. This is Node ${process.versions.node}, and npm has no Node 24 for ` +
  `${process.platform} ${process.arch} that it could install here. Install Node 24 (https://nodejs.org) and try again.`

/**
 * Runs a file with another Node as if it were this process: same streams, signals passed on, same end. Never returns.
 * @param {string} node @param {string[]} args @returns {Promise<void>}
 */
export function exec(node, args) {
  // The channel ties the child to us: should we be killed outright, it sees the channel close and goes too.
  const child = spawn(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [LEASH]: '1', PATH: dirname(node) + delimiter + (process.env.PATH ?? '') }
  })
  // A terminal sends ^C to the whole group, the child included; only what reaches us alone has to be passed on.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGQUIT'])) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`Node 24 did not start: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    // Not every signal ends this process; the shell's number for it then says the same.
    process.exit(128 + (constants.signals[signal] ?? 0))
  })
  return new Promise(() => {})
}

/** In a copy started by `exec`: end in good order when the one that started it is gone. */
export function holdLeash() {
  if (process.env[LEASH] === undefined) return
  delete process.env[LEASH]
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
}

/** Goes on with Node 24: returns when this process is one, else replaces it by one running the same file. */
export async function ensureNode() {
  const node = findNode()
  if (node === process.execPath) return holdLeash()
  if (node !== undefined) return exec(node, process.argv.slice(1))
  process.stderr.write(`${missingNode}\n`)
  process.exit(1)
}
