import type { Fault } from './fault.ts'

export const crashExecutor = {
  name: 'crash-executor',
  title: 'Crash executor',
  strikes: 'executor',
  by: 'kill',
  does: 'SIGKILL to pid {pid}',
  how: 'SIGKILL to the executor process: it gets no chance to say goodbye. Exit code 137.',
  follows:
    'Its running tasks fail, which counts, and run on other executors. Its cached blocks and map outputs are gone: map outputs are made again when a reducer misses them. The Master starts an executor with the next id at once. The answer stays right.',
  sources: ['3.14', '3.17', '4.19', '4.20', '5.13', '5.15', '5.17', '5.20', '13.1'],
  key: 'c'
} as const satisfies Fault
