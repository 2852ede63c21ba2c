/** What the next run is made of: the program in the editor, the cluster and the settings. */
import type { ClusterShape } from '../../engine/events/index.ts'
import type { LabInfo, RunRequest, Scenario } from '../../engine/lab-api.ts'
import type { RunView } from '../../engine/view/types.ts'
import { stepReached } from '../guide/steps.ts'

export interface ConfRow {
  key: string
  value: string
}

export const PACE = 'kindling.task.pace'
export const LATENCY = 'kindling.network.latency'

const BEGINNING = `from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("first").getOrCreate()
sc = spark.sparkContext

numbers = sc.parallelize(range(1, 101), 8)
print(numbers.map(lambda n: n * n).filter(lambda n: n % 2 == 0).sum())
`

export class Draft {
  program = $state(BEGINNING)
  programName = $state('program.py')
  scenario = $state.raw<Scenario | null>(null)
  cluster = $state<ClusterShape>({ workers: 2, coresPerWorker: 2, memoryPerWorkerMb: 1024 })
  conf = $state<ConfRow[]>([])
  pace = $state('')
  latency = $state('')
  /** Step of the guide one is looking at. */
  step = $state(0)
  /** A run that was there before the scenario was chosen: it says nothing about the steps. */
  passed = $state<string | null>(null)

  /** The lab's own defaults, before a scenario or a hand changed them. */
  adopt(info: LabInfo): void {
    if (this.scenario !== null) return
    this.cluster = { ...info.defaults.cluster }
    this.#takeConf(info.defaults.conf)
  }

  take(scenario: Scenario, lab: { info: LabInfo | null; runId: string | null }): void {
    this.scenario = scenario
    this.program = scenario.program
    this.programName = scenario.programName
    this.cluster = { ...scenario.cluster }
    this.#takeConf({ ...lab.info?.defaults.conf, ...scenario.conf })
    this.step = 0
    this.passed = lab.runId
  }

  /** A run was there when the window came: what it was made of stands here again. */
  comeBack(scenario: Scenario | null, view: RunView): void {
    this.scenario = scenario
    this.program = view.program
    this.programName = view.programName
    if (view.cluster) this.cluster = { ...view.cluster }
    this.#takeConf(view.conf)
    this.step = scenario ? stepReached(scenario.steps, view) : 0
    this.passed = null
  }

  #takeConf(conf: Record<string, string>): void {
    this.pace = conf[PACE] ?? ''
    this.latency = conf[LATENCY] ?? ''
    this.conf = Object.entries(conf)
      .filter(([key]) => key !== PACE && key !== LATENCY)
      .map(([key, value]) => ({ key, value }))
  }

  request(): RunRequest {
    const conf: Record<string, string> = {}
    for (const row of this.conf) if (row.key.trim() !== '') conf[row.key.trim()] = row.value
    if (this.pace.trim() !== '') conf[PACE] = this.pace.trim()
    if (this.latency.trim() !== '') conf[LATENCY] = this.latency.trim()
    return {
      program: this.program,
      programName: this.programName,
      ...(this.scenario ? { scenarioId: this.scenario.id } : {}),
      cluster: { ...this.cluster },
      conf,
      faults: this.scenario?.faults ?? []
    }
  }
}
