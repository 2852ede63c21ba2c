/** CPython itself: loaded from nothing or from a memory snapshot, with our Python packages inside. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { loadPyodide } from 'pyodide'
import { mountFolders } from './thread-files.ts'
import type { GuestFiles } from './thread-files.ts'

/** Options of pyodide that its types leave out. */
type LoadOptions = NonNullable<Parameters<typeof loadPyodide>[0]> & {
  _makeSnapshot?: boolean
  _loadSnapshot?: Uint8Array
  jsglobals?: object
}

type Loaded = Awaited<ReturnType<typeof loadPyodide>> & {
  makeMemorySnapshot(): Uint8Array
  FS: unknown
}

type PythonFunction = ((...args: unknown[]) => void) & { destroy(): void }

/** Our Python sources by path, `kindling/bridge.py`. */
export type Sources = Record<string, string>

/** Defines the importer of our sources, then imports what every thread needs, so that a snapshot holds it. */
const bootProgram = `
def _boot(sources):
    import sys, types
    finder = types.ModuleType('kindling.finder')
    finder.__file__ = '/spark/python/kindling/finder.py'
    sys.modules[finder.__name__] = finder
    exec(compile(sources['kindling/finder.py'], finder.__file__, 'exec'), finder.__dict__)
    finder.install(dict(sources))
    import kindling.boot
_boot
`

const wasmPage = 65_536

/** Hash seed 0: keys hash alike in all processes (as spark-submit sees to). */
const env = { HOME: '/home/learner', PYTHONHASHSEED: '0', PYTHONINSPECT: '', LANG: 'C.UTF-8' }

export interface InterpreterOptions {
  sources: Sources
  snapshot: string | null
  /** Prepares for makeSnapshot. */
  forSnapshot?: boolean
  folders: string[]
  memoryLimit: number | null
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void
  onMemory(bytes: number): void
}

/** Hears of every growth of any wasm memory of this thread, and refuses those beyond the limit. */
function watchMemory(limit: number | null, onMemory: (bytes: number) => void): void {
  const grow = WebAssembly.Memory.prototype.grow
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
    const wanted = this.buffer.byteLength + pages * wasmPage
    if (limit !== null && wanted > limit) throw new RangeError(`Python may use ${limit} bytes, not ${wanted}`)
    const before = grow.call(this, pages)
    onMemory(this.buffer.byteLength)
    return before
  }
}

export interface Interpreter {
  /** A function of kindling.boot. */
  entry<Arguments extends unknown[]>(name: string): (...args: Arguments) => void
  /** CPython looks at this byte between bytecodes and runs the handler of the signal it finds. */
  watchSignals(byte: Uint8Array): void
  /** Empties the object through which the interpreter can be steered from JavaScript: Python might get hold of it. */
  close(): void
  makeSnapshot(): Uint8Array
}

export async function startInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const indexURL = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))
  watchMemory(options.memoryLimit, options.onMemory)
  const load: LoadOptions = { indexURL, env, jsglobals: { Object }, stdin: () => null }
  // A snapshot that is gone costs 2 s, no more.
  const snapshot = options.snapshot ? await readFile(options.snapshot).catch(() => undefined) : undefined
  if (snapshot) load._loadSnapshot = snapshot
  if (options.forSnapshot) load._makeSnapshot = true
  const python = (await loadPyodide(load)) as Loaded
  for (const [stream, set] of [['stdout', python.setStdout], ['stderr', python.setStderr]] as const) {
    set.call(python, {
      write: (bytes: Uint8Array) => {
        options.write(stream, bytes)
        return bytes.length
      }
    })
  }
  if (!snapshot) {
    const boot = python.runPython(bootProgram) as PythonFunction
    const sources = python.toPy(options.sources) as { destroy(): void }
    boot(sources)
    sources.destroy()
    boot.destroy()
  }
  mountFolders(python.FS as GuestFiles, options.folders)
  const module = (python as unknown as { _module: { HEAPU8: Uint8Array } })._module
  options.onMemory(module.HEAPU8.byteLength)
  const boot = options.forSnapshot ? null : (python.pyimport('kindling.boot') as Record<string, PythonFunction>)
  const watchSignals = python.setInterruptBuffer.bind(python)
  return {
    entry: (name) => boot![name]!,
    watchSignals,
    close: () => {
      for (const name of Object.getOwnPropertyNames(python)) Reflect.deleteProperty(python, name)
    },
    makeSnapshot: () => python.makeMemorySnapshot()
  }
}
