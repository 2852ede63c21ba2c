/**
 * Tells whether out/ is older than what it was built from. Plain JavaScript, since bin/kindling.mjs asks before it
 * knows which Node it has. Each part (main, preload, renderer) has its line in out/.stamp: how many source files there
 * were, and the newest time among them, in ms. A file taken away shows in the count.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What each part is built from, as paths from the root of the checkout. */
const sources = {
  main: ['engine', 'main', 'electron.config.ts', 'package-lock.json'],
  preload: ['engine', 'main', 'electron.config.ts', 'package-lock.json'],
  renderer: ['engine', 'renderer', 'electron.config.ts', 'package-lock.json']
}

/** A file each part must have left in out/. */
const products = { main: 'main/cli.js', preload: 'preload/preload.cjs', renderer: 'renderer/index.html' }

/** @typedef {keyof typeof sources} Part */

/** @param {string} root */
const stampFile = (root) => join(root, 'out', '.stamp')

/** @param {string} path @param {{files: number, newest: number}} seen */
function look(path, seen) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (stat.isDirectory()) {
    // What editors and Python leave behind is no source.
    for (const name of readdirSync(path)) if (!/^\.|^__pycache__$|~$/.test(name)) look(join(path, name), seen)
    return
  }
  seen.files += 1
  seen.newest = Math.max(seen.newest, stat.mtimeMs)
}

/**
 * The state of a part's sources now, as one word. Taken before a build, so that an edit during it is not lost.
 * @param {string} root @param {Part} part
 */
export function sourceState(root, part) {
  const seen = { files: 0, newest: 0 }
  for (const path of sources[part]) look(join(root, path), seen)
  return `${seen.files}@${seen.newest}`
}

/** @param {string} root @returns {Partial<Record<Part, string>>} */
function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampFile(root), 'utf8'))
  } catch {
    // No stamp, or half of one: as good as never built.
    return {}
  }
}

/**
 * Notes that these parts were built from sources in the given states.
 * @param {string} root @param {Partial<Record<Part, string>>} states
 */
export function writeStamp(root, states) {
  mkdirSync(join(root, 'out'), { recursive: true })
  const next = `${stampFile(root)}.${process.pid}`
  writeFileSync(next, `${JSON.stringify({ ...readStamp(root), ...states }, null, 2)}\n`)
  renameSync(next, stampFile(root))
}

/**
 * @param {string} root the checkout
 * @param {readonly Part[]} [parts] all unless told
 * @returns {boolean} whether any of them has to be built again
 */
export function isStale(root, parts = ['main', 'preload', 'renderer']) {
  const stamp = readStamp(root)
  return parts.some(
    (part) => !existsSync(join(root, 'out', products[part])) || stamp[part] !== sourceState(root, part)
  )
}
