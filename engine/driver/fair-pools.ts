import { existsSync, readFileSync } from 'node:fs'
import { readAllocationFile } from '../rules/allocation-file.ts'
import { settings, type Conf } from '../rules/conf.ts'
import { DEFAULT_POOL, newPool, type PoolSpec } from '../rules/pools.ts'
import { javaFailure, type DriverFiles } from './files.ts'

/** Where pools are described when no setting names a file; beside the program. */
const DEFAULT_FILE = 'fairscheduler.xml'

/**
 * The pools of the FAIR scheduler, from the file of the settings (§6.6); none in FIFO mode. `note` gets what Spark
 * would log. Throws as Spark does when the file that is named is not there, or is no XML.
 */
export function readPools(conf: Conf, files: DriverFiles, note: (level: 'info' | 'warn', text: string) => void): PoolSpec[] {
  if (settings.schedulerMode(conf) !== 'FAIR') return []
  const named = settings.allocationFile(conf)
  const path = files.resolve(named ?? DEFAULT_FILE)
  const pools: PoolSpec[] = []
  if (existsSync(path)) {
    note('info', `Creating Fair Scheduler pools from ${named ?? `default file: ${DEFAULT_FILE}`}`)
    try {
      const read = readAllocationFile(readFileSync(path, 'utf8'), named ?? DEFAULT_FILE)
      for (const warning of read.warnings) note('warn', warning)
      pools.push(...read.pools)
    } catch (error) {
      throw javaFailure('org.xml.sax.SAXParseException', (error as Error).message)
    }
    for (const { name, mode, minShare, weight } of pools) note('info', `Created pool: ${name}, schedulingMode: ${mode}, minShare: ${minShare}, weight: ${weight}`)
  } else if (named !== null) throw javaFailure('java.io.FileNotFoundException', `File ${files.qualify(path)} does not exist`)
  else note('warn', `Fair scheduler configuration not found, created default pool: ${DEFAULT_POOL}, schedulingMode: FIFO, minShare: 0, weight: 1`)
  return pools.some((pool) => pool.name === DEFAULT_POOL) ? pools : [...pools, newPool(DEFAULT_POOL)]
}
