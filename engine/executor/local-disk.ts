import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TaskException } from './task-failures.ts'

/** The folder of one executor's own files: shuffle files, spills, cached blocks. It can be made to seem full. */
export class LocalDisk {
  readonly directory: string
  /** Set by the fault fill-disk: every write fails as on a full disk (§13.16). */
  full = false
  #made = false

  constructor(directory: string) {
    this.directory = directory
  }

  /** Writes a file whole; answers with its path. Throws java.io.IOException in Java's words when there is no room. */
  write(name: string, data: Uint8Array): string {
    const path = this.path(name)
    this.checkRoom()
    writeFileSync(path, data)
    return path
  }

  /** To be asked before something is written that does not go through here. */
  checkRoom(): void {
    if (this.full) throw new TaskException('java.io.IOException', 'No space left on device')
  }

  /** A path for a file here. */
  path(name: string): string {
    if (!this.#made) mkdirSync(this.directory, { recursive: true })
    this.#made = true
    return join(this.directory, name)
  }

  remove(path: string): void {
    rmSync(path, { force: true })
  }

  holds(path: string): boolean {
    return existsSync(path)
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
