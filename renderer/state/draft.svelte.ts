/** What the next run is made of: the program in the editor, the cluster and the settings. Nothing typed is lost. */
import type { ClusterShape } from '../../engine/events/index.ts'
import type { LabInfo, RunRequest, Scenario } from '../../engine/lab-api.ts'
import type { RunView } from '../../engine/view/types.ts'
import { stepReached } from '../guide/steps.ts'
import { type ConfRow, type Kept, type Settings, type Text } from './kept.ts'

export const PACE = 'kindling.task.pace'
export const LATENCY = 'kindling.network.latency'

const BEGINNING = `from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("first").getOrCreate()
sc = spark.sparkContext

numbers = sc.parallelize(range(1, 101), 8)
print(numbers.map(lambda n: n * n).filter(lambda n: n % 2 == 0).sum())
`

/** What a program of one's own is called until it has a file. */
export const NAMELESS = 'program.py'
const MOST_EARLIER = 12
/** Programs of one run. */
export const MOST_PROGRAMS = 8

const BESIDE = `from pyspark import SparkConf, SparkContext

sc = SparkContext(conf=SparkConf().setAppName("beside"))

print(sc.parallelize(range(1, 101), 4).map(lambda n: n * n).sum())
`

const othersOf = (scenario: Scenario): Text[] => (scenario.others ?? []).map(({ program, programName }) => ({ program, name: programName }))

const sameTexts = (a: readonly Text[], b: readonly Text[]): boolean => a.length === b.length && a.every((one, index) => one.program === b[index]!.program && one.name === b[index]!.name)

/** The lab as a draft needs it. */
interface LabThen {
  info: LabInfo | null
  runId: string | null
}

export class Draft {
  program = $state(BEGINNING)
  programName = $state(NAMELESS)
  /** Programs that run beside it on the same cluster. */
  others = $state.raw<readonly Text[]>([])
  /** Which of them stands in the editor: 0 is the first. */
  at = $state(0)
  /** The lesson chosen; null is one's own program. */
  scenario = $state.raw<Scenario | null>(null)
  cluster = $state<ClusterShape>({ workers: 2, coresPerWorker: 2, memoryPerWorkerMb: 1024 })
  conf = $state<ConfRow[]>([])
  pace = $state('')
  latency = $state('')
  /** Step of the guide one is looking at. */
  step = $state(0)
  /** A run that was there before the scenario was chosen: it says nothing about the steps. */
  passed = $state<string | null>(null)
  /** What was kept stands here again; before that nothing can be typed. */
  ready = $state(false)
  /** Programs of one's own that Open… took the place of, the latest first. */
  earlier = $state.raw<readonly Text[]>([])
  /** The lesson's program is not what stands here. */
  edited: boolean = $derived(this.scenario !== null && (this.program !== this.scenario.program || !sameTexts(this.others, othersOf(this.scenario))))

  readonly #kept: Kept

  constructor(kept: Kept) {
    this.#kept = kept
    this.earlier = kept.earlier
  }

  /** Where one was when the window was closed; undefined when it knows of nothing. */
  get last(): string | null | undefined {
    return this.#kept.chosen
  }

  /** Name of one's own program, also while a lesson is chosen. */
  get ownName(): string {
    return this.scenario === null ? this.programName : (this.#kept.text(null)?.name ?? NAMELESS)
  }

  /** The program in the editor. */
  get shown(): Text {
    return this.others[this.at - 1] ?? { program: this.program, name: this.programName }
  }

  /** Types into the program in the editor. */
  write(text: Partial<Text>): void {
    if (this.at === 0) {
      this.program = text.program ?? this.program
      this.programName = text.name ?? this.programName
    } else this.others = this.others.map((one, index) => (index === this.at - 1 ? { ...one, ...text } : one))
  }

  /** One more program for the same cluster, and the editor goes to it. */
  add(): void {
    if (this.others.length + 1 >= MOST_PROGRAMS) return
    const names = [this.programName, ...this.others.map(({ name }) => name)]
    let number = names.length + 1
    while (names.includes(`program-${number}.py`)) number++
    this.others = [...this.others, { program: BESIDE, name: `program-${number}.py` }]
    this.at = this.others.length
  }

  /** Takes a program away; the first one stays. */
  remove(index: number): void {
    if (index === 0) return
    this.others = this.others.filter((_, at) => at !== index - 1)
    if (this.at >= index) this.at = Math.max(0, this.at - 1)
  }

  /** Was something else typed into this lesson's program, and kept? */
  isEdited(lesson: string): boolean {
    return this.scenario?.id === lesson ? this.edited : this.#kept.text(lesson) !== null || this.#kept.others(lesson) !== null
  }

  /** The window has come, or come again: what was kept, else what the lab's last run was made of, else the beginning. */
  comeBack(scenario: Scenario | null, lab: LabThen & { view: RunView }): void {
    const { view } = lab
    this.#settings(lab.info?.defaults.cluster ?? this.cluster, lab.info?.defaults.conf ?? {})
    if (this.#kept.chosen !== undefined || lab.runId === null) {
      this.#place(scenario)
      const kept = this.#kept.settings(scenario?.id ?? null)
      if (kept) this.#adopt(kept)
      else if (scenario) this.#settings(scenario.cluster, { ...lab.info?.defaults.conf, ...scenario.conf })
    } else {
      this.scenario = scenario
      this.program = view.program
      this.programName = view.programName
      this.others = view.programs.slice(1).map(({ program, programName }) => ({ program, name: programName }))
      this.at = 0
      this.#settings(view.cluster ?? this.cluster, view.given)
    }
    const same = lab.runId !== null && view.scenario === (scenario?.id ?? null)
    this.step = scenario && same ? stepReached(scenario.steps, view) : 0
    this.passed = same ? null : lab.runId
    this.ready = true
  }

  /** A lesson with what was typed into it, its own cluster and its own settings. */
  take(scenario: Scenario, lab: LabThen): void {
    this.#place(scenario)
    this.#settings(scenario.cluster, { ...lab.info?.defaults.conf, ...scenario.conf })
    this.step = 0
    this.passed = lab.runId
  }

  /** One's own program, with the cluster and the settings it was last given. */
  takeOwn(lab: LabThen): void {
    if (this.scenario === null) return
    const kept = this.#kept.settings(null)
    this.#place(null)
    if (kept) this.#adopt(kept)
    else this.#settings(lab.info?.defaults.cluster ?? this.cluster, lab.info?.defaults.conf ?? {})
    this.step = 0
    this.passed = lab.runId
  }

  /** A program from a file, or an earlier one, becomes one's own; the one that stood there is kept among the earlier ones. */
  open(text: Text, lab: LabThen): void {
    this.takeOwn(lab)
    const now = { program: this.program, name: this.programName }
    const others = this.earlier.filter((one) => one.program !== text.program && one.program !== now.program)
    const worth = now.program !== text.program && now.program !== BEGINNING && now.program.trim() !== ''
    this.earlier = worth ? [now, ...others].slice(0, MOST_EARLIER) : others
    this.program = text.program
    this.programName = text.name
    this.at = 0
  }

  restoreLesson(): void {
    if (!this.scenario) return
    this.program = this.scenario.program
    this.others = othersOf(this.scenario)
    this.at = Math.min(this.at, this.others.length)
  }

  /** Keeps all of it; called when any of it has changed. */
  keep(): void {
    const { scenario, program, programName, others, cluster, conf, pace, latency, earlier, ready } = this
    const settings = { cluster: { ...cluster }, conf: conf.map((row) => ({ ...row })), pace, latency }
    if (!ready) return
    const place = scenario?.id ?? null
    this.#kept.chosen = place
    this.#kept.keepText(place, scenario && program === scenario.program ? null : { program, name: programName })
    const asWritten = scenario ? sameTexts(others, othersOf(scenario)) : others.length === 0
    this.#kept.keepOthers(place, asWritten ? null : others)
    this.#kept.keepSettings(place, settings)
    this.#kept.earlier = [...earlier]
  }

  #adopt({ cluster, conf, pace, latency }: Settings): void {
    this.cluster = cluster
    this.conf = conf
    this.pace = pace
    this.latency = latency
  }

  #place(scenario: Scenario | null): void {
    const kept = this.#kept.text(scenario?.id ?? null)
    this.scenario = scenario
    this.program = kept?.program ?? scenario?.program ?? BEGINNING
    this.programName = scenario?.programName ?? kept?.name ?? NAMELESS
    this.others = this.#kept.others(scenario?.id ?? null) ?? (scenario ? othersOf(scenario) : [])
    this.at = 0
  }

  #settings(cluster: ClusterShape, conf: Record<string, string>): void {
    this.cluster = { ...cluster }
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
      ...(this.others.length === 0 ? {} : { others: this.others.map(({ program, name }) => ({ program, programName: name })) }),
      ...(this.scenario ? { scenarioId: this.scenario.id } : {}),
      cluster: { ...this.cluster },
      conf,
      faults: this.scenario?.faults ?? []
    }
  }
}
