import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BridgeFailure } from '../pyspark/failures.ts'

/** Block size of a local file system in Hadoop, bytes: no split is larger. */
const LOCAL_BLOCK = 32 * 2 ** 20

/** The driver's own files: only below the folders that the run may see. */
export class DriverFiles {
  readonly #cwd: string
  readonly #folders: string[]

  constructor(cwd: string, folders: readonly string[]) {
    this.#cwd = cwd
    this.#folders = folders.map(real)
  }

  /** Absolute path of what a program wrote. Throws when it lies outside the run's folders. */
  resolve(path: string): string {
    const plain = path.startsWith('file:') ? fromFileUrl(path) : path
    const scheme = /^([a-z][a-z0-9+.-]+):(\/?)/i.exec(plain)
    if (scheme?.[2] === '') throw javaFailure('java.lang.IllegalArgumentException', `java.net.URISyntaxException: Relative path in absolute URI: ${path}`)
    if (scheme !== null) throw javaFailure('org.apache.hadoop.fs.UnsupportedFileSystemException', `No FileSystem for scheme "${scheme[1]!}": Kindling reads and writes local files only (${path}).`)
    const absolute = resolve(this.#cwd, plain)
    const actual = real(absolute)
    if (!this.#folders.some((folder) => actual === folder || actual.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
      throw javaFailure('java.io.IOException', `${this.qualify(absolute)} lies outside the folders this run may see: ${this.#folders.join(', ')}. Put the file beside the program.`)
    }
    return absolute
  }

  /** `file:/data/x.csv`, as Spark's messages show a path. */
  qualify(path: string): string {
    return `file:${isAbsolute(path) ? path : resolve(this.#cwd, path)}`
  }

  /** Files below a path that are data (no `_SUCCESS`, nothing hidden), sorted; null when there is nothing. */
  list(path: string, deep = true): { path: string; size: number }[] | null {
    const absolute = this.resolve(path)
    const found = path.includes('*') ? this.#glob(absolute) : existsSync(absolute) ? [absolute] : []
    if (found.length === 0) return null
    return found.flatMap((one) => this.#files(one, deep)).sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Splits as Hadoop's TextInputFormat cuts them. */
  textSplits(path: string, minPartitions: number): { path: string; start: number; length: number }[] {
    const lists = path.split(',').map((one) => {
      const files = this.list(one.trim(), false)
      if (files === null) throw javaFailure('org.apache.hadoop.mapred.InvalidInputException', `Input path does not exist: ${this.qualify(one.trim())}`)
      return files
    })
    const files = lists.flat()
    const total = files.reduce((sum, file) => sum + file.size, 0)
    const goal = Math.floor(total / Math.max(1, minPartitions))
    const splitSize = Math.max(1, Math.min(goal, LOCAL_BLOCK))
    const splits: { path: string; start: number; length: number }[] = []
    for (const file of files) {
      let left = file.size
      // A last piece of up to a tenth more is not worth a split of its own.
      while (left / splitSize > 1.1) {
        splits.push({ path: file.path, start: file.size - left, length: splitSize })
        left -= splitSize
      }
      if (left > 0 || file.size === 0) splits.push({ path: file.path, start: file.size - left, length: left })
    }
    return splits
  }

  /** Makes the folder that tasks write into; refuses one that is there already, as Hadoop does. */
  prepareOutput(path: string): { temporary: string } {
    const absolute = this.resolve(path)
    if (existsSync(absolute)) throw javaFailure('org.apache.hadoop.mapred.FileAlreadyExistsException', `Output directory ${this.qualify(absolute)} already exists`)
    const temporary = join(absolute, '_temporary', '0')
    mkdirSync(temporary, { recursive: true })
    return { temporary }
  }

  /** Moves the parts to their place and says that the output is whole. Drafts of attempts that lost are left behind. */
  commitOutput(path: string, temporary: string): void {
    const absolute = this.resolve(path)
    for (const name of readdirSync(temporary)) if (/^part-\d+(?!.*\.attempt-)/.test(name)) renameSync(join(temporary, name), join(absolute, name))
    rmSync(join(absolute, '_temporary'), { recursive: true, force: true })
    writeFileSync(join(absolute, '_SUCCESS'), '')
  }

  #files(path: string, deep: boolean): { path: string; size: number }[] {
    const stat = statSync(path)
    if (!stat.isDirectory()) return [{ path, size: stat.size }]
    return readdirSync(path)
      .filter((name) => !name.startsWith('_') && !name.startsWith('.'))
      .flatMap((name) => {
        const inner = join(path, name)
        if (statSync(inner).isDirectory()) return deep ? this.#files(inner, deep) : []
        return this.#files(inner, deep)
      })
  }

  #glob(pattern: string): string[] {
    const folder = dirname(pattern)
    if (folder.includes('*') || !existsSync(folder)) return []
    const matches = new RegExp(`^${basename(pattern).split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`)
    return readdirSync(folder)
      .filter((name) => matches.test(name))
      .map((name) => join(folder, name))
  }
}

/** A Java exception as PySpark shows it. */
export function javaFailure(javaClass: string, message: string): BridgeFailure {
  return new BridgeFailure({ pythonClass: 'py4j.protocol.Py4JJavaError', message, javaClass })
}

const fromFileUrl = (url: string): string => (url.startsWith('file://') ? fileURLToPath(new URL(url)) : url.slice('file:'.length))

/** The path with links followed, as far as it exists. */
function real(path: string): string {
  const parts: string[] = []
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at)) return join(realpathSync(at), ...parts)
    const up = dirname(at)
    if (up === at) return path
    parts.unshift(relative(up, at))
  }
}

export const fileUrl = (path: string): string => pathToFileURL(path).href
