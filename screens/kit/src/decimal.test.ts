import { expect, test } from 'vitest'
import { parseDecimal, pressKey, writeDecimal } from './decimal.ts'

test.each([
  ['0', 2, 0],
  ['12', 2, 1200],
  ['12.5', 2, 1250],
  ['0.07', 2, 7],
  ['.5', 3, 500],
  ['0.762', 3, 762],
  ['1.005', 3, 1005],
  ['999999999.99', 2, 99999999999],
])('text %s with %i digits reads as %i', (text, digits, value) => {
  expect(parseDecimal(text, digits)).toBe(value)
})

test.each([
  ['', 2],
  ['.', 2],
  ['-1', 2],
  ['1e3', 2],
  ['1.234', 2],
  ['1.2.3', 2],
  ['1,000', 2],
  ['1234567890', 2],
])('text %s with %i digits is refused', (text, digits) => {
  expect(parseDecimal(text, digits)).toBeNull()
})

test.each([
  [0, 2, '0.00'],
  [7, 2, '0.07'],
  [-5, 2, '-0.05'],
  [123456, 2, '1234.56'],
  [762, 3, '0.762'],
  [42, 0, '42'],
])('value %i with %i digits is written %s', (value, digits, text) => {
  expect(writeDecimal(value, digits)).toBe(text)
})

test('what is written reads back as the same value', () => {
  for (const value of [0, 1, 99, 100, 101, 70_05, 123_456_789]) {
    expect(parseDecimal(writeDecimal(value, 2), 2)).toBe(value)
  }
})

test.each([
  ['', '5', 2, '5'],
  ['5', '.', 2, '5.'],
  ['5.', '.', 2, '5.'],
  ['5.12', '3', 2, '5.12'],
  ['0', '7', 2, '7'],
  ['0', '00', 2, '0'],
  ['0', '.', 2, '0.'],
  ['', '.', 3, '.'],
  ['5', '.', 0, '5'],
  ['', '.', 0, ''],
  ['12', 'back', 2, '1'],
  ['12', 'clear', 2, ''],
])('field %s after key %s with %i digits holds %s', (text, key, digits, after) => {
  expect(pressKey(text, key, digits)).toBe(after)
})
