/** What every panel needs at hand, passed down once. */
import { createContext } from 'svelte'
import type { Draft } from './draft.svelte.ts'
import type { LabStore } from './lab.svelte.ts'
import type { Selection } from './selection.svelte.ts'

export class Layout {
  left = $state<'guide' | 'program' | 'plan' | 'output'>('guide')
  settingsOpen = $state(false)
  keysOpen = $state(false)
  /** How often the field for a step number was asked for. */
  stepAsked = $state(0)
  /** Control the guide points at: `run`, `pause`, `fault:crash-executor`. */
  pointed = $state<string | null>(null)
  /** Line of the program that was asked for; the count tells one asking from the next. */
  line = $state.raw<{ number: number; asked: number } | null>(null)

  showLine(number: number): void {
    if (this.left === 'output') this.left = 'program'
    this.line = { number, asked: (this.line?.asked ?? 0) + 1 }
  }
}

export interface WindowState {
  lab: LabStore
  draft: Draft
  selection: Selection
  layout: Layout
  /** Runs what is in the editor; stops the run before. */
  run: () => Promise<void>
}

export const [useWindow, provideWindow] = createContext<WindowState>()
