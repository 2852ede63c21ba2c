/** Runs first in a fake utility process and makes it behave like one. */
import { Socket } from 'node:net'
import { EventEmitter } from 'node:events'

// It never ends because nothing is left to do, and ends at once when the main process is gone.
const channel = new Socket({ fd: 3, readable: true, writable: true })
channel.on('error', () => process.exit(0))
channel.on('close', () => process.exit(0))
channel.resume()

process.on('unhandledRejection', (reason) => {
  if (process.listenerCount('unhandledRejection') > 1) return
  console.error('(node) UnhandledPromiseRejectionWarning:', reason)
  process.exitCode = 1
})

Object.assign(process, { type: 'utility', parentPort: new EventEmitter() })
