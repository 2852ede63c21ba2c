import type { DriverCalls } from '../pyspark/contract.ts'
import { BridgeFailure } from '../pyspark/failures.ts'
import { SPARK_VERSION } from '../rules/spark-events.ts'
import type { DriverContext } from './context.ts'
import { realDelay } from '../world/real/timers.ts'
import { javaFailure } from './files.ts'
import type { SqlSession } from './sql.ts'

export interface CallHost {
  /** Makes the context of a program that has none. */
  startContext(conf: Record<string, string>): Promise<DriverContext>
  context(): DriverContext | undefined
  sql(): SqlSession | undefined
  contextStopped(): void
  /** Throws what a fault has laid in the way of the program's next call. */
  check(): void
}

type Handlers = { [K in keyof DriverCalls]: (ask: DriverCalls[K]['ask']) => Promise<DriverCalls[K]['answer']> | DriverCalls[K]['answer'] }

/** What the program may ask, answered by its SparkContext. */
export function driverCalls(host: CallHost): <K extends keyof DriverCalls>(name: K, ask: DriverCalls[K]['ask']) => Promise<DriverCalls[K]['answer']> {
  const context = (): DriverContext => {
    host.check()
    const current = host.context()
    if (current === undefined) throw javaFailure('java.lang.IllegalStateException', 'Cannot call methods on a stopped SparkContext.')
    return current
  }
  const sql = (): SqlSession => {
    context()
    return host.sql()!
  }
  const handlers: Handlers = {
    startContext: async ({ conf }) => {
      const started = await host.startContext(conf)
      return { appId: started.appId, master: started.master, defaultParallelism: started.defaultParallelism, conf: started.conf, version: SPARK_VERSION, uiWebUrl: null }
    },
    stopContext: async ({ exitCode }) => {
      await host.context()?.stop(exitCode)
      host.contextStopped()
      return null
    },
    declareRdds: ({ rdds }) => {
      context().declare(rdds)
      return null
    },
    runJob: ({ rddId, partitions, callSite, properties }) => context().runJob(rddId, partitions, callSite, properties),
    textSplits: ({ path, minPartitions }) => context().files.textSplits(path, minPartitions),
    persist: ({ rddId, level }) => {
      context().persist(rddId, level)
      return null
    },
    unpersist: ({ rddId }) => {
      context().unpersist(rddId)
      return null
    },
    checkpoint: ({ rddId, local }) => {
      context().checkpoints.mark(rddId, local)
      return null
    },
    setCheckpointDir: ({ path }) => ({ path: context().checkpoints.setDirectory(path) }),
    rddInfo: ({ rddId }) => context().rddInfo(rddId),
    broadcast: ({ value }) => ({ id: context().broadcasts.add(value) }),
    unpersistBroadcast: ({ id, destroy }) => {
      context().removeBroadcast(id, destroy)
      return null
    },
    outputPrepare: ({ path }) => context().files.prepareOutput(path),
    outputCommit: ({ path, temporary }) => {
      context().files.commitOutput(path, temporary)
      return null
    },
    cancelAllJobs: () => {
      context().cancelAllJobs()
      return null
    },
    defaultParallelism: () => ({ value: context().defaultParallelism }),
    analyze: ({ plan }) => sql().analyze(plan),
    explain: ({ plan, mode }) => sql().explain(plan, mode),
    collectPlan: ({ plan, action, callSite }) => sql().collect(plan, action, callSite),
    showPlan: ({ plan, rows, truncate, vertical, callSite }) => sql().show(plan, rows, truncate, vertical, callSite),
    writePlan: async (ask) => {
      await sql().write(ask)
      return null
    },
    readSchema: (ask) => sql().readSchema(ask),
    planToRdd: ({ plan }) => sql().toRdd(plan),
    cachePlan: async ({ plan, level }) => {
      await sql().cache(plan, level)
      return null
    },
    uncachePlan: ({ plan }) => {
      sql().uncache(plan)
      return null
    },
    sqlConf: ({ set, unset }) => sql().changeConf(set ?? {}, unset ?? []),
    sleep: async ({ seconds }) => {
      await realDelay(seconds * 1000)
      return null
    }
  }
  return async (name, ask) => {
    const handler = handlers[name] as ((ask: unknown) => unknown) | undefined
    if (handler === undefined) throw new BridgeFailure({ pythonClass: 'NotImplementedError', message: `${name} is not in Kindling` })
    try {
      return (await handler(ask)) as never
    } catch (error) {
      throw asBridgeFailure(error)
    }
  }
}

/** Errors of analysis and planning carry a Python class; anything else is ours and says so. */
function asBridgeFailure(error: unknown): BridgeFailure {
  if (error instanceof BridgeFailure) return error
  const known = error as { pythonClass?: string; message?: string; javaClass?: string; className?: string }
  if (known.pythonClass !== undefined) return new BridgeFailure({ pythonClass: known.pythonClass, message: known.message ?? '', ...(known.javaClass === undefined ? {} : { javaClass: known.javaClass }) })
  return javaFailure(known.className ?? 'org.apache.spark.SparkException', known.message ?? String(error))
}
