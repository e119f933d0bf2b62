// Decimal texts to whole numbers and back, digit by digit: no number here is ever a fraction.

/** Nine digits before the point: ten million yuan or a million tonnes, and still an exact integer. */
const WHOLE_DIGITS_MAX = 9

/** Digits after the point that a fen (of a yuan) and a milli (of a unit) have. */
export const FEN_DIGITS = 2
export const MILLI_DIGITS = 3

/**
 * Read a typed decimal as an integer of its smallest unit: parseDecimal('0.762', 3) is 762.
 * Null for anything that is not a plain decimal, has too many digits, or has no digit at all.
 */
export function parseDecimal(text: string, fractionDigits: number): number | null {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text.trim())
  if (!match) return null
  const whole = match[1] ?? ''
  const fraction = match[2] ?? ''
  if (whole + fraction === '') return null
  if (whole.length > WHOLE_DIGITS_MAX || fraction.length > fractionDigits) return null
  return Number(whole + fraction.padEnd(fractionDigits, '0'))
}

/** Write an integer of the smallest unit as a decimal: writeDecimal(-5, 2) is '-0.05'. */
export function writeDecimal(value: number, fractionDigits: number): string {
  const digits = String(Math.abs(value)).padStart(fractionDigits + 1, '0')
  const whole = digits.slice(0, digits.length - fractionDigits)
  const fraction = digits.slice(digits.length - fractionDigits)
  return `${value < 0 ? '-' : ''}${whole}${fraction ? '.' + fraction : ''}`
}

/** What a field holds after one more key of a number pad; a key that makes no decimal is not taken. */
export function pressKey(text: string, key: string, fractionDigits: number): string {
  if (key === 'clear') return ''
  if (key === 'back') return text.slice(0, -1)
  const next = text === '0' && key !== '.' ? key.replace(/^0+$/, '0') : text + key
  const isDecimal = next === '.' ? fractionDigits > 0 : parseDecimal(next, fractionDigits) !== null
  return isDecimal && !(fractionDigits === 0 && next.includes('.')) ? next : text
}
