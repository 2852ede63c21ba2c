import type { Fault } from './fault.ts'

export const killDriver = {
  name: 'kill-driver',
  title: 'Kill the driver',
  strikes: 'driver',
  by: 'kill',
  does: 'SIGKILL to pid {pid}',
  how: 'SIGKILL to the driver process. Exit code 137.',
  follows:
    'The application ends and its executors exit by themselves. With spark.driver.supervise in cluster mode the Worker starts the driver again after 1, 2, 4… seconds: it registers a new application and runs the program from its first line.',
  sources: ['3.8', '3.22', '3.23', '4.9', '8.15', '12.6'],
  key: 'k'
} as const satisfies Fault
