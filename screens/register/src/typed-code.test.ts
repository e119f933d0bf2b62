import { expect, test } from 'vitest'
import { isPayCode } from './tender.ts'
import { findCode } from './typed-code.ts'

const WECHAT = '134567890123456799'
const COLA = '9520000000011'

/** Keys with a number of milliseconds before each; a key is 10 ms after the last one unless told. */
function type(digits: string, pauses: Record<number, number> = {}) {
  let at = 0
  return [...digits].map((digit, place) => {
    at += pauses[place] ?? 10
    return { digit, at, before: digits.slice(0, place) }
  })
}

test.each([
  ['a scanner alone', WECHAT, {}, WECHAT, ''],
  ['a scanner before a busy screen', WECHAT, { 4: 150, 9: 300 }, WECHAT, ''],
  ['a hand, then a scanner', `1${WECHAT}`, { 1: 200 }, WECHAT, '1'],
  ['a hand, a scanner, a busy screen', `25${WECHAT}`, { 1: 180, 2: 400, 12: 150 }, WECHAT, '25'],
  ['goods', COLA, {}, COLA, ''],
  ['goods after a hand', `12${COLA}`, { 1: 150, 2: 300 }, COLA, '12'],
])('%s types a code', (_who, digits, pauses, code, before) => {
  expect(findCode(type(digits, pauses), isPayCode)).toMatchObject({ code, before })
})

test.each(['', '5', '999999999'])('%s may be an amount', (digits) => {
  expect(findCode(type(digits), isPayCode)).toBeNull()
})
