import type { Fault } from './fault.ts'

export const stopMaster = {
  name: 'stop-master',
  title: 'Stop the Master',
  strikes: 'master',
  by: 'lab',
  does: 'its process ends',
  how: 'The Master process ends. Workers try to register again, every 5 to 15 seconds at first.',
  follows:
    'Running applications go on: drivers and executors do not need the Master. But nothing is started and nothing is replaced, and a new application waits 60 s and gives up.',
  sources: ['3.2', '3.6', '3.7', '3.16', '3.26'],
  lasting: { heal: 'A Master is there again. With spark.deploy.recoveryMode it has the books of the one before, and applications and workers answer it. Without (NONE) it knows nothing: workers register again and have to end executors it does not know.' }
} as const satisfies Fault
