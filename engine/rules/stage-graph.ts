/** Makes stages from lineage and knows which job needs which (§5.2–5.8). */
import type { RddInfo } from '../events/index.ts'
import type { RddNode } from './types.ts'
import type { MapOutputTrackerApi } from './contract.ts'
import { narrowChain, shuffleDependencies } from './lineage.ts'
import { rddInfo, stageInfo } from './spark-events.ts'
import { Stage, type ShuffleDependency } from './stage.ts'

export class StageGraph {
  readonly stages = new Map<number, Stage>()
  readonly #mapStages = new Map<number, Stage>()
  readonly #ofJob = new Map<number, Set<Stage>>()
  readonly #rdd: (rddId: number) => RddNode
  readonly #outputs: MapOutputTrackerApi
  readonly #cacheLocations: (rddId: number, partition: number) => string[]
  #nextId = 0

  constructor(rdd: (rddId: number) => RddNode, outputs: MapOutputTrackerApi, cacheLocations: (rddId: number, partition: number) => string[]) {
    this.#rdd = rdd
    this.#outputs = outputs
    this.#cacheLocations = cacheLocations
  }

  /** A new result stage; its parents get their ids first (§5.3). */
  resultStage(rddId: number, tasks: number, callSite: string, jobId: number): Stage {
    const parents = shuffleDependencies(rddId, this.#rdd).map((dependency) => this.mapStage(dependency, jobId))
    return this.#add({ kind: 'result', rddId, tasks, name: callSite, parents, firstJobId: jobId, shuffle: null })
  }

  /** The map stage of a shuffle; made with all its ancestors when no running job has it. */
  mapStage(wanted: ShuffleDependency, jobId: number): Stage {
    const known = this.#mapStages.get(wanted.shuffleId)
    if (known) return known
    // Depth first with a stack of its own: lineages of iterative programs are long.
    const stack = [{ dependency: wanted, needs: shuffleDependencies(wanted.rdd, this.#rdd), at: 0 }]
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const next = top.needs[top.at++]
      if (next !== undefined) {
        if (!this.#mapStages.has(next.shuffleId)) stack.push({ dependency: next, needs: shuffleDependencies(next.rdd, this.#rdd), at: 0 })
        continue
      }
      stack.pop()
      if (!this.#mapStages.has(top.dependency.shuffleId)) this.#buildMapStage(top.dependency, top.needs, jobId)
    }
    return this.#mapStages.get(wanted.shuffleId)!
  }

  knownMapStage(shuffleId: number): Stage | undefined {
    return this.#mapStages.get(shuffleId)
  }

  isAvailable(stage: Stage): boolean {
    return stage.shuffle !== null && this.#outputs.available(stage.shuffle.shuffleId) === stage.tasks
  }

  /** Parents whose shuffle is not whole, in id order; nothing above a wholly cached RDD is looked at (§5.4–5.6). */
  missingParents(stage: Stage): Stage[] {
    const missing: Stage[] = []
    for (const dependency of shuffleDependencies(stage.rddId, this.#rdd, (node) => !this.#isCached(node))) {
      const parent = this.mapStage(dependency, stage.jobIds.has(stage.firstJobId) ? stage.firstJobId : Math.min(...stage.jobIds))
      if (!this.isAvailable(parent)) missing.push(parent)
      // A stage that was skipped once starts counting its attempts at 1 (§5.6).
      else if (parent.nextAttempt === 0) parent.nextAttempt = 1
    }
    return missing.sort((a, b) => a.id - b.id)
  }

  /** Stages of a job that need not run, given what is cached and what shuffle output is still there. */
  skipped(final: Stage, jobId: number): Stage[] {
    const needed = new Set<Stage>([final])
    const stack = [final]
    while (stack.length > 0)
      for (const parent of this.missingParents(stack.pop()!)) {
        if (needed.has(parent)) continue
        needed.add(parent)
        stack.push(parent)
      }
    return this.ofJob(jobId).filter((stage) => !needed.has(stage))
  }

  ofJob(jobId: number): Stage[] {
    return [...(this.#ofJob.get(jobId) ?? [])]
  }

  /** The job ended: stages that no other job needs are forgotten, and answered. */
  release(jobId: number): Stage[] {
    const gone: Stage[] = []
    for (const stage of this.ofJob(jobId)) {
      stage.jobIds.delete(jobId)
      if (stage.jobIds.size > 0) continue
      this.stages.delete(stage.id)
      if (stage.shuffle !== null) this.#mapStages.delete(stage.shuffle.shuffleId)
      gone.push(stage)
    }
    this.#ofJob.delete(jobId)
    return gone
  }

  /** The stage's RDDs as StageInfo lists them, as they are now. */
  rddInfos(stage: Stage): RddInfo[] {
    return narrowChain(stage.rddId, this.#rdd).map(rddInfo)
  }

  #isCached(node: RddNode): boolean {
    if (node.storageLevel === undefined) return node.partitions === 0
    for (let partition = 0; partition < node.partitions; partition++) if (this.#cacheLocations(node.id, partition).length === 0) return false
    return true
  }

  #buildMapStage(dependency: ShuffleDependency, needs: readonly ShuffleDependency[], jobId: number): void {
    const node = this.#rdd(dependency.rdd)
    const parents = needs.map((need) => this.#mapStages.get(need.shuffleId)!)
    const stage = this.#add({ kind: 'map', rddId: node.id, tasks: node.partitions, name: node.callSite, parents, firstJobId: jobId, shuffle: dependency })
    this.#mapStages.set(dependency.shuffleId, stage)
    this.#outputs.registerShuffle(dependency.shuffleId, node.partitions, dependency.reduces)
  }

  #add(parts: Pick<Stage, 'kind' | 'rddId' | 'tasks' | 'name' | 'parents' | 'firstJobId' | 'shuffle'>): Stage {
    const indeterminate =
      parts.parents.some((parent) => parent.indeterminate) || narrowChain(parts.rddId, this.#rdd).some((node) => node.deterministic === 'INDETERMINATE')
    const stage = new Stage({ ...parts, id: this.#nextId++, indeterminate })
    stage.info = stageInfo({
      id: stage.id,
      attempt: 0,
      name: stage.name,
      tasks: stage.tasks,
      rdds: this.rddInfos(stage),
      parents: stage.parents.map((parent) => parent.id)
    })
    this.stages.set(stage.id, stage)
    this.adopt(stage, parts.firstJobId)
    return stage
  }

  /** The job needs this stage and everything above it. */
  adopt(stage: Stage, jobId: number): void {
    let mine = this.#ofJob.get(jobId)
    if (mine === undefined) this.#ofJob.set(jobId, (mine = new Set()))
    const stack = [stage]
    while (stack.length > 0) {
      const one = stack.pop()!
      if (one.jobIds.has(jobId)) continue
      one.jobIds.add(jobId)
      mine.add(one)
      stack.push(...one.parents)
    }
  }
}
