import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { DataType, JsonValue } from '../../engine/plans/contract.ts'
import { simpleType } from '../../engine/plans/types.ts'
import { splitLines } from '../../engine/plans/formats/lines.ts'
import { fileSplits } from '../../engine/plans/plan/file-splits.ts'
import { as, call, col, fields, Frame, local, LocalCluster, randomNumbers, range } from './harness.ts'

let c: LocalCluster
const cluster = (conf: Record<string, string> = {}) => (c = new LocalCluster(conf))
afterEach(() => c?.close())

async function read(path: string | string[], options: Record<string, string> = {}, format: 'csv' | 'json' | 'text' = 'csv', schema?: [string, DataType][]): Promise<Frame> {
  const paths = Array.isArray(path) ? path : [path]
  const found = schema ? fields(...schema) : await c.runner.inferSchema(format, paths, options, 'csv at test.py:1')
  return new Frame({ op: 'read', format, paths, schema: found, options })
}
const schemaOf = async (f: Frame) => (await c.runner.analyze(f.plan)).schema.map((x) => `${x.name}:${simpleType(x.dataType)}`).join(' ')

describe('reading csv', () => {
  it('takes one job for the first line and another to infer types', async () => {
    cluster()
    const path = c.file('people.csv', 'name,age,pay,born,seen,ok,big\nAda,36,1.5,1815-12-10,2024-01-31 10:00:00,true,9999999999\nAlan,41,2,1912-06-23,2024-01-31T11:00:00,false,1\n,,,,,,\n')
    expect(await schemaOf(await read(path))).toBe('_c0:string _c1:string _c2:string _c3:string _c4:string _c5:string _c6:string')
    expect(c.jobs.map((j) => j.tasks)).toEqual([1])
    expect(await schemaOf(await read(path, { header: 'true' }))).toBe('name:string age:string pay:string born:string seen:string ok:string big:string')
    c.jobs.length = 0
    const df = await read(path, { header: 'True', inferSchema: 'true' })
    expect(c.jobs.map((j) => j.tasks)).toEqual([1, 1])
    expect(await schemaOf(df)).toBe('name:string age:int pay:double born:date seen:timestamp ok:boolean big:bigint')
    expect(await c.rows(df.plan)).toEqual([
      ['Ada', 36, 1.5, { $date: '1815-12-10' }, { $timestamp: '1706695200000000' }, true, 9999999999],
      ['Alan', 41, 2, { $date: '1912-06-23' }, { $timestamp: '1706698800000000' }, false, 1],
      [null, null, null, null, null, null, null],
    ])
  })

  it('understands quotes, escapes, separators, comments and null values', async () => {
    cluster()
    const path = c.file('odd.csv', '# note\na;"b;c";"say \\"hi\\""\n\n"";NA;x y \n"un"quoted;1;2\n')
    const df = await read(path, { sep: ';', comment: '#', nullValue: 'NA' })
    expect(await c.rows(df.plan)).toEqual([['a', 'b;c', 'say "hi"'], ['', null, 'x y '], ['"un"quoted', '1', '2']])
  })

  it('keeps, drops or refuses malformed records', async () => {
    cluster()
    const path = c.file('bad.csv', '1,a\nx,b\n3\n4,d,extra\n')
    const schema: [string, DataType][] = [['n', 'integer'], ['s', 'string']]
    expect(await c.rows((await read(path, {}, 'csv', schema)).plan)).toEqual([[1, 'a'], [null, 'b'], [3, null], [4, 'd']])
    expect(await c.rows((await read(path, { mode: 'DROPMALFORMED' }, 'csv', schema)).plan)).toEqual([[1, 'a']])
    await expect(c.rows((await read(path, { mode: 'FAILFAST' }, 'csv', schema)).plan)).rejects.toThrow(/^\[FAILED_READ_FILE\.NO_HINT\] Encountered error while reading file .*bad\.csv\. SQLSTATE: KD001\nCaused by: .*Malformed records are detected in record parsing: \[null,b\]\.\nParse Mode: FAILFAST\. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'\./)
    const corrupt: [string, DataType][] = [...schema, ['_corrupt_record', 'string']]
    expect(await c.rows((await read(path, {}, 'csv', corrupt)).plan)).toEqual([[1, 'a', null], [null, 'b', 'x,b'], [3, null, '3'], [4, 'd', '4,d,extra']])
  })

  it('reads records of several lines where it is told to', async () => {
    cluster()
    const path = c.file('multi.csv', 'id,text\n1,"two\nlines"\n2,one\n')
    expect(await c.rows((await read(path, { header: 'true', multiLine: 'true' })).plan)).toEqual([['1', 'two\nlines'], ['2', 'one']])
  })

  it('reads folders and several files, each with its header, hidden files left out', async () => {
    cluster()
    c.file('in/a.csv', 'x,y\n1,2\n')
    c.file('in/b.csv', 'x,y\n3,4\n')
    c.file('in/_SUCCESS', '')
    c.file('in/.hidden.csv', 'x,y\n9,9\n')
    const df = await read(`${c.root}/in`, { header: 'true', inferSchema: 'true' })
    expect((await c.rows(df.plan)).toSorted()).toEqual([[1, 2], [3, 4]])
    expect(await c.count(df.plan)).toBe(2)
    expect((await c.rows((await read([`${c.root}/in/a.csv`, `${c.root}/in/b.csv`], { header: 'true' })).select('y').plan)).toSorted()).toEqual([['2'], ['4']])
  })

  it('refuses a path that is not there', async () => {
    cluster()
    await expect(read('/nowhere/x.csv')).rejects.toThrow('[PATH_NOT_FOUND] Path does not exist: file:/nowhere/x.csv. SQLSTATE: 42K03')
    await expect(c.runner.analyze((await read('/nowhere/x.csv', {}, 'csv', [['a', 'string']])).plan)).rejects.toThrow('[PATH_NOT_FOUND]')
  })

  it('loses and doubles no line, wherever the splits are cut', async () => {
    const random = randomNumbers(7)
    const breaks = ['\n', '\r\n']
    for (let round = 0; round < 40; round++) {
      const n = Math.floor(random() * 30)
      const texts = Array.from({ length: n }, (_, i) => `${i}:${'äx'.repeat(Math.floor(random() * 8))}`)
      const text = texts.map((t, i) => t + (i === n - 1 && random() < 0.5 ? '' : breaks[Math.floor(random() * 2)])).join('')
      const bytes = new TextEncoder().encode(text)
      const size = 1 + Math.floor(random() * 40)
      const found: string[] = []
      for (let at = 0; at < bytes.length; at += size) {
        const io = { openFile: async function* (_p: string, start: number) { for (let i = start; i < bytes.length; i += 5) yield bytes.subarray(i, Math.min(bytes.length, i + 5)) }, count() {} }
        for await (const lines of splitLines({ path: 'x', start: at, length: Math.min(size, bytes.length - at), size: bytes.length }, io as never)) found.push(...lines)
      }
      expect(found).toEqual(texts)
    }
  })

  it('cuts files as FilePartition does', () => {
    const mb = 1024 * 1024
    const sizes = (list: number[], conf: Record<string, string>, p: number) => fileSplits(list.map((size, i) => ({ path: `f${i}`, size })), true, conf, p).map((x) => x.map((s) => s.length / mb))
    expect(sizes([300 * mb], {}, 2)).toEqual([[128], [128], [44]])
    expect(sizes([20 * mb], {}, 4)).toEqual([[6], [6], [6], [2]])
    expect(sizes([mb, mb, mb], {}, 2)).toEqual([[1, 1], [1]])
    expect(sizes([300 * mb], { 'spark.sql.files.maxPartitionBytes': '100m' }, 2)).toEqual([[100], [100], [100]])
  })
})

describe('json and text', () => {
  it('infers and reads json lines', async () => {
    cluster()
    const path = c.file('x.json', '{"b":1,"a":{"c":[1,2.5]}}\n{"b":9007199254740993,"d":"x"}\n{"b":null,"a":null}\n')
    const df = await read(path, {}, 'json')
    expect(await schemaOf(df)).toBe('a:struct<c:array<double>> b:bigint d:string')
    expect(await c.rows(df.plan)).toEqual([[{ $struct: [[1, 2.5]] }, 1, null], [null, { $long: '9007199254740993' }, 'x'], [null, null, null]])
  })
  it('keeps a line that is no json where it can be seen', async () => {
    cluster()
    const path = c.file('y.json', '{"a":1}\nnot json\n')
    const df = await read(path, {}, 'json')
    expect(await schemaOf(df)).toBe('_corrupt_record:string a:bigint')
    expect(await c.rows(df.plan)).toEqual([[null, 1], ['not json', null]])
  })
  it('counts words of a text file', async () => {
    cluster()
    const path = c.file('words.txt', 'to be or\nnot to be\n')
    const df = (await read(path, {}, 'text')).select(as(call('explode', call('split', col('value'), ' ')), 'w')).groupBy('w').agg(as(call('count', { expr: 'literal', value: 1, dataType: 'integer' }), 'n')).orderBy('w')
    expect(await c.rows(df.plan)).toEqual([['be', 2], ['not', 1], ['or', 1], ['to', 2]])
  })
})

describe('writing', () => {
  const rows: JsonValue[][] = [[1, 'plain', 1.5], [2, 'with, comma', null], [3, 'say "x"', 1e7], [4, null, 0], [5, '', -1]]
  const df = () => local(fields(['id', 'long'], ['s', 'string'], ['d', 'double']), rows, 2)
  const save = (format: string, mode: string, options: Record<string, string> = {}, frame = df()) => c.runner.write(frame.plan, { format, path: `${c.root}/out`, mode, options }, 'save at test.py:1')
  const parts = () => readdirSync(`${c.root}/out`).toSorted()
  const text = () => parts().filter((p) => p.startsWith('part-')).map((p) => readFileSync(`${c.root}/out/${p}`, 'utf8')).join('')

  it('names parts as Spark does and leaves nothing behind', async () => {
    cluster()
    await save('csv', 'errorifexists', { header: 'true' })
    expect(parts()).toEqual(['_SUCCESS', expect.stringMatching(/^part-00000-[0-9a-f-]{36}-c000\.csv$/), expect.stringMatching(/^part-00001-[0-9a-f-]{36}-c000\.csv$/)])
    expect(text()).toBe('id,s,d\n1,plain,1.5\n2,"with, comma",\nid,s,d\n3,"say \\"x\\"",1.0E7\n4,,0.0\n5,"",-1.0\n')
    expect(c.jobs.map((j) => j.tasks)).toEqual([2])
  })

  it('obeys the mode', async () => {
    cluster()
    await save('csv', 'errorifexists')
    await expect(save('csv', 'errorifexists')).rejects.toThrow(`[PATH_ALREADY_EXISTS] Path file:${c.root}/out already exists. Set mode as "overwrite" to overwrite the existing path. SQLSTATE: 42K04`)
    await save('csv', 'ignore')
    expect(parts().length).toBe(3)
    await save('csv', 'append')
    expect(parts().length).toBe(5)
    await save('csv', 'overwrite')
    expect(parts().length).toBe(3)
  })

  it('reads back what it wrote', async () => {
    cluster()
    await save('csv', 'overwrite', { header: 'true' })
    const back = await read(`${c.root}/out`, { header: 'true', inferSchema: 'true' })
    expect((await c.rows(back.plan)).map((r) => r[0]).toSorted()).toEqual([1, 2, 3, 4, 5])
    expect((await c.rows(back.filter(call('=', col('id'), 3)).plan))[0]).toEqual([3, 'say "x"', 1e7])
    await save('json', 'overwrite')
    expect(text()).toContain('{"id":2,"s":"with, comma"}\n')
    expect((await c.rows((await read(`${c.root}/out`, {}, 'json')).select('id', 's', 'd').plan)).toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(rows)
    await save('text', 'overwrite', {}, df().select('s').filter(call('=', col('id'), 1)))
    expect(text()).toBe('plain\n')
  })

  it('refuses what a format cannot hold', async () => {
    cluster()
    await expect(save('csv', 'overwrite', {}, range(0, 1).select(as(call('array', col('id')), 'a')))).rejects.toThrow('[UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE] The CSV datasource doesn\'t support the column `a` of the type "ARRAY<BIGINT>". SQLSTATE: 0A000')
    await expect(save('parquet', 'overwrite')).rejects.toThrow('[DATA_SOURCE_NOT_FOUND]')
    await expect(save('text', 'overwrite')).rejects.toThrow('Text data source supports only a single column, and you have 3 columns.')
  })
})
