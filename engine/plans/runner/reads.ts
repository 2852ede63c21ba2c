/** Files that a plan reads: found, checked, and their schemas found out. */
import type { LogicalPlan, Schema } from '../contract.ts'
import type { FileStatus, QueryEnv } from '../env.ts'
import { AnalysisError } from '../errors.ts'
import { headerNames, parseLine } from '../formats/csv-parser.ts'
import { merge } from '../formats/csv-infer.ts'
import { mergeJson, settle } from '../formats/json.ts'
import { csvOptions, parseMode, reader } from '../formats/options.ts'
import type { DataType } from '../contract.ts'
import { caseSensitiveOf } from '../settings.ts'
import type { Physical } from '../plan/physical.ts'
import { fileSplits } from '../plan/file-splits.ts'
import type { Execution } from './execution.ts'

const hidden = (path: string): boolean => /(^|\/)[_.][^/]*$/.test(path)

/** The data files under paths; a path without anything is Spark's error. */
export async function listPaths(env: QueryEnv, paths: readonly string[]): Promise<FileStatus[]> {
  const out: FileStatus[] = []
  for (const path of paths) {
    const found = await env.files.list(path)
    if (!found) throw new AnalysisError('PATH_NOT_FOUND', `Path does not exist: ${env.files.qualify(path)}.`, '42K03')
    out.push(...(found.length === 1 && found[0]!.path === path ? found : found.filter((f) => !f.path.split('/').slice(path.split('/').length).some((part) => hidden(part)) && !hidden(f.path))))
  }
  return out
}

/** Lists the files of every read in a plan, keyed by its paths. */
export async function listReads(env: QueryEnv, plan: LogicalPlan, into = new Map<string, FileStatus[]>()): Promise<Map<string, FileStatus[]>> {
  if (plan.op === 'read') {
    const key = plan.paths.join('\n')
    if (!into.has(key)) into.set(key, await listPaths(env, plan.paths))
  }
  for (const k of ['child', 'left', 'right'] as const) {
    const child = (plan as unknown as Record<string, LogicalPlan | undefined>)[k]
    if (child) await listReads(env, child, into)
  }
  return into
}

const TEXT: Schema = [{ name: 'value', dataType: 'string', nullable: true }]

function textScan(files: FileStatus[], splittable: boolean, options: Record<string, string>, env: QueryEnv): Physical {
  return { op: 'FileScan', format: 'text', options, schema: TEXT, splits: fileSplits(files, splittable, env.conf, env.defaultParallelism), location: '', filters: [], output: [{ id: 0, name: 'value', dataType: 'string', nullable: true }] }
}

/** The schema of files. CSV: one job for the first line, another over everything with inferSchema. JSON: one over everything. */
export async function inferSchema(env: QueryEnv, format: string, paths: string[], options: Record<string, string>, start: () => Execution): Promise<Schema> {
  const files = await listPaths(env, paths)
  if (format === 'text') return TEXT
  if (format !== 'csv' && format !== 'json') throw new AnalysisError('DATA_SOURCE_NOT_FOUND', `Failed to find the data source: ${format}. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.`, '42K02')
  if (files.length === 0) throw new AnalysisError('UNABLE_TO_INFER_SCHEMA', `Unable to infer schema for ${format.toUpperCase()}. It must be specified manually.`, '42KD9')
  return format === 'csv' ? csvSchema(env, files, options, start) : jsonSchema(env, files, options, start)
}

async function csvSchema(env: QueryEnv, files: FileStatus[], options: Record<string, string>, start: () => Execution): Promise<Schema> {
  const o = csvOptions(options, env.conf)
  const textOptions: Record<string, string> = o.lineSep ? { lineSep: o.lineSep } : {}
  const lines = textScan(files, !o.multiLine, textOptions, env)
  const value = { k: 'attr' as const, id: 0, name: 'value', type: 'string' as const, nullable: true }
  const base = { k: 'call' as const, ansi: true, zone: 'UTC', nullable: true, type: 'boolean' as const }
  const notEmpty: Physical = { op: 'Filter', condition: { ...base, name: '>', args: [{ ...base, name: 'length', args: [{ ...base, name: 'trim', args: [value], type: 'string' }], type: 'integer' }, { k: 'lit', value: 0, type: 'integer' }] }, child: lines, output: lines.output }
  const commented: Physical = o.comment === '\0' ? notEmpty : { op: 'Filter', condition: { ...base, name: 'not', args: [{ ...base, name: 'startswith', args: [value, { k: 'lit', value: o.comment, type: 'string' }] }] }, child: notEmpty, output: lines.output }
  const head = await start().collect({ root: { op: 'CollectLimit', n: 1, child: commented, output: lines.output }, adaptive: false })
  if (!head.length) return []
  const first = parseLine(head[0]![0] as string, o)
  const names = headerNames(first, o, caseSensitiveOf(env.conf))
  if (!o.inferSchema) return names.map((name) => ({ name, dataType: 'string', nullable: true }))
  const run = start()
  const stage = await run.stages.lower(lines)
  const found = await run.stages.collect(run.stages.over(stage, (child) => ({ op: 'infer', format: 'csv', options, child, header: first.map((t) => t ?? ''), output: [{ id: 1, name: 'types', dataType: 'string', nullable: false }] }), 'MapPartitionsRDD', 'csv'))
  const parts = found.flat().map((r) => JSON.parse(r[0] as string) as DataType[])
  return names.map((name, i) => ({ name, dataType: settle(parts.reduce<DataType>((t, p) => merge(t, p[i]!), 'null')), nullable: true }))
}

async function jsonSchema(env: QueryEnv, files: FileStatus[], options: Record<string, string>, start: () => Execution): Promise<Schema> {
  const get = reader(options)
  const multiLine = get('multiLine') === 'true'
  const run = start()
  const stage = await run.stages.lower(textScan(files, !multiLine, multiLine ? { wholetext: 'true' } : {}, env))
  const output = [{ id: 1, name: 'type', dataType: 'string' as const, nullable: false }, { id: 2, name: 'corrupt', dataType: 'boolean' as const, nullable: false }]
  const rows = (await run.stages.collect(run.stages.over(stage, (child) => ({ op: 'infer', format: 'json', options, child, header: [], output }), 'MapPartitionsRDD', 'json'))).flat()
  const type = settle(rows.reduce<DataType>((t, r) => mergeJson(t, JSON.parse(r[0] as string) as DataType), 'null'))
  const fields = typeof type === 'object' && type.type === 'struct' ? type.fields : []
  const corrupt = rows.some((r) => r[1]) && parseMode(get('mode')) === 'PERMISSIVE'
  const name = get('columnNameOfCorruptRecord') ?? env.conf['spark.sql.columnNameOfCorruptRecord'] ?? '_corrupt_record'
  return corrupt && !fields.some((f) => f.name === name) ? [{ name, dataType: 'string', nullable: true }, ...fields] : fields
}
