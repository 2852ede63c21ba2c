import type { TaskEndReason } from '../events/index.ts'
import { BridgeFailure } from '../pyspark/failures.ts'

/** The answer of a job: one entry for each asked partition. */
export interface JobAnswer {
  results: Uint8Array[]
  accumulators: Uint8Array[]
}

interface WaitingJob {
  results: (Uint8Array | undefined)[]
  bytes: number
  resolve: (answer: JobAnswer) => void
  reject: (error: unknown) => void
  onMapStage?: (bytesByReduce: number[]) => void
}

/** Jobs under way and who waits for them. Accumulator updates wait for the next answer of any job. */
export class Jobs {
  readonly #waiting = new Map<number, WaitingJob>()
  #accumulators: Uint8Array[] = []

  get running(): number {
    return this.#waiting.size
  }

  /** Bytes of results held for jobs that still run. */
  get bytes(): number {
    let bytes = 0
    for (const job of this.#waiting.values()) bytes += job.bytes
    return bytes
  }

  add(jobId: number, outputs: number): Promise<JobAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(jobId, { results: new Array<Uint8Array | undefined>(outputs), bytes: 0, resolve, reject })
    })
  }

  addMapStage(jobId: number): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(jobId, { results: [], bytes: 0, resolve: () => undefined, reject, onMapStage: resolve })
    })
  }

  output(jobId: number, output: number, value: Uint8Array): void {
    const job = this.#waiting.get(jobId)
    if (job === undefined) return
    job.results[output] = value
    job.bytes += value.byteLength
  }

  accumulate(updates: Uint8Array): void {
    this.#accumulators.push(updates)
  }

  /** Accumulator updates since the last answer; they are Python's to add up. */
  takeAccumulators(): Uint8Array[] {
    const updates = this.#accumulators
    this.#accumulators = []
    return updates
  }

  succeeded(jobId: number): void {
    const job = this.#waiting.get(jobId)
    if (job === undefined) return
    this.#waiting.delete(jobId)
    job.resolve({ results: job.results.map((value) => value ?? new Uint8Array()), accumulators: this.takeAccumulators() })
  }

  mapStageDone(jobId: number, bytesByReduce: number[]): void {
    const job = this.#waiting.get(jobId)
    if (job === undefined) return
    this.#waiting.delete(jobId)
    job.onMapStage?.(bytesByReduce)
  }

  /** Jobs that a call of the program waits for. */
  get ids(): number[] {
    return [...this.#waiting.keys()]
  }

  failed(jobId: number, error: unknown): boolean {
    const job = this.#waiting.get(jobId)
    if (job === undefined) return false
    this.#waiting.delete(jobId)
    job.reject(error)
    return true
  }
}

/**
 * How a failed job reaches the program: as Spark's SparkException inside a Py4JJavaError, or, when the
 * task's own error is one meant for the user (§5.26), as that error.
 */
export function jobError(message: string, exception: TaskEndReason | undefined): BridgeFailure {
  if (exception?.Reason === 'ExceptionFailure') {
    const python = USER_FACING[exception['Class Name']]
    if (python !== undefined && /^\[[A-Z_.]+\]/.test(exception.Description)) {
      return new BridgeFailure({ pythonClass: python, message: exception.Description, javaClass: exception['Class Name'] })
    }
  }
  return new BridgeFailure({ pythonClass: 'py4j.protocol.Py4JJavaError', message, javaClass: 'org.apache.spark.SparkException' })
}

/** Java classes that PySpark turns into exceptions of its own. */
const USER_FACING: Record<string, string> = {
  'org.apache.spark.SparkArithmeticException': 'pyspark.errors.ArithmeticException',
  'org.apache.spark.SparkNumberFormatException': 'pyspark.errors.NumberFormatException',
  'org.apache.spark.SparkDateTimeException': 'pyspark.errors.DateTimeException',
  'org.apache.spark.SparkRuntimeException': 'pyspark.errors.SparkRuntimeException',
  'org.apache.spark.SparkArrayIndexOutOfBoundsException': 'pyspark.errors.ArrayIndexOutOfBoundsException'
}
