import type { FaultDescription } from '../lab-api.ts'

export const hangExecutor = {
  name: 'hang-executor',
  title: 'Silence',
  strikes: 'executor',
  how: 'The executor stops sending heartbeats and answers nobody, but its process stays.',
  follows:
    'Nobody knows at first. After spark.network.timeout without a heartbeat (120 s, looked at every 60 s) the driver gives it up: its tasks fail, which counts, and it is replaced.',
  sources: ['4.5', '4.7', '4.8', '4.27', '13.7'],
  key: 's'
} as const satisfies FaultDescription
