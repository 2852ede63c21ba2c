/**
 * Closes what a Python program could reach through JavaScript: code from strings, processes, sockets, the
 * network, Node itself. Python's own side (hidden modules) is a courtesy; this is the wall.
 */
import { createRequire } from 'node:module'

const refuse = (what: string) => (): never => {
  throw new Error(`${what} is closed in Kindling's Python`)
}

const globalsGone = [
  'require', 'module', 'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'Worker', 'SharedWorker', 'BroadcastChannel',
  'MessageChannel', 'Request', 'Response', 'localStorage', 'sessionStorage', 'prompt'
]

/** Node's modules that reach outside, emptied of functions: the interpreter's glue holds `require` for itself. */
const modulesClosed = ['child_process', 'net', 'tls', 'dgram', 'http', 'https', 'http2', 'cluster', 'inspector', 'dns', 'vm', 'repl', 'worker_threads']

/** A process for the interpreter's glue, which looks at a few harmless facts while it runs. */
const bareProcess = (): object => {
  const { platform, version, versions, arch } = process
  const uid = (): number => 1000
  return Object.freeze({
    platform, version, arch, versions: Object.freeze({ node: versions.node }), argv: Object.freeze([]), env: Object.freeze({}),
    getuid: uid, geteuid: uid, getgid: uid, getegid: uid, umask: () => 0o022, on: () => undefined, off: () => undefined,
    exit: refuse('process.exit')
  })
}

function closeConstructors(): void {
  const kinds = [function () {}, async function () {}, function* () {}, async function* () {}]
  for (const kind of kinds) {
    Object.defineProperty(Object.getPrototypeOf(kind), 'constructor', { value: refuse('Code from text'), writable: false, configurable: false })
  }
}

/** For good, in this thread only. Everything of the interpreter must be loaded and mounted before. */
export function closeSandbox(): void {
  const require = createRequire(import.meta.url)
  // All are loaded before the first is emptied: they build on one another.
  const modules = modulesClosed.map((name) => [name, require(`node:${name}`) as Record<string, unknown>] as const)
  for (const [name, exports] of modules) {
    for (const key of Object.keys(exports)) {
      if (typeof exports[key] !== 'function') continue
      try {
        exports[key] = refuse(`node:${name}.${key}`)
      } catch {
        // Accessors without a setter reach nothing by themselves.
      }
    }
  }
  // The glue's own remarks are not the program's output.
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) console[method] = () => undefined
  const scope = globalThis as Record<string, unknown>
  const process = bareProcess()
  closeConstructors()
  for (const name of globalsGone) Reflect.deleteProperty(scope, name)
  Object.defineProperty(scope, 'eval', { value: refuse('eval'), writable: false, configurable: false })
  Object.defineProperty(scope, 'process', { value: process, writable: false, configurable: false })
}
