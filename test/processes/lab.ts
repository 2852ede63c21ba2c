/** Real runs for tests: the built processes, a folder of their own, everything they did and said. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { EventName, EventOf, LabEvent } from '../../engine/events/index.ts'
import { foldAll } from '../../engine/view/fold.ts'
import { storyText } from '../../engine/view/story.ts'
import type { RunView } from '../../engine/view/types.ts'
import { entriesFrom } from '../../main/entries.ts'
import { createLab, DEFAULT_CLUSTER, type Lab } from '../../main/lab.ts'
import type { Run, RunOutcome } from '../../main/run/run.ts'
import { ChildProcessSpawner } from '../../main/spawners/child-process.ts'

export interface Ran {
  outcome: RunOutcome
  stdout: string
  stderr: string
  events: readonly LabEvent[]
  view: RunView
  story: string
  logs: string[]
  folder: string
  /** Events of one kind. */
  of<N extends EventName>(name: N): EventOf<N>[]
}

export interface RunOptions {
  faults?: string[]
  conf?: Record<string, string>
  workers?: number
  cores?: number
  files?: Record<string, string>
  args?: string[]
  /** Programs beside the first one: second.py, third.py. */
  others?: string[]
  speed?: number
  /** Called once the run has started, with the folder of the program. */
  during?: (run: Run, folder: string) => void | Promise<void>
}

export interface Bench {
  lab(): Lab
  run(program: string, options?: RunOptions): Promise<Ran>
}

/** A lab for one test file. Its folders and processes are gone when the file is done. */
export function testLab(): Bench {
  let root = ''
  let lab: Lab | undefined
  let runs = 0
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'kindling-test-'))
    const entries = entriesFrom(join(import.meta.dirname, '..', '..', 'main', 'entries.ts'))
    if (!existsSync(entries.driver)) throw new Error('The processes are not built: run `npm run build` first.')
    lab = createLab({ spawner: new ChildProcessSpawner(), host: 'cli', logDirectory: join(root, 'logs'), scenariosDirectory: entries.scenarios, scratchDirectory: join(root, 'scratch') })
  })
  afterAll(async () => {
    await lab?.close()
    rmSync(root, { recursive: true, force: true })
  })
  const theLab = (): Lab => {
    if (lab === undefined) throw new Error('The lab is not there before the tests run.')
    return lab
  }
  return {
    lab: theLab,
    async run(program, options = {}) {
      const folder = join(root, `program-${++runs}`)
      await import('node:fs/promises').then(({ mkdir }) => mkdir(folder, { recursive: true }))
      for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), text)
      const logDirectory = join(folder, 'logs')
      const run = await theLab().run({
        program,
        programName: join(folder, 'program.py'),
        argv: options.args ?? [],
        ...(options.others === undefined ? {} : { others: options.others.map((text, index) => ({ program: text, programName: join(folder, index === 0 ? 'second.py' : 'third.py'), argv: [] })) }),
        cluster: { ...DEFAULT_CLUSTER, workers: options.workers ?? 2, coresPerWorker: options.cores ?? 2 },
        conf: options.conf ?? {},
        faults: (options.faults ?? []).map((text) => ({ text, by: 'cli' })),
        cwd: folder,
        folders: [folder],
        logDirectory,
        speed: options.speed ?? 1
      })
      await options.during?.(run, folder)
      const outcome = await run.ended
      const events = run.journal.events
      const view = foldAll(events)
      const said = (stream: string): string => events.flatMap((event) => (event.Event === 'kindling.Output' && event.actor === 'driver' && event.stream === stream ? [event.text] : [])).join('')
      return {
        outcome,
        stdout: said('stdout'),
        stderr: said('stderr'),
        events,
        view,
        story: view.story.map(storyText).join('\n'),
        logs: statSync(logDirectory, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(logDirectory).sort() : [],
        folder,
        of: (name) => events.filter((event) => event.Event === name) as never
      }
    }
  }
}

/** Follows causes back from an event: the events of the chain, the asked one first. */
export function chain(ran: Ran, from: LabEvent): LabEvent[] {
  const byId = new Map(ran.events.map((event) => [event.Kindling.id, event]))
  const found = [from]
  for (let at: LabEvent | undefined = from; at?.Kindling.cause !== undefined; ) {
    at = byId.get(at.Kindling.cause)
    if (at === undefined || found.includes(at)) break
    found.push(at)
  }
  return found
}

/** Is the process with this pid still there? */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
