import type { Fault } from './fault.ts'

export const slowExecutor = {
  name: 'slow-executor',
  title: 'Slow executor',
  strikes: 'executor',
  by: 'order',
  does: 'tasks of pid {pid} last {factor} times as long',
  how: 'Each task of this executor takes so many times as long as it would. It stays healthy otherwise: its heartbeats come in time.',
  follows:
    'Nothing fails. The stage waits for its slowest task. With spark.speculation on, a second copy of a task that lasts far longer than the others starts elsewhere, and the first one to finish wins.',
  sources: ['6.21', '6.22', '6.23', '13.14'],
  parameters: [{ name: 'factor', kind: 'factor', default: '10', means: 'how many times as long a task lasts' }],
  lasting: { heal: 'Tasks are as fast as before; those that only waited end at once.' }
} as const satisfies Fault
