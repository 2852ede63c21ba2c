import type { Fault } from './fault.ts'

export const decommissionExecutor = {
  name: 'decommission-executor',
  title: 'Decommission an executor',
  strikes: 'executor',
  by: 'order',
  does: 'pid {pid} is told that it will be taken away (PWR)',
  how: 'The executor gets the signal PWR, as before its computer is taken away. It needs spark.decommission.enabled.',
  follows:
    'It gets no new tasks; those that run may finish. With spark.storage.decommission.enabled its map outputs and cached blocks go to other executors, and need not be made again. Then it exits with 0. Its loss counts against no task.',
  sources: ['4.18', '7.6', '7.7', '7.8']
} as const satisfies Fault
