/** Where map outputs lie (§5.5, §5.15, §5.20). One status a map; scans happen only when something is lost. */
import type { MapStatus } from './types.ts'
import type { MapOutputTrackerApi } from './contract.ts'

interface Shuffle {
  reduces: number
  statuses: (MapStatus | null)[]
  available: number
  /** map index → executor whose loss took the output, until it is made again. */
  lost: Map<number, string>
}

/** Above these numbers reduce tasks have no preferred hosts, as the search would cost too much (§5.10). */
const PREFERENCE_LIMIT = 1000
const PREFERENCE_SHARE = 0.2

export class MapOutputTracker implements MapOutputTrackerApi {
  #epoch = 0
  readonly #shuffles = new Map<number, Shuffle>()

  /** Grows whenever outputs go or a map stage ends; a task carries the epoch it was made in (§5.21). */
  get epoch(): number {
    return this.#epoch
  }

  incrementEpoch(): void {
    this.#epoch++
  }

  registerShuffle(shuffleId: number, maps: number, reduces: number): void {
    if (this.#shuffles.has(shuffleId)) return
    this.#shuffles.set(shuffleId, { reduces, statuses: new Array<MapStatus | null>(maps).fill(null), available: 0, lost: new Map() })
  }

  unregisterShuffle(shuffleId: number): void {
    this.#shuffles.delete(shuffleId)
  }

  contains(shuffleId: number): boolean {
    return this.#shuffles.has(shuffleId)
  }

  register(shuffleId: number, mapIndex: number, status: MapStatus): void {
    const shuffle = this.#shuffle(shuffleId)
    if (mapIndex < 0 || mapIndex >= shuffle.statuses.length) throw new RangeError(`shuffle ${shuffleId} has no map ${mapIndex}`)
    if (shuffle.statuses[mapIndex] === null) shuffle.available++
    shuffle.statuses[mapIndex] = status
    shuffle.lost.delete(mapIndex)
  }

  unregister(shuffleId: number, mapIndex: number, executorId: string): boolean {
    const shuffle = this.#shuffle(shuffleId)
    const status = shuffle.statuses[mapIndex]
    if (!status || status.executorId !== executorId) return false
    this.#drop(shuffle, mapIndex, executorId)
    this.#epoch++
    return true
  }

  unregisterAll(shuffleId: number): void {
    const shuffle = this.#shuffle(shuffleId)
    shuffle.statuses.fill(null)
    shuffle.available = 0
    this.#epoch++
  }

  unregisterByExecutor(executorId: string): { shuffleId: number; mapIndexes: number[] }[] {
    return this.#unregisterWhere((status) => status.executorId === executorId)
  }

  unregisterByHost(host: string): { shuffleId: number; mapIndexes: number[] }[] {
    return this.#unregisterWhere((status) => status.host === host)
  }

  available(shuffleId: number): number {
    return this.#shuffle(shuffleId).available
  }

  missing(shuffleId: number): number[] {
    const { statuses, available } = this.#shuffle(shuffleId)
    if (available === statuses.length) return []
    const missing: number[] = []
    for (let i = 0; i < statuses.length; i++) if (statuses[i] === null) missing.push(i)
    return missing
  }

  statuses(shuffleId: number): readonly (MapStatus | null)[] {
    return this.#shuffle(shuffleId).statuses
  }

  statistics(shuffleId: number): number[] {
    const { reduces, statuses } = this.#shuffle(shuffleId)
    const bytes = new Array<number>(reduces).fill(0)
    for (const status of statuses) if (status) for (let r = 0; r < reduces; r++) bytes[r]! += status.sizes[r] ?? 0
    return bytes
  }

  preferredHosts(shuffleId: number, reduce: number): string[] {
    const shuffle = this.#shuffles.get(shuffleId)
    if (!shuffle || shuffle.statuses.length >= PREFERENCE_LIMIT || shuffle.reduces >= PREFERENCE_LIMIT) return []
    const byExecutor = new Map<string, { host: string; bytes: number }>()
    let total = 0
    for (const status of shuffle.statuses) {
      const bytes = status?.sizes[reduce] ?? 0
      if (!status || bytes === 0) continue
      total += bytes
      const held = byExecutor.get(status.executorId)
      if (held) held.bytes += bytes
      else byExecutor.set(status.executorId, { host: status.host, bytes })
    }
    const hosts = new Set<string>()
    for (const held of byExecutor.values()) if (held.bytes >= total * PREFERENCE_SHARE) hosts.add(held.host)
    return [...hosts]
  }

  lostBy(shuffleId: number, mapIndex: number): string | undefined {
    const lost = this.#shuffles.get(shuffleId)?.lost
    return mapIndex === -1 ? [...(lost?.values() ?? [])].at(-1) : lost?.get(mapIndex)
  }

  #unregisterWhere(gone: (status: MapStatus) => boolean): { shuffleId: number; mapIndexes: number[] }[] {
    const all: { shuffleId: number; mapIndexes: number[] }[] = []
    for (const [shuffleId, shuffle] of this.#shuffles) {
      if (shuffle.available === 0) continue
      const mapIndexes: number[] = []
      for (let i = 0; i < shuffle.statuses.length; i++) {
        const status = shuffle.statuses[i]
        if (!status || !gone(status)) continue
        this.#drop(shuffle, i, status.executorId)
        mapIndexes.push(i)
      }
      if (mapIndexes.length > 0) all.push({ shuffleId, mapIndexes })
    }
    this.#epoch++
    return all
  }

  #drop(shuffle: Shuffle, mapIndex: number, executorId: string): void {
    shuffle.statuses[mapIndex] = null
    shuffle.available--
    shuffle.lost.set(mapIndex, executorId)
  }

  #shuffle(shuffleId: number): Shuffle {
    const shuffle = this.#shuffles.get(shuffleId)
    if (!shuffle) throw new Error(`shuffle ${shuffleId} is not registered`)
    return shuffle
  }
}
