import type { Fault } from './fault.ts'

export const loseWorker = {
  name: 'lose-worker',
  title: 'Lose a worker',
  strikes: 'worker',
  by: 'lab',
  does: 'its process ends, and what ran on it goes with it',
  how: 'The Worker process ends. Executors, and a driver that sits on it, watch their Worker and exit with 255.',
  follows:
    'The Master sees the connection close at once: its executors are LOST ("worker lost"), which counts against no task. Their map outputs and cached blocks are gone. Other workers get replacements where they have room. A supervised driver starts again on another worker under a new driver id; without supervision it is over.',
  sources: ['3.19', '3.20', '3.24', '4.20', '13.5'],
  lasting: { heal: 'Its process is started again: it registers with the Master and gets executors.' }
} as const satisfies Fault
