import { expect, test } from 'vitest'
import { runSettings } from '../../main/run/settings.ts'
import { testLab } from './lab.ts'

const bench = testLab()
const PROGRAM = 'from pyspark import SparkContext\nsc = SparkContext(appName="where")\nprint(sc.parallelize([1, 2, 3], 2).sum())\n'

test('§2.5 in cluster mode the driver is a process on a worker, in client mode beside the cluster', async () => {
  const cluster = await bench.run(PROGRAM, { conf: { 'spark.submit.deployMode': 'cluster' } })
  expect(cluster.stdout).toBe('6\n')
  const placed = cluster.of('kindling.DriverState').find((event) => event.state === 'RUNNING')!
  expect(placed.worker).toMatch(/^worker-[12]$/)
  const host = (ran: typeof cluster): string => ran.of('kindling.ProcessSpawned').find((event) => event.actor === 'driver')!.host
  expect(host(cluster)).toBe(placed.worker)
  const client = await bench.run(PROGRAM)
  expect(client.stdout).toBe('6\n')
  expect(client.of('kindling.DriverState')).toEqual([])
  expect(host(client)).toBe('localhost')
})

test('§2.6 cluster mode with a local master is refused [simplified: Python programs may run in standalone cluster mode, so that a supervised driver can be shown]', () => {
  expect(() => runSettings({ 'spark.submit.deployMode': 'cluster', 'spark.master': 'local[2]' })).toThrow(/^Cluster deploy mode is not compatible with master "local"/)
  expect(runSettings({ 'spark.submit.deployMode': 'cluster' }).clusterMode).toBe(true)
})

test('§3.13, §13.18 nobody can hold its executors: the application waits, and the driver says so again and again', async () => {
  const text = 'Initial job has not accepted any resources; check your cluster UI to ensure that workers are registered and have sufficient resources'
  const ran = await bench.run(PROGRAM, {
    conf: { 'spark.executor.memory': '8g', 'spark.starvation.timeout': '1s', 'spark.scheduler.maxRegisteredResourcesWaitingTime': '1s' },
    during: async (run) => {
      let said = 0
      await new Promise<void>((resolve) => {
        run.journal.onEvents((events) => {
          said += events.filter((event) => event.Event === 'kindling.Note' && event.text === text).length
          if (said >= 2) resolve()
        })
      })
      await run.stop()
    }
  })
  expect(ran.of('kindling.ExecutorLaunching')).toEqual([])
  expect(ran.of('SparkListenerTaskStart')).toEqual([])
  expect(ran.of('SparkListenerStageSubmitted')).toHaveLength(1)
})
