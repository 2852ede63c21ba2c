import type { Fault } from './fault.ts'

export const hangDriver = {
  name: 'hang-driver',
  title: 'Stop the driver\'s heart',
  strikes: 'driver',
  by: 'lab',
  does: 'SIGSTOP to pid {pid}: it stands still',
  how: 'The driver process is stopped (SIGSTOP), as in a garbage collection without end. It holds its connections and does nothing.',
  follows:
    'Nobody is told: its connections are open, so the Master and the executors see nothing. Tasks that run come to their end and wait with their results; no new one starts. Once it goes on, executors whose heartbeats it has not read for spark.network.timeout may be given up.',
  sources: ['3.8', '4.5', '4.7', '4.8'],
  lasting: { heal: 'SIGCONT: it goes on where it stood, and reads what was sent meanwhile.' }
} as const satisfies Fault
