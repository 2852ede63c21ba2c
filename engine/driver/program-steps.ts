import type { Step } from '../events/index.ts'
import type { LogicalPlan } from '../plans/contract.ts'
import type { ProgramNotes } from '../pyspark/program.ts'
import type { Child } from '../world/real/child.ts'

/** What each line of the program wrote down: told to the log once, and kept for plans that are made of it. */
export class ProgramSteps {
  readonly #known = new Set<string>()
  readonly #byPlan = new Map<number, Step>()

  note({ reached, written }: ProgramNotes, log: Pick<Child, 'post'>): void {
    const fresh: Step[] = []
    for (const { op, line, plan } of written) {
      if (plan !== undefined) this.#byPlan.set(plan, { op, line })
      const key = `${line} ${op}`
      if (this.#known.has(key)) continue
      this.#known.add(key)
      fresh.push({ op, line })
    }
    if (reached.length > 0 || fresh.length > 0) log.post({ Event: 'kindling.Lines', reached, written: fresh })
  }

  /** The steps a plan is made of, each once, those nearest to the data first. */
  of(plan: LogicalPlan): Step[] {
    const found = new Map<string, Step>()
    const visit = (node: object): void => {
      for (const value of Object.values(node)) {
        if (Array.isArray(value)) for (const one of value) if (isPlan(one)) visit(one)
        if (isPlan(value)) visit(value)
      }
      const step = 'id' in node ? this.#byPlan.get(node.id as number) : undefined
      if (step !== undefined) found.set(`${step.line} ${step.op}`, step)
    }
    visit(plan)
    return [...found.values()]
  }
}

const isPlan = (value: unknown): value is { op: string } => typeof value === 'object' && value !== null && 'op' in value
