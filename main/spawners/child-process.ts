/** Spawns drivers and executors as plain Node processes: the browser host and the command line. */
import { spawn } from 'node:child_process'
import type { ProcessHandle, SpawnRequest, Spawner } from '../../engine/world/interfaces.ts'
import { entries } from '../entries.ts'
import { SPAWN_DEADLINE_MS, ProcessLife, childEnvironment, strikeDown } from './life.ts'
import type { SpawnerOptions } from './life.ts'
import { Warden } from './warden.ts'

/** A grandchild may hold the pipes open; the end of the process is told all the same after this. */
const FLUSH_MS = 1_000

/**
 * A spawner on child_process. Children run the Node that runs the host, and are killed with it even
 * when it is killed itself.
 */
export class ChildProcessSpawner implements Spawner {
  readonly #options: SpawnerOptions
  readonly #warden = new Warden()

  constructor(options: SpawnerOptions = { entries }) {
    this.#options = options
  }

  /** Never throws: what goes wrong rejects `started`. */
  spawn(request: SpawnRequest): ProcessHandle {
    const life = new ProcessLife(request.name, this.#options.spawnDeadlineMs ?? SPAWN_DEADLINE_MS, strikeDown)
    try {
      this.#launch(request, life)
    } catch (error) {
      life.failed((error as Error).message)
    }
    return life
  }

  #launch(request: SpawnRequest, life: ProcessLife): void {
    const child = spawn(process.execPath, [`--max-old-space-size=${request.heapMb}`, this.#options.entries[request.kind]], {
      cwd: request.cwd,
      env: childEnvironment(request),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true
    })
    const finishers = [life.listen('stdout', child.stdout), life.listen('stderr', child.stderr)]

    child.on('spawn', () => {
      this.#warden.guard(child.pid!)
      life.up(child.pid!)
    })
    child.on('error', (error) => life.failed(`${request.name} could not be started: ${error.message}`))

    child.on('exit', (code, signal) => {
      this.#warden.release(child.pid!)
      // Windows knows no signals: a process we struck down just has a code.
      const end = life.struck && code !== 0 && signal === null && process.platform === 'win32' ? { code: null, signal: 'SIGKILL' } : { code, signal }
      const finish = (): void => {
        clearTimeout(timer)
        for (const finisher of finishers) finisher()
        life.ended(end)
      }
      // `close` comes once the pipes are empty: the last words belong before the end.
      const timer = setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
        finish()
      }, FLUSH_MS)
      child.once('close', finish)
    })
  }
}
