/** Saving a DataFrame as files: save modes, part files, the commit. */
import type { QueryEnv } from '../env.ts'
import { AnalysisError } from '../errors.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { csvOptions, reader } from '../formats/options.ts'
import { sqlType } from '../types.ts'
import type { Attribute } from '../resolved.ts'
import type { Execution } from './execution.ts'

const FORMATS = new Set(['csv', 'json', 'text'])

/** Something Spark has and we have not: raised in Python as NotImplementedError. */
class NotHere extends Error {
  readonly pythonClass = 'NotImplementedError'
  readonly javaClass = 'java.lang.UnsupportedOperationException'
}

export interface WriteRequest {
  format: string
  path: string
  mode: string
  options: Record<string, string>
}

/** Refuses what a format cannot hold. */
export function checkWrite(output: readonly Attribute[], w: WriteRequest, conf: Record<string, string>): void {
  if (!FORMATS.has(w.format)) throw new AnalysisError('DATA_SOURCE_NOT_FOUND', `Failed to find the data source: ${w.format}. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.`, '42K02')
  const compression = reader(w.options)('compression') ?? reader(w.options)('codec')
  if (compression !== undefined && !/^(none|uncompressed)$/i.test(compression)) throw new NotHere(`compression=${compression} when writing ${w.format}`)
  const seen = new Set<string>()
  for (const a of output) {
    const name = a.name.toLowerCase()
    if (seen.has(name)) throw new AnalysisError('COLUMN_ALREADY_EXISTS', `The column \`${name}\` already exists. Choose another name or rename the existing column.`, '42711')
    seen.add(name)
  }
  if (w.format === 'csv') {
    csvOptions(w.options, conf, true)
    for (const a of output) {
      const t = a.dataType
      if (t === 'binary' || (typeof t === 'object' && t.type !== 'decimal')) throw new AnalysisError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', `The CSV datasource doesn't support the column \`${a.name}\` of the type "${sqlType(t)}".`, '0A000')
    }
  }
  if (w.format !== 'text') return
  if (output.length !== 1) throw new AnalysisError('_LEGACY_ERROR_TEMP_1289', `Text data source supports only a single column, and you have ${output.length} columns.`, '42000')
  if (output[0]!.dataType !== 'string') throw new AnalysisError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', `The Text datasource doesn't support the column \`${output[0]!.name}\` of the type "${sqlType(output[0]!.dataType)}".`, '0A000')
}

/** Writes the rows in one job (after the stages before it). Parts become visible together, when all are there. */
export async function writeFiles(env: QueryEnv, run: Execution, plan: PhysicalPlan, w: WriteRequest, uuid: string): Promise<void> {
  const mode = w.mode.toLowerCase()
  const there = await env.files.list(w.path)
  if (there !== null) {
    if (mode === 'ignore') return
    if (mode === 'error' || mode === 'errorifexists' || mode === 'default') throw new AnalysisError('PATH_ALREADY_EXISTS', `Path ${env.files.qualify(w.path)} already exists. Set mode as "overwrite" to overwrite the existing path.`, '42K04')
  }
  const root = w.path.replace(/\/+$/, '')
  const temporary = `${root}/_temporary/${uuid}`
  if (mode === 'overwrite') await env.files.remove(root)
  await env.files.makeDirectory(temporary)
  try {
    const ready = await run.prepare(plan)
    const stage = await run.stages.lower(ready)
    const output = ['path', 'name', 'rows', 'bytes'].map((name, id) => ({ id, name, dataType: id < 2 ? ('string' as const) : ('long' as const), nullable: false }))
    const parts = await run.stages.collect(run.stages.over(stage, (child) => ({ op: 'write', child, format: w.format as 'csv', options: w.options, directory: temporary, jobUuid: uuid, output }), 'MapPartitionsRDD', 'WriteFiles'))
    for (const [path, name] of parts.flat() as [string, string][]) await env.files.move(path, `${root}/${name}`)
  } finally {
    await env.files.remove(`${root}/_temporary`)
  }
  await env.files.writeFile(`${root}/_SUCCESS`, new Uint8Array(0))
}
