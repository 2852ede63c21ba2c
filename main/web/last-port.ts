/** The port the lab had last, kept in its folder: a browser keeps what one typed by address, port included. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const fileIn = (directory: string): string => join(directory, 'browser-port')

/** 0, any free one, where none is kept. */
export function lastPort(directory: string): number {
  try {
    const port = Number(readFileSync(fileIn(directory), 'utf8'))
    return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : 0
  } catch {
    return 0
  }
}

/** Where it cannot be kept, the next start takes any free port. */
export function keepPort(directory: string, port: number): void {
  try {
    writeFileSync(fileIn(directory), String(port))
  } catch {
    // Nothing else depends on it.
  }
}
