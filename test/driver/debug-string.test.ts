import { expect, it } from 'vitest'
import { debugString, RddTable, type TableEntry } from '../../engine/driver/rdd-table.ts'
import type { Dependency } from '../../engine/rules/types.ts'

const LEVEL = { 'Use Disk': false, 'Use Memory': true, 'Use Off Heap': false, Deserialized: false, Replication: 1 }
const narrow = (rdd: number): Dependency => ({ kind: 'one-to-one', rdd })
const shuffle = (rdd: number): Dependency => ({ kind: 'shuffle', rdd, shuffleId: rdd, reduces: 2 })

function table(...entries: (Pick<TableEntry, 'id' | 'name' | 'partitions' | 'dependencies'> & Partial<TableEntry>)[]): RddTable {
  const made = new RddTable()
  for (const e of entries) made.add({ callSite: 'map at a.py:1', compute: { kind: 'python', payload: new Uint8Array() }, ...e })
  return made
}
const none = () => ({ count: 0, memory: 0, disk: 0 })

it('a shuffle hangs below the middle of its count, a named file goes first (as Spark 4.1.1 prints it) (§11.14)', () => {
  const t = table(
    { id: 0, name: 'HadoopRDD', label: 'frost.txt', partitions: 2, dependencies: [] },
    { id: 1, name: 'PairwiseRDD', partitions: 2, dependencies: [narrow(0)] },
    { id: 2, name: 'ShuffledRDD', partitions: 2, dependencies: [shuffle(1)] },
    { id: 3, name: 'PythonRDD', partitions: 2, dependencies: [narrow(2)] }
  )
  expect(debugString(t, 3, none)).toBe(
    ['(2) PythonRDD[3] at map at a.py:1 []', ' |  ShuffledRDD[2] at map at a.py:1 []', ' +-(2) PairwiseRDD[1] at map at a.py:1 []', '    |  frost.txt HadoopRDD[0] at map at a.py:1 []'].join('\n')
  )
})

it('counts of two digits move the stroke', () => {
  const t = table({ id: 0, name: 'PairwiseRDD', partitions: 12, dependencies: [] }, { id: 1, name: 'Source', partitions: 12, dependencies: [narrow(0)] }, { id: 2, name: 'ShuffledRDD', partitions: 11, dependencies: [shuffle(1)] }, { id: 3, name: 'PythonRDD', partitions: 11, dependencies: [narrow(2)] })
  expect(debugString(t, 3, none)).toBe(
    ['(11) PythonRDD[3] at map at a.py:1 []', ' |   ShuffledRDD[2] at map at a.py:1 []', ' +-(12) Source[1] at map at a.py:1 []', '    |   PairwiseRDD[0] at map at a.py:1 []'].join('\n')
  )
})

it('the root’s level stands on every line; what is cached says how much (§11.14)', () => {
  const t = table({ id: 0, name: 'ParallelCollectionRDD', partitions: 2, dependencies: [] }, { id: 1, name: 'PythonRDD', partitions: 2, dependencies: [narrow(0)], storageLevel: LEVEL })
  expect(debugString(t, 1, (id) => (id === 1 ? { count: 2, memory: 148, disk: 0 } : none()))).toBe(
    ['(2) PythonRDD[1] at map at a.py:1 [Memory Serialized 1x Replicated]', ' |       CachedPartitions: 2; MemorySize: 148.0 B; DiskSize: 0.0 B', ' |  ParallelCollectionRDD[0] at map at a.py:1 [Memory Serialized 1x Replicated]'].join('\n')
  )
})
