import type { Fault } from './fault.ts'

export const loseCachedBlock = {
  name: 'lose-cached-block',
  title: 'Lose a cached block',
  strikes: 'block',
  by: 'order',
  block: 'cached',
  does: 'pid {pid} drops a cached block',
  how: 'One cached partition goes from this executor’s memory and disk. The driver hears of it.',
  follows:
    'The next job that needs the partition computes it again from its lineage, and keeps it again. A copy on another executor is used instead. The answer stays right. A local checkpoint has no lineage left: its job fails.',
  sources: ['5.31', '5.34', '8.7', '14.6']
} as const satisfies Fault
