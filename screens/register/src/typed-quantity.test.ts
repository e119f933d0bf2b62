import { expect, test } from 'vitest'
import { readQuantity, waitingQuantity } from './typed-quantity.ts'

test.each([
  ['3*6901234567892', 3_000, '6901234567892'],
  ['12* kkkl', 12_000, 'kkkl'],
  ['6901234567892', 1_000, '6901234567892'],
  ['0*69', 1_000, '0*69'],
  ['1000*69', 1_000, '1000*69'],
  ['*', 1_000, '*'],
])('%s is %i milli of %s', (text, quantityMilli, rest) => {
  expect(readQuantity(text)).toEqual({ quantity_milli: quantityMilli, rest })
})

test.each([
  ['3*', 3_000],
  ['3*6', null],
  ['3', null],
  ['', null],
])('after %s the next scan is %s milli', (text, milli) => {
  expect(waitingQuantity(text)).toBe(milli)
})
