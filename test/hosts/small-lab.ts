/** A lab without a cluster: it keeps runs of notes, pushes what is written into them, and can be closed. */
import type { LabPush } from '../../engine/lab-api.ts'
import type { LabEvent } from '../../engine/events/index.ts'
import type { LabHost } from '../../main/ipc/server.ts'

type Listener<K extends keyof LabPush> = (push: LabPush[K]) => void

export interface SmallLab extends LabHost {
  /** Writes `count` notes into a run and pushes each by itself. */
  write(runId: string, count: number): void
  /** A run that has ended with these events. */
  keep(runId: string, events: LabEvent[]): void
  end(runId: string): void
  /** Calls that came through, in order. */
  asked: string[]
  listeners(): number
}

export function smallLab(): SmallLab {
  const runs = new Map<string, { events: LabEvent[]; ended: boolean }>()
  const events = new Set<Listener<'events'>>()
  const runEnded = new Set<Listener<'runEnded'>>()
  const asked: string[] = []
  const note = (name: string, ...args: unknown[]): { ok: true } => {
    asked.push([name, ...args.map((arg) => JSON.stringify(arg))].join(' '))
    return { ok: true }
  }
  const runOf = (runId: string): { events: LabEvent[]; ended: boolean } => {
    const run = runs.get(runId)
    if (run === undefined) throw new Error(`There is no run ${runId}.\nat some/private/path.ts:1`)
    return run
  }
  return {
    asked,
    listeners: () => events.size + runEnded.size,
    write(runId, count) {
      const run = runs.get(runId) ?? { events: [], ended: false }
      runs.set(runId, run)
      for (let i = 0; i < count; i++) {
        const from = run.events.length
        const event: LabEvent = { Event: 'kindling.Note', level: 'info', text: `note ${from}`, Kindling: { id: `lab:${from}`, t: from } }
        run.events.push(event)
        for (const listener of events) listener({ runId, from, events: [event] })
      }
    },
    keep(runId, events) {
      runs.set(runId, { events, ended: true })
    },
    end(runId) {
      runOf(runId).ended = true
      for (const listener of runEnded) listener({ runId })
    },
    info: async () => ({
      version: '0.1.0', sparkVersion: '4.0.0', host: 'browser', logDirectory: '/logs', faults: [],
      defaults: { cluster: { workers: 2, coresPerWorker: 2, memoryPerWorkerMb: 1024 }, conf: {} },
      runs: [...runs].map(([runId, run]) => ({ runId, programName: 'p.py', state: run.ended ? 'ended' : 'running', events: run.events.length }))
    }),
    scenarios: async () => ({ scenarios: [], problems: [] }),
    scenario: async (id) => {
      throw new Error(`There is no scenario ${id}.`)
    },
    start: async (request) => ({ ...note('start', request), runId: 'run-1' }),
    stop: async (id) => note('stop', id),
    pause: async (id) => note('pause', id),
    resume: async (id) => note('resume', id),
    heal: async (id, faultId) => note('heal', id, faultId),
    setSpeed: async (id, speed) => note('setSpeed', id, speed),
    step: async (id) => note('step', id),
    runTo: async (id, stop) => note('runTo', id, stop),
    fault: async (request) => note('fault', request),
    events: async (runId, from) => {
      const { events: all } = runOf(runId)
      return { events: all.slice(from), next: all.length }
    },
    check: async () => ({ ok: true }),
    on(kind, listener) {
      const set = (kind === 'events' ? events : runEnded) as Set<unknown>
      set.add(listener)
      return () => void set.delete(listener)
    },
    close: async () => void note('close')
  }
}
