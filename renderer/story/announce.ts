/** What a screen reader is told of the story: few words, not too often, the newest that matter. */
import type { StoryLine } from '../../engine/view/types.ts'

/** Least pause between two announcements, ms. */
export const ANNOUNCE_EVERY = 3000

export const sentence = (line: StoryLine): string => line.parts.map((part) => part.text).join('')

/** One announcement for the lines that came since the last one; empty when nothing matters. */
export function announcement(lines: readonly StoryLine[]): string {
  const important = lines.filter((line) => line.level === 1)
  if (important.length === 0) return ''
  if (important.length <= 2) return important.map(sentence).join(' ')
  const loud = important.filter((line) => line.tone === 'bad' || line.tone === 'again' || line.tone === 'you')
  const told = (loud.length > 0 ? loud : important).slice(-2)
  return `${important.length} things happened. ${told.map(sentence).join(' ')}`
}
