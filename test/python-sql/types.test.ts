import { beforeAll, expect, test } from 'vitest'
import { startPython } from './python.ts'
import type { Python } from './python.ts'

let python: Python
beforeAll(async () => {
  python = await startPython()
})
const run = <T = unknown>(program: string): T => python.run<T>(program).out

test('types read from DDL, shown as PySpark shows them', () => {
  expect(run(`
s = T.StructType.fromDDL("a int, b array<struct<x: string NOT NULL>>, \`m m\` map<string,bigint> COMMENT 'c', d decimal(10,2), e tinyint NOT NULL")
out = [repr(s), s.simpleString(), s.json(), T.StructType.fromJson(json.loads(s.json())) == s]`)).toEqual([
    "StructType([StructField('a', IntegerType(), True), StructField('b', ArrayType(StructType([StructField('x', StringType(), False)]), True), True), StructField('m m', MapType(StringType(), LongType(), True), True), StructField('d', DecimalType(10,2), True), StructField('e', ByteType(), False)])",
    'struct<a:int,b:array<struct<x:string>>,m m:map<string,bigint>,d:decimal(10,2),e:tinyint>',
    '{"fields":[{"metadata":{},"name":"a","nullable":true,"type":"integer"},{"metadata":{},"name":"b","nullable":true,"type":{"containsNull":true,"elementType":{"fields":[{"metadata":{},"name":"x","nullable":false,"type":"string"}],"type":"struct"},"type":"array"}},{"metadata":{"comment":"c"},"name":"m m","nullable":true,"type":{"keyType":"string","type":"map","valueContainsNull":true,"valueType":"long"}},{"metadata":{},"name":"d","nullable":true,"type":"decimal(10,2)"},{"metadata":{},"name":"e","nullable":false,"type":"byte"}],"type":"struct"}',
    true
  ])
})

test('a type that stands alone, and texts that are none', () => {
  const [alone, unknown, broken] = run<[string, string[], string[]]>(`
out = [repr(T.DataType.fromDDL("array<int>")), failure(T.StructType.fromDDL, "a foo"), failure(T.StructType.fromDDL, "a int,")]`)
  expect(alone).toBe('ArrayType(IntegerType(), True)')
  expect(unknown[0]).toBe('pyspark.errors.exceptions.captured.ParseException')
  expect(unknown[1]).toBe('\n[UNSUPPORTED_DATATYPE] Unsupported data type "FOO". SQLSTATE: 0A000 (line 1, pos 2)\n\n== SQL ==\na foo\n--^^^\n')
  expect(broken[1]).toContain('[PARSE_SYNTAX_ERROR] Syntax error at or near end of input. SQLSTATE: 42601 (line 1, pos 6)')
})

test('printSchema draws the tree as Spark does', () => {
  expect(python.run(`
spark = SparkSession.builder.getOrCreate()
spark.createDataFrame([], "id bigint NOT NULL, tags array<string>, m map<string,double>, s struct<a: int, d: decimal(5,1)>").printSchema()`).stdout).toBe(
    `root
 |-- id: long (nullable = false)
 |-- tags: array (nullable = true)
 |    |-- element: string (containsNull = true)
 |-- m: map (nullable = true)
 |    |-- key: string
 |    |-- value: double (valueContainsNull = true)
 |-- s: struct (nullable = true)
 |    |-- a: integer (nullable = true)
 |    |-- d: decimal(5,1) (nullable = true)

`)
})

test('StructType answers by name, index and slice, and grows by add', () => {
  expect(run(`
s = T.StructType().add("a", "int").add(T.StructField("b", T.StringType(), False)).add("c", T.LongType())
out = [repr(s["b"]), repr(s[0]), repr(s[1:]), s.fieldNames(), len(s), [f.name for f in s], failure(lambda: s["z"]), failure(lambda: T.StructType().add("a"))[1]]`)).toEqual([
    "StructField('b', StringType(), False)", "StructField('a', IntegerType(), True)",
    "StructType([StructField('b', StringType(), False), StructField('c', LongType(), True)])", ['a', 'b', 'c'], 3, ['a', 'b', 'c'],
    ['pyspark.errors.exceptions.base.PySparkKeyError', '[KEY_NOT_EXISTS] Key `z` is not exists.'],
    '[ARGUMENT_REQUIRED] Argument `data_type` is required when passing name of struct_field to create.'
  ])
})

test('Row', () => {
  expect(run(`
import pickle
person = Row("name", "age")
r = Row(name="Ann", age=3)
out = [repr(r), r.name, r["age"], r[0], "name" in r, 3 in Row(1, 3), repr(person), repr(person("Bo", 4)), r == ("Ann", 3), Row(a=Row(b=[Row(c=1)])).asDict(True),
  pickle.loads(pickle.dumps(r)).age, failure(lambda: r.nope), failure(lambda: r["nope"])[0], failure(lambda: Row(1).asDict())[1], failure(lambda: person(1, 2, 3))[1], failure(setattr, r, "name", 1)[1]]`)).toEqual([
    "Row(name='Ann', age=3)", 'Ann', 3, 'Ann', true, true, "<Row('name', 'age')>", "Row(name='Bo', age=4)", true, { a: { b: [{ c: 1 }] } },
    3, ['pyspark.errors.exceptions.base.PySparkAttributeError', '[ATTRIBUTE_NOT_SUPPORTED] Attribute `nope` is not supported.'],
    'pyspark.errors.exceptions.base.PySparkValueError', '[CANNOT_CONVERT_TYPE] Cannot convert Row into dict.',
    '[TOO_MANY_VALUES] Expected 2 values for `fields`, got 3.', '[READ_ONLY] Row is read-only.'
  ])
})

test('values cross to the engine and back unchanged', () => {
  expect(run(`
import datetime, decimal
from pyspark.sql._wire import rows_to_json, rows_from_json
schema = T.StructType.fromDDL("l long, d double, s string, dec decimal(10,2), day date, at timestamp, bin binary, a array<long>, m map<string,int>, st struct<x: int, y: string>, b boolean, n double")
rows = [(2**60, float("inf"), "é", decimal.Decimal("1.50"), datetime.date(2024, 1, 31), datetime.datetime(2024, 1, 31, 12, 30, 1, 5), b"\\x00\\xff", [1, None], {"k": 1}, Row(x=1, y="z"), True, 2),
        (None,) * 12]
text = rows_to_json(rows, schema)
back = rows_from_json(text, schema)
out = [text, repr(back[0]), [tuple(r) == tuple(o) for r, o in zip(back, rows)], type(back[0].n).__name__]`)).toEqual([
    '[[{"$long":"1152921504606846976"},{"$double":"Infinity"},"é",{"$decimal":"1.50"},{"$date":"2024-01-31"},{"$timestamp":"1706704201000005"},{"$binary":"AP8="},[1,null],{"$map":[["k",1]]},{"$struct":[1,"z"]},true,2.0],[null,null,null,null,null,null,null,null,null,null,null,null]]',
    "Row(l=1152921504606846976, d=inf, s='é', dec=Decimal('1.50'), day=datetime.date(2024, 1, 31), at=datetime.datetime(2024, 1, 31, 12, 30, 1, 5), bin=b'\\x00\\xff', a=[1, None], m={'k': 1}, st=Row(x=1, y='z'), b=True, n=2.0)",
    [true, true], 'float'
  ])
})

test('types of the contract cross both ways', () => {
  expect(run(`
from pyspark.sql._wire import schema_to_wire, schema_from_wire
s = T.StructType.fromDDL("a array<map<string,decimal(3,1)>>, b struct<c: date NOT NULL>, v void, ch char(3)")
out = [schema_to_wire(s), schema_from_wire(schema_to_wire(s)).simpleString()]`)).toEqual([
    [
      { name: 'a', nullable: true, dataType: { type: 'array', containsNull: true, element: { type: 'map', key: 'string', value: { type: 'decimal', precision: 3, scale: 1 }, valueContainsNull: true } } },
      { name: 'b', nullable: true, dataType: { type: 'struct', fields: [{ name: 'c', dataType: 'date', nullable: false }] } },
      { name: 'v', nullable: true, dataType: 'null' },
      { name: 'ch', nullable: true, dataType: 'string' }
    ],
    'struct<a:array<map<string,decimal(3,1)>>,b:struct<c:date>,v:void,ch:string>'
  ])
})

test('missing types refuse by name', () => {
  expect(run(`
def imported():
    from pyspark.sql.types import TimestampNTZType
out = failure(imported)`)).toEqual(['builtins.NotImplementedError', expect.stringContaining('pyspark.sql.types.TimestampNTZType')])
})

test('a row that does not have all fields is refused', () => {
  expect(run(`
from pyspark.sql._wire import rows_to_json
out = failure(rows_to_json, [(1,)], T.StructType.fromDDL("a int, b int"))`)).toEqual(['builtins.ValueError', "Input row doesn't have expected number of values required by the schema. 2 fields are required while 1 values are provided."])
})
