import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { TaskException } from './task-failures.ts'

/** The folders a run may see. Links are followed before it is decided: one that leads out does not count. */
export class Reach {
  readonly folders: readonly string[]

  constructor(folders: readonly string[]) {
    this.folders = folders.map(real)
  }

  /** Does this path lie in one of them? It need not be there yet. */
  holds(path: string): boolean {
    const actual = real(resolve(path))
    return this.folders.some((folder) => actual === folder || actual.startsWith(folder.endsWith(sep) ? folder : folder + sep))
  }

  /** Throws TaskException for a path that lies outside. */
  check(path: string): void {
    if (this.holds(path)) return
    throw new TaskException('java.io.IOException', `file:${path} lies outside the folders this run may see: ${this.folders.join(', ')}. Put the file beside the program.`)
  }
}

/** The path with links followed, as far as it exists. */
function real(path: string): string {
  const parts: string[] = []
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at)) return join(realpathSync(at), ...parts)
    if (dirname(at) === at) return path
    parts.unshift(basename(at))
  }
}
