import type { Orders } from 'kit/api-types.ts'
import { expect, test } from 'vitest'
import { expectAll, handledLines, itemOfCode, worksOf } from './back-room.ts'

const LINES = [{ item_id: 1, quantity_milli: 2_000 }]

function transfer(transferNo: string, source: string, target: string, decision = 'approved') {
  return {
    transfer_no: transferNo,
    source_store: source,
    target_store: target,
    decision,
    lines: LINES,
  }
}

const COLA = {
  item_id: 1,
  sku: 'COLA',
  gtins: ['09520000000017'],
  name: '可乐',
  name_en: 'Cola',
  unit_of_measure: 'piece' as const,
  unit_price_fen: 300,
}
const ORDERS: Orders = {
  purchase_orders: [
    { purchase_order_no: 'PO-1', supplier_no: 'SUP1', purpose: 'purchase', lines: LINES },
  ],
  transfer_orders: [
    transfer('T-1', 'S001', 'S002'),
    transfer('T-2', 'S002', 'S001'),
    transfer('T-3', 'S001', 'S002', 'cancelled'),
    transfer('T-4', 'S002', 'S001', 'cancelled'),
  ],
  items: [COLA],
}

test('a store sends what is approved and takes in whatever comes', () => {
  const works = worksOf(ORDERS, 'S001').map(({ kind, order_no }) => `${kind} ${order_no}`)

  expect(works).toEqual(['ship T-1', 'take_in T-2', 'take_in T-4', 'receive PO-1'])
})

test('what is not there is left out', () => {
  const [work] = worksOf(ORDERS, 'S001')

  expect(work && expectAll(work)).toEqual({ 1: 2_000 })
  expect(handledLines({ 1: 0, 2: 500 })).toEqual([{ item_id: 2, quantity_milli: 500 }])
})

test('a code is a GTIN of any length or an item number', () => {
  expect(itemOfCode([COLA], '9520000000017')).toBe(COLA)
  expect(itemOfCode([COLA], 'COLA')).toBe(COLA)
  expect(itemOfCode([COLA], '4711')).toBeNull()
})
