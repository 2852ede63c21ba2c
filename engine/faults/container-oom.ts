import type { Fault } from './fault.ts'

export const containerOom = {
  name: 'container-oom',
  title: 'Outgrow the container',
  strikes: 'executor',
  by: 'order',
  fatal: true,
  does: 'pid {pid} takes memory outside its heap until its container is too small',
  how: 'The executor takes memory outside its heap, as Python workers and native libraries do, until it uses more than memory and overhead together. Its node kills it from outside: SIGKILL, exit code 137. A run that has no containers puts this executor in one.',
  follows:
    'No OutOfMemoryError, no last word in its log: the heap was never full. Its running tasks fail, which counts, and all is as after a crash. More spark.executor.memoryOverhead helps, more spark.executor.memory alone hardly.',
  sources: ['8.11', '8.12', '4.20', '13.2', '13.4', '14.3']
} as const satisfies Fault
