/** What each file of this folder holds. */
import type { FaultDescription } from '../lab-api.ts'

export interface Fault extends FaultDescription {
  /**
   * Who carries it out. `kill`: the process gets SIGKILL. `order`: the process is told and does it itself.
   * `lab`: the lab does it, with its own hands (main/run).
   */
  by: 'kill' | 'order' | 'lab'
  /** A fault by order that its process does not outlive: whoever waits for it waits for the end. */
  fatal?: true
  /** What it does, for the log: `{pid}` and `{name}` of a parameter are filled in. */
  does: string
  /** Which blocks it takes, of a fault on blocks. */
  block?: 'cached' | 'shuffle'
}
