import { translate, type TextKey } from 'kit/text/index.ts'
import { expect, test } from 'vitest'
import { labelOf, unitOf } from './field-names.ts'

const t = (key: TextKey) => translate('en', key)

test.each([
  ['amount_fen', 'fen'],
  ['quantity_milli', 'milli'],
  ['tax_rate_bp', 'bp'],
  ['counted_at_ms', 'at_ms'],
  ['receipt_no', null],
  ['fen', null],
])('the unit of %s is %s', (name, unit) => {
  expect(unitOf(name)).toBe(unit)
})

test('a name that the catalogue knows is a word', () => {
  expect(labelOf(t, 'amount_fen')).toBe('Amount')
})

test('a name of a later version is shown without its unit', () => {
  expect(labelOf(t, 'deposit_held_fen')).toBe('deposit held')
})
