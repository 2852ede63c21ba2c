import type { Fault } from './fault.ts'

export const oomDriver = {
  name: 'oom-driver',
  title: 'Fill the driver',
  strikes: 'driver',
  by: 'order',
  does: 'pid {pid} takes memory until its heap is full; who meets it: {thread}',
  how: 'The driver process takes memory until its heap is full. What that does depends on the thread that meets it.',
  follows:
    'main: the program gets an OutOfMemoryError from the action it waits in, or from its next one; uncaught, it ends the driver with exit code 1, and what it was goes with it: jobs, map outputs, the answer. result: a task-result-getter thread dies of it, the result it held is lost, and the job hangs. broadcast: the table of the next broadcast join cannot be built, the query fails, the driver lives. The lab stays up and shows what happened.',
  sources: ['3.8', '4.9', '8.13', '8.15', '13.11'],
  key: 'd',
  parameters: [{ name: 'thread', kind: 'choice', choices: ['main', 'result', 'broadcast'], default: 'main', means: 'Which thread meets the full heap: the program\'s own, one that reads results, or one that builds a broadcast table.' }]
} as const satisfies Fault
