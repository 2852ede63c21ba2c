/** Reading files, finding the types in them, writing them. */
import type { DataType } from '../contract.ts'
import type { FileSplit, FragmentOp, Row } from '../fragment.ts'
import { BATCH } from '../codec.ts'
import { SparkRuntimeError } from '../errors.ts'
import { isRecord, parseLine, splitRecords } from '../formats/csv-parser.ts'
import { inferToken } from '../formats/csv-infer.ts'
import { rowMaker } from '../formats/csv-read.ts'
import { csvLine, csvToken } from '../formats/csv-write.ts'
import { inferJson, jsonRows, jsonWriter, mergeJson, parseJson } from '../formats/json.ts'
import { splitLines, wholeText } from '../formats/lines.ts'
import { csvOptions, parseMode, reader } from '../formats/options.ts'
import { zoneOf } from '../settings.ts'
import { pause, typesOf, type Batches, type Runtime } from './runtime.ts'

type Op<K extends FragmentOp['op']> = Extract<FragmentOp, { op: K }>

export async function* files(op: Op<'files'>, partition: number, rt: Runtime): Batches {
  for (const split of op.partitions[partition] ?? []) {
    rt.setFile(split.path)
    try {
      for await (const batch of op.format === 'csv' ? csv(op, split, rt) : op.format === 'json' ? json(op, split, rt) : text(op, split, rt)) {
        await pause(rt)
        rt.io.count('input-records', batch.length)
        if (batch.length) yield batch
      }
    } catch (e) {
      if (e instanceof SparkRuntimeError && e.errorClass.startsWith('MALFORMED_RECORD')) {
        const outer = new SparkRuntimeError('FAILED_READ_FILE.NO_HINT', `Encountered error while reading file ${split.path}.`, 'KD001', 'org.apache.spark.SparkException')
        outer.message += `\nCaused by: ${e.className}: ${e.message}`
        throw outer
      }
      throw e
    }
  }
}

async function* text(op: Op<'files'>, split: FileSplit, rt: Runtime): Batches {
  const get = reader(op.options)
  if (get('wholetext') === 'true') {
    yield [[await wholeText(split, rt.io)]]
    return
  }
  const keep = op.output.length > 0
  for await (const lines of splitLines(split, rt.io, 'utf-8', get('lineSep'))) {
    for (let i = 0; i < lines.length; i += BATCH) yield lines.slice(i, i + BATCH).map((l) => (keep ? [l] : []))
  }
}

async function* csv(op: Op<'files'>, split: FileSplit, rt: Runtime): Batches {
  const o = csvOptions(op.options, rt.conf)
  const wanted = op.output.map((a) => op.schema.findIndex((f) => f.name === a.name))
  const make = rowMaker(op.schema, wanted, o, zoneOf(rt.conf))
  let header = o.header && split.start === 0
  const source = o.multiLine ? one(splitRecords(await wholeText(split, rt.io, o.encoding), o)) : splitLines(split, rt.io, o.encoding, o.lineSep)
  for await (const lines of source) {
    let out: Row[] = []
    for (const line of lines) {
      if (!isRecord(line, o)) continue
      if (header) {
        header = false
        continue
      }
      const row = make(line, parseLine(line, o))
      if (row) out.push(row)
      if (out.length === BATCH) {
        yield out
        out = []
      }
    }
    yield out
  }
}

async function* json(op: Op<'files'>, split: FileSplit, rt: Runtime): Batches {
  const get = reader(op.options)
  const corrupt = get('columnNameOfCorruptRecord') ?? rt.conf['spark.sql.columnNameOfCorruptRecord'] ?? '_corrupt_record'
  const schema = op.output.map((a) => ({ name: a.name, dataType: a.dataType, nullable: true }))
  const rows = jsonRows(schema, corrupt, parseMode(get('mode')), zoneOf(rt.conf))
  const source = get('multiLine') === 'true' ? one([await wholeText(split, rt.io)]) : splitLines(split, rt.io, get('encoding') ?? 'utf-8', get('lineSep'))
  for await (const lines of source) {
    for (let i = 0; i < lines.length; i += BATCH) yield lines.slice(i, i + BATCH).flatMap((l) => (l.trim() === '' ? [] : rows(l)))
  }
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value
}

/** The types found in one partition of text lines: a single row holding them as JSON. */
export async function* infer(op: Op<'infer'>, partition: number, rt: Runtime): Batches {
  const zone = zoneOf(rt.conf)
  if (op.format === 'json') {
    let found: DataType = 'null'
    let bad = false
    for await (const batch of rt.run(op.child, partition)) {
      for (const [line] of batch as string[][]) {
        if (line!.trim() === '') continue
        try {
          const v = parseJson(line!)
          for (const x of Array.isArray(v) ? v : [v]) {
            const t = inferJson(x)
            if (typeof t === 'object' && t.type === 'struct') found = mergeJson(found, t)
            else bad = true
          }
        } catch {
          bad = true
        }
      }
    }
    yield [[JSON.stringify(found), bad]]
    return
  }
  const o = csvOptions(op.options, rt.conf)
  const types: DataType[] = op.header.map(() => 'null')
  const headerLine = op.header
  for await (const batch of rt.run(op.child, partition)) {
    for (const [line] of batch as string[][]) {
      if (!isRecord(line!, o)) continue
      const tokens = parseLine(line!, o)
      if (o.header && tokens.length === headerLine.length && tokens.every((t, i) => (t ?? '') === headerLine[i])) continue
      for (let i = 0; i < types.length && i < tokens.length; i++) types[i] = inferToken(types[i]!, tokens[i]!, o, zone)
    }
  }
  yield [[JSON.stringify(types)]]
}

const EXTENSION = { csv: 'csv', json: 'json', text: 'txt' }
const encoder = new TextEncoder()

/** Writes a partition to a file of this attempt's own; one row: path below the directory, rows, bytes. A partition without rows writes no file, but the first. */
export async function* write(op: Op<'write'>, partition: number, rt: Runtime): Batches {
  const { io } = rt
  const name = `part-${String(partition).padStart(5, '0')}-${op.jobUuid}-c000.${EXTENSION[op.format]}`
  const path = `${op.directory}/attempt_${io.info.taskId}_${io.info.attempt}/${name}`
  const line = liner(op, rt)
  const file = { writer: null as Awaited<ReturnType<typeof io.createFile>> | null }
  let rows = 0
  let bytes = 0
  const put = async (s: string) => {
    const data = encoder.encode(s)
    bytes += data.length
    io.count('output-bytes', data.length)
    await file.writer!.write(data)
  }
  const open = async () => {
    file.writer = await io.createFile(path)
    if (op.format === 'csv') {
      const o = csvOptions(op.options, rt.conf, true)
      if (o.header) await put(`${op.child.output.map((a) => csvToken(a.name, o)).join(o.separator)}\n`)
    }
  }
  for await (const batch of rt.run(op.child, partition)) {
    if (!file.writer) await open()
    await put(batch.map((r) => `${line(r)}\n`).join(''))
    rows += batch.length
    io.count('output-records', batch.length)
  }
  if (!file.writer && partition === 0) await open()
  await file.writer?.close()
  yield file.writer ? [[path, name, rows, bytes]] : []
}

function liner(op: Op<'write'>, rt: Runtime): (row: Row) => string {
  const types = typesOf(op.child.output)
  const zone = zoneOf(rt.conf)
  if (op.format === 'csv') return csvLine(types, csvOptions(op.options, rt.conf, true), zone)
  if (op.format === 'text') return (r) => (r[0] as string | null) ?? ''
  return jsonWriter({ type: 'struct', fields: op.child.output.map((a) => ({ name: a.name, dataType: a.dataType, nullable: true })) }, zone)
}
