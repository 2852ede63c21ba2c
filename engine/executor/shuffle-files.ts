import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { LocalDisk } from './local-disk.ts'

interface ShuffleFile {
  path: string
  offsets: number[]
  /** CRC-32 of each block: what a disk has spoiled is not given on (spark.shuffle.checksum.enabled). */
  checksums: number[]
}

/** Map outputs of one executor: a file for each, its buckets one after another. */
export class ShuffleFiles {
  readonly #disk: LocalDisk
  readonly #files = new Map<string, ShuffleFile>()

  constructor(disk: LocalDisk) {
    this.#disk = disk
  }

  /** Writes one map output. Answers with the sizes of its blocks. */
  async write(shuffleId: number, mapIndex: number, buckets: Uint8Array[], counts: { shuffleBytesWritten: number; shuffleWriteNs: number }): Promise<number[]> {
    const began = performance.now()
    const offsets = [0]
    let at = 0
    for (const bucket of buckets) offsets.push((at += bucket.byteLength))
    const path = this.#disk.write(`shuffle_${shuffleId}_${mapIndex}_0.data`, Buffer.concat(buckets, at))
    this.#files.set(`${shuffleId}/${mapIndex}`, { path, offsets, checksums: buckets.map((bucket) => crc32(bucket)) })
    counts.shuffleBytesWritten += at
    counts.shuffleWriteNs += (performance.now() - began) * 1e6
    return Promise.resolve(buckets.map((bucket) => bucket.byteLength))
  }

  /** One block of a map output; null when the file is not here, or does not hold what was written. */
  async read(shuffleId: number, mapIndex: number, reduce: number): Promise<Uint8Array | null> {
    const file = this.#files.get(`${shuffleId}/${mapIndex}`)
    if (file === undefined || !this.#disk.holds(file.path)) return null
    const start = file.offsets[reduce] ?? 0
    const length = (file.offsets[reduce + 1] ?? start) - start
    const block = new Uint8Array(length)
    if (length === 0) return block
    const descriptor = openSync(file.path, 'r')
    try {
      if (readSync(descriptor, block, 0, length, start) < length) return null
    } finally {
      closeSync(descriptor)
    }
    return Promise.resolve(crc32(block) === file.checksums[reduce] ? block : null)
  }

  remove(shuffleId: number): void {
    for (const [key, file] of [...this.#files]) {
      if (!key.startsWith(`${shuffleId}/`)) continue
      this.#files.delete(key)
      this.#disk.remove(file.path)
    }
  }

  /**
   * Deletes files and tells nobody: whoever reads them finds them gone. All of them, those of a shuffle
   * (`shuffle_0`) or of one map output (`shuffle_0_3`). Answers with what was lost.
   */
  lose(named?: string): { shuffleId: number; mapIndexes: number[] }[] {
    const lost = new Map<number, number[]>()
    for (const [key, file] of this.#files) {
      if (!this.#disk.holds(file.path)) continue
      const [shuffleId, mapIndex] = key.split('/').map(Number) as [number, number]
      if (named !== undefined && named !== `shuffle_${shuffleId}` && named !== `shuffle_${shuffleId}_${mapIndex}`) continue
      this.#disk.remove(file.path)
      lost.set(shuffleId, [...(lost.get(shuffleId) ?? []), mapIndex])
    }
    return [...lost].map(([shuffleId, mapIndexes]) => ({ shuffleId, mapIndexes: mapIndexes.sort((a, b) => a - b) }))
  }
}
