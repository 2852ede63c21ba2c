/** System, light or dark; remembered. Canvases ask here for colours, since they cannot read custom properties. */
import { MediaQuery } from 'svelte/reactivity'

export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'kindling.theme'
const systemDark = new MediaQuery('(prefers-color-scheme: dark)')

function remembered(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    return 'system'
  }
}

class Theme {
  choice = $state<ThemeChoice>(remembered())
  dark: boolean = $derived(this.choice === 'dark' || (this.choice === 'system' && systemDark.current))

  choose(choice: ThemeChoice): void {
    this.choice = choice
    if (choice === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = choice
    try {
      localStorage.setItem(KEY, choice)
    } catch {
      // A window without storage forgets the choice; that is all.
    }
  }
}

export const theme = new Theme()

const NAMES = ['bg', 'panel', 'sunk', 'hover', 'line', 'line-strong', 'text', 'soft', 'faint', 'ember', 'run', 'run-soft', 'ok', 'ok-soft', 'fail', 'fail-soft', 'again', 'again-soft', 'wire', 'wire-soft', 'grid', 'focus'] as const
export type ColourName = (typeof NAMES)[number]
export type Colours = Record<ColourName, string>

const known = new Map<boolean, Colours>()

/** The colours of the theme as plain `rgb()`; an effect that calls it follows the theme. */
export function colours(): Colours {
  const there = known.get(theme.dark)
  if (there) return there
  const probe = document.createElement('span')
  document.body.append(probe)
  const found = {} as Colours
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`
    found[name] = getComputedStyle(probe).color
  }
  probe.remove()
  known.set(theme.dark, found)
  return found
}
