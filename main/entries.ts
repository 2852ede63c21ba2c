/**
 * Where things lie: the built files, the scenarios, and folders of the person who runs the lab. Right
 * in the sources, in a bundle, in a chunk of a bundle and inside app.asar.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import type { ProcessKind } from '../engine/world/interfaces.ts'

export interface Entries extends Record<ProcessKind, string> {
  driver: string
  executor: string
  /** The thread in which CPython runs. */
  python: string
  /** The desktop window's preload script. */
  preload: string
  /** Folder of the built window: index.html and what it loads. */
  renderer: string
  /** Folder of the scenarios, one folder each. */
  scenarios: string
  /** Folder of package.json: the checkout, or app.asar. */
  root: string
}

/** The entries as seen from the file at `filename`: a source, a built entry, or a chunk of one. */
export function entriesFrom(filename: string): Entries {
  const here = dirname(filename)
  const main = extname(filename) === '.ts' ? join(here, '..', 'out', 'main') : basename(here) === 'chunks' ? dirname(here) : here
  const out = dirname(main)
  const root = dirname(out)
  // Packed: the scenarios may lie beside the archive, where a person can read them.
  const beside = join(dirname(root), 'scenarios')
  return {
    driver: join(main, 'driver.js'),
    executor: join(main, 'executor.js'),
    python: join(main, 'python.js'),
    preload: join(out, 'preload', 'preload.cjs'),
    renderer: join(out, 'renderer'),
    scenarios: extname(root) === '.asar' && existsSync(beside) ? beside : join(root, 'scenarios'),
    root
  }
}

export const entries: Entries = entriesFrom(import.meta.filename)

type Environment = Record<string, string | undefined>

/** Folder for what Kindling keeps for this person, by the system's convention. `KINDLING_HOME` overrides it. */
export function dataDirectory(platform: NodeJS.Platform = process.platform, env: Environment = process.env, home: string = homedir()): string {
  const wanted = env['KINDLING_HOME']
  if (wanted !== undefined && wanted !== '') return wanted
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Kindling')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || env['APPDATA'] || join(home, 'AppData', 'Local'), 'Kindling')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'kindling')
}

/** The version of Kindling. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(entries.root, 'package.json'), 'utf8')) as { version: string }).version
}

export interface LabDirectories {
  /** Logs of runs; kept. */
  logDirectory: string
  scenariosDirectory: string
  /** Files of running processes; new for each host, for the host to remove at its end. */
  scratchDirectory: string
}

/** The folders a lab works in, made where they are missing. */
export function labDirectories(data: string = dataDirectory()): LabDirectories {
  const logDirectory = join(data, 'logs')
  try {
    makeFolder(logDirectory)
  } catch (error) {
    throw new Error(`Kindling keeps its logs in ${logDirectory}, and that folder cannot be made (${(error as NodeJS.ErrnoException).code}). Set KINDLING_HOME to a folder it may write in.`, { cause: error })
  }
  return { logDirectory, scenariosDirectory: entries.scenarios, scratchDirectory: newScratch() }
}

/** With the folders above it, one by one: asked for all at once, Node never answers below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

/** A new folder for the files of running processes, named after this one; those of killed ones go. */
export function newScratch(): string {
  sweepScratch(tmpdir())
  return mkdtempSync(join(tmpdir(), `kindling-${process.pid}-`))
}

/** Removes scratch folders of hosts that were killed and could not do it themselves. */
function sweepScratch(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^kindling-(\d+)-\w{6}$/.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    try {
      rmSync(join(folder, name), { recursive: true, force: true })
    } catch {
      // Another person's: theirs to remove.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
