/** Which casts there are (Cast.canAnsiCast, Cast.canCast). */
import type { DataType } from '../contract.ts'
import { mismatch } from '../errors.ts'
import { isDecimal, isNumeric, sqlType } from '../types.ts'

export function canCast(from: DataType, to: DataType, ansi: boolean): boolean {
  if (from === 'null' || sqlType(from) === sqlType(to)) return true
  if (to === 'string') return true
  if (typeof from === 'object' && typeof to === 'object' && !isDecimal(from) && !isDecimal(to)) {
    if (from.type === 'array' && to.type === 'array') return canCast(from.element, to.element, ansi)
    if (from.type === 'map' && to.type === 'map') return canCast(from.key, to.key, ansi) && canCast(from.value, to.value, ansi)
    if (from.type === 'struct' && to.type === 'struct') return from.fields.length === to.fields.length && from.fields.every((f, i) => canCast(f.dataType, to.fields[i]!.dataType, ansi))
    return false
  }
  if ((typeof from === 'object' && !isDecimal(from)) || (typeof to === 'object' && !isDecimal(to))) return false
  if (from === 'string') return to !== 'null'
  if (isNumeric(from)) return isNumeric(to) || to === 'boolean' || (to === 'timestamp') || (to === 'binary' && !ansi && !isDecimal(from) && from !== 'double' && from !== 'float')
  if (from === 'boolean') return isNumeric(to) || (to === 'timestamp' && !ansi)
  if (from === 'date') return to === 'timestamp' || (!ansi && (isNumeric(to) || to === 'boolean'))
  if (from === 'timestamp') return to === 'date' || isNumeric(to) || (!ansi && to === 'boolean')
  return false
}

export function checkCast(from: DataType, to: DataType, ansi: boolean, sql: () => string): void {
  if (canCast(from, to, ansi)) return
  const [f, t] = [sqlType(from), sqlType(to)]
  if (ansi && from === 'date' && isNumeric(to)) throw mismatch('CAST_WITH_FUNC_SUGGESTION', sql(), `cannot cast "DATE" to "${t}".\nTo convert values from "DATE" to "${t}", you can use the functions \`UNIX_DATE\` instead.`)
  if (ansi && canCast(from, to, false)) throw mismatch('CAST_WITH_CONF_SUGGESTION', sql(), `cannot cast "${f}" to "${t}" with ANSI mode on.\nIf you have to cast "${f}" to "${t}", you can set "spark.sql.ansi.enabled" as 'false'.`)
  if (ansi && isNumeric(from) && to === 'date') throw mismatch('CAST_WITH_FUNC_SUGGESTION', sql(), `cannot cast "${f}" to "DATE".\nTo convert values from "${f}" to "DATE", you can use the functions \`DATE_FROM_UNIX_DATE\` instead.`)
  throw mismatch('CAST_WITHOUT_SUGGESTION', sql(), `cannot cast "${f}" to "${t}".`)
}
