import type { Fault } from './fault.ts'

export const hangWorker = {
  name: 'hang-worker',
  title: 'Silence a worker',
  strikes: 'worker',
  by: 'lab',
  does: 'the Master hears nothing of it any more',
  how: 'The Worker and the Master do not reach one another any more. Executors and the driver do, and go on.',
  follows:
    'Nobody knows at first. After spark.worker.timeout without a heartbeat (60 s, looked at every 60 s) the Master counts the Worker as DEAD and its executors as LOST; the driver gives them up. When it is heard again it is asked to register, and what the Master does not know is ended.',
  sources: ['3.3', '3.19', '4.27'],
  lasting: { heal: 'The network between it and the Master works again.' }
} as const satisfies Fault
