/** Spawns drivers and executors as Electron utility processes: the desktop host. */
import { app, utilityProcess } from 'electron'
import type { Details } from 'electron'
import { statSync } from 'node:fs'
import type { ProcessHandle, SpawnRequest, Spawner } from '../../engine/world/interfaces.ts'
import { entries } from '../entries.ts'
import { SPAWN_DEADLINE_MS, ProcessLife, childEnvironment, strikeDown } from './life.ts'
import type { SpawnerOptions } from './life.ts'
import { isAmbiguous, readEnding } from './wait-status.ts'
import type { GoneReason } from './wait-status.ts'

/** `exit` and `child-process-gone` come in either order; the second is waited for this long. */
const GONE_MS = 100

interface Watched {
  life: ProcessLife
  gone: GoneReason | undefined
  /** Set between `exit` and the verdict. */
  conclude: (() => void) | undefined
}

/**
 * A spawner on utilityProcess. Only to be used once the app is ready. Names given to Electron are
 * unique over the spawner's life, since `child-process-gone` tells a name and no pid.
 */
export class UtilityProcessSpawner implements Spawner {
  readonly #options: SpawnerOptions
  readonly #watched = new Map<string, Watched>()
  #count = 0

  constructor(options: SpawnerOptions = { entries }) {
    this.#options = options
    app.on('child-process-gone', (_event, details) => this.#gone(details))
  }

  /** Never throws: what goes wrong rejects `started`. */
  spawn(request: SpawnRequest): ProcessHandle {
    const life = new ProcessLife(request.name, this.#options.spawnDeadlineMs ?? SPAWN_DEADLINE_MS, strikeDown)
    try {
      this.#launch(request, life)
    } catch (error) {
      life.failed(`${request.name} could not be started: ${(error as Error).message}`)
    }
    return life
  }

  #launch(request: SpawnRequest, life: ProcessLife): void {
    checkFolder(request.cwd)
    const serviceName = `Kindling ${request.name} #${++this.#count}`
    const child = utilityProcess.fork(this.#options.entries[request.kind], [], {
      // Plain --max-old-space-size is ignored here, and flags must share one element.
      execArgv: [`--js-flags=--max-old-space-size=${request.heapMb}`],
      env: childEnvironment(request),
      cwd: request.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      serviceName
    })
    const watched: Watched = { life, gone: undefined, conclude: undefined }
    this.#watched.set(serviceName, watched)
    const finishers = [life.listen('stdout', child.stdout), life.listen('stderr', child.stderr)]

    child.on('spawn', () => {
      if (child.pid !== undefined) life.up(child.pid)
    })
    // Without a listener the main process would throw. The exit that follows tells the rest.
    child.on('error', () => {})

    child.once('exit', (code) => {
      let done = false
      const conclude = (): void => {
        if (done) return
        done = true
        clearTimeout(timer)
        this.#watched.delete(serviceName)
        for (const finisher of finishers) finisher()
        life.ended(readEnding(code, life.struck, watched.gone))
      }
      watched.conclude = conclude
      const timer = setTimeout(conclude, GONE_MS)
      const clear = code === 0 || watched.gone !== undefined || !isAmbiguous(code) || life.struck
      if (clear) conclude()
    })
  }

  #gone(details: Pick<Details, 'name' | 'reason' | 'exitCode'>): void {
    const watched = details.name === undefined ? undefined : this.#watched.get(details.name)
    if (watched === undefined) return
    watched.gone = details.reason
    if (details.reason === 'launch-failed') {
      // Neither `spawn` nor `exit` will come.
      this.#watched.delete(details.name!)
      watched.life.failed(`${watched.life.name} could not be started (launch failed, error ${details.exitCode}).`)
    } else watched.conclude?.()
  }
}

/** A folder inside app.asar is none to the system, and crashes the main process. */
function checkFolder(cwd: string): void {
  if (/\.asar([\\/]|$)/.test(cwd)) throw new Error(`${cwd} lies in an archive; a process cannot work there.`)
  if (!statSync(cwd).isDirectory()) throw new Error(`${cwd} is not a folder.`)
}
