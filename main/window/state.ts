/** Where the window was last time, kept in one small file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BrowserWindow, Rectangle } from 'electron'

export interface WindowState {
  bounds: Partial<Rectangle> & { width: number; height: number }
  maximized: boolean
}

export const SMALLEST = { width: 960, height: 640 }
const FIRST: WindowState = { bounds: { width: 1440, height: 900 }, maximized: false }

/**
 * The remembered state, or the first one where there is none or its place is on no screen any more.
 * @param screens work areas of the screens there are
 */
export function loadWindowState(file: string, screens: readonly Rectangle[]): WindowState {
  let state: unknown
  try {
    state = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return FIRST
  }
  if (!isWindowState(state)) return FIRST
  const { x, y, width, height } = state.bounds
  const size = { width: Math.max(width, SMALLEST.width), height: Math.max(height, SMALLEST.height) }
  const visible = screens.some((screen) => x < screen.x + screen.width - 100 && x + width > screen.x + 100 && y >= screen.y && y < screen.y + screen.height - 50)
  return { bounds: visible ? { x, y, ...size } : size, maximized: state.maximized }
}

/** Remembers `window` as it is now. A folder that cannot be written is no reason to keep a window open. */
export function saveWindowState(file: string, window: Pick<BrowserWindow, 'getNormalBounds' | 'isMaximized'>): void {
  const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(state))
  } catch {
    // Next time it opens in the middle.
  }
}

function isWindowState(state: unknown): state is { bounds: Rectangle; maximized: boolean } {
  const { bounds, maximized } = (state ?? {}) as { bounds?: Partial<Rectangle>; maximized?: unknown }
  return typeof maximized === 'boolean' && [bounds?.x, bounds?.y, bounds?.width, bounds?.height].every((n) => Number.isFinite(n))
}
