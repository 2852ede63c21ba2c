import type { Fault } from './fault.ts'

export const loseShuffleFiles = {
  name: 'lose-shuffle-files',
  title: 'Lose shuffle files',
  strikes: 'block',
  by: 'order',
  block: 'shuffle',
  does: 'the shuffle files of pid {pid} are deleted',
  how: 'The map outputs on this executor’s disk are deleted. The process lives, and nobody is told.',
  follows:
    'Nothing, until a reduce task wants one of them: it ends with FetchFailed, which does not count. The driver drops all map outputs of this executor, its block manager too, runs the missing map tasks again 200 ms later, and then the missing part of the stage that failed.',
  sources: ['5.11', '5.13', '5.14', '5.15', '5.16', '5.17', '13.8']
} as const satisfies Fault
