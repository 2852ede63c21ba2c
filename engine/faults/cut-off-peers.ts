import type { Fault } from './fault.ts'

export const cutOffPeers = {
  name: 'cut-off-peers',
  title: 'Cut off from its peers',
  strikes: 'executor',
  by: 'order',
  does: 'pid {pid} and the other executors do not reach one another',
  how: 'Connections between this executor and the others break, and no new one can be made. The driver reaches it as before.',
  follows:
    'Heartbeats come, so nobody gives it up. Who needs map output from it tries again (spark.shuffle.io.maxRetries, 3 times after 5 s), then reports a fetch failure: all its map outputs are written off, the map stage runs again for them, then the failed stage. After four attempts of a stage in a row the job is aborted.',
  sources: ['5.11', '5.13', '5.15', '5.16', '5.17', '5.18', '13.8'],
  lasting: { heal: 'New connections can be made.' }
} as const satisfies Fault
