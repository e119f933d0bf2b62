// How far a clock is off, in the largest unit that says it in a word.

const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const

export type Offset = {
  unit: (typeof UNITS)[number]['unit']
  /** 0 when the clock is right to the second. */
  count: number
  isFast: boolean
}

export function splitOffset(offsetMs: number): Offset {
  const size = Math.abs(offsetMs)
  const { unit, ms } = UNITS.find((candidate) => size >= candidate.ms) ?? UNITS[3]
  return { unit, count: Math.floor(size / ms), isFast: offsetMs > 0 }
}
