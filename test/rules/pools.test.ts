/** §6.5–6.7: FIFO and FAIR, pools and the file that describes them. */
import { describe, expect, it } from 'vitest'
import { readAllocationFile } from '../../engine/rules/allocation-file.ts'
import { checkConf } from '../../engine/rules/refusals.ts'
import { Pools, fairer, newPool, type PoolSpec } from '../../engine/rules/pools.ts'
import { TaskScheduler } from '../../engine/rules/task-scheduler.ts'
import { add, finish, launches, setOf } from './task-help.ts'
import { TinyCluster, range } from './tiny-cluster.ts'

const inPool = (pool: string | null, stageId: number, tasks = 8) => setOf(tasks, { properties: pool === null ? {} : { 'spark.scheduler.pool': pool }, stageId, priority: stageId })
const make = (mode: string, pools: PoolSpec[] = []) => new TaskScheduler({ conf: { 'spark.scheduler.mode': mode }, random: () => 0, pools })
const busy = (scheduler: TaskScheduler): number[] => {
  const stages = scheduler.executors().flatMap((one) => scheduler.runningOn(one.executorId).map((task) => task.stageId))
  return range(3).map((stage) => stages.filter((one) => one === stage).length)
}
/** Two jobs at once on six slots, the first began alone; what each has once every slot has been given anew. */
function shared(scheduler: TaskScheduler, first: string | null, second: string | null): number[] {
  for (const id of range(6)) add(scheduler, String(id), 1)
  scheduler.submit(inPool(first, 0, 100), 0)
  expect(launches(scheduler.submit(inPool(second, 1, 100), 0))).toEqual([])
  for (const id of range(30)) finish(scheduler, id)
  return busy(scheduler)
}

describe('FAIR', () => {
  const share = (name: string, running: number, minShare = 0, weight = 1) => ({ name, running, minShare, weight })

  it('§6.6 who has less than its least share goes first; then the smaller ratio, then the name', () => {
    const order = (...shares: ReturnType<typeof share>[]): string => [...shares].sort(fairer).map((one) => one.name).join('')
    expect(order(share('a', 0), share('b', 1, 2))).toBe('ba')
    // Both needy: running / max(minShare, 1).
    expect(order(share('a', 2, 4), share('b', 1, 3))).toBe('ba')
    // Neither: running / weight.
    expect(order(share('a', 2), share('b', 3, 0, 2))).toBe('ba')
    expect(order(share('b', 1), share('a', 1))).toBe('ab')
  })

  it('§6.6 pools share the slots by weight, and a least share comes before weights', () => {
    expect(shared(make('FAIR', [newPool('a'), newPool('b')]), 'a', 'b')).toEqual([3, 3, 0])
    expect(shared(make('FAIR', [newPool('light'), { ...newPool('heavy'), weight: 2 }]), 'light', 'heavy')).toEqual([2, 4, 0])
    expect(shared(make('FAIR', [newPool('a'), { ...newPool('sure'), minShare: 5 }]), 'a', 'sure')).toEqual([1, 5, 0])
  })

  it('§6.6 within a pool FIFO, or FAIR where the file says so; without a pool property jobs are in `default`', () => {
    expect(shared(make('FAIR'), null, 'default')).toEqual([6, 0, 0])
    expect(shared(make('FAIR', [{ ...newPool('default'), mode: 'FAIR' }]), null, null)).toEqual([3, 3, 0])
  })

  it('§6.5 FIFO gives the later job only what the earlier leaves, whatever its pool', () => {
    expect(shared(make('FIFO', [{ ...newPool('heavy'), weight: 9 }]), 'a', 'heavy')).toEqual([6, 0, 0])
  })

  it('§6.6 a pool that nobody described is made with defaults, and the log says so once', () => {
    const scheduler = make('FAIR')
    const notes = [0, 1].map((stage) => scheduler.submit(inPool('mine', stage), 0).flatMap((effect) => (effect.type === 'post' && effect.event.Event === 'kindling.Note' ? [effect.event.text] : [])))
    expect(notes).toEqual([
      [
        "A job was submitted with scheduler pool mine, which has not been configured. This can happen when the file that pools are read from isn't set, or when that file doesn't contain mine. Created mine with default configuration (schedulingMode: FIFO, minShare: 0, weight: 1)"
      ],
      []
    ])
    const pools = new Pools({ mode: 'FAIR' })
    expect(pools.pools()).toEqual([{ name: 'default', mode: 'FIFO', weight: 1, minShare: 0 }])
  })

  it('§6.7 nothing that runs is stopped for fairness', () => {
    const cluster = new TinyCluster({ conf: { 'spark.scheduler.mode': 'FAIR' }, pools: [{ ...newPool('first'), minShare: 4 }], duration: () => 100 })
    cluster.rdd({ id: 0, partitions: 8 })
    cluster.addExecutor(4)
    cluster.submit(0, 0)
    cluster.submit(1, 0, undefined, { 'spark.scheduler.pool': 'first' })
    cluster.run()
    expect(cluster.kills.size).toBe(0)
    // The needy pool takes the first slots that fall free, then both share.
    expect(cluster.launched.slice(4, 8).map((task) => task.stageId)).toEqual([1, 1, 1, 1])
    expect([...cluster.ended.values()].every((end) => end.ok)).toBe(true)
  })

  it('§6.6 a mode that does not exist is refused', () => {
    expect(checkConf({ 'spark.scheduler.mode': 'fare' })[0]!.message).toContain("It should be one of 'FAIR, FIFO, NONE'.")
    expect(checkConf({ 'spark.scheduler.mode': 'none' })[0]!.message).toBe('Unsupported spark.scheduler.mode: NONE')
    expect(checkConf({ 'spark.scheduler.mode': 'fair' })).toEqual([])
  })
})

describe('fairscheduler.xml', () => {
  it('§6.6 pools with what they set, defaults for the rest', () => {
    const { pools } = readAllocationFile(
      `<?xml version="1.0"?>
<!-- two pools -->
<allocations>
  <pool name="production"><schedulingMode>FAIR</schedulingMode><weight>1</weight><minShare>2</minShare></pool>
  <pool name='R&amp;D'><weight> 3 </weight></pool>
  <pool name="plain"/>
</allocations>`,
      'fairscheduler.xml'
    )
    expect(pools).toEqual([
      { name: 'production', mode: 'FAIR', weight: 1, minShare: 2 },
      { name: 'R&D', mode: 'FIFO', weight: 3, minShare: 0 },
      { name: 'plain', mode: 'FIFO', weight: 1, minShare: 0 }
    ])
    expect(readAllocationFile('<allocations><pool name="p"><schedulingMode>fair</schedulingMode><weight>1</weight><minShare>0</minShare></pool></allocations>', 'f').warnings).toEqual([])
  })

  it('§6.6 values that cannot be used keep their defaults, with the words of Spark’s log', () => {
    const { pools, warnings } = readAllocationFile('<allocations><pool name="p"><schedulingMode>QUICK</schedulingMode><weight>much</weight><minShare></minShare></pool></allocations>', 'f.xml')
    expect(pools).toEqual([{ name: 'p', mode: 'FIFO', weight: 1, minShare: 0 }])
    expect(warnings).toEqual([
      'Unsupported schedulingMode: QUICK found in Fair Scheduler configuration file: f.xml, using the default schedulingMode: FIFO',
      'Error while loading fair scheduler configuration from f.xml: minShare is blank or invalid: , using the default minShare: 0',
      'Error while loading fair scheduler configuration from f.xml: weight is blank or invalid: much, using the default weight: 1'
    ])
  })

  it('a file that is no XML is refused, with the line', () => {
    const wrong = (text: string): string => {
      try {
        readAllocationFile(text, 'f.xml')
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(wrong('<allocations>\n<pool name="a">\n</allocations>')).toBe('f.xml is not well-formed XML: </allocations> closes nothing in line 3.')
    expect(wrong('<allocations>')).toBe('f.xml is not well-formed XML: <allocations> is never closed in line 1.')
    expect(wrong('<allocations>\n<pool name=a/></allocations>')).toBe('f.xml is not well-formed XML: a tag that is not closed in line 2.')
    expect(wrong('hello')).toBe('f.xml is not well-formed XML: there must be one outermost element in line 1.')
  })
})
