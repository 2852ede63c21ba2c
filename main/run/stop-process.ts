import type { ChildHandle } from './children.ts'
import type { LabHand } from './blows.ts'

/** A process that stands still until it is let go: the fault hang-driver. */
export const standStill =
  (driver: (app: number) => ChildHandle | null): LabHand =>
  (_, fault) => {
    const child = driver(fault.app)
    if (child === null || child.ended || child.pid === null) return { refuse: 'There is no driver running.' }
    if (process.platform === 'win32') return { refuse: 'Windows has no signal that stops a process: cut an executor off from the driver instead (cut-off-driver).' }
    const { pid } = child
    const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
      if (!child.ended) process.kill(pid, name)
    }
    return {
      target: 'driver',
      detail: `SIGSTOP to pid ${pid}: it stands still`,
      act: () => {
        signal('SIGSTOP')
        return { heal: () => signal('SIGCONT'), onGone: (gone) => child.onEnd(() => gone()) }
      }
    }
  }
