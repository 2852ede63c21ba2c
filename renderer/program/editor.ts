/**
 * CodeMirror inside an open shadow root: there it uses constructed style sheets, which a policy of
 * `style-src 'self'` allows, where style elements would be refused.
 */
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state'
import { Decoration, EditorView, GutterMarker, drawSelection, gutterLineClass, highlightActiveLineGutter, keymap, lineNumbers, type DecorationSet } from '@codemirror/view'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { python } from '@codemirror/lang-python'
import { RangeSet } from '@codemirror/state'
import { tags } from '@lezer/highlight'
import { placeBars, placeLook, setPlaces, type Places } from './places.ts'

export interface Marks {
  /** The line the driver's program is on, 1-based. */
  running: number | null
  /** The line a mistake is on. */
  mistake: number | null
  /** A line somebody asked to see. */
  shown: number | null
}

export interface Editor {
  setText: (text: string) => void
  setMarks: (marks: Marks) => void
  setPlaces: (places: Places) => void
  /** Brings a line into sight. */
  showLine: (line: number) => void
  setEditable: (editable: boolean) => void
  destroy: () => void
}

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12.5px', color: 'var(--text)', backgroundColor: 'var(--panel)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.62', scrollbarWidth: 'thin', scrollbarColor: 'var(--line-strong) transparent' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 16px 0 6px' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--faint)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '38px', padding: '0 8px 0 12px' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--run-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--ember-soft)', outline: 'none' },
  '.cm-running': { backgroundColor: 'var(--run-soft)', boxShadow: 'inset 3px 0 0 var(--run)' },
  '.cm-running-gutter': { color: 'var(--run)', fontWeight: '700', backgroundColor: 'var(--run-soft)' },
  '.cm-shown': { boxShadow: 'inset 0 0 0 1.5px var(--ember)', borderRadius: '3px' },
  ...placeLook,
  '.cm-mistake': { backgroundColor: 'var(--fail-soft)', boxShadow: 'inset 3px 0 0 var(--fail)' },
  '.cm-mistake-gutter': { color: 'var(--fail)', fontWeight: '700', backgroundColor: 'var(--fail-soft)' }
})

const colouring = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--wire)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--again)' },
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName)], color: 'var(--text)' }
])

const setMarks = StateEffect.define<Marks>()

class GutterClass extends GutterMarker {
  override elementClass: string
  constructor(name: string) {
    super()
    this.elementClass = name
  }
}
const shownGutter = new GutterClass('cm-shown-gutter')
const runningGutter = new GutterClass('cm-running-gutter')
const mistakeGutter = new GutterClass('cm-mistake-gutter')

interface Marked {
  marks: Marks
  lines: DecorationSet
  gutter: RangeSet<GutterMarker>
}

const NOTHING: Marked = { marks: { running: null, mistake: null, shown: null }, lines: Decoration.none, gutter: RangeSet.empty as RangeSet<GutterMarker> }

function mark(state: EditorState, marks: Marks): Marked {
  const wanted = [
    { line: marks.running, name: 'cm-running', gutter: runningGutter },
    { line: marks.mistake, name: 'cm-mistake', gutter: mistakeGutter },
    { line: marks.shown, name: 'cm-shown', gutter: shownGutter }
  ].flatMap((one) => (one.line !== null && one.line >= 1 && one.line <= state.doc.lines ? [{ ...one, from: state.doc.line(one.line).from }] : []))
  return {
    marks,
    lines: Decoration.set(wanted.map((one) => Decoration.line({ class: one.name }).range(one.from)), true),
    gutter: RangeSet.of(wanted.map((one) => one.gutter.range(one.from)), true)
  }
}

const marked = StateField.define<Marked>({
  create: () => NOTHING,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return mark(transaction.state, effect.value)
    return transaction.docChanged ? mark(transaction.state, value.marks) : value
  },
  provide: (field) => [EditorView.decorations.from(field, (value) => value.lines), gutterLineClass.from(field, (value) => value.gutter)]
})

/**
 * Puts an editor into `host`, which gets an open shadow root.
 * @param changed called with the whole text after each change made by hand.
 */
export function mountEditor(host: HTMLElement, text: string, changed: (text: string) => void): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const editable = new Compartment()
  const editableAs = (on: boolean): Extension => [EditorState.readOnly.of(!on), EditorView.contentAttributes.of({ 'aria-readonly': String(!on) })]
  let silent = false
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        placeBars,
        lineNumbers(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        indentUnit.of('    '),
        python(),
        EditorView.lineWrapping,
        syntaxHighlighting(colouring),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': 'Program, Python', spellcheck: 'false', tabindex: '0' }),
        editable.of(editableAs(true)),
        marked,
        look,
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !silent) changed(update.state.doc.toString())
        })
      ]
    })
  })
  return {
    setText(next) {
      if (view.state.doc.toString() === next) return
      silent = true
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } })
      silent = false
    },
    setMarks(marks) {
      const effects: StateEffect<unknown>[] = [setMarks.of(marks)]
      const line = marks.running ?? marks.mistake
      if (line !== null && line >= 1 && line <= view.state.doc.lines) effects.push(EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'nearest', yMargin: 24 }))
      view.dispatch({ effects })
    },
    setPlaces(places) {
      view.dispatch({ effects: setPlaces.of(places) })
    },
    showLine(line) {
      if (line < 1 || line > view.state.doc.lines) return
      view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'center' }) })
    },
    setEditable(on) {
      view.dispatch({ effects: editable.reconfigure(editableAs(on)) })
    },
    destroy() {
      view.destroy()
    }
  }
}
