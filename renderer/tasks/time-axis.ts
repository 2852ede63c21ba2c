/** Lab time to pixels and back, with ticks at round times. */
export interface TimeScale {
  start: number
  end: number
  x: (t: number) => number
  t: (x: number) => number
}

/**
 * @param left first and `right` last pixel of the axis.
 */
export function timeScale(start: number, end: number, left: number, right: number): TimeScale {
  const span = Math.max(1, end - start)
  const room = Math.max(1, right - left)
  return { start, end: start + span, x: (t) => left + ((t - start) / span) * room, t: (x) => start + ((x - left) / room) * span }
}

/** From the first thing on the axis to a little after now; at least four seconds, so that nothing jumps at the start. */
export function timeSpan(first: number | null, now: number): { start: number; end: number } {
  const start = first === null ? 0 : Math.max(0, Math.floor(first / 500) * 500)
  return { start, end: Math.max(start + 4000, now + Math.max(400, (now - start) * 0.08)) }
}

const STEPS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000]

/** Round times on the axis, at least `apart` pixels from one another, with their words. */
export function ticks(scale: TimeScale, apart = 70): { t: number; text: string }[] {
  const perPixel = scale.t(1) - scale.t(0)
  const step = STEPS.find((one) => one / perPixel >= apart) ?? 7_200_000
  const found: { t: number; text: string }[] = []
  for (let t = Math.ceil(scale.start / step) * step; t <= scale.end; t += step) found.push({ t, text: tickText(t, step) })
  return found
}

function tickText(t: number, step: number): string {
  if (t >= 60_000 && step >= 1000) return `${Math.floor(t / 60_000)}:${String(Math.round((t % 60_000) / 1000)).padStart(2, '0')}`
  return `${(t / 1000).toFixed(step < 1000 ? 1 : 0)} s`
}
