import type { Fault } from './fault.ts'

export const hangExecutor = {
  name: 'hang-executor',
  title: 'Silence',
  strikes: 'executor',
  by: 'order',
  does: 'pid {pid} stops answering',
  how: 'The executor stops sending heartbeats and answers nobody, but its process stays.',
  follows:
    'Nobody knows at first. After spark.network.timeout without a heartbeat (120 s, looked at every 60 s) the driver gives it up: its tasks fail, which counts, and it is replaced.',
  sources: ['4.5', '4.7', '4.8', '4.27', '13.7'],
  key: 's',
  lasting: { heal: 'It goes on where it stopped, as after a long garbage collection: what it was sent meanwhile reaches it, what it had to say goes out. If the driver has given it up by then, it is told to stop (§4.27).' }
} as const satisfies Fault
