import type { Fault } from './fault.ts'

export const cutOffDriver = {
  name: 'cut-off-driver',
  title: 'Cut off from the driver',
  strikes: 'executor',
  by: 'order',
  does: 'nothing passes between pid {pid} and the driver',
  how: 'Between the executor and the driver the network loses everything, both ways. Its peers still reach it, its process is well.',
  follows:
    'Its tasks run to their end and nobody hears of it. After spark.network.timeout without a heartbeat (120 s, looked at every 60 s) the driver gives it up: its tasks fail, which counts, and it is replaced.',
  sources: ['4.5', '4.7', '4.8', '4.19', '13.7'],
  lasting: { heal: 'What both sides had said meanwhile arrives. An executor that was given up is told to stop (§4.27).' }
} as const satisfies Fault
