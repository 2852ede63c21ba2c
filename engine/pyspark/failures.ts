/** The two failures a host may answer a bridge call with; both reach Python as exceptions. */
import type { BridgeError } from './contract.ts'

/** A refused or failed call: Python raises `error.pythonClass` with `error.message`. */
export class BridgeFailure extends Error {
  readonly error: BridgeError
  constructor(error: BridgeError) {
    super(error.message)
    this.name = 'BridgeFailure'
    this.error = error
  }
}

/** Thrown by `calls.fetchShuffle`: ends the task as fetch-failed; no user code can catch it for good (§5.13). */
export class FetchFailedSignal extends Error {
  readonly detail: unknown
  constructor(detail: unknown) {
    super('Fetch failed')
    this.name = 'FetchFailedSignal'
    this.detail = detail
  }
}
