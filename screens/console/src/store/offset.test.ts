import { expect, test } from 'vitest'
import { splitOffset } from './offset.ts'

test.each([
  [0, { unit: 'second', count: 0, isFast: false }],
  [-999, { unit: 'second', count: 0, isFast: false }],
  [1_500, { unit: 'second', count: 1, isFast: true }],
  [-59_999, { unit: 'second', count: 59, isFast: false }],
  [180_000, { unit: 'minute', count: 3, isFast: true }],
  [-7_200_000, { unit: 'hour', count: 2, isFast: false }],
  [86_400_000 * 400, { unit: 'day', count: 400, isFast: true }],
])('an offset of %i ms is %o', (offsetMs, offset) => {
  expect(splitOffset(offsetMs)).toEqual(offset)
})
