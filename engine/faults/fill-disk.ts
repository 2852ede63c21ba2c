import type { Fault } from './fault.ts'

export const fillDisk = {
  name: 'fill-disk',
  title: 'Fill the disk',
  strikes: 'executor',
  by: 'order',
  does: 'pid {pid} finds its disk full',
  how: 'Every write of this executor to its local folder fails: shuffle files, spills, blocks on disk. What is there can still be read.',
  follows:
    'Tasks that write end with java.io.IOException: No space left on device, which counts. They are tried again, perhaps on the same executor, and four failures of one partition abort the job.',
  sources: ['13.16', '6.4', '6.10'],
  lasting: { heal: 'There is room again.' }
} as const satisfies Fault
