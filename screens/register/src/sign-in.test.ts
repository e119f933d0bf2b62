import { expect, test } from 'vitest'
import { proofOf } from './sign-in.ts'

test.each([
  ['1001', '736251', { staff_no: '1001', pin: '736251' }],
  [' 1001 ', '', { staff_no: '1001', pin: '' }],
  ['5f1c0b7e9a2d4c6b8e0f1a3c5d7e9b1a', '', { card_code: '5f1c0b7e9a2d4c6b8e0f1a3c5d7e9b1a' }],
])('%s is a number or a card', (typed, pin, proof) => {
  expect(proofOf(typed, pin)).toEqual(proof)
})
