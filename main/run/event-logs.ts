import { accessSync, closeSync, constants, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inWords } from '../words.ts'

/** Whose log it is: the driver process that speaks for the application. */
export interface LogOwner {
  /** What the ids of its events begin with; its executors' begin with the same. */
  origin: string
  actor: string
}

interface OpenLog extends LogOwner {
  appId: string
  path: string
  descriptor: number
  sawApplicationEnd: boolean
}

/** The event logs of a run, one file for each application (§12.3), each `.inprogress` until its end was said (§12.6). */
export class EventLogs {
  readonly #directory: string
  readonly #lost: (error: Error) => void
  readonly #open: OpenLog[] = []
  /** Paths of all logs, oldest first, as they are named now. */
  readonly paths: string[] = []

  /** `lost` hears of a log that broke down. */
  constructor(directory: string, lost: (error: Error) => void) {
    this.#directory = directory
    this.#lost = lost
  }

  get any(): boolean {
    return this.#open.length > 0
  }

  /** The driver that speaks for an application. */
  actorOf(appId: string): string | undefined {
    return this.#open.find((log) => log.appId === appId)?.actor
  }

  /** Has that driver a log? */
  has(actor: string): boolean {
    return this.#open.some((log) => log.actor === actor)
  }

  /** Makes the folder of the logs. Throws a sentence when it cannot be written. */
  prepare(): void {
    try {
      makeFolder(this.#directory)
      accessSync(this.#directory, constants.W_OK | constants.X_OK)
    } catch (error) {
      throw this.unwritable(error)
    }
  }

  /** Opens the log of an application; the one its driver process had before is closed. Throws a sentence when the folder cannot be written. */
  open(appId: string, owner: LogOwner): void {
    for (const log of [...this.#open]) if (log.origin === owner.origin) this.#close(log)
    this.prepare()
    try {
      const path = join(this.#directory, `${appId}.inprogress`)
      this.#open.push({ appId, path, descriptor: openSync(path, 'w'), sawApplicationEnd: false, ...owner })
      this.paths.push(path)
    } catch (error) {
      throw this.unwritable(error)
    }
  }

  /** Writes to the log of that application. False when there is none. */
  toApp(appId: string, text: string | Uint8Array): boolean {
    return this.#write((log) => log.appId === appId, text)
  }

  /** Writes to the log of the driver whose ids begin so. False when there is none. */
  toOrigin(origin: string, text: string | Uint8Array): boolean {
    return this.#write((log) => log.origin === origin, text)
  }

  /** Writes to the latest log of that driver. False when there is none. */
  toActor(actor: string, text: string): boolean {
    const latest = this.#open.findLast((log) => log.actor === actor)
    return latest !== undefined && this.#write((log) => log === latest, text)
  }

  /** Writes to every log. False when there is none. */
  toAll(text: string): boolean {
    return this.#write(() => true, text)
  }

  /** The application of that driver, or the only one, has said its end. */
  sawApplicationEnd(origin: string): void {
    const log = this.#open.find((one) => one.origin === origin) ?? (this.#open.length === 1 ? this.#open[0] : undefined)
    if (log !== undefined) log.sawApplicationEnd = true
  }

  close(): void {
    for (const log of [...this.#open]) this.#close(log)
  }

  unwritable(error: unknown): Error {
    return new Error(`The event log cannot be written to ${this.#directory}: ${inWords(error)}.`, { cause: error })
  }

  #write(fits: (log: OpenLog) => boolean, text: string | Uint8Array): boolean {
    let found = false
    for (const log of [...this.#open]) {
      if (!fits(log)) continue
      found = true
      try {
        writeAll(log.descriptor, typeof text === 'string' ? Buffer.from(text) : text)
      } catch (error) {
        this.#open.splice(this.#open.indexOf(log), 1)
        closeSync(log.descriptor)
        this.#lost(this.unwritable(error))
      }
    }
    return found
  }

  #close(log: OpenLog): void {
    this.#open.splice(this.#open.indexOf(log), 1)
    try {
      closeSync(log.descriptor)
      if (!log.sawApplicationEnd) return
      const done = join(this.#directory, log.appId)
      renameSync(log.path, done)
      this.paths[this.paths.indexOf(log.path)] = done
    } catch (error) {
      this.#lost(this.unwritable(error))
    }
  }
}

/** A write may take less than all of it. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(descriptor, bytes, at)
}

/** As mkdir with `recursive`, which never ends where a folder can be seen but not made (/proc). */
function makeFolder(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false })
  if (there?.isDirectory() === true) return
  if (there !== undefined) throw new Error(`${path} is a file`)
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another lab made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
