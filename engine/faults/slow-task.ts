import type { Fault } from './fault.ts'

export const slowTask = {
  name: 'slow-task',
  title: 'Slow a task',
  strikes: 'task',
  by: 'order',
  does: 'its next attempt takes longer by {by}',
  how: 'The next attempt of the chosen task, or of any task, takes so much longer. Its executor is as fast as before.',
  follows:
    'A straggler: the stage waits for this one task while the other slots are free. With spark.speculation a copy of it starts on another host once it runs far longer than the median, and the first of the two to finish wins.',
  sources: ['6.21', '6.22', '6.23', '13.14'],
  parameters: [
    { name: 'by', kind: 'time', default: '10s', means: 'How much longer, lab time.' },
    { name: 'times', kind: 'count', always: true, default: '1', means: 'So many attempts are slow; always: every attempt of that partition.' }
  ],
  lasting: { heal: 'Attempts from now on are as fast as they can be.' }
} as const satisfies Fault
