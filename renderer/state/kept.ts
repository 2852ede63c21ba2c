/**
 * What is typed in the window, kept in its storage: one program of one's own, one edited program for each
 * lesson, and the cluster and settings that go with them. Each has a key of its own, so that two windows only
 * overwrite each other where both edit the same thing.
 */
import type { ClusterShape } from '../../engine/events/index.ts'

export interface Text {
  program: string
  name: string
}

export interface ConfRow {
  key: string
  value: string
}

/** The cluster and the settings of the next run. */
export interface Settings {
  cluster: ClusterShape
  conf: ConfRow[]
  pace: string
  latency: string
}

/** A lesson by its id; null is one's own program. */
export type Place = string | null

const CHOSEN = 'kindling.chosen'
const TEXT = 'kindling.program'
const EARLIER = 'kindling.program.earlier'
const SETTINGS = 'kindling.settings'

const textKey = (place: Place): string => (place === null ? TEXT : `${TEXT}.lesson.${place}`)
const settingsKey = (place: Place): string => (place === null ? SETTINGS : `${SETTINGS}.lesson`)

/** A window without storage forgets; nothing else changes. */
export class Kept {
  readonly #storage: Storage | null

  constructor(storage: Storage | null) {
    this.#storage = storage
  }

  /** Where one was last; undefined when nothing was ever kept. */
  get chosen(): Place | undefined {
    const kept = this.#read(CHOSEN)
    return kept === null || typeof kept === 'string' ? kept : undefined
  }

  set chosen(place: Place) {
    this.#write(CHOSEN, place)
  }

  text(place: Place): Text | null {
    const kept = this.#read(textKey(place))
    return isText(kept) ? kept : null
  }

  /** Programs of one's own that others took the place of, the latest first. */
  get earlier(): Text[] {
    const kept = this.#read(EARLIER)
    return Array.isArray(kept) ? kept.filter(isText) : []
  }

  set earlier(texts: Text[]) {
    this.#write(EARLIER, texts.length === 0 ? undefined : texts)
  }

  /** `null` where there is nothing to keep: a lesson's program as it was written. */
  keepText(place: Place, text: Text | null): void {
    this.#write(textKey(place), text ?? undefined)
  }

  /** Programs beside the first one; null where none were kept. */
  others(place: Place): Text[] | null {
    const kept = this.#read(`${textKey(place)}.others`)
    return Array.isArray(kept) ? kept.filter(isText) : null
  }

  keepOthers(place: Place, texts: readonly Text[] | null): void {
    this.#write(`${textKey(place)}.others`, texts ?? undefined)
  }

  /** Of one's own program, or of the lesson chosen last. */
  settings(place: Place): Settings | null {
    const kept = this.#read(settingsKey(place))
    return isSettings(kept) ? kept : null
  }

  keepSettings(place: Place, settings: Settings): void {
    this.#write(settingsKey(place), settings)
  }

  #read(key: string): unknown {
    try {
      const kept = this.#storage?.getItem(key)
      return kept === null || kept === undefined ? undefined : (JSON.parse(kept) as unknown)
    } catch {
      return undefined
    }
  }

  #write(key: string, value: unknown): void {
    try {
      if (value === undefined) this.#storage?.removeItem(key)
      else this.#storage?.setItem(key, JSON.stringify(value))
    } catch {
      // A full or closed storage keeps what it has.
    }
  }
}

/** The window's own storage, which a browser may refuse. */
export function windowStorage(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isText = (value: unknown): value is Text => isObject(value) && typeof value['program'] === 'string' && typeof value['name'] === 'string'

function isSettings(value: unknown): value is Settings {
  if (!isObject(value) || !isObject(value['cluster']) || !Array.isArray(value['conf'])) return false
  const numbers = ['workers', 'coresPerWorker', 'memoryPerWorkerMb'].map((name) => (value['cluster'] as Record<string, unknown>)[name])
  const rows = value['conf'].every((row) => isObject(row) && typeof row['key'] === 'string' && typeof row['value'] === 'string')
  return numbers.every((one) => typeof one === 'number') && rows && typeof value['pace'] === 'string' && typeof value['latency'] === 'string'
}
