import type { Fault } from './fault.ts'

export const oomDriver = {
  name: 'oom-driver',
  title: 'Fill the driver',
  strikes: 'driver',
  by: 'order',
  fatal: true,
  does: 'pid {pid} takes memory until its heap is full',
  how: 'The driver process takes memory until its heap is full and dies of it.',
  follows:
    'The driver is the application: with it go the jobs, the map outputs it knew of and the answer. The executors see the closed connection and exit by themselves. The Master ends the application. The lab stays up and shows what happened.',
  sources: ['3.8', '4.9', '8.13', '8.15', '13.11'],
  key: 'd'
} as const satisfies Fault
