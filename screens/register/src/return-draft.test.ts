import type { Sale, SoldLine } from 'kit/api-types.ts'
import { expect, test } from 'vitest'
import { backLines, lineOfCode, stepPick } from './return-draft.ts'

function sold(saleLineNo: number, fields: Partial<SoldLine> = {}): SoldLine {
  return {
    sale_line_no: saleLineNo,
    item_id: saleLineNo,
    name: '可乐',
    name_en: 'Cola',
    scanned_code: '9520000000017',
    unit_of_measure: 'piece',
    quantity_milli: 2_000,
    left_milli: 2_000,
    amount_fen: 600,
    ...fields,
  }
}

const SALE: Sale = {
  store: 'S001',
  sale_id: '0198c0de-0000-7000-8000-00000000a1b2',
  receipt_no: 1,
  register_no: '1',
  sold_at: '2026-11-22T08:30:00Z',
  lines: [sold(1, { left_milli: 1_000 }), sold(2)],
  tender_kinds: ['cash'],
}
const [FIRST, SECOND] = SALE.lines as [SoldLine, SoldLine]

test('no more comes back than is left', () => {
  const once = stepPick({}, FIRST, 1)

  expect(stepPick(once, FIRST, 1)).toEqual({ 1: 1_000 })
  expect(stepPick({}, FIRST, -1)).toEqual({ 1: 0 })
})

test('goods that were weighed come back whole', () => {
  const apples = sold(3, { unit_of_measure: 'kg', quantity_milli: 762, left_milli: 762 })

  expect(stepPick({}, apples, 1)).toEqual({ 3: 762 })
})

test('a scan picks the first line of which something is left', () => {
  expect(lineOfCode(SALE, {}, '9520000000017')).toBe(FIRST)
  expect(lineOfCode(SALE, { 1: 1_000 }, '9520000000017')).toBe(SECOND)
  expect(lineOfCode(SALE, {}, '4711')).toBeNull()
})

test('damaged goods do not go back onto the shelf', () => {
  const [line] = backLines(SALE, { 1: 0, 2: 1_000 }, 'damaged')

  expect(line).toMatchObject({ sale_line_no: 2, quantity_milli: 1_000, state: 'damaged' })
  expect(backLines(SALE, {}, 'damaged')).toEqual([])
})
