import type { Orders } from 'kit/api-types.ts'
import { expect, test } from 'vitest'
import {
  addEntered,
  compare,
  expectAll,
  handledLines,
  parseExpiry,
  worksOf,
  writeExpiry,
  type Entered,
  type Work,
} from './work.ts'

const LINES = [{ item_id: 1, quantity_milli: 2_000, handled_milli: 500 }]

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

function entered(quantity_milli: number, fields: Partial<Entered> = {}): Entered {
  return { item: COLA, quantity_milli, state: 'sellable', lot_no: '', expires_on: null, ...fields }
}

test('a store sends what is approved and takes in whatever comes', () => {
  const works = worksOf(ORDERS, 'S001').map(({ kind, order_no }) => `${kind} ${order_no}`)

  expect(works).toEqual(['ship T-1', 'take_in T-2', 'take_in T-4', 'receive PO-1'])
})

test('as ordered means what is still to come', () => {
  const [work] = worksOf(ORDERS, 'S001') as [Work]

  expect(expectAll(work, [COLA])).toEqual([entered(1_500)])
  expect(expectAll({ ...work, lines: [{ ...LINES[0]!, handled_milli: 2_000 }] }, [COLA])).toEqual(
    [],
  )
})

test('the same goods add up, another lot or state is a line of its own', () => {
  const lot = { lot_no: 'L1', expires_on: '2027-01-31' }
  const lines = [
    entered(1_000),
    entered(2_000, lot),
    entered(500),
    entered(1, { state: 'damaged' }),
  ]

  const added = lines.reduce(addEntered, [])

  expect(handledLines(added)).toEqual([
    { item_id: 1, quantity_milli: 1, state: 'damaged', lot_no: '', expires_on: null },
    { item_id: 1, quantity_milli: 1_500, state: 'sellable', lot_no: '', expires_on: null },
    { item_id: 1, quantity_milli: 2_000, state: 'sellable', ...lot },
  ])
})

test('differences stand before what is right', () => {
  const lines = [1, 2, 3].map((item_id) => ({ item_id, quantity_milli: 1_000, handled_milli: 0 }))
  const work: Work = { kind: 'receive', order_no: 'PO-1', partner: 'SUP1', lines, path: '' }
  const there = [entered(1_000), entered(1_500, { item: { ...COLA, item_id: 3 } })]

  const rows = compare(work, there).map((row) => [row.item_id, row.difference_milli])

  expect(rows).toEqual([
    [2, -1_000],
    [3, 500],
    [1, 0],
  ])
})

test.each([
  ['270131', '2027-01-31'],
  [' 271231 ', '2027-12-31'],
  ['270230', null],
  ['271300', null],
  ['27013', null],
  ['', null],
])('%s on the goods is the date %s', (text, date) => {
  expect(parseExpiry(text)).toBe(date)
  if (date) expect(writeExpiry(date)).toBe(text.trim())
})
