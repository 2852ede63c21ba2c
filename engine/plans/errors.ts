/** Errors with Spark's classes, texts and SQLSTATEs. */

/** A query that cannot be: raised in Python as AnalysisException (or the class named). */
export class AnalysisError extends Error {
  override name = 'AnalysisException'
  readonly errorClass: string
  readonly pythonClass: string
  readonly javaClass: string
  /** The operator at fault has been looked at. */
  planned = false
  constructor(errorClass: string, text: string, sqlState: string, pythonClass = 'pyspark.errors.AnalysisException') {
    super(`[${errorClass}] ${text} SQLSTATE: ${sqlState}`)
    this.errorClass = errorClass
    this.pythonClass = pythonClass
    this.javaClass = 'org.apache.spark.sql.AnalysisException'
  }

  /** The same error, its text going on with the plan at fault (if Spark shows one for it). */
  withPlan(plan: string | undefined): this {
    this.planned = true
    if (plan !== undefined) this.message += `;\n${plan}`
    return this
  }
}

/** A row that a running query cannot digest: fails its task, `className` being the Java class Spark throws. */
export class SparkRuntimeError extends Error {
  override name = 'SparkRuntimeError'
  readonly errorClass: string
  readonly className: string
  constructor(errorClass: string, text: string, sqlState: string, className: string) {
    super(`[${errorClass}] ${text} SQLSTATE: ${sqlState}`)
    this.errorClass = errorClass
    this.className = className
  }
}

/** Something of Spark's that is not here: NotImplementedError in Python. */
export class NotHere extends Error {
  readonly pythonClass = 'NotImplementedError'
}

/** An exception of Java's own that a function throws. */
export class JavaError extends Error {
  readonly className: string
  constructor(className: string, message: string) {
    super(message)
    this.className = className
  }
}

/** §8.5: the task's memory request could not be met even after spilling. */
export class SparkOutOfMemoryError extends Error {
  override name = 'SparkOutOfMemoryError'
  readonly errorClass = 'UNABLE_TO_ACQUIRE_MEMORY'
  readonly className = 'org.apache.spark.memory.SparkOutOfMemoryError'
  constructor(asked: number, got: number) {
    super(`[UNABLE_TO_ACQUIRE_MEMORY] Unable to acquire ${asked} bytes of memory, got ${got}. SQLSTATE: 53200`)
  }
}

const ARITHMETIC = 'org.apache.spark.SparkArithmeticException'
const UNLESS_ANSI = 'If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error.'

export const divideByZero = () => new SparkRuntimeError('DIVIDE_BY_ZERO', `Division by zero. Use \`try_divide\` to tolerate divisor being 0 and return NULL instead. ${UNLESS_ANSI}`, '22012', ARITHMETIC)
export const remainderByZero = () => new SparkRuntimeError('REMAINDER_BY_ZERO', `Remainder by zero. Use \`try_mod\` to tolerate divisor being 0 and return NULL instead. ${UNLESS_ANSI}`, '22012', ARITHMETIC)
/** `what` is `long overflow` or `integer overflow`; `instead` a try_ function, if there is one. */
export const arithmeticOverflow = (what: string, instead?: string) => new SparkRuntimeError('ARITHMETIC_OVERFLOW', `${what}.${instead ? ` Use '${instead}' to tolerate overflow and return NULL instead.` : ''} ${UNLESS_ANSI}`, '22003', ARITHMETIC)
export const binaryOverflow = (a: string, symbol: string, b: string, instead: string) => new SparkRuntimeError('BINARY_ARITHMETIC_OVERFLOW', `${a} ${symbol} ${b} caused overflow. Use \`${instead}\` to ignore overflow problem and return NULL.`, '22003', ARITHMETIC)
export const castInvalid = (value: string, from: string, to: string) => new SparkRuntimeError('CAST_INVALID_INPUT', `The value ${value} of the type "${from}" cannot be cast to "${to}" because it is malformed. Correct the value as per the syntax, or change its target type. Use \`try_cast\` to tolerate malformed input and return NULL instead.`, '22018', to === 'DATE' || to === 'TIMESTAMP' ? 'org.apache.spark.SparkDateTimeException' : to === 'BOOLEAN' ? 'org.apache.spark.SparkRuntimeException' : 'org.apache.spark.SparkNumberFormatException')
export const castOverflow = (value: string, from: string, to: string) => new SparkRuntimeError('CAST_OVERFLOW', `The value ${value} of the type "${from}" cannot be cast to "${to}" due to an overflow. Use \`try_cast\` to tolerate overflow and return NULL instead.`, '22003', ARITHMETIC)
export const decimalOutOfRange = (value: string, precision: number, scale: number) => new SparkRuntimeError('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', `The ${value} rounding mode ROUND_HALF_UP cannot be represented as Decimal(${precision}, ${scale}). If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error, and return NULL instead.`.replace(' rounding mode ROUND_HALF_UP', ''), '22003', ARITHMETIC)
export const arrayIndex = (index: number, size: number) => new SparkRuntimeError('INVALID_ARRAY_INDEX', `The index ${index} is out of bounds. The array has ${size} elements. Use the SQL function \`get()\` to tolerate accessing element at invalid index and return NULL instead.`, '22003', 'org.apache.spark.SparkArrayIndexOutOfBoundsException')
export const elementAtIndex = (index: number, size: number) => new SparkRuntimeError('INVALID_ARRAY_INDEX_IN_ELEMENT_AT', `The index ${index} is out of bounds. The array has ${size} elements. Use \`try_element_at\` to tolerate accessing element at invalid index and return NULL instead.`, '22003', 'org.apache.spark.SparkArrayIndexOutOfBoundsException')
export const indexZero = () => new SparkRuntimeError('INVALID_INDEX_OF_ZERO', 'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).', '22003', 'org.apache.spark.SparkRuntimeException')
export const userRaised = (message: string) => new SparkRuntimeError('USER_RAISED_EXCEPTION', message, 'P0001', 'org.apache.spark.SparkRuntimeException')
export const cannotParseTimestamp = (message: string, func: string) => new SparkRuntimeError('CANNOT_PARSE_TIMESTAMP', `${message}. Use \`${func}\` to tolerate invalid input string and return NULL instead.`, '22007', 'org.apache.spark.SparkDateTimeException')
export const nullMapKey = () => new SparkRuntimeError('NULL_MAP_KEY', 'Cannot use null as map key.', '2200E', 'org.apache.spark.SparkRuntimeException')
export const duplicateMapKey = (key: string) => new SparkRuntimeError('DUPLICATED_MAP_KEY', `Duplicate map key ${key} was found, please check the input data. If you want to remove the duplicated keys, you can set "spark.sql.mapKeyDedupPolicy" to "LAST_WIN" so that the key inserted at last takes precedence.`, '23505', 'org.apache.spark.SparkRuntimeException')
/** `why` starts with a small letter or a parameter's name, as DATATYPE_MISMATCH sub-classes do. */
export const mismatch = (sub: string, sql: string, why: string) => new AnalysisError(`DATATYPE_MISMATCH.${sub}`, `Cannot resolve "${sql}" due to data type mismatch: ${why}`, '42K09')
