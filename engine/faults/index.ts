/** The faults of the lab, in the order of the buttons. */
import type { FaultDescription } from '../lab-api.ts'
import { crashExecutor } from './crash-executor.ts'
import { failTask } from './fail-task.ts'
import { hangExecutor } from './hang-executor.ts'
import { killDriver } from './kill-driver.ts'
import { oomDriver } from './oom-driver.ts'
import { oomExecutor } from './oom-executor.ts'

const all = [crashExecutor, oomExecutor, oomDriver, killDriver, failTask, hangExecutor] as const

export type FaultName = (typeof all)[number]['name']

export const FAULTS: readonly (FaultDescription & { name: FaultName })[] = all

export const FAULT_NAMES: readonly FaultName[] = FAULTS.map((fault) => fault.name)

/** The description of a fault, or undefined for a name that is none. */
export function faultNamed(name: string): (FaultDescription & { name: FaultName }) | undefined {
  return FAULTS.find((fault) => fault.name === name)
}
