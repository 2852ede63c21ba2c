/** The memory snapshot CPython starts from in 0.3 s instead of 2 s: made once, kept in a file. */
import { createHash, randomBytes } from 'node:crypto'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PythonThread } from './host.ts'

export interface SnapshotOptions {
  /** Absolute path of out/main/python.js. */
  threadEntry: string
  /** Where snapshots are kept (about 30 MB each). */
  directory: string
}

/** A snapshot fits one build of our sources, one pyodide and one V8 (features of wasm are baked in). */
async function snapshotName(threadEntry: string): Promise<string> {
  const pyodide = createRequire(threadEntry).resolve('pyodide/package.json')
  const hash = createHash('sha256')
  hash.update(await readFile(threadEntry))
  hash.update(await readFile(pyodide))
  hash.update(await readFile(join(dirname(pyodide), 'pyodide-lock.json')))
  hash.update([process.versions.v8, process.platform, process.arch].join(' '))
  return `python-${hash.digest('hex').slice(0, 24)}.snapshot`
}

function make(threadEntry: string): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const thread = new PythonThread({
    threadEntry,
    snapshot: null,
    folders: [],
    role: 'snapshot',
    onOutput: () => undefined,
    onCall: () => Promise.reject(new Error('No program runs here')),
    onExit: () => undefined,
    onSnapshot: resolve
  })
  thread.ready.catch(reject)
  return promise.finally(() => thread.terminate())
}

/**
 * The snapshot file for this build, made when it is not there yet (about 2 s). Several processes may ask at
 * once: each writes a file of its own and renames it into place. Null when no snapshot can be made or kept.
 */
export async function ensureSnapshot(options: SnapshotOptions): Promise<string | null> {
  let draft: string | null = null
  try {
    const file = join(options.directory, await snapshotName(options.threadEntry))
    if (await access(file).then(() => true, () => false)) return file
    const bytes = await make(options.threadEntry)
    await mkdir(options.directory, { recursive: true })
    draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`
    await writeFile(draft, bytes)
    await rename(draft, file)
    return file
  } catch {
    if (draft) await rm(draft, { force: true }).catch(() => undefined)
    return null
  }
}
