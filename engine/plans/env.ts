/** What the driver gives a QueryRunner: ids, stages, jobs, files. */
import type { BareEvent } from '../events/index.ts'
import type { RddNode } from '../rules/types.ts'
import type { PlanFragment } from './fragment.ts'

export type PlanNode = RddNode & { compute: { kind: 'plan'; planId: number } }

export interface FileStatus {
  path: string
  size: number
}

/** Files as the driver sees them; paths as the program wrote them. */
export interface QueryFiles {
  /** The file itself, or the files of a folder (its subfolders too), sorted by path; null when there is nothing. */
  list(path: string): Promise<FileStatus[] | null>
  /** Absolute form of a path, as Spark's messages show it (`file:/data/x.csv`). */
  qualify(path: string): string
  makeDirectory(path: string): Promise<void>
  /** With everything in it; nothing there is fine. */
  remove(path: string): Promise<void>
  move(from: string, to: string): Promise<void>
  writeFile(path: string, data: Uint8Array): Promise<void>
}

export interface QueryEnv {
  nextRddId(): number
  nextShuffleId(): number
  nextPlanId(): number
  nextExecutionId(): number
  /** Settings now in force: the context's and the session's. */
  readonly conf: Record<string, string>
  readonly defaultParallelism: number
  /** Epoch milliseconds, for SQL events. */
  now(): number
  /** Every node of a stage carries the fragment of that stage; the stage's last node is the one that is run. */
  declare(node: PlanNode, fragment: PlanFragment): void
  /** One job of one map stage (§10.2). `bytesByReduce[r]` is what all maps wrote for reduce partition r. */
  runMapStage(rddId: number, shuffleId: number, callSite: string, properties: Record<string, string>): Promise<{ bytesByReduce: number[]; maps: number }>
  /** One job; the answer of each asked partition as runResultTask made it, in that order. */
  runJob(rddId: number, partitions: number[], callSite: string, properties: Record<string, string>): Promise<Uint8Array[]>
  /** Encoded rows for io.broadcastRows. */
  broadcastRows(data: Uint8Array): Promise<number>
  /** The cached blocks of this RDD are wanted no more. */
  unpersist(rddId: number): void
  post(event: BareEvent): void
  files: QueryFiles
}
