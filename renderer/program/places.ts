/** A bar beside each line of the program: where the line runs. */
import { StateEffect, StateField, type Extension } from '@codemirror/state'
import { GutterMarker, gutter } from '@codemirror/view'
import type { Place } from '../../engine/view/plan.ts'

export interface LinePlace {
  place: Place
  /** The same in words. */
  text: string
}

/** By line, 1-based. */
export type Places = ReadonlyMap<number, LinePlace>

export const setPlaces = StateEffect.define<Places>()

const NONE: Places = new Map()

const places = StateField.define<Places>({
  create: () => NONE,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setPlaces)) return effect.value
    return transaction.docChanged ? NONE : value
  }
})

class Bar extends GutterMarker {
  readonly #what: LinePlace
  constructor(what: LinePlace) {
    super()
    this.#what = what
  }
  override eq(other: Bar): boolean {
    return this.#what.place === other.#what.place && this.#what.text === other.#what.text
  }
  override toDOM(): Node {
    const bar = document.createElement('i')
    bar.className = `cm-place cm-place-${this.#what.place}`
    bar.title = this.#what.text
    return bar
  }
}

export const placeBars: Extension = [
  places,
  gutter({
    class: 'cm-places',
    lineMarker: (view, block) => {
      const what = view.state.field(places).get(view.state.doc.lineAt(block.from).number)
      return what ? new Bar(what) : null
    },
    lineMarkerChange: (update) => update.startState.field(places) !== update.state.field(places)
  })
]

/** Colour and form: whole, hatched, dashed. */
export const placeLook = {
  '.cm-places': { width: '11px' },
  '.cm-places .cm-gutterElement': { display: 'flex', padding: '0 0 0 3px' },
  '.cm-place': { width: '4px', flex: '0 0 4px' },
  '.cm-place-driver': { background: 'var(--run)' },
  '.cm-place-executors': { background: 'var(--hatch-executors)', width: '6px', flexBasis: '6px' },
  '.cm-place-written': { background: 'var(--dash-written)' }
}
