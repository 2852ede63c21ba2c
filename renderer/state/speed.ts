/** The speed slider is logarithmic: -1 is a tenth, 0 as it is, 1 ten times as fast. */
export const SLOWEST = 0.1
export const FASTEST = 10

export function speedAt(position: number): number {
  const speed = 10 ** Math.min(1, Math.max(-1, position))
  return Math.round(speed * 100) / 100
}

export function positionOf(speed: number): number {
  return Math.log10(Math.min(FASTEST, Math.max(SLOWEST, speed)))
}

export function speedText(speed: number): string {
  return `${speed < 1 ? speed.toFixed(2).replace(/0$/, '') : speed.toFixed(1).replace(/\.0$/, '')}×`
}
