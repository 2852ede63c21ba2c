/** Pictures of the machines, read from their definitions: what is drawn is what runs. */
import type { AnyStateMachine } from 'xstate'
import type { MachineName } from '../events/index.ts'
import { driverMachine } from './driver.ts'
import { executorMachine } from './executor.ts'
import { masterMachine } from './master.ts'
import { workerMachine } from './worker.ts'

export interface MachineDiagram {
  initial: string
  states: { id: string; label: string; description?: string; final?: boolean }[]
  /** An edge from a state to itself is an event that is handled without leaving it. */
  edges: { from: string; to: string; event: string }[]
}

/** `runningTasks` → `running tasks`; names in capitals are Spark's own and stay. */
export const stateLabel = (id: string): string => (id === id.toUpperCase() ? id : id.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`))

function draw(machine: AnyStateMachine): MachineDiagram {
  const states: MachineDiagram['states'] = []
  const edges: MachineDiagram['edges'] = []
  for (const node of Object.values(machine.root.states)) {
    states.push({
      id: node.key,
      label: stateLabel(node.key),
      ...(node.description === undefined ? {} : { description: node.description }),
      ...(node.type === 'final' ? { final: true } : {})
    })
    for (const [event, transitions] of node.transitions) {
      for (const transition of transitions) {
        const targets = transition.target?.map((target) => target.key) ?? [node.key]
        for (const to of targets) if (!edges.some((edge) => edge.from === node.key && edge.to === to && edge.event === event)) edges.push({ from: node.key, to, event })
      }
    }
  }
  return { initial: machine.root.initial.target[0]?.key ?? '', states, edges }
}

export const machineDiagrams: Record<MachineName, MachineDiagram> = {
  master: draw(masterMachine),
  worker: draw(workerMachine),
  driver: draw(driverMachine),
  executor: draw(executorMachine)
}
