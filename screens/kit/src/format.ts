// How money, quantities, rates and times look. Formats only: nothing is priced or rounded here.

import { FEN_DIGITS, MILLI_DIGITS, writeDecimal } from './decimal.ts'
import { translate, type Language } from './text/index.ts'

const MINUS = '\u2212'
const TILE_HUES = [212, 160, 28, 262, 190, 340, 96, 14, 230, 288, 48, 176]

function groupThousands(decimal: string): string {
  return decimal.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))
}

/** 123456 is ¥1,234.56; below zero the sign stands before the ¥. */
/** Lot number and date of goods that carry them, as `lot_no|YYYY-MM-DD`; empty for none. */
export function formatLot(lot: string | undefined): string {
  const [lotNo = '', expiresOn = ''] = (lot ?? '').split('|')
  return [lotNo, expiresOn].filter(Boolean).join(' · ')
}

export function formatFen(fen: number): string {
  return `${fen < 0 ? MINUS : ''}¥${groupThousands(writeDecimal(Math.abs(fen), FEN_DIGITS))}`
}

/** Thousandths as a number without trailing zeros: 2000 is 2, 762 is 0.762. */
export function formatMilli(milli: number): string {
  const decimal = writeDecimal(Math.abs(milli), MILLI_DIGITS).replace(/\.?0+$/, '')
  return `${milli < 0 ? MINUS : ''}${groupThousands(decimal)}`
}

/** A weight keeps its three digits and its unit; pieces are a bare number. */
export function formatQuantity(milli: number, unitOfMeasure: string): string {
  if (unitOfMeasure !== 'kg') return formatMilli(milli)
  return `${milli < 0 ? MINUS : ''}${writeDecimal(Math.abs(milli), MILLI_DIGITS)}\u00a0kg`
}

/** 2173 per 10,000 is 21.73 %. */
export function formatRate(basisPoints: number): string {
  return `${basisPoints < 0 ? MINUS : ''}${writeDecimal(Math.abs(basisPoints), 2)}%`
}

export function formatCount(count: number): string {
  return groupThousands(String(count))
}

/** Yuan in the unit of `unit.short_yuan`. */
const SHORT_UNITS: Record<Language, number> = { zh: 10_000, en: 1_000 }

/** For a chart only, where a rounded figure is enough: 12345600 fen are 12.3 of ten thousand yuan. */
export function formatFenShort(fen: number, language: Language): string {
  const unit = SHORT_UNITS[language]
  const yuan = Math.round(fen / 100)
  if (Math.abs(yuan) < unit) return groupThousands(String(yuan))
  const tenths = Math.round((yuan * 10) / unit)
  const decimal = groupThousands(writeDecimal(tenths, 1).replace(/\.0$/, ''))
  return `${decimal}${translate(language, 'unit.short_yuan')}`
}

const AGE_UNITS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const

/** The age in its largest whole unit. A clock that runs behind the writer's shows 0 s, not the future. */
export function splitAge(seconds: number): {
  unit: 'day' | 'hour' | 'minute' | 'second'
  count: number
} {
  const age = Math.max(0, Math.floor(seconds))
  const found = AGE_UNITS.find((candidate) => age >= candidate.seconds) ?? AGE_UNITS[3]
  return { unit: found.unit, count: Math.floor(age / found.seconds) }
}

/** Seconds from an instant (ISO 8601) to now (milliseconds of Unix time). */
export function ageSeconds(instant: string, nowMs: number): number {
  return (nowMs - Date.parse(instant)) / 1000
}

const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' }

/** Date and time of an instant on the clock of whoever looks at it. */
export function formatInstant(instant: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  }).format(new Date(instant))
}

/** The hue (degrees) of an item's tile: the same item has the same colour everywhere. */
export function tileHue(itemId: number): number {
  return TILE_HUES[itemId % TILE_HUES.length] ?? 212
}
