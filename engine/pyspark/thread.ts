/// <reference types="vite/client" />
/** Entry of the Python thread (built as python.js): a program's, a task worker's, or the snapshot maker's. */
import { rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { Control } from './control.ts'
import { startInterpreter } from './interpreter.ts'
import type { Sources } from './interpreter.ts'
import type { Order, ThreadData } from './protocol.ts'
import { ThreadBridge, tell } from './thread-bridge.ts'
import type { PythonFunctions } from './thread-bridge.ts'
import { closeSandbox } from './thread-sandbox.ts'

const files = import.meta.glob<string>('./python/**/*.py', { query: '?raw', eager: true, import: 'default' })
const sources: Sources = Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace('./python/', ''), text]))

const data = workerData as ThreadData
const control = new Control(data.control)

/** Text may be cut inside a character; what is left waits for the next write. */
const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
const write = (stream: 'stdout' | 'stderr', bytes: Uint8Array): void => {
  const text = decoders[stream].decode(bytes, { stream: true })
  if (text === '') return
  tell({ type: 'output', stream, text })
  control.said(text.length, control.running)
}

const start = (snapshot: string | null): ReturnType<typeof startInterpreter> => startInterpreter({
  sources,
  snapshot,
  forSnapshot: data.role === 'snapshot',
  folders: data.folders,
  memoryLimit: data.memoryLimit,
  write,
  onMemory: (bytes) => {
    control.memoryBytes = bytes
    tell({ type: 'memory', bytes })
  }
})

const interpreter = await start(data.snapshot).catch((error: unknown) => {
  if (data.snapshot === null) throw error
  // A damaged snapshot costs the time it would have saved; the next who looks for it makes it anew.
  rmSync(data.snapshot, { force: true })
  return start(null)
})

if (data.role === 'snapshot') {
  const bytes = interpreter.makeSnapshot()
  tell({ type: 'snapshot', bytes }, [bytes.buffer as ArrayBuffer])
} else {
  const bridge = new ThreadBridge(control, data.replies)
  const order = interpreter.entry<[kind: string, head: string, blob: Uint8Array | undefined]>('order')
  interpreter.entry<[role: string, functions: PythonFunctions]>('attach')(data.role, bridge.functions())
  interpreter.watchSignals(control.signal)
  interpreter.close()
  closeSandbox()
  parentPort!.on('message', (message: Order) => {
    bridge.begin(message.order)
    try {
      order(message.kind, message.frame.head, message.frame.blob ?? undefined)
    } catch (error) {
      tell({ type: 'broken', message: error instanceof Error ? error.message : String(error) })
    } finally {
      bridge.end()
    }
  })
  tell({ type: 'ready' })
}
