import { expect, test } from 'vitest'
import {
  ageSeconds,
  formatFen,
  formatFenShort,
  formatMilli,
  formatQuantity,
  formatRate,
  splitAge,
  tileHue,
} from './format.ts'

test.each([
  [0, '¥0.00'],
  [5, '¥0.05'],
  [123_456, '¥1,234.56'],
  [100_000_000_00, '¥100,000,000.00'],
  [-725, '\u2212¥7.25'],
])('%i fen looks like %s', (fen, text) => {
  expect(formatFen(fen)).toBe(text)
})

test.each([
  [2_000, '2'],
  [762, '0.762'],
  [1_500, '1.5'],
  [10_000, '10'],
  [-3_000, '\u22123'],
  [0, '0'],
  [12_345_678_000, '12,345,678'],
])('%i milli looks like %s', (milli, text) => {
  expect(formatMilli(milli)).toBe(text)
})

test('a weight keeps three digits and its unit on one line', () => {
  expect(formatQuantity(500, 'kg')).toBe('0.500\u00a0kg')
})

test('pieces are a bare number', () => {
  expect(formatQuantity(3_000, 'piece')).toBe('3')
})

test.each([
  [2_173, '21.73%'],
  [-60, '\u22120.60%'],
  [10_000, '100.00%'],
])('rate %i looks like %s', (basisPoints, text) => {
  expect(formatRate(basisPoints)).toBe(text)
})

test.each([
  [99_900, 'zh', '999'],
  [1_234_500_00, 'zh', '123.5万'],
  [20_000_00, 'zh', '2万'],
  [1_500_00, 'en', '1.5k'],
] as const)('%i fen on a %s axis looks like %s', (fen, language, text) => {
  expect(formatFenShort(fen, language)).toBe(text)
})

test.each([
  [-4, 'second', 0],
  [59, 'second', 59],
  [60, 'minute', 1],
  [3_599, 'minute', 59],
  [90_000, 'day', 1],
])('an age of %i s is told in %s: %i', (seconds, unit, count) => {
  expect(splitAge(seconds)).toEqual({ unit, count })
})

test('an age counts from the instant to now', () => {
  expect(ageSeconds('2026-11-22T08:00:00Z', Date.parse('2026-11-22T08:00:12Z'))).toBe(12)
})

test('every item has one colour', () => {
  expect(tileHue(17)).toBe(tileHue(17))
  expect(tileHue(1)).not.toBe(tileHue(2))
})
