import type { Fault } from './fault.ts'

export const decommissionWorker = {
  name: 'decommission-worker',
  title: 'Decommission a worker',
  strikes: 'worker',
  by: 'lab',
  does: 'it is told that it will be taken away (PWR)',
  how: 'The Worker gets the signal PWR. It needs spark.decommission.enabled.',
  follows: 'The Master starts nothing on it any more and tells the applications; each of its executors is decommissioned, and is replaced on other workers where they have room.',
  sources: ['3.5', '7.6', '7.7']
} as const satisfies Fault
