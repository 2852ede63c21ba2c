import type { ExecutorEnv } from './env.ts'
import { TaskException } from './task-failures.ts'

/** Values of broadcasts in this executor, each fetched from the driver once (§9.1). */
export class Broadcasts {
  readonly #env: ExecutorEnv
  readonly #values = new Map<number, Promise<Uint8Array | undefined>>()
  /** Bytes held. */
  bytes = 0

  constructor(env: ExecutorEnv) {
    this.#env = env
  }

  /** Throws TaskException when the driver has it no more. */
  async value(id: number): Promise<Uint8Array> {
    let asking = this.#values.get(id)
    if (asking === undefined) {
      asking = this.#env.askBroadcast(id).then((data) => {
        this.bytes += data?.byteLength ?? 0
        return data
      })
      this.#values.set(id, asking)
    }
    const data = await asking
    if (data !== undefined) return data
    this.#values.delete(id)
    throw new TaskException('org.apache.spark.SparkException', `Failed to get broadcast_${id}_piece0 of broadcast_${id}`)
  }

  remove(id: number): void {
    const known = this.#values.get(id)
    this.#values.delete(id)
    void known?.then((data) => {
      this.bytes -= data?.byteLength ?? 0
    })
  }
}
