import type { Fault } from './fault.ts'

export const oomExecutor = {
  name: 'oom-executor',
  title: 'Fill its memory',
  strikes: 'executor',
  by: 'order',
  fatal: true,
  does: 'pid {pid} takes memory until its heap is full',
  how: 'The executor process takes memory until its heap is full. It dies of an OutOfMemoryError with exit code 52.',
  follows:
    'The task at fault fails with the OutOfMemoryError where the message still gets out; the other tasks on it fail with the executor. All of it counts. Then all is as after a crash. A partition that has lost four attempts this way aborts the job.',
  sources: ['4.11', '4.12', '4.20', '5.25', '6.10', '6.12', '13.3'],
  key: 'm'
} as const satisfies Fault
