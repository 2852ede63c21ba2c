/**
 * A few hundred schedules of crashes, exceptions and fetch failures over random lineages, each from a seed.
 * Safety under any faults; once they stop, every job ends.
 */
import { expect, test } from 'vitest'
import type { TaskEndReason } from '../../engine/events/index.ts'
import type { Dependency, LossReason } from '../../engine/rules/types.ts'
import { MEMORY_ONLY, TinyCluster, exception, range, seeded, short } from './tiny-cluster.ts'

const FAULTS_STOP = 3000
const MAX_FAILURES = 4

function randomLineage(cluster: TinyCluster, random: () => number): number {
  const pick = (n: number): number => Math.floor(random() * n)
  const count = 3 + pick(7)
  let shuffles = 0
  for (let id = 0; id < count; id++) {
    const partitions = 1 + pick(5)
    const cached = random() < 0.25 ? { storageLevel: MEMORY_ONLY } : {}
    const kind = id === 0 ? 'source' : ['source', 'map', 'map', 'union', 'coalesce', 'shuffle', 'shuffle', 'shuffle', 'join'][pick(9)]!
    const parent = (): number => Math.max(0, id - 1 - pick(3))
    const shuffle = (rdd: number): Dependency => ({ kind: 'shuffle', rdd, shuffleId: shuffles++, reduces: partitions })
    const of = (rdd: number) => cluster.rdds.get(rdd)!.partitions
    if (kind === 'map') {
      const rdd = parent()
      cluster.rdd({ id, partitions: of(rdd), dependencies: [{ kind: 'one-to-one', rdd }], ...cached })
    } else if (kind === 'union') {
      const a = parent()
      const b = parent()
      cluster.rdd({
        id,
        partitions: of(a) + of(b),
        dependencies: [
          { kind: 'range', rdd: a, inStart: 0, outStart: 0, length: of(a) },
          { kind: 'range', rdd: b, inStart: 0, outStart: of(a), length: of(b) }
        ],
        ...cached
      })
    } else if (kind === 'coalesce') {
      const rdd = parent()
      const groups = range(Math.min(of(rdd), partitions)).map((): number[] => [])
      for (const p of range(of(rdd))) groups[p % groups.length]!.push(p)
      cluster.rdd({ id, partitions: groups.length, dependencies: [{ kind: 'groups', rdd, groups }], ...cached })
    } else if (kind === 'shuffle') cluster.rdd({ id, partitions, dependencies: [shuffle(parent())], ...cached })
    else if (kind === 'join') cluster.rdd({ id, partitions, dependencies: [shuffle(parent()), shuffle(parent())], ...cached })
    else cluster.rdd({ id, partitions, ...cached })
  }
  return count
}

function oneSchedule(seed: number): { cluster: TinyCluster; jobs: number[]; targets: Map<number, number> } {
  const random = seeded(seed)
  const pick = (n: number): number => Math.floor(random() * n)
  const faulty = (): boolean => cluster.now < FAULTS_STOP
  const roughness = random() ** 2 * 0.5
  const cluster: TinyCluster = new TinyCluster({
    random,
    conf: { 'spark.locality.wait': random() < 0.5 ? '0' : '50ms' },
    duration: () => 1 + pick(150),
    fate: (task): TaskEndReason | undefined => {
      if (!faulty()) return undefined
      const roll = random()
      if (roll < roughness) return exception()
      if (roll < roughness * 1.5) {
        // A network failure: the map output is there, its executor is blamed all the same.
        for (const node of cluster.rdds.values())
          for (const dependency of node.dependencies) {
            if (dependency.kind !== 'shuffle' || !cluster.schedulers.outputs.contains(dependency.shuffleId)) continue
            const info = cluster.stageInfo(task.stageId)
            if (!info['RDD Info'].some((rdd) => rdd['RDD ID'] === node.id)) continue
            const status = cluster.schedulers.outputs.statuses(dependency.shuffleId)[0]
            if (status)
              return { Reason: 'FetchFailed', 'Block Manager Address': { 'Executor ID': status.executorId, Host: status.host, Port: 1 }, 'Shuffle ID': dependency.shuffleId, 'Map ID': status.mapTaskId, 'Map Index': 0, 'Reduce ID': task.partition, Message: 'timed out' }
          }
      }
      return undefined
    }
  })
  const count = randomLineage(cluster, random)
  const hosts = 1 + pick(3)
  const host = (): string => `host-${pick(hosts)}`
  for (const _ of range(1 + pick(4))) cluster.addExecutor(1 + pick(3), host())

  const reasons: LossReason[] = [
    { kind: 'exited', code: 137, causedByApp: true, text: 'Command exited with code 137' },
    { kind: 'exited', code: 56, causedByApp: false, text: 'Command exited with code 56' },
    { kind: 'killed-by-driver', text: 'Executor killed by driver.' }
  ]
  for (const _ of range(pick(25)))
    cluster.after(pick(FAULTS_STOP), () => {
      const alive = [...cluster.executors.values()].filter((executor) => executor.alive)
      const victim = alive[pick(alive.length)]
      if (!victim) return
      cluster.crash(victim.id, random() < 0.5 ? 0 : pick(400), reasons[pick(reasons.length)])
      cluster.after(pick(500), () => cluster.addExecutor(1 + pick(3), host()))
    })
  // Whatever happened: when the faults are over somebody is there to work.
  cluster.after(FAULTS_STOP + 500, () => cluster.addExecutor(2, host()))

  const jobs = range(1 + pick(8))
  const targets = new Map<number, number>()
  for (const job of jobs)
    cluster.after(pick(job * 300 + 1), () => {
      const rdd = pick(count)
      targets.set(job, rdd)
      cluster.submit(job, rdd)
    })
  return { cluster, jobs, targets }
}

function judge(seed: number, cluster: TinyCluster, jobs: number[], targets: Map<number, number>): void {
  const where = `seed ${seed}`
  for (const job of jobs) {
    const end = cluster.ended.get(job)
    expect(end, `${where}: job ${job} never ended`).toBeDefined()
    const outputs = cluster.outputs.get(job)!
    for (const values of outputs.values()) expect(values.length, `${where}: one accepted result a partition`).toBe(1)
    if (end!.ok) {
      const rdd = targets.get(job)!
      const wanted = range(cluster.rdds.get(rdd)!.partitions).map((p) => cluster.truth(rdd, p))
      expect(wanted.map((_, p) => outputs.get(p)?.[0]), `${where}: answer of job ${job}`).toEqual(wanted)
    } else expect(end!.message, where).toMatch(/failed 4 times, most recent failure|has failed the maximum allowable number of times: 4/)
  }
  const counted = new Map<string, number>()
  const open = new Set<number>()
  for (const { event } of cluster.log) {
    if (event.Event === 'SparkListenerTaskStart') open.add(event['Task Info']['Task ID'])
    if (event.Event !== 'SparkListenerTaskEnd') continue
    const reason = event['Task End Reason']
    if (reason.Reason !== 'Resubmitted') expect(open.delete(event['Task Info']['Task ID']), `${where}: ${short(event)} without a start`).toBe(true)
    const name = `${event['Stage ID']}.${event['Stage Attempt ID']}/${event['Task Info'].Index}`
    // A success sets the count back: its output may be lost and the task run anew (§6.10).
    if (reason.Reason === 'Success') counted.delete(name)
    if (reason.Reason === 'ExceptionFailure' || (reason.Reason === 'ExecutorLostFailure' && reason['Exit Caused By App'])) {
      counted.set(name, (counted.get(name) ?? 0) + 1)
      expect(counted.get(name), `${where}: ${name}`).toBeLessThanOrEqual(MAX_FAILURES)
    }
  }
  expect(open.size, `${where}: every start has an end`).toBe(0)
  const stages = new Map<string, number>()
  for (const { event } of cluster.log) {
    if (event.Event === 'SparkListenerStageSubmitted') stages.set(short(event).split(' ')[1]!, 1)
    if (event.Event === 'SparkListenerStageCompleted') expect(stages.delete(short(event).split(' ')[1]!), `${where}: ${short(event)}`).toBe(true)
  }
  expect(stages.size, `${where}: every submitted stage completes`).toBe(0)
  expect(cluster.schedulers.activeJobs(), where).toEqual([])
  for (const executor of cluster.schedulers.executors()) expect(executor.freeSlots, `${where}: slots of executor ${executor.executorId}`).toBe(executor.slots)
}

test('400 schedules: safe under faults, and every job ends after them', () => {
  let failed = 0
  let retried = 0
  let resubmitted = 0
  for (let seed = 1; seed <= 400; seed++) {
    const { cluster, jobs, targets } = oneSchedule(seed)
    expect(cluster.run(() => false, 600_000), `seed ${seed}: still going`).toBe(true)
    judge(seed, cluster, jobs, targets)
    failed += [...cluster.ended.values()].filter((end) => !end.ok).length
    for (const { event } of cluster.log) {
      if (event.Event !== 'kindling.Decision') continue
      if (event.kind === 'retry-task') retried++
      if (event.kind === 'resubmit-stage') resubmitted++
    }
  }
  // The schedules do reach what they are for.
  expect(failed).toBeGreaterThan(3)
  expect(retried).toBeGreaterThan(200)
  expect(resubmitted).toBeGreaterThan(50)
})

test('the same seed gives the same log', () => {
  const run = (): string => {
    const { cluster } = oneSchedule(77)
    cluster.run()
    return JSON.stringify(cluster.log)
  }
  expect(run()).toBe(run())
})
