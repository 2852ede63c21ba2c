/** Walks over RDDs within a stage: narrow dependencies are followed, shuffles are where it ends (§5.2, §5.10). */
import type { Dependency, RddNode } from './types.ts'
import type { ShuffleDependency } from './stage.ts'

type Lookup = (rddId: number) => RddNode
type Narrow = Exclude<Dependency, { kind: 'shuffle' }>

/** The RDDs of one stage, its last RDD first. The walk leaves out RDDs that `enter` refuses, and what lies above them. */
export function narrowChain(rddId: number, lookup: Lookup, enter: (node: RddNode) => boolean = () => true): RddNode[] {
  const seen = new Set<number>([rddId])
  const chain: RddNode[] = []
  const stack = [rddId]
  while (stack.length > 0) {
    const node = lookup(stack.pop()!)
    if (!enter(node)) continue
    chain.push(node)
    for (let i = node.dependencies.length - 1; i >= 0; i--) {
      const dependency = node.dependencies[i]!
      if (dependency.kind === 'shuffle' || seen.has(dependency.rdd)) continue
      seen.add(dependency.rdd)
      stack.push(dependency.rdd)
    }
  }
  return chain
}

/** The shuffles a stage ending in this RDD reads, each once, left to right. */
export function shuffleDependencies(rddId: number, lookup: Lookup, enter?: (node: RddNode) => boolean): ShuffleDependency[] {
  const found = new Map<number, ShuffleDependency>()
  for (const node of narrowChain(rddId, lookup, enter)) {
    for (const dependency of node.dependencies)
      if (dependency.kind === 'shuffle' && !found.has(dependency.shuffleId))
        found.set(dependency.shuffleId, { rdd: dependency.rdd, shuffleId: dependency.shuffleId, reduces: dependency.reduces })
  }
  return [...found.values()]
}

/** Parent partitions that a child's partition is made from. */
export function parentPartitions(dependency: Narrow, partition: number): readonly number[] {
  switch (dependency.kind) {
    case 'one-to-one':
      return [partition]
    case 'range': {
      const at = partition - dependency.outStart
      return at >= 0 && at < dependency.length ? [at + dependency.inStart] : []
    }
    case 'groups':
      return dependency.groups[partition] ?? []
  }
}

/** Partitions of every RDD of the stage that these partitions of its last RDD are made from. */
export function reach(rddId: number, partitions: readonly number[], lookup: Lookup): Map<number, Set<number>> {
  const reached = new Map<number, Set<number>>()
  const stack: [number, number][] = partitions.map((partition) => [rddId, partition])
  while (stack.length > 0) {
    const [id, partition] = stack.pop()!
    let set = reached.get(id)
    if (set === undefined) reached.set(id, (set = new Set()))
    if (set.has(partition)) continue
    set.add(partition)
    for (const dependency of lookup(id).dependencies)
      if (dependency.kind !== 'shuffle') for (const parent of parentPartitions(dependency, partition)) stack.push([dependency.rdd, parent])
  }
  return reached
}

export interface PlacesKnown {
  cacheLocations: (rddId: number, partition: number) => string[]
  /** Hosts with a good part of a reduce partition's input; none when reduce locality is off. */
  reduceHosts: (shuffleId: number, reduce: number) => string[]
}

const NOWHERE: string[] = []

/**
 * Where tasks of a stage would like to run: the cached block's executor, else what the RDD itself prefers,
 * else the first narrow parent that prefers something (§5.10).
 */
export function preferences(rddId: number, lookup: Lookup, places: PlacesKnown): (partition: number) => string[] {
  const chain = narrowChain(rddId, lookup)
  const nodes = new Map(chain.map((node) => [node.id, node]))
  const matters = chain.some((node) => node.storageLevel !== undefined || node.preferred !== undefined || readsOneShuffle(node) !== null)
  if (!matters) return () => NOWHERE

  const visit = (id: number, partition: number, seen: Set<string>): string[] => {
    const mark = `${id}/${partition}`
    if (seen.has(mark)) return NOWHERE
    seen.add(mark)
    const node = nodes.get(id)!
    if (node.storageLevel !== undefined) {
      const cached = places.cacheLocations(id, partition)
      if (cached.length > 0) return cached
    }
    const own = node.preferred?.[partition]
    if (own !== undefined && own.length > 0) return own
    const shuffle = readsOneShuffle(node)
    if (shuffle !== null) {
      const hosts = places.reduceHosts(shuffle, partition)
      if (hosts.length > 0) return hosts.map((host) => `host:${host}`)
    }
    for (const dependency of node.dependencies) {
      if (dependency.kind === 'shuffle') continue
      for (const parent of parentPartitions(dependency, partition)) {
        const found = visit(dependency.rdd, parent, seen)
        if (found.length > 0) return found
      }
    }
    return NOWHERE
  }
  return (partition) => visit(rddId, partition, new Set())
}

function readsOneShuffle(node: RddNode): number | null {
  const only = node.dependencies.length === 1 ? node.dependencies[0]! : null
  return only?.kind === 'shuffle' ? only.shuffleId : null
}
