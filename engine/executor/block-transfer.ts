import type { BlockAnswer, BlockRequest } from '../world/messages.ts'
import type { StorageLevel } from '../events/index.ts'
import type { Clock, Connection } from '../world/interfaces.ts'
import type { RealNetwork } from '../world/real/network.ts'
import type { BlockStore } from './block-store.ts'
import type { TaskResults } from './task-results.ts'

/** Where an executor serves its blocks. */
export interface BlockAddress {
  executorId: string
  host: string
  port: number
}

/** A peer did not give what was asked: it is gone, or it does not have the block. */
export class BlockFetchError extends Error {
  readonly address: BlockAddress
  /** Which of the asked map outputs was missing; undefined when the peer could not be reached. */
  readonly missing: number | undefined
  constructor(message: string, address: BlockAddress, missing?: number) {
    super(message)
    this.name = 'BlockFetchError'
    this.address = address
    this.missing = missing
  }
}

/** Keeps a copy that a peer sends; false when there is no room. */
type TakeCopy = (copy: Extract<BlockRequest, { type: 'PutBlock' }>, data: Uint8Array) => Promise<boolean>

/** Serves this executor's shuffle files and cached blocks to its peers. Answers with the port. */
export async function serveBlocks(network: RealNetwork, store: BlockStore, results: TaskResults, put: TakeCopy): Promise<number> {
  const server = await network.listen<BlockAnswer, BlockRequest>({ onClock: true }, (_hello, connection) => {
    connection.onMessage((request, received) => {
      if (request.type === 'PutBlock') {
        void put(request, received[0] ?? new Uint8Array()).then((stored) => connection.send({ type: 'Blocks', ask: request.ask, ...(stored ? {} : { missing: request.partition }) }, []))
        return
      }
      void answer(store, results, request).then(({ message, blobs }) => connection.send(message, blobs))
    })
  })
  return server.port
}

async function answer(store: BlockStore, results: TaskResults, request: BlockRequest): Promise<{ message: BlockAnswer; blobs: Uint8Array[] }> {
  if (request.type === 'FetchShuffle') {
    const blobs: Uint8Array[] = []
    for (const mapIndex of request.mapIndexes) {
      const block = await store.shuffles.read(request.shuffleId, mapIndex, request.reduce)
      if (block === null) return { message: { type: 'Blocks', ask: request.ask, missing: mapIndex }, blobs: [] }
      blobs.push(block)
    }
    return { message: { type: 'Blocks', ask: request.ask }, blobs }
  }
  if (request.type === 'FetchBlock') {
    const block = await store.getRdd(request.rddId, request.partition)
    if (block === null) return { message: { type: 'Blocks', ask: request.ask, missing: request.partition }, blobs: [] }
    return { message: { type: 'Blocks', ask: request.ask }, blobs: [block] }
  }
  if (request.type === 'FetchPiece') {
    const piece = await store.pieces.get(request.id, request.piece)
    return piece === null ? { message: { type: 'Blocks', ask: request.ask, missing: request.piece }, blobs: [] } : { message: { type: 'Blocks', ask: request.ask }, blobs: [piece] }
  }
  if (request.type === 'FetchResult') {
    const value = results.take(request.taskId)
    return value === null ? { message: { type: 'Blocks', ask: request.ask, missing: request.taskId }, blobs: [] } : { message: { type: 'Blocks', ask: request.ask }, blobs: [value] }
  }
  return { message: { type: 'Blocks', ask: -1, missing: 0 }, blobs: [] }
}

interface Asked {
  address: BlockAddress
  resolve: (blobs: Uint8Array[]) => void
  reject: (error: BlockFetchError) => void
}

type Unnumbered = { type: 'PutBlock'; rddId: number; partition: number; level: StorageLevel } | { type: 'FetchShuffle'; shuffleId: number; mapIndexes: number[]; reduce: number } | { type: 'FetchBlock'; rddId: number; partition: number } | { type: 'FetchResult'; taskId: number } | { type: 'FetchPiece'; id: number; piece: number }

/** spark.shuffle.io.maxRetries and retryWait, on the lab clock. */
export interface RetryPolicy {
  clock: Clock
  maxRetries: number
  waitMs: number
}

/** Fetches blocks from peers, one connection for each peer, many questions on it. */
export class BlockClient {
  readonly #network: RealNetwork
  readonly #connections = new Map<string, Promise<Connection<BlockRequest, BlockAnswer>>>()
  readonly #asked = new Map<number, Asked>()
  readonly #gone = new Set<string>()
  readonly #retry: RetryPolicy
  #waiting: { executorId: string; go: () => void }[] = []
  #next = 0

  constructor(network: RealNetwork, retry: RetryPolicy) {
    this.#network = network
    this.#retry = retry
  }

  /**
   * Rejects with BlockFetchError when the peer has not got the block, or cannot be reached: after the
   * retries of the settings, or at once when the driver says that it is gone (§5.11).
   */
  async fetch(address: BlockAddress, request: Unnumbered, blobs: Uint8Array[] = []): Promise<Uint8Array[]> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#fetchOnce(address, request, blobs)
      } catch (error) {
        if (!(error instanceof BlockFetchError) || error.missing !== undefined) throw error
        if (this.#gone.has(address.executorId)) throw deadPeer(address)
        if (tries >= this.#retry.maxRetries) throw error
        await this.#pause(address.executorId)
      }
    }
  }

  /** Until the next try, or until the driver says that the peer is gone. */
  #pause(executorId: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#retry.clock.after(this.#retry.waitMs, 'shuffle retry', () => go())
      const entry = { executorId, go: () => go() }
      const go = (): void => {
        timer.cancel()
        this.#waiting = this.#waiting.filter((other) => other !== entry)
        resolve()
      }
      this.#waiting.push(entry)
    })
  }

  async #fetchOnce(address: BlockAddress, request: Unnumbered, blobs: Uint8Array[]): Promise<Uint8Array[]> {
    const connection = await this.#connect(address)
    return new Promise<Uint8Array[]>((resolve, reject) => {
      if (this.#gone.has(address.executorId)) {
        reject(deadPeer(address))
        return
      }
      const ask = this.#next++
      this.#asked.set(ask, { address, resolve, reject })
      connection.send({ ...request, ask }, blobs)
    })
  }

  /** The driver says this executor is gone: whoever waits for it need not wait longer (§5.11). */
  peerGone(executorId: string): void {
    this.#gone.add(executorId)
    for (const waiting of [...this.#waiting]) if (waiting.executorId === executorId) waiting.go()
    for (const [ask, asked] of this.#asked) {
      if (asked.address.executorId !== executorId) continue
      this.#asked.delete(ask)
      asked.reject(deadPeer(asked.address))
    }
  }

  async #connect(address: BlockAddress): Promise<Connection<BlockRequest, BlockAnswer>> {
    const known = this.#connections.get(address.executorId)
    if (known !== undefined) return known
    const opening = this.#network.connect<BlockRequest, BlockAnswer>(address.port, `executor-${address.executorId}`, { onClock: true }).then(
      (connection) => {
        connection.onMessage((message, blobs) => this.#answered(message, blobs))
        connection.onClose(() => this.#lost(address))
        return connection
      },
      () => {
        this.#connections.delete(address.executorId)
        throw new BlockFetchError(`Failed to connect to ${address.host}:${address.port}`, address)
      }
    )
    this.#connections.set(address.executorId, opening)
    return opening
  }

  #answered(message: BlockAnswer, blobs: Uint8Array[]): void {
    const asked = this.#asked.get(message.ask)
    if (asked === undefined) return
    this.#asked.delete(message.ask)
    if (message.missing === undefined) asked.resolve(blobs)
    else asked.reject(new BlockFetchError(`executor ${asked.address.executorId} has no such block`, asked.address, message.missing))
  }

  #lost(address: BlockAddress): void {
    this.#connections.delete(address.executorId)
    for (const [ask, asked] of this.#asked) {
      if (asked.address.executorId !== address.executorId) continue
      this.#asked.delete(ask)
      asked.reject(new BlockFetchError(`Connection from ${address.host}:${address.port} closed`, address))
    }
  }
}

const deadPeer = (address: BlockAddress): BlockFetchError =>
  new BlockFetchError(`The relative remote executor(Id: ${address.executorId}), which maintains the block data to fetch is dead.`, address)
