/** The faults of the lab. Those with a key come first, in the order of their buttons. */
import type { FaultDescription } from '../lab-api.ts'
import { containerOom } from './container-oom.ts'
import { crashExecutor } from './crash-executor.ts'
import { cutOffDriver } from './cut-off-driver.ts'
import { cutOffPeers } from './cut-off-peers.ts'
import { delayMessage } from './delay-message.ts'
import { dropMessage } from './drop-message.ts'
import { decommissionExecutor } from './decommission-executor.ts'
import { decommissionWorker } from './decommission-worker.ts'
import { failTask } from './fail-task.ts'
import type { Fault } from './fault.ts'
import { fillDisk } from './fill-disk.ts'
import { hangDriver } from './hang-driver.ts'
import { hangExecutor } from './hang-executor.ts'
import { hangWorker } from './hang-worker.ts'
import { killDriver } from './kill-driver.ts'
import { loseCachedBlock } from './lose-cached-block.ts'
import { loseShuffleFiles } from './lose-shuffle-files.ts'
import { loseWorker } from './lose-worker.ts'
import { oomDriver } from './oom-driver.ts'
import { oomExecutor } from './oom-executor.ts'
import { slowExecutor } from './slow-executor.ts'
import { poisonedRecord } from './poisoned-record.ts'
import { slowTask } from './slow-task.ts'
import { stopMaster } from './stop-master.ts'

const all = [
  crashExecutor,
  oomExecutor,
  oomDriver,
  killDriver,
  failTask,
  hangExecutor,
  slowTask,
  poisonedRecord,
  hangDriver,
  cutOffDriver,
  cutOffPeers,
  dropMessage,
  delayMessage,
  containerOom,
  slowExecutor,
  loseShuffleFiles,
  loseCachedBlock,
  fillDisk,
  decommissionExecutor,
  loseWorker,
  hangWorker,
  decommissionWorker,
  stopMaster
] as const

export type FaultName = (typeof all)[number]['name']
export type NamedFault = Fault & { name: FaultName }

export const FAULTS: readonly NamedFault[] = all

export const FAULT_NAMES: readonly FaultName[] = FAULTS.map((fault) => fault.name)

/** The description of a fault, or undefined for a name that is none. */
export function faultNamed(name: string): NamedFault | undefined {
  return FAULTS.find((fault) => fault.name === name)
}

/** One that is known to be there. */
export const theFault = (name: FaultName): NamedFault => faultNamed(name)!

/** What windows and commands are told of a fault. */
export const describe = ({ name, title, strikes, how, follows, sources, key, parameters, lasting }: Fault): FaultDescription => ({
  name, title, strikes, how, follows, sources,
  ...(key === undefined ? {} : { key }),
  ...(parameters === undefined ? {} : { parameters }),
  ...(lasting === undefined ? {} : { lasting })
})
