/** Several programs in one run: which of them an event is of, and what they are called. */
import type { ActorId, LabEvent } from '../events/index.ts'
import type { AppView, DriverView, ProgramView, RunView } from './types.ts'

/** A program, and as far as known the process that speaks for it and its application. */
export interface Scope {
  actor: ActorId
  attempt: number | null
  appId: string | null
}

/** `driver`, `driver-2`. */
export const isDriver = (actor: ActorId): boolean => /^driver(-\d+)?$/.test(actor)

/** The driver of the nth program, from 0. */
export const driverOfProgram = (index: number): ActorId => (index === 0 ? 'driver' : `driver-${index + 1}`)

/** Which program of the run this is the driver of, from 0. */
export const indexOfDriver = (actor: ActorId): number => (actor === 'driver' ? 0 : Number(actor.slice('driver-'.length)) - 1)

/** Ids of events begin with where they came from: `d0:4`, `d0e1:7` the first program, `p2d0:4` the second. Null for the lab's own. */
export function originDriver(id: string): { actor: ActorId; attempt: number } | null {
  const origin = /^(?:p(\d+))?d(\d+)/.exec(id)
  return origin === null ? null : { actor: origin[1] === undefined ? 'driver' : `driver-${origin[1]}`, attempt: Number(origin[2]) }
}

/** The program an event is of; null for one about none in particular. */
export function programOf(view: RunView, event: LabEvent): Scope | null {
  const { appId, actor, attempt, app } = event as { appId?: string; actor?: string; attempt?: number; app?: number }
  const known = appId === undefined ? undefined : view.apps.find((app) => app.appId === appId)
  const origin = originDriver(event.Kindling.id)
  if (origin !== null) return { ...origin, appId: known?.appId ?? null }
  if (actor !== undefined && isDriver(actor)) return { actor, attempt: attempt ?? null, appId: known?.appId ?? null }
  if (app !== undefined) return { actor: driverOfProgram(app - 1), attempt: null, appId: null }
  if (known !== undefined) return { actor: known.driver, attempt: null, appId: known.appId }
  // The Master tells of a driver or an application that is new.
  if (event.Event === 'kindling.DriverState' || event.Event === 'kindling.ApplicationState') return { actor: 'driver', attempt: attempt ?? null, appId: null }
  return null
}

/** Ids of RDDs begin anew in each application: what of a second program's is kept beside the first one's is kept this much higher. */
export function rddOffset(view: RunView, appId: string): number {
  if (view.programs.length <= 1) return 0
  return indexOfDriver(view.apps.find((app) => app.appId === appId)?.driver ?? 'driver') * 1_000_000
}

/** Programs by what they are called: the name of the file, with a number where it comes again. */
export function programViews(programs: readonly { program: string; programName: string }[]): ProgramView[] {
  const names = programs.map(({ programName }) => programName.split(/[\\/]/).at(-1) ?? programName)
  return programs.map(({ program, programName }, index) => {
    const before = names.slice(0, index).filter((name) => name === names[index]).length
    return { actor: driverOfProgram(index), program, programName, label: before === 0 ? names[index]! : `${names[index]} (${before + 1})` }
  })
}

/** The driver that runs, or last ran, each program, in their order. */
export function currentDrivers(view: RunView): DriverView[] {
  if (view.programs.length <= 1) return view.drivers.slice(-1)
  return view.programs.flatMap(({ actor }) => view.drivers.findLast((driver) => driver.actor === actor) ?? [])
}

/** What the program of an application is called, where there are several; null where there is one. */
export function labelOf(view: RunView, of: { appId?: string | null; actor?: ActorId | null }): string | null {
  if (view.programs.length <= 1) return null
  const actor = of.appId ? view.apps.find((app) => app.appId === of.appId)?.driver : (of.actor ?? undefined)
  return view.programs.find((program) => program.actor === actor)?.label ?? null
}

/** The application of that driver which runs, or ran last. */
export const appOfDriver = (view: RunView, actor: ActorId): AppView | undefined => view.apps.findLast((app) => app.driver === actor)
