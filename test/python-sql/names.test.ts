import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { startPython } from './python.ts'
import type { Python } from './python.ts'

const known = JSON.parse(readFileSync(new URL('../../engine/plans/function-names.json', import.meta.url), 'utf8')) as Record<string, string[]>
let python: Python
beforeAll(async () => {
  python = await startPython()
})

/** Calls every function of pyspark.sql.functions with columns and constants until a number of arguments fits. */
const everyName = `
from pyspark.sql import Column
def names(expression, into):
    if isinstance(expression, dict):
        if expression.get("expr") == "call":
            into.add(expression["name"])
        for value in expression.values():
            names(value, into)
    elif isinstance(expression, list):
        for value in expression:
            names(value, into)

made, silent = set(), []
for name in F.__all__:
    if name in ("broadcast", "expr"):
        continue
    function, results = getattr(F, name), []
    for args in ((), ("a",), ("a", "b"), ("a", 1), ("a", "b", "c"), ("a", 1, 2), ("a", "b", 1), (F.col("a"), 1), ("a", 0.5), (2.0, "a")):
        try:
            result = function(*args)
        except Exception:
            continue
        if isinstance(result, Column):
            results.append(result)
            names(result._expr, made)
    if not results:
        silent.append(name)
c = F.col("a")
for result in (c + 1, c - 1, c * 1, c / 1, c % 1, -c, ~c, c & c, c | c, c == 1, c != 1, c < 1, c <= 1, c > 1, c >= 1, c.eqNullSafe(1), c ** 2,
    c.bitwiseAND(1), c.bitwiseOR(1), c.bitwiseXOR(1), c.isNull(), c.isNotNull(), c.isNaN(), c.isin(1), c.like("x"), c.ilike("x"), c.rlike("x"),
    c.startswith("x"), c.endswith("x"), c.contains("x"), c.substr(1, 2), F.expr("+a")):
    names(result._expr, made)
`

test('every function makes a call the list of names holds, and every name of the list is made', () => {
  const { made, silent } = python.run<{ made: string[]; silent: string[] }>(everyName + 'out = {"made": sorted(made), "silent": silent}').out
  expect(silent).toEqual([])
  expect(made).toEqual(Object.values(known).flat().sort())
})

test('functions that take constants put them where the engine looks for them', () => {
  const literal = (value: unknown, dataType: string) => ({ expr: 'literal', value, dataType })
  const a = { expr: 'column', name: 'a' }
  expect(python.run(`
out = [c._expr["args"] for c in (F.round("a"), F.round("a", 2), F.split("a", ","), F.concat_ws("-", "a", "b"), F.substring("a", 1, 2), F.lpad("a", 5, "0"), F.rand(7), F.log(2.0, "a"),
  F.pow("a", 2), F.sha2("a", 256), F.date_add("a", 3), F.to_date("a", "yyyy"), F.first("a", True), F.first("a"), F.sort_array("a", False), F.locate("x", "a"), F.array_contains("a", 1), F.date_trunc("month", "a"))]`).out).toEqual([
    [a, literal(0, 'integer')], [a, literal(2, 'integer')], [a, literal(',', 'string'), literal(-1, 'integer')],
    [literal('-', 'string'), a, { expr: 'column', name: 'b' }], [a, literal(1, 'integer'), literal(2, 'integer')],
    [a, literal(5, 'integer'), literal('0', 'string')], [literal(7, 'integer')], [literal(2, 'double'), a],
    [a, literal(2, 'integer')], [a, literal(256, 'integer')], [a, literal(3, 'integer')], [a, literal('yyyy', 'string')],
    [a, literal(true, 'boolean')], [a], [a, literal(false, 'boolean')], [literal('x', 'string'), a, literal(1, 'integer')],
    [a, literal(1, 'integer')], [literal('month', 'string'), a]
  ])
})

test('names PySpark has and we have not can be imported and refuse at the line that uses them', () => {
  const { out } = python.run<string[][]>(`
from pyspark.sql.functions import udf, row_number
def decorated():
    @udf("int")
    def f(x):
        return x
def unknown():
    from pyspark.sql.functions import no_such_function
out = [failure(row_number), failure(decorated), failure(unknown), failure(Window.partitionBy, "a")]`)
  expect(out[0]).toEqual(['builtins.NotImplementedError', expect.stringMatching(/^pyspark\.sql\.functions\.row_number is not in Kindling$/)])
  expect(out[1]![1]).toContain('pyspark.sql.functions.udf')
  expect(out[2]![0]).toBe('builtins.ImportError')
  expect(out[3]![1]).toContain('pyspark.sql.Window.partitionBy')
})
